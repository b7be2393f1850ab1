#include "transport/srtp_key_derivation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace parley {
namespace {

// RFC 3711, appendix B.3.
TEST(SrtpKeyDerivation, DerivesTheKeysOfRfc3711) {
  const SrtpMasterKey master{
      .profile = SrtpProfile::kAesCm128HmacSha1_80,
      .key = {0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39},
      .salt = {0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6}};
  const SrtpSessionKey rtp = derive_srtp_keys(master).rtp;
  const std::array<std::uint8_t, 32> encryption = {0xc6, 0x1e, 0x7a, 0x93, 0x74, 0x4f, 0x39, 0xee,
                                                   0x10, 0x73, 0x4a, 0xfe, 0x3f, 0xf7, 0xa0, 0x87};
  const std::array<std::uint8_t, 14> salt = {0x30, 0xcb, 0xbc, 0x08, 0x86, 0x3d, 0x8c,
                                             0x85, 0xd4, 0x9d, 0xb3, 0x4a, 0x9a, 0xe1};
  const std::array<std::uint8_t, 20> authentication = {0xce, 0xbe, 0x32, 0x1f, 0x6f, 0xf7, 0x71, 0x6b, 0x6f, 0xd4,
                                                       0xab, 0x49, 0xaf, 0x25, 0x6a, 0x15, 0x6d, 0x38, 0xba, 0xa4};
  EXPECT_EQ(rtp.encryption, encryption);
  EXPECT_EQ(rtp.salt, salt);
  EXPECT_EQ(rtp.authentication, authentication);
}

TEST(SrtpKeyDerivation, RtpAndRtcpShareNoKey) {
  for (const SrtpProfile profile :
       {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAesCm128HmacSha1_80}) {
    const SrtpSessionKeys keys = derive_srtp_keys({.profile = profile, .key = {1, 2, 3}, .salt = {4, 5, 6}});
    EXPECT_NE(keys.rtp.encryption, keys.rtcp.encryption);
    EXPECT_NE(keys.rtp.salt, keys.rtcp.salt);
    EXPECT_EQ(keys.rtp.profile, profile);
  }
}

TEST(SrtpKeyDerivation, FillsAsManyBytesAsTheProfileHas) {
  const auto zeros_at_end = [](const auto& bytes) {
    return std::find_if(bytes.rbegin(), bytes.rend(), [](std::uint8_t b) { return b != 0; }) - bytes.rbegin();
  };
  const SrtpSessionKey short_key = derive_srtp_keys({.profile = SrtpProfile::kAeadAes128Gcm, .key = {9}}).rtp;
  EXPECT_EQ(zeros_at_end(short_key.encryption), 16);
  EXPECT_EQ(zeros_at_end(short_key.salt), 2);
  const SrtpSessionKey long_key = derive_srtp_keys({.profile = SrtpProfile::kAeadAes256Gcm, .key = {9}}).rtp;
  EXPECT_EQ(zeros_at_end(long_key.encryption), 0);
}

}  // namespace
}  // namespace parley

#include "transport/srtp_evp.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "transport/srtp_packet.h"

namespace parley {
namespace {

std::vector<std::uint8_t> from_hex(std::string_view text) {
  std::vector<std::uint8_t> out;
  int high = -1;
  for (const char c : text) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high >= 0) out.push_back(static_cast<std::uint8_t>(high << 4 | digit));
    high = high >= 0 ? -1 : digit;
  }
  return out;
}

// RFC 7714 §16 and §17: session keys 00 01 02 ..., session salt "Quid pro quo".
SrtpSessionKeys vector_keys(SrtpProfile profile) {
  SrtpSessionKey key{.profile = profile};
  for (std::size_t i = 0; i < srtp_key_size(profile); ++i) key.encryption[i] = static_cast<std::uint8_t>(i);
  std::ranges::copy(std::string_view("Quid pro quo"), key.salt.begin());
  return {.rtp = key, .rtcp = key};
}

constexpr std::string_view kRtp =
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573";
constexpr std::string_view kRtcp =
    "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef "
    "deadbeef";
constexpr std::uint32_t kRtcpIndex = 0x5d4;

struct Vector {
  SrtpProfile profile;
  std::string_view srtp;
  std::string_view srtcp;
};

constexpr Vector kVectors[] = {
    // §16.1.1 and §17.1
    {SrtpProfile::kAeadAes128Gcm,
     "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf "
     "8833899d 7f27beb1 6a9152cf 765ee439 0cce",
     "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded "
     "0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4"},
    // §16.2.1 and §17.2
    {SrtpProfile::kAeadAes256Gcm,
     "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f 1ba63799 "
     "b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
     "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be 8415f658 c61de047 "
     "6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be 800005d4"},
};

TEST(SrtpEvp, SealsTheRtpVectorsOfRfc7714) {
  for (const Vector& vector : kVectors) {
    std::vector<std::uint8_t> buffer = from_hex(kRtp);
    const std::size_t size = buffer.size();
    buffer.resize(size + kMaxSrtpOverhead);
    buffer.resize(make_evp_sender(vector_keys(vector.profile))->protect_rtp(buffer, size));
    EXPECT_EQ(buffer, from_hex(vector.srtp));
  }
}

TEST(SrtpEvp, OpensTheRtpVectorsOfRfc7714) {
  for (const Vector& vector : kVectors) {
    std::vector<std::uint8_t> packet = from_hex(vector.srtp);
    const auto size = make_evp_receiver(vector_keys(vector.profile))->unprotect_rtp(packet);
    ASSERT_TRUE(size);
    packet.resize(*size);
    EXPECT_EQ(packet, from_hex(kRtp));
  }
}

TEST(SrtpEvp, SealsTheRtcpVectorsOfRfc7714) {
  for (const Vector& vector : kVectors) {
    const auto sender = make_evp_sender(vector_keys(vector.profile));
    std::vector<std::uint8_t> buffer;
    for (std::uint32_t index = 1; index <= kRtcpIndex; ++index) {
      buffer = from_hex(kRtcp);
      const std::size_t size = buffer.size();
      buffer.resize(size + kMaxSrtcpOverhead);
      buffer.resize(sender->protect_rtcp(buffer, size));
    }
    EXPECT_EQ(buffer, from_hex(vector.srtcp));
  }
}

TEST(SrtpEvp, OpensTheRtcpVectorsOfRfc7714) {
  for (const Vector& vector : kVectors) {
    std::vector<std::uint8_t> packet = from_hex(vector.srtcp);
    const auto size = make_evp_receiver(vector_keys(vector.profile))->unprotect_rtcp(packet);
    ASSERT_TRUE(size);
    packet.resize(*size);
    EXPECT_EQ(packet, from_hex(kRtcp));
  }
}

// §17.3 is tagged but not encrypted, which no profile of DTLS-SRTP does.
TEST(SrtpEvp, RefusesRtcpThatIsNotEncrypted) {
  std::vector<std::uint8_t> packet = from_hex(
      "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef "
      "deadbeef 841dd968 3dd78ec9 2ae58790 125f62b3 000005d4");
  const auto receiver = make_evp_receiver(vector_keys(SrtpProfile::kAeadAes128Gcm));
  EXPECT_EQ(receiver->unprotect_rtcp(packet), std::unexpected(DropReason::kAuthentication));
}

// What OpenSSL takes from the allocator; installed before anything uses OpenSSL.
std::size_t openssl_allocations = 0;
void* counting_malloc(std::size_t size, const char*, int) {
  ++openssl_allocations;
  return std::malloc(size);
}
void* counting_realloc(void* block, std::size_t size, const char*, int) {
  ++openssl_allocations;
  return std::realloc(block, size);
}
void plain_free(void* block, const char*, int) {
  std::free(block);
}
const bool counting = CRYPTO_set_mem_functions(counting_malloc, counting_realloc, plain_free) == 1;

TEST(SrtpEvp, OpensslAllocatesNothingPerPacket) {
  ASSERT_TRUE(counting);
  for (const SrtpProfile profile :
       {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAesCm128HmacSha1_80}) {
    const SrtpMasterKey key{.profile = profile, .key = {1}, .salt = {2}};
    const std::size_t before_the_keys = openssl_allocations;
    const auto sender = make_srtp_sender(SrtpLibrary::kOpenssl, key);
    const auto receiver = make_srtp_receiver(SrtpLibrary::kOpenssl, key);
    EXPECT_GT(openssl_allocations, before_the_keys);
    const std::size_t before_the_packets = openssl_allocations;
    for (std::uint16_t sequence = 0; sequence < 100; ++sequence) {
      std::vector<std::uint8_t> buffer(1200 + kMaxSrtpOverhead);
      buffer[0] = 0x80;
      store_be16(&buffer[2], sequence);
      const std::size_t size = sender->protect_rtp(buffer, 1200);
      ASSERT_NE(size, 0u);
      if (sequence % 10 == 0) {
        std::vector<std::uint8_t> forged = buffer;
        forged[100] ^= 1;
        ASSERT_FALSE(receiver->unprotect_rtp(MutableBytes(forged).first(size)));
      }
      ASSERT_TRUE(receiver->unprotect_rtp(MutableBytes(buffer).first(size)));
    }
    EXPECT_EQ(openssl_allocations, before_the_packets);
  }
}

TEST(SrtpPacket, TheRollOverCounterFollowsTheNearestLap) {
  constexpr std::uint64_t kLap = 0x10000;
  EXPECT_EQ(estimate_rtp_index(100, 101), 101u);
  EXPECT_EQ(estimate_rtp_index(65'535, 0), kLap);
  EXPECT_EQ(estimate_rtp_index(kLap + 3, 65'530), 65'530u);
  EXPECT_EQ(estimate_rtp_index(3 * kLap + 40'000, 10), 4 * kLap + 10);
  EXPECT_EQ(estimate_rtp_index(3 * kLap + 40'000, 30'000), 3 * kLap + 30'000);
  // No lap before the first.
  EXPECT_EQ(estimate_rtp_index(3, 65'530), 65'530u);
}

TEST(SrtpPacket, TheHeaderReachesOverContributorsAndExtension) {
  std::vector<std::uint8_t> packet(12 + 8 + 4 + 12 + 5);
  packet[0] = 0x92;
  packet[20 + 3] = 3;
  EXPECT_EQ(read_rtp_header(packet)->size, 36u);
  EXPECT_FALSE(read_rtp_header(Bytes(packet).first(35)));
  EXPECT_FALSE(read_rtp_header(Bytes(packet).first(23)));
  packet[0] = 0x52;
  EXPECT_FALSE(read_rtp_header(packet));
}

}  // namespace
}  // namespace parley

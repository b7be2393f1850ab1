#include "wire/rtx.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace parley {
namespace {

TEST(Rtx, AWrappedPacketUnwrapsToTheOriginal) {
  std::array<std::uint8_t, 64> out{};
  const std::size_t header = write_rtp_header(out, {true, false, PayloadType(97), 500, 90'000, Ssrc(2)});
  const std::size_t prefix = write_rtx_prefix(MutableBytes(out).subspan(header), 0xabcd);
  ASSERT_EQ(prefix, 2u);
  out[header + prefix] = 0x55;

  const auto rtx = parse_rtp(Bytes(out).first(header + prefix + 1));
  ASSERT_TRUE(rtx);
  const auto original = unwrap_rtx(*rtx, PayloadType(96), Ssrc(1));
  ASSERT_TRUE(original);
  EXPECT_EQ(original->sequence, 0xabcd);
  EXPECT_EQ(original->payload_type, PayloadType(96));
  EXPECT_EQ(original->ssrc, Ssrc(1));
  EXPECT_EQ(original->timestamp, 90'000u);
  EXPECT_TRUE(original->marker);
  ASSERT_EQ(original->payload.size(), 1u);
  EXPECT_EQ(original->payload[0], 0x55);
  EXPECT_EQ(original->header_size, header + 2);
}

TEST(Rtx, APaddingProbeCarriesNoOriginal) {
  const std::array<std::uint8_t, 1> one{};
  RtpView rtx;
  EXPECT_FALSE(unwrap_rtx(rtx, PayloadType(96), Ssrc(1)));
  rtx.payload = one;
  EXPECT_FALSE(rtx_original_sequence(rtx));
}

TEST(Rtx, APrefixNeedsTwoBytes) {
  std::array<std::uint8_t, 1> out{};
  EXPECT_EQ(write_rtx_prefix(out, 1), 0u);
}

}  // namespace
}  // namespace parley

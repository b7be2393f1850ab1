#include "wire/demux.h"

#include <gtest/gtest.h>

#include <array>

namespace parley {
namespace {

DatagramClass classify_bytes(unsigned first, unsigned second) {
  const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)};
  return classify(bytes);
}

TEST(Demux, FirstByteDecidesAsRfc7983Says) {
  for (unsigned first = 0; first < 256; ++first) {
    DatagramClass expected = DatagramClass::kUnknown;
    if (first <= 3) expected = DatagramClass::kStun;
    if (first >= 20 && first <= 63) expected = DatagramClass::kDtls;
    if (first >= 128 && first <= 191) expected = DatagramClass::kRtp;
    EXPECT_EQ(classify_bytes(first, 96), expected) << first;
  }
}

TEST(Demux, SecondByteTellsRtcpFromRtp) {
  for (unsigned second = 0; second < 256; ++second) {
    const bool rtcp = second >= 192 && second <= 223;
    EXPECT_EQ(classify_bytes(0x80, second), rtcp ? DatagramClass::kRtcp : DatagramClass::kRtp) << second;
  }
}

TEST(Demux, DynamicPayloadTypesWithMarkerStayRtp) {
  EXPECT_EQ(classify_bytes(0x90, 0x80 | 96), DatagramClass::kRtp);
  EXPECT_EQ(classify_bytes(0x90, 0x80 | 127), DatagramClass::kRtp);
  EXPECT_EQ(classify_bytes(0x90, 35), DatagramClass::kRtp);
}

TEST(Demux, NothingAndHalfAnRtpHeaderAreUnknown) {
  EXPECT_EQ(classify({}), DatagramClass::kUnknown);
  const std::array<std::uint8_t, 1> rtp{0x80};
  EXPECT_EQ(classify(rtp), DatagramClass::kUnknown);
  const std::array<std::uint8_t, 1> stun{0x00};
  EXPECT_EQ(classify(stun), DatagramClass::kStun);
}

}  // namespace
}  // namespace parley

#include "wire/rtcp.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace parley {
namespace {

// A receiver report without blocks, a PLI, and a BYE with four bytes of padding.
const std::vector<std::uint8_t> kCompound = {
    0x80, 201, 0x00, 0x01, 0, 0, 0, 1,                          // RR
    0x81, 206, 0x00, 0x02, 0, 0, 0, 1, 0,    0,    0,    2,     // PLI
    0xa1, 203, 0x00, 0x02, 0, 0, 0, 1, 0x00, 0x00, 0x00, 0x04,  // BYE, P=1
};

TEST(Rtcp, ACompoundFallsIntoItsPackets) {
  std::vector<RtcpPacket> packets;
  ASSERT_TRUE(for_each_rtcp(kCompound, [&](const RtcpPacket& packet) { packets.push_back(packet); }));
  ASSERT_EQ(packets.size(), 3u);
  EXPECT_EQ(packets[0].type, RtcpType::kReceiverReport);
  EXPECT_EQ(packets[0].body.size(), 4u);
  EXPECT_EQ(packets[1].type, RtcpType::kPayloadFeedback);
  EXPECT_EQ(packets[1].count, kFormatPli);
  EXPECT_EQ(packets[2].count, 1);
  EXPECT_EQ(packets[2].body.size(), 4u);
}

TEST(Rtcp, OneTruncatedPacketSpoilsTheCompound) {
  for (std::size_t size = 0; size < kCompound.size(); ++size) {
    int calls = 0;
    const bool whole = size == 8 || size == 20;
    EXPECT_EQ(for_each_rtcp(Bytes(kCompound).first(size), [&](const RtcpPacket&) { ++calls; }), whole) << size;
    EXPECT_EQ(calls != 0, whole) << size;
  }
}

TEST(Rtcp, RefusesWrongVersionsAndPaddings) {
  auto wrong_version = kCompound;
  wrong_version[8] = 0x41;
  EXPECT_FALSE(is_valid_rtcp(wrong_version));
  auto padding_in_the_middle = kCompound;
  padding_in_the_middle[8] |= 0x20;
  EXPECT_FALSE(is_valid_rtcp(padding_in_the_middle));
  auto padding_too_long = kCompound;
  padding_too_long.back() = 9;
  EXPECT_FALSE(is_valid_rtcp(padding_too_long));
  auto no_padding_length = kCompound;
  no_padding_length.back() = 0;
  EXPECT_FALSE(is_valid_rtcp(no_padding_length));
}

TEST(Rtcp, AnUnknownTypeIsSteppedOver) {
  auto compound = kCompound;
  compound[1] = 223;
  EXPECT_TRUE(is_valid_rtcp(compound));
}

TEST(Rtcp, BeginsOnlyWhatFitsAsAWhole) {
  std::array<std::uint8_t, 11> out{};
  ByteWriter writer(out);
  EXPECT_FALSE(begin_rtcp(writer, RtcpType::kBye, 1, 8));
  EXPECT_FALSE(begin_rtcp(writer, RtcpType::kBye, 32, 4));
  EXPECT_FALSE(begin_rtcp(writer, RtcpType::kBye, 1, 5));
  EXPECT_EQ(writer.size(), 0u);
  EXPECT_TRUE(begin_rtcp(writer, RtcpType::kBye, 1, 4));
  EXPECT_EQ(writer.size(), 4u);
}

}  // namespace
}  // namespace parley

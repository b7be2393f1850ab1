#include "wire/rtp.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace parley {
namespace {

// Everything an RTP packet can have: two CSRCs, an extension of one word, four bytes of payload, two of padding.
const std::vector<std::uint8_t> kFull = {
    0xb2, 0xe0,              // V=2 P=1 X=1 CC=2, M=1 PT=96
    0x12, 0x34,              // sequence
    0x00, 0x01, 0x02, 0x03,  // timestamp
    0xca, 0xfe, 0xba, 0xbe,  // SSRC
    0x00, 0x00, 0x00, 0x01,  // CSRC
    0x00, 0x00, 0x00, 0x02,  // CSRC
    0xbe, 0xde, 0x00, 0x01,  // profile, one word
    0x10, 0x2a, 0x00, 0x00,  // id 1, one byte
    'd',  'a',  't',  'a',   // payload
    0x00, 0x02,              // padding
};

TEST(Rtp, EveryFieldIsRead) {
  const auto view = parse_rtp(kFull);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->marker);
  EXPECT_EQ(view->payload_type, PayloadType(96));
  EXPECT_EQ(view->sequence, 0x1234);
  EXPECT_EQ(view->timestamp, 0x00010203u);
  EXPECT_EQ(view->ssrc, Ssrc(0xcafebabe));
  EXPECT_EQ(view->csrc_count, 2);
  EXPECT_EQ(view->extension_profile, 0xbede);
  EXPECT_EQ(view->extension_block.size(), 4u);
  EXPECT_EQ(view->extension_block[1], 0x2a);
  EXPECT_EQ(view->header_size, 28u);
  EXPECT_EQ(view->padding_size, 2);
  EXPECT_EQ(as_text(view->payload), "data");
  EXPECT_FALSE(view->padding_only());
}

TEST(Rtp, AHeaderAloneIsAPacket) {
  const auto view = parse_rtp(Bytes(kFull).first(0));
  EXPECT_FALSE(view);
  std::vector<std::uint8_t> bare(kFull.begin(), kFull.begin() + 12);
  bare[0] = 0x80;
  ASSERT_TRUE(parse_rtp(bare));
  EXPECT_TRUE(parse_rtp(bare)->payload.empty());
  EXPECT_EQ(parse_rtp(bare)->extension_profile, 0);
}

TEST(Rtp, RefusesWhatIsCutWithinTheHeader) {
  for (std::size_t size = 0; size < 28; ++size) {
    EXPECT_FALSE(parse_rtp(Bytes(kFull).first(size))) << size;
  }
}

TEST(Rtp, RefusesOtherVersions) {
  for (const int version : {0, 1, 3}) {
    auto packet = kFull;
    packet[0] = static_cast<std::uint8_t>(version << 6);
    EXPECT_FALSE(parse_rtp(packet)) << version;
  }
}

TEST(Rtp, RefusesAPaddingThatDoesNotFit) {
  auto packet = kFull;
  packet.back() = 0;
  EXPECT_FALSE(parse_rtp(packet));
  packet.back() = 7;  // six bytes stand behind the header
  EXPECT_FALSE(parse_rtp(packet));
  packet.back() = 6;
  ASSERT_TRUE(parse_rtp(packet));
  EXPECT_TRUE(parse_rtp(packet)->padding_only());
}

TEST(Rtp, AWrittenHeaderReadsTheSame) {
  const RtpFields fields{true, true, PayloadType(111), 65535, 0xdeadbeef, Ssrc(7)};
  const std::array<std::uint8_t, 4> block = {0x10, 0x2a, 0x00, 0x00};
  std::vector<std::uint8_t> packet(64, 0xff);
  const std::size_t header = write_rtp_header(packet, fields, 0xbede, block);
  ASSERT_EQ(header, 20u);
  ASSERT_EQ(header, rtp_header_size(0xbede, block.size()));
  packet.resize(header + 3 + 5);
  write_rtp_padding(packet, 5);

  const auto view = parse_rtp(packet);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->marker);
  EXPECT_EQ(view->payload_type, PayloadType(111));
  EXPECT_EQ(view->sequence, 65535);
  EXPECT_EQ(view->timestamp, 0xdeadbeefu);
  EXPECT_EQ(view->ssrc, Ssrc(7));
  EXPECT_TRUE(std::equal(block.begin(), block.end(), view->extension_block.begin(), view->extension_block.end()));
  EXPECT_EQ(view->payload.size(), 3u);
  EXPECT_EQ(view->padding_size, 5);
  EXPECT_EQ(packet[header + 3], 0);
}

TEST(Rtp, AnExtensionBlockMayStandInItsPlaceAlready) {
  std::vector<std::uint8_t> packet(20, 0);
  packet[16] = 0x10;
  packet[17] = 0x55;
  ASSERT_EQ(write_rtp_header(packet, RtpFields{}, 0xbede, Bytes(packet).subspan(16, 4)), 20u);
  EXPECT_EQ(parse_rtp(packet)->extension_block[1], 0x55);
}

TEST(Rtp, WritesNothingThatDoesNotFit) {
  std::array<std::uint8_t, 19> out{};
  const std::array<std::uint8_t, 4> block{};
  EXPECT_EQ(write_rtp_header(out, RtpFields{}, 0xbede, block), 0u);
  EXPECT_EQ(write_rtp_header(MutableBytes(out).first(11), RtpFields{}), 0u);
  EXPECT_EQ(write_rtp_header(out, RtpFields{}), 12u);
  EXPECT_EQ(write_rtp_header(out, RtpFields{}, 0xbede, Bytes(block).first(3)), 0u);
}

}  // namespace
}  // namespace parley

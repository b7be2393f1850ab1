// The leafs of RTCP: each writes, is read back, and refuses what is cut short.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "wire/rtcp_feedback.h"
#include "wire/rtcp_reports.h"
#include "wire/rtcp_sdes.h"
#include "wire/rtcp_xr.h"

namespace parley {
namespace {

// One packet's worth of bytes, and what the splitter makes of them.
struct Written {
  std::array<std::uint8_t, 1500> bytes{};
  ByteWriter writer{bytes};

  RtcpPacket packet() const {
    RtcpCursor cursor(writer.written());
    const auto first = cursor.next();
    EXPECT_TRUE(first);
    return first.value_or(RtcpPacket{});
  }
  std::vector<std::uint8_t> vector() const { return {writer.written().begin(), writer.written().end()}; }
};

RtcpPacket cut(RtcpPacket packet, std::size_t by) {
  packet.body = packet.body.first(packet.body.size() - by);
  return packet;
}

const ReportBlock kBlock{Ssrc(0x11223344), 64, -3, 0x0001'0203, 900, 0xaabbccdd, 0x10000};

TEST(RtcpReports, ASenderReportStandsAsRfc3550Says) {
  Written out;
  ASSERT_TRUE(write_sender_report(out.writer, {Ssrc(1), 0x0102030405060708, 9, 10, 11}, std::span(&kBlock, 1)));
  const std::vector<std::uint8_t> expected = {
      0x81, 200,  0x00, 0x0c,                    // RC 1, 12 words
      0,    0,    0,    1,                       // sender
      1,    2,    3,    4,    5, 6, 7,    8,     // NTP
      0,    0,    0,    9,                       // RTP timestamp
      0,    0,    0,    10,   0, 0, 0,    11,    // packets, octets
      0x11, 0x22, 0x33, 0x44,                    // block: SSRC
      64,   0xff, 0xff, 0xfd,                    // fraction, cumulative -3
      0,    1,    2,    3,    0, 0, 0x03, 0x84,  // highest sequence, jitter
      0xaa, 0xbb, 0xcc, 0xdd, 0, 1, 0,    0,     // LSR, DLSR
  };
  EXPECT_EQ(out.vector(), expected);
  const auto report = parse_sender_report(out.packet());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->info, (SenderInfo{Ssrc(1), 0x0102030405060708, 9, 10, 11}));
  ASSERT_EQ(report->blocks.size(), 1u);
  EXPECT_EQ(report->blocks[0], kBlock);
  EXPECT_FALSE(parse_sender_report(cut(out.packet(), 4)));
  EXPECT_FALSE(parse_receiver_report(out.packet()));
}

TEST(RtcpReports, AReceiverReportHoldsAtMost31Blocks) {
  const std::vector<ReportBlock> blocks(32, kBlock);
  Written out;
  EXPECT_FALSE(write_receiver_report(out.writer, Ssrc(5), blocks));
  EXPECT_EQ(out.writer.size(), 0u);
  ASSERT_TRUE(write_receiver_report(out.writer, Ssrc(5), std::span(blocks).first(31)));
  const auto report = parse_receiver_report(out.packet());
  ASSERT_TRUE(report);
  std::size_t seen = 0;
  for (const ReportBlock block : report->blocks) seen += block == kBlock ? 1u : 0u;
  EXPECT_EQ(seen, 31u);
  EXPECT_FALSE(parse_receiver_report(cut(out.packet(), 24)));
}

TEST(RtcpReports, AProfileExtensionBehindTheBlocksIsIgnored) {
  const std::vector<std::uint8_t> body = {0, 0, 0, 1, 9, 9, 9, 9};
  const auto report = parse_receiver_report({RtcpType::kReceiverReport, 0, body});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->blocks.empty());
}

TEST(RtcpReports, WhatDoesNotFitIsNotBegun) {
  std::array<std::uint8_t, 31> small{};
  ByteWriter writer(small);
  EXPECT_FALSE(write_receiver_report(writer, Ssrc(5), std::span(&kBlock, 1)));
  EXPECT_TRUE(writer.ok());
  EXPECT_TRUE(write_pli(writer, Ssrc(1), Ssrc(2)));
}

TEST(RtcpSdes, CnamesOfEveryLengthComeBack) {
  for (std::size_t size = 0; size < 20; ++size) {
    const std::string cname(size, 'c');
    Written out;
    ASSERT_TRUE(write_sdes_cname(out.writer, Ssrc(77), cname));
    const auto chunks = parse_sdes(out.packet());
    ASSERT_TRUE(chunks) << size;
    ASSERT_EQ(chunks->size(), 1u);
    EXPECT_EQ((*chunks)[0], (SdesChunk{Ssrc(77), cname}));
  }
  Written out;
  EXPECT_FALSE(write_sdes_cname(out.writer, Ssrc(77), std::string(256, 'c')));
  EXPECT_TRUE(write_sdes_cname(out.writer, Ssrc(77), std::string(255, 'c')));
}

TEST(RtcpSdes, OtherItemsAreSteppedOver) {
  const std::vector<std::uint8_t> body = {
      0, 0, 0, 1, 6, 2, 'v', '1', 1, 1, 'a', 0,  // TOOL, CNAME "a", end on the word
      0, 0, 0, 2, 0, 0, 0,   0,                  // no item at all
  };
  const auto chunks = parse_sdes({RtcpType::kSdes, 2, body});
  ASSERT_TRUE(chunks);
  EXPECT_EQ((*chunks)[0].cname, "a");
  EXPECT_EQ((*chunks)[1], (SdesChunk{Ssrc(2), ""}));
}

TEST(RtcpSdes, RefusesItemsThatAreCutShort) {
  const std::vector<std::uint8_t> no_end = {0, 0, 0, 1, 1, 2, 'a', 'b'};
  EXPECT_FALSE(parse_sdes({RtcpType::kSdes, 1, no_end}));
  const std::vector<std::uint8_t> too_long = {0, 0, 0, 1, 1, 9, 'a', 0};
  EXPECT_FALSE(parse_sdes({RtcpType::kSdes, 1, too_long}));
  const std::vector<std::uint8_t> missing_chunk = {0, 0, 0, 1, 0, 0, 0, 0};
  EXPECT_FALSE(parse_sdes({RtcpType::kSdes, 2, missing_chunk}));
}

TEST(RtcpBye, NamesItsSourcesAndMayGiveAReason) {
  const std::array<Ssrc, 2> ssrcs = {Ssrc(3), Ssrc(4)};
  Written out;
  ASSERT_TRUE(write_bye(out.writer, ssrcs));
  auto bye = parse_bye(out.packet());
  ASSERT_TRUE(bye);
  ASSERT_EQ(bye->ssrcs.size(), 2u);
  EXPECT_EQ(bye->ssrcs[1], Ssrc(4));
  EXPECT_TRUE(bye->reason.empty());

  const std::vector<std::uint8_t> body = {0, 0, 0, 3, 3, 'e', 'n', 'd'};
  bye = parse_bye({RtcpType::kBye, 1, body});
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->reason, "end");
  EXPECT_FALSE(parse_bye({RtcpType::kBye, 3, body}));
  EXPECT_FALSE(parse_bye({RtcpType::kBye, 1, Bytes(body).first(7)}));
}

TEST(RtcpNack, NeighboursShareAnItemAlsoAcrossTheWrap) {
  const std::vector<std::uint16_t> lost = {65534, 65535, 0, 14, 15, 300};
  Written out;
  ASSERT_TRUE(write_nack(out.writer, Ssrc(1), Ssrc(2), lost));
  const std::vector<std::uint8_t> expected = {
      0x81, 205,  0x00, 0x05, 0,    0,    0,    1,
      0,    0,    0,    2,    0xff, 0xfe, 0x80, 0x03,  // 65534, then bits 0 (65535), 1 (0) and 15 (14)
      0x00, 0x0f, 0x00, 0x00,                          // 15 is 17 behind
      0x01, 0x2c, 0x00, 0x00,                          // 300
  };
  EXPECT_EQ(out.vector(), expected);
  const auto nack = parse_nack(out.packet());
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->media, Ssrc(2));
  std::vector<std::uint16_t> asked;
  nack->for_each_sequence([&](std::uint16_t sequence) { asked.push_back(sequence); });
  EXPECT_EQ(asked, lost);
  EXPECT_FALSE(write_nack(out.writer, Ssrc(1), Ssrc(2), {}));
}

TEST(RtcpFeedback, PliAndFirComeBack) {
  Written pli;
  ASSERT_TRUE(write_pli(pli.writer, Ssrc(1), Ssrc(2)));
  EXPECT_EQ(parse_pli(pli.packet()), (Pli{Ssrc(1), Ssrc(2)}));
  EXPECT_FALSE(parse_pli(cut(pli.packet(), 4)));
  EXPECT_FALSE(parse_fir(pli.packet()));

  Written fir;
  ASSERT_TRUE(write_fir(fir.writer, Ssrc(1), {Ssrc(9), 200}));
  const auto parsed = parse_fir(fir.packet());
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->entries.size(), 1u);
  EXPECT_EQ(parsed->entries[0], (FirEntry{Ssrc(9), 200}));
}

TEST(RtcpRemb, KeepsEighteenBitsOfTheRate) {
  const std::array<Ssrc, 1> ssrcs = {Ssrc(0xabc)};
  for (const std::int64_t bps : {std::int64_t{0}, std::int64_t{262'143}, std::int64_t{300'000},
                                 std::int64_t{1'234'567'890}, std::int64_t{1} << 60}) {
    Written out;
    ASSERT_TRUE(write_remb(out.writer, Ssrc(1), Bitrate::bps(bps), ssrcs));
    const auto remb = parse_remb(out.packet());
    ASSERT_TRUE(remb);
    EXPECT_LE(remb->bitrate.bps(), bps);
    EXPECT_GE(static_cast<double>(remb->bitrate.bps()), static_cast<double>(bps) * (1.0 - 1.0 / (1 << 17)));
    EXPECT_EQ(remb->ssrcs[0], Ssrc(0xabc));
    EXPECT_FALSE(parse_remb(cut(out.packet(), 4)));
  }
}

TEST(RtcpRemb, RefusesOtherNamesAndRatesBeyondMeaning) {
  std::vector<std::uint8_t> body = {0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 0, 0x03, 0xff, 0xff};
  EXPECT_TRUE(parse_remb({RtcpType::kPayloadFeedback, 15, body}));
  auto other = body;
  other[8] = 'X';
  EXPECT_FALSE(parse_remb({RtcpType::kPayloadFeedback, 15, other}));
  auto huge = body;
  huge[13] = 0xff;
  EXPECT_FALSE(parse_remb({RtcpType::kPayloadFeedback, 15, huge}));
}

TEST(RtcpXr, ReferenceTimeAndItsAnswerComeBack) {
  Written rrtr;
  ASSERT_TRUE(write_reference_time(rrtr.writer, Ssrc(1), 0x1122334455667788));
  const auto asked = parse_extended_report(rrtr.packet());
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->reference_time, 0x1122334455667788u);
  EXPECT_TRUE(asked->dlrr.empty());

  const std::array<DlrrItem, 2> items = {DlrrItem{Ssrc(2), 3, 4}, DlrrItem{Ssrc(5), 6, 7}};
  Written dlrr;
  ASSERT_TRUE(write_dlrr(dlrr.writer, Ssrc(1), items));
  const auto answered = parse_extended_report(dlrr.packet());
  ASSERT_TRUE(answered);
  ASSERT_EQ(answered->dlrr.size(), 2u);
  EXPECT_EQ(answered->dlrr[1], items[1]);
}

TEST(RtcpXr, UnknownBlocksAreSteppedOverAndShortOnesRefused) {
  const std::vector<std::uint8_t> body = {
      0,  0, 0, 1,                          // sender
      42, 0, 0, 1, 9, 9, 9, 9,              // unknown block of one word
      4,  0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5,  // RRTR
  };
  const auto report = parse_extended_report({RtcpType::kExtendedReport, 0, body});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->reference_time, 5u);
  EXPECT_FALSE(parse_extended_report({RtcpType::kExtendedReport, 0, Bytes(body).first(20)}));
  auto short_reference = body;
  short_reference[15] = 1;
  EXPECT_FALSE(parse_extended_report({RtcpType::kExtendedReport, 0, Bytes(short_reference).first(20)}));
}

}  // namespace
}  // namespace parley

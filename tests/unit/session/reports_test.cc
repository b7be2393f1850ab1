#include "session/reports.h"

#include <gtest/gtest.h>

#include "support/bare_client.h"

namespace parley {
namespace {

class ReportsTest : public testing::Test {
 protected:
  static std::vector<RtcpPacket> split(const PacketRef& compound) {
    std::vector<RtcpPacket> packets;
    EXPECT_TRUE(for_each_rtcp(compound.bytes(), [&](const RtcpPacket& packet) { packets.push_back(packet); }));
    return packets;
  }
  static std::vector<RtcpType> types(const PacketRef& compound) {
    std::vector<RtcpType> found;
    for (const RtcpPacket& packet : split(compound)) found.push_back(packet.type);
    return found;
  }
  PacketPool pool_{2};
  ReportIdentity who_{Ssrc(7), "the-cname", false};
};

using enum RtcpType;

TEST_F(ReportsTest, AReceiverReportCarriesItsBlocksAndTheCname) {
  const std::vector<ReportBlock> blocks(3, ReportBlock{Ssrc(9)});
  const PacketRef compound = make_receiver_report(pool_, who_, blocks);
  ASSERT_EQ(types(compound), (std::vector{kReceiverReport, kSdes}));
  EXPECT_EQ(parse_receiver_report(split(compound)[0])->blocks.size(), 3u);
  EXPECT_EQ(parse_sdes(split(compound)[1])->begin()->cname, "the-cname");
}

TEST_F(ReportsTest, AReportHoldsAsManyBlocksAsItsHeaderCanCount) {
  const std::vector<ReportBlock> blocks(64, ReportBlock{Ssrc(9)});
  EXPECT_EQ(parse_receiver_report(split(make_receiver_report(pool_, who_, blocks))[0])->blocks.size(), kMaxRtcpCount);
}

TEST_F(ReportsTest, ASenderReportIsTheSlotsOwn) {
  const PacketRef compound = make_sender_report(pool_, who_, {Ssrc(8), 1, 2, 3, 4});
  ASSERT_EQ(types(compound), (std::vector{kSenderReport, kSdes}));
  EXPECT_EQ(parse_sender_report(split(compound)[0])->info, (SenderInfo{Ssrc(8), 1, 2, 3, 4}));
  EXPECT_EQ(parse_sdes(split(compound)[1])->begin()->ssrc, Ssrc(8));
}

TEST_F(ReportsTest, FeedbackIsCompoundUnlessReducedSizeWasAnswered) {
  EXPECT_EQ(types(make_keyframe_request(pool_, who_, {Ssrc(1), false}, 0)),
            (std::vector{kReceiverReport, kSdes, kPayloadFeedback}));
  who_.reduced_size = true;
  EXPECT_EQ(types(make_keyframe_request(pool_, who_, {Ssrc(1), false}, 0)), (std::vector{kPayloadFeedback}));
}

TEST_F(ReportsTest, AKeyframeIsAskedByPliOrFir) {
  who_.reduced_size = true;
  EXPECT_EQ(parse_pli(split(make_keyframe_request(pool_, who_, {Ssrc(1), false}, 0))[0]), (Pli{Ssrc(7), Ssrc(1)}));
  const PacketRef compound = make_keyframe_request(pool_, who_, {Ssrc(1), true}, 200);
  const auto fir = parse_fir(split(compound)[0]);
  ASSERT_TRUE(fir);
  EXPECT_EQ(fir->entries[0], (FirEntry{Ssrc(1), 200}));
}

TEST_F(ReportsTest, AByeStandsBehindAReport) {
  const PacketRef compound = make_bye(pool_, who_, std::array{Ssrc(1), Ssrc(2)});
  ASSERT_EQ(types(compound), (std::vector{kReceiverReport, kSdes, kBye}));
  EXPECT_EQ(parse_bye(split(compound)[2])->ssrcs.size(), 2u);
}

TEST_F(ReportsTest, AnExhaustedPoolMeansNoReport) {
  const PacketRef one = pool_.take(), two = pool_.take();
  EXPECT_FALSE(make_receiver_report(pool_, who_, {}));
  EXPECT_FALSE(make_bye(pool_, who_, {}));
}

}  // namespace
}  // namespace parley

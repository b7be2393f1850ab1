#include "session/ingress.h"

#include <gtest/gtest.h>

#include "support/bare_client.h"

namespace parley {
namespace {

using test::make_rtp;
using test::opus_codec;
using test::RtpSpec;
using test::video_codec;
using test::vp8_payload;

constexpr Route kAudioRoute{1, 1}, kVideoRoute{2, 1}, kScreenRoute{3, 1};

class IngressTest : public testing::Test {
 protected:
  IngressTest() {
    params_.extensions = test::kPublisherIds;
    params_.receive.push_back({"a", MediaKind::kAudio, {opus_codec()}, {}, {{Ssrc(0xaaaa), {}}}});
    params_.receive.push_back(
        {"v", MediaKind::kVideo, {video_codec(), video_codec(Codec::kVp9, 98)}, {}, {{Ssrc(0xbbbb), Ssrc(0xbbbc)}}});
    params_.receive.push_back(
        {"s", MediaKind::kVideo, {video_codec(), video_codec(Codec::kAv1, 45)}, {}, {{Ssrc(0xcccc), {}}}});
    ingress_.configure(params_);
    ingress_.set_route("a", kAudioRoute);
    ingress_.set_route("v", kVideoRoute);
    ingress_.set_route("s", kScreenRoute);
  }

  static RtpSpec video(std::uint32_t ssrc, std::uint16_t sequence, std::string_view mid = {}) {
    RtpSpec spec;
    spec.ssrc = ssrc;
    spec.sequence = sequence;
    spec.mid = mid;
    spec.payload = vp8_payload(1, true);
    return spec;
  }
  std::expected<MediaPacket, DropReason> receive(const RtpSpec& spec) {
    return ingress_.receive(pool_.copy_of(make_rtp(spec)), now_);
  }
  DropReason refusal(const RtpSpec& spec) {
    const auto media = receive(spec);
    return media ? DropReason::kCount : media.error();
  }
  Route route(const RtpSpec& spec) {
    const auto media = receive(spec);
    return media ? media->route : Route{};
  }
  std::vector<ReportBlock> report() {
    std::vector<ReportBlock> blocks;
    ingress_.report(now_, blocks);
    return blocks;
  }

  PacketPool pool_{256};
  SessionParams params_;
  Ingress ingress_;
  Time now_{100s};
};

TEST_F(IngressTest, AMidSaysMoreThanAnAnnouncedSsrc) {
  EXPECT_EQ(route(video(0xbbbb, 1, "s")), kScreenRoute);
}

TEST_F(IngressTest, AnAnnouncedSsrcSaysMoreThanThePayloadType) {
  RtpSpec spec = video(0xcccc, 1);
  EXPECT_EQ(route(spec), kScreenRoute);
  EXPECT_EQ(route(video(0xbbbb, 1)), kVideoRoute);
}

TEST_F(IngressTest, APayloadTypeLeadsToItsLineOnlyIfNoOtherLineHasIt) {
  EXPECT_EQ(refusal(video(1, 1)), DropReason::kUnknownSsrc);
  RtpSpec spec = video(2, 1);
  spec.type = 45;
  spec.payload = {0x10, 0x0a, 0x01, 0x00};
  EXPECT_EQ(route(spec), kScreenRoute);
}

TEST_F(IngressTest, AMidThatNobodyHasLeadsNowhere) {
  EXPECT_EQ(refusal(video(0xbbbb, 1, "x")), DropReason::kUnknownSsrc);
  EXPECT_EQ(ingress_.streams(), 0u);
}

TEST_F(IngressTest, AnSsrcStaysKnownWithoutItsMid) {
  EXPECT_EQ(route(video(1, 1, "v")), kVideoRoute);
  EXPECT_EQ(route(video(1, 2)), kVideoRoute);
}

TEST_F(IngressTest, ALaterMidMovesTheSsrc) {
  EXPECT_EQ(route(video(1, 1, "v")), kVideoRoute);
  EXPECT_EQ(route(video(1, 2, "s")), kScreenRoute);
  EXPECT_EQ(route(video(1, 3)), kScreenRoute);
  EXPECT_EQ(refusal(video(1, 4, "x")), DropReason::kUnknownSsrc);
  EXPECT_EQ(route(video(1, 5)), kScreenRoute);
  EXPECT_EQ(ingress_.streams(), 1u);
}

TEST_F(IngressTest, LatchingSurvivesAReofferThatReordersTheLines) {
  EXPECT_EQ(route(video(1, 1, "v")), kVideoRoute);
  std::ranges::reverse(params_.receive);
  ingress_.configure(params_);
  EXPECT_EQ(route(video(1, 2)), kVideoRoute);
}

TEST_F(IngressTest, LatchingGoesWithItsLine) {
  EXPECT_EQ(route(video(1, 1, "v")), kVideoRoute);
  params_.receive.erase(params_.receive.begin() + 1);
  ingress_.configure(params_);
  EXPECT_EQ(ingress_.streams(), 0u);
  EXPECT_EQ(route(video(1, 2, "v")), Route{});
}

TEST_F(IngressTest, LatchingGoesWithABye) {
  EXPECT_EQ(route(video(1, 1, "v")), kVideoRoute);
  ingress_.on_bye(Ssrc(1));
  EXPECT_EQ(ingress_.streams(), 0u);
  EXPECT_EQ(refusal(video(1, 2)), DropReason::kUnknownSsrc);
}

TEST_F(IngressTest, ALineThatIsNotATrackYetHasNoRoute) {
  ingress_.set_route("v", Route{});
  const auto media = receive(video(1, 1, "v"));
  ASSERT_TRUE(media);
  EXPECT_FALSE(media->route);
}

TEST_F(IngressTest, SixtyFourStreamsAreEnough) {
  for (std::uint32_t ssrc = 1; ssrc <= Ingress::kMaxStreams; ++ssrc) ASSERT_EQ(route(video(ssrc, 1, "v")), kVideoRoute);
  EXPECT_EQ(refusal(video(1000, 1, "v")), DropReason::kSsrcLimit);
  EXPECT_EQ(ingress_.streams(), Ingress::kMaxStreams);
}

TEST_F(IngressTest, TheStreamSilentForLongestMakesRoom) {
  for (std::uint32_t ssrc = 1; ssrc <= Ingress::kMaxStreams; ++ssrc) ASSERT_TRUE(receive(video(ssrc, 1, "v")));
  now_ += 11s;
  for (std::uint32_t ssrc = 2; ssrc <= Ingress::kMaxStreams; ++ssrc) ASSERT_TRUE(receive(video(ssrc, 2)));
  EXPECT_EQ(route(video(1000, 1, "s")), kScreenRoute);
  EXPECT_EQ(ingress_.streams(), Ingress::kMaxStreams);
  EXPECT_EQ(refusal(video(1, 2)), DropReason::kUnknownSsrc) << "it was the silent one";
}

TEST_F(IngressTest, StrangersCostNothing) {
  for (std::uint32_t ssrc = 1; ssrc < 1000; ++ssrc) EXPECT_EQ(refusal(video(ssrc, 1)), DropReason::kUnknownSsrc);
  EXPECT_EQ(ingress_.streams(), 0u);
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(IngressTest, ACodecMayChangeFromOnePacketToTheNext) {
  ASSERT_EQ(receive(video(1, 1, "v"))->codec, Codec::kVp8);
  RtpSpec spec = video(1, 2);
  spec.type = 98;
  spec.payload = {0x08, 0x00, 0x00};
  const auto media = receive(spec);
  ASSERT_TRUE(media);
  EXPECT_EQ(media->codec, Codec::kVp9);
  EXPECT_EQ(receive(video(1, 3))->codec, Codec::kVp8);
}

TEST_F(IngressTest, APayloadTypeThatWasNotAnsweredIsRefused) {
  ASSERT_TRUE(receive(video(1, 1, "v")));
  RtpSpec spec = video(1, 2);
  spec.type = 45;
  EXPECT_EQ(refusal(spec), DropReason::kUnknownPayloadType);
}

TEST_F(IngressTest, AReofferMayGiveANumberToAnotherCodec) {
  ASSERT_TRUE(receive(video(1, 1, "v")));
  params_.receive[1].codecs = {video_codec(Codec::kVp9, 96)};
  ingress_.configure(params_);
  RtpSpec spec = video(1, 2);
  spec.payload = {0x08, 0x00, 0x00};
  ASSERT_EQ(receive(spec)->codec, Codec::kVp9);
  params_.receive[1].codecs = {video_codec(Codec::kVp8, 97)};
  ingress_.configure(params_);
  EXPECT_EQ(refusal(video(1, 3)), DropReason::kUnknownPayloadType);
}

TEST_F(IngressTest, ADuplicateIsRefused) {
  ASSERT_TRUE(receive(video(1, 1, "v")));
  EXPECT_EQ(refusal(video(1, 1, "v")), DropReason::kDuplicate);
}

TEST_F(IngressTest, APayloadThatIsNotTheCodecsIsRefused) {
  RtpSpec spec = video(1, 1, "v");
  spec.payload = {0x80};
  EXPECT_EQ(refusal(spec), DropReason::kBadRtp);
}

TEST_F(IngressTest, PaddingAloneIsAPacketWithoutPayload) {
  RtpSpec spec = video(1, 1, "v");
  spec.payload.clear();
  spec.padding = 200;
  const auto media = receive(spec);
  ASSERT_TRUE(media);
  EXPECT_TRUE(media->rtp.padding_only());
}

TEST_F(IngressTest, WhatIsNoRtpIsRefused) {
  EXPECT_EQ(ingress_.receive(pool_.copy_of(test::Buffer{0x80, 96, 0}), now_).error(), DropReason::kBadRtp);
}

TEST_F(IngressTest, EachSsrcAndEachRestartIsASourceOfItsOwn) {
  const auto first = receive(video(1, 1, "v"))->source;
  EXPECT_EQ(receive(video(1, 2))->source, first);
  const auto second = receive(video(2, 1, "v"))->source;
  EXPECT_GT(second, first);
  EXPECT_EQ(refusal(video(1, 30'000)), DropReason::kDuplicate) << "one jump may be a stray";
  const auto restarted = receive(video(1, 30'001));
  ASSERT_TRUE(restarted);
  EXPECT_GT(restarted->source, second);
}

TEST_F(IngressTest, ANewStreamIsReportedWithinAFifthOfASecond) {
  EXPECT_EQ(ingress_.first_report_due(), kNever);
  ASSERT_TRUE(receive(video(1, 1, "v")));
  EXPECT_LE(ingress_.first_report_due(), now_ + 150ms);
  const auto blocks = report();
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].ssrc, Ssrc(1));
  EXPECT_EQ(blocks[0].extended_highest_sequence, 1u);
  EXPECT_EQ(ingress_.first_report_due(), kNever);
  ASSERT_TRUE(receive(video(1, 2)));
  EXPECT_EQ(ingress_.first_report_due(), kNever) << "only the first is urgent";
}

TEST_F(IngressTest, OnlyWhoWasHeardSinceTheLastReportIsReported) {
  ASSERT_TRUE(receive(video(1, 1, "v")));
  ASSERT_TRUE(receive(video(2, 1, "s")));
  EXPECT_EQ(report().size(), 2u);
  ASSERT_TRUE(receive(video(2, 2)));
  const auto blocks = report();
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].ssrc, Ssrc(2));
  EXPECT_TRUE(report().empty());
}

TEST_F(IngressTest, AReportSaysWhenTheLastSenderReportCame) {
  ASSERT_TRUE(receive(video(1, 1, "v")));
  const NtpTime ntp = to_ntp(now_ - 3s);
  ingress_.on_sender_report(Ssrc(1), ntp, 90'000, now_);
  now_ += 500ms;
  const auto blocks = report();
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].last_sender_report, compact_ntp(ntp));
  EXPECT_EQ(blocks[0].delay_since_last_report, 0x8000u);
}

TEST_F(IngressTest, CaptureTimesAreByReportsOnceThereIsOne) {
  EXPECT_FALSE(receive(video(1, 1, "v"))->capture_by_reports);
  ingress_.on_sender_report(Ssrc(1), 0, 90'000, now_);
  EXPECT_FALSE(receive(video(1, 2))->capture_by_reports) << "zero is no time";
  ingress_.on_sender_report(Ssrc(9), to_ntp(now_), 90'000, now_);
  EXPECT_FALSE(receive(video(1, 3))->capture_by_reports) << "a stranger's report";
  ingress_.on_sender_report(Ssrc(1), to_ntp(now_), 90'000, now_);
  EXPECT_TRUE(receive(video(1, 4))->capture_by_reports);
}

TEST_F(IngressTest, AKeyframeIsAskedOfTheStreamThatIsForwarded) {
  EXPECT_FALSE(ingress_.keyframe_target(kVideoRoute)) << "nothing was heard";
  ASSERT_TRUE(receive(video(1, 1, "v")));
  ASSERT_TRUE(receive(video(2, 1, "s")));
  EXPECT_EQ(ingress_.keyframe_target(kVideoRoute)->ssrc, Ssrc(1));
  // Another begins: it is the one, until it falls silent.
  ASSERT_TRUE(receive(video(3, 1, "v")));
  now_ += 10ms;
  ASSERT_TRUE(receive(video(1, 2)));
  EXPECT_EQ(ingress_.keyframe_target(kVideoRoute)->ssrc, Ssrc(3));
  now_ += 2s;
  ASSERT_TRUE(receive(video(1, 3)));
  EXPECT_EQ(ingress_.keyframe_target(kVideoRoute)->ssrc, Ssrc(1));
  EXPECT_FALSE(ingress_.keyframe_target(Route{77, 1}));
}

TEST_F(IngressTest, AKeyframeIsAskedByFirOnlyWherePliWasNotAnswered) {
  ASSERT_TRUE(receive(video(1, 1, "v")));
  EXPECT_FALSE(ingress_.keyframe_target(kVideoRoute)->fir);
  params_.receive[1].codecs[0].fir = true;
  ingress_.configure(params_);
  EXPECT_FALSE(ingress_.keyframe_target(kVideoRoute)->fir);
  params_.receive[1].codecs[0].pli = false;
  ingress_.configure(params_);
  EXPECT_TRUE(ingress_.keyframe_target(kVideoRoute)->fir);
}

}  // namespace
}  // namespace parley

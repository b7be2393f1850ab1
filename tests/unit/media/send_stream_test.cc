#include "media/send_stream.h"

#include <gtest/gtest.h>

#include "support/media_packets.h"

namespace parley {
namespace {

using test::make_media;
using test::RtpSpec;
using test::vp8_payload;

constexpr CodecProfile kBaseline{0x4200, 1}, kConstrainedBaseline{0x42e0, 1}, kHigh{0x640c, 1};

class SendStreamTest : public testing::Test {
 protected:
  SendStreamTest() { stream_.set_held(false); }

  static SendStreamParams params(std::vector<SendCodec> codecs) {
    return {"v", MediaKind::kVideo, Ssrc(1), std::move(codecs)};
  }

  MediaPacket packet(std::uint16_t sequence, std::uint32_t timestamp, Time at) {
    RtpSpec spec;
    spec.sequence = sequence;
    spec.timestamp = timestamp;
    spec.payload = vp8_payload(7, true);
    return make_media(pool_, spec, at);
  }
  const EgressNote& last() { return queue_.notes().back(); }

  PacketPool pool_{64};
  DirtyList dirty_;
  EgressQueue queue_{dirty_, 3};
  Rng rng_{1};
  SendStream stream_{params({{Codec::kVp8, {}, PayloadType(100)}}), queue_, rng_};
  Time now_{100s};
};

TEST_F(SendStreamTest, BeginsInTheLowerHalfOfSequenceNumbers) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(seed);
    SendStream stream(params({{Codec::kVp8, {}, PayloadType(100)}}), queue_, rng);
    ASSERT_TRUE(stream.forward(packet(1, 1, now_)));
    EXPECT_LT(last().sequence, 0x8000);
  }
}

TEST_F(SendStreamTest, WritesTheSlotsOwnPayloadType) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  EXPECT_EQ(last().payload_type, PayloadType(100));
}

TEST_F(SendStreamTest, RefusesACodecThatTheSlotDoesNotHave) {
  MediaPacket media = packet(100, 0, now_);
  media.codec = Codec::kVp9;
  EXPECT_FALSE(stream_.takes(media));
  EXPECT_EQ(stream_.forward(media).error(), DropReason::kCodecUnsupported);
  EXPECT_TRUE(queue_.notes().empty());
}

TEST_F(SendStreamTest, MatchesH264ByProfileAndPacketizationModeNotByNumber) {
  SendStream stream(
      params({{Codec::kH264, kHigh, PayloadType(1)}, {Codec::kH264, kConstrainedBaseline, PayloadType(2)}}), queue_,
      rng_);
  EXPECT_EQ(stream.payload_type_for(Codec::kH264, kHigh), PayloadType(1));
  EXPECT_EQ(stream.payload_type_for(Codec::kH264, kBaseline), PayloadType(2));
  EXPECT_EQ(stream.payload_type_for(Codec::kH264, (CodecProfile{0x42e0, 0})), std::nullopt);
  EXPECT_EQ(stream.payload_type_for(Codec::kH264, (CodecProfile{0x4d00, 1})), std::nullopt);
}

TEST_F(SendStreamTest, FollowsAChangeOfCodecPacketByPacket) {
  stream_.set_codecs({{Codec::kVp8, {}, PayloadType(100)}, {Codec::kVp9, {}, PayloadType(101)}});
  MediaPacket media = packet(100, 0, now_);
  ASSERT_TRUE(stream_.forward(media));
  const std::uint16_t first = last().sequence;
  media = packet(101, 3000, now_);
  media.codec = Codec::kVp9;
  ASSERT_TRUE(stream_.forward(media));
  EXPECT_EQ(last().payload_type, PayloadType(101));
  EXPECT_EQ(last().sequence, first + 1);
  ASSERT_TRUE(stream_.forward(packet(102, 6000, now_)));
  EXPECT_EQ(last().payload_type, PayloadType(100));
}

TEST_F(SendStreamTest, ForgetsWhatANewNegotiationTookAway) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  stream_.set_codecs({{Codec::kVp9, {}, PayloadType(101)}});
  EXPECT_FALSE(stream_.forward(packet(101, 3000, now_)));
}

TEST_F(SendStreamTest, ANewRunGoesOnWhereTheLineStandsAtItsCaptureTime) {
  ASSERT_TRUE(stream_.forward(packet(100, 1'000'000, now_)));
  const EgressNote before = last();
  stream_.begin_run();
  const auto forwarded = stream_.forward(packet(7000, 55, now_ + 2s));
  ASSERT_TRUE(forwarded);
  EXPECT_TRUE(forwarded->first_of_run);
  EXPECT_EQ(last().sequence, static_cast<std::uint16_t>(before.sequence + 1));
  EXPECT_EQ(last().timestamp, before.timestamp + 180'000);
}

TEST_F(SendStreamTest, TimeNeverStandsStillBetweenRuns) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  const std::uint32_t before = last().timestamp;
  stream_.begin_run();
  ASSERT_TRUE(stream_.forward(packet(7000, 55, now_)));
  EXPECT_GT(last().timestamp - before, 0u);
  EXPECT_LT(last().timestamp - before, 90'000u);
}

TEST_F(SendStreamTest, ALatePacketOfTheRunKeepsItsPlace) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  const std::uint16_t first = last().sequence;
  ASSERT_TRUE(stream_.forward(packet(102, 0, now_)));
  ASSERT_TRUE(stream_.forward(packet(101, 0, now_)));
  EXPECT_EQ(last().sequence, static_cast<std::uint16_t>(first + 1));
  EXPECT_EQ(stream_.forward(packet(101, 0, now_)).error(), DropReason::kTooOld);
}

TEST_F(SendStreamTest, APacketFromBeforeTheRunIsTooOld) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  EXPECT_EQ(stream_.forward(packet(99, 0, now_)).error(), DropReason::kTooOld);
}

TEST_F(SendStreamTest, WhatIsLeftOutLeavesNoGap) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  const std::uint16_t first = last().sequence;
  stream_.skip(packet(101, 0, now_));
  ASSERT_TRUE(stream_.forward(packet(102, 0, now_)));
  EXPECT_EQ(last().sequence, static_cast<std::uint16_t>(first + 1));
  EXPECT_EQ(queue_.notes().size(), 2u);
}

TEST_F(SendStreamTest, ANumberThatWillNeverBeFilledIsClosedByPadding) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  const std::uint16_t first = last().sequence;
  ASSERT_TRUE(stream_.forward(packet(102, 0, now_)));
  stream_.skip(packet(101, 0, now_));
  EXPECT_FALSE(last().packet);
  EXPECT_EQ(last().sequence, static_cast<std::uint16_t>(first + 1));
  EXPECT_EQ(last().payload_type, PayloadType(100));
}

TEST_F(SendStreamTest, HolesOfTheOldRunAreClosedBeforeTheNewOneBegins) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  const std::uint16_t first = last().sequence;
  ASSERT_TRUE(stream_.forward(packet(103, 0, now_)));
  stream_.begin_run();
  ASSERT_TRUE(stream_.forward(packet(9000, 0, now_)));
  ASSERT_EQ(queue_.notes().size(), 5u);
  EXPECT_FALSE(queue_.notes()[2].packet);
  EXPECT_EQ(queue_.notes()[2].sequence, static_cast<std::uint16_t>(first + 1));
  EXPECT_FALSE(queue_.notes()[3].packet);
  EXPECT_TRUE(queue_.notes()[4].packet);
  EXPECT_EQ(queue_.notes()[4].sequence, static_cast<std::uint16_t>(first + 4));
}

TEST_F(SendStreamTest, AFullQueueSaysSoAndRecovers) {
  for (std::size_t i = 0; i < EgressQueue::kCapacity; ++i) ASSERT_TRUE(queue_.push(EgressNote{}));
  EXPECT_EQ(stream_.forward(packet(100, 0, now_)).error(), DropReason::kQueueFull);
  queue_.clear();
  EXPECT_TRUE(stream_.forward(packet(101, 0, now_)));
}

TEST_F(SendStreamTest, TheQueueIsListedOncePerTurn) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  ASSERT_TRUE(stream_.forward(packet(101, 0, now_)));
  EXPECT_EQ(dirty_.sessions(), std::vector<std::uint32_t>{3});
  queue_.clear();
  dirty_.clear();
  ASSERT_TRUE(stream_.forward(packet(102, 0, now_)));
  EXPECT_EQ(dirty_.sessions(), std::vector<std::uint32_t>{3});
}

TEST_F(SendStreamTest, PictureIdsGoOnFromRunToRunByPatchesOnly) {
  MediaPacket media = packet(100, 0, now_);
  ASSERT_TRUE(stream_.forward(media));
  EXPECT_EQ(last().patches.count, 0);
  stream_.begin_run();
  const test::Buffer before(media.packet.bytes().begin(), media.packet.bytes().end());
  ASSERT_TRUE(stream_.forward(media));
  ASSERT_EQ(last().patches.count, 1);
  EXPECT_EQ(last().patches.patches[0].value, 0x8000 | 8);
  EXPECT_TRUE(std::ranges::equal(before, media.packet.bytes()));
}

TEST_F(SendStreamTest, CarriesTheDescriptorsPlaceAndAFrameNumberOfItsOwn) {
  const test::Buffer descriptor = {0xc0, 0x12, 0x34, 0x80};
  RtpSpec spec;
  spec.extend = [&](RtpExtensionWriter& writer) { writer.set(RtpExtension::kDependencyDescriptor, descriptor); };
  ASSERT_TRUE(stream_.forward(make_media(pool_, spec, now_)));
  EXPECT_EQ(last().frame_number, 0x1234);
  stream_.begin_run();
  ASSERT_TRUE(stream_.forward(make_media(pool_, spec, now_)));
  EXPECT_EQ(last().frame_number, 0x1235);
  const CarriedExtension carried = last().dependency_descriptor;
  ASSERT_EQ(carried.size, descriptor.size());
  EXPECT_TRUE(std::ranges::equal(last().packet.bytes().subspan(carried.offset, carried.size), descriptor));
}

TEST_F(SendStreamTest, SaysNothingOfItsClockBeforeAnythingWasSent) {
  EXPECT_FALSE(stream_.sender_info(now_));
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  EXPECT_FALSE(stream_.sender_info(now_)) << "queued is not sent";
  stream_.on_sent(40);
  EXPECT_TRUE(stream_.report_due(now_));
}

TEST_F(SendStreamTest, TheReportsLineIsContinuousOverBindings) {
  ASSERT_TRUE(stream_.forward(packet(100, 1'000'000, now_)));
  stream_.on_sent(40);
  const auto first = stream_.sender_info(now_ + 500ms);
  stream_.begin_run();
  ASSERT_TRUE(stream_.forward(packet(9000, 5, now_ + 1s)));
  stream_.on_sent(60);
  const auto second = stream_.sender_info(now_ + 1500ms);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->rtp_timestamp - first->rtp_timestamp, 90'000u);
  EXPECT_EQ(second->packets, 2u);
  EXPECT_EQ(second->octets, 100u);
}

TEST_F(SendStreamTest, AReportFollowsEachBindingAtOnceAndThenEachSecond) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  stream_.on_sent(40);
  stream_.on_report_sent(now_);
  EXPECT_FALSE(stream_.report_due(now_ + 500ms));
  stream_.begin_run();
  EXPECT_FALSE(stream_.report_due(now_ + 600ms)) << "nothing of the new run is known";
  ASSERT_TRUE(stream_.forward(packet(9000, 0, now_ + 700ms)));
  EXPECT_TRUE(stream_.report_due(now_ + 700ms));
  stream_.on_report_sent(now_ + 700ms);
  EXPECT_FALSE(stream_.report_due(now_ + 1699ms));
  EXPECT_TRUE(stream_.report_due(now_ + 1700ms));
}

TEST_F(SendStreamTest, SaysNothingAfterTwoSecondsOfSilence) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  stream_.on_sent(40);
  EXPECT_TRUE(stream_.sender_info(now_ + 2s));
  EXPECT_FALSE(stream_.sender_info(now_ + 2001ms));
}

TEST_F(SendStreamTest, WaitsForThePublishersClockButNotForEver) {
  MediaPacket media = packet(100, 0, now_);
  media.capture_by_reports = false;
  ASSERT_TRUE(stream_.forward(media));
  stream_.on_sent(40);
  EXPECT_FALSE(stream_.sender_info(now_ + 1s));
  media = packet(101, 270'000, now_ + 3s);
  media.capture_by_reports = false;
  ASSERT_TRUE(stream_.forward(media));
  EXPECT_TRUE(stream_.sender_info(now_ + 3s));
}

TEST_F(SendStreamTest, HoldingEndsTheRun) {
  ASSERT_TRUE(stream_.forward(packet(100, 0, now_)));
  stream_.set_held(true);
  stream_.set_held(false);
  const auto forwarded = stream_.forward(packet(101, 3000, now_));
  ASSERT_TRUE(forwarded);
  EXPECT_TRUE(forwarded->first_of_run);
}

}  // namespace
}  // namespace parley

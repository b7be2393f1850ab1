#include "room/fanout.h"

#include <gtest/gtest.h>

#include "support/media_packets.h"

namespace parley {
namespace {

class FanoutTest : public testing::Test {
 protected:
  FanoutTest() { receiver_ = subscribe({{Codec::kVp8, {}, PayloadType(100)}}); }

  Handle<SendStream> subscribe(std::vector<SendCodec> codecs) {
    const auto h = streams_.emplace(SendStreamParams{"v", MediaKind::kVideo, Ssrc(1), std::move(codecs)}, queue_, rng_);
    publication_.subscriptions.push_back({SessionId{9}, h, true, false, false});
    return h;
  }
  void send(std::uint16_t sequence, bool keyframe, std::uint32_t source = 1, Codec codec = Codec::kVp8) {
    test::RtpSpec spec;
    spec.sequence = sequence;
    spec.timestamp = sequence * 3000u;
    spec.payload = codec == Codec::kVp8 ? test::vp8_payload(sequence, keyframe) : test::Buffer{0x08, 0x00, 0x00};
    MediaPacket media = test::make_media(pool_, spec, now_, codec);
    media.source = source;
    fan_out(publication_, media, streams_, drops_, news_);
  }
  std::size_t queued() { return queue_.notes().size(); }
  std::uint64_t dropped(DropReason reason) const { return drops_[reason]; }

  PacketPool pool_{256};
  DirtyList dirty_;
  EgressQueue queue_{dirty_, 0};
  Rng rng_{1};
  SlotMap<SendStream> streams_;
  Publication publication_{TrackId{5}, SessionId{1}, MediaKind::kVideo, false, 500ms};
  Handle<SendStream> receiver_;
  DropCounters drops_;
  std::vector<BindingNews> news_;
  Time now_{100s};
};

TEST_F(FanoutTest, VideoBeginsWithAKeyframeAndAsksForIt) {
  send(1, false);
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(dropped(DropReason::kWaitingForKeyframe), 1u);
  EXPECT_TRUE(publication_.gate.take_request(now_));
  send(2, true);
  send(3, false);
  EXPECT_EQ(queued(), 2u);
  EXPECT_FALSE(publication_.gate.wanted());
}

TEST_F(FanoutTest, TheFirstPacketOfABindingIsToldOnce) {
  send(1, true);
  send(2, false);
  ASSERT_EQ(news_.size(), 1u);
  EXPECT_EQ(news_[0].track, TrackId{5});
  EXPECT_EQ(news_[0].rtp_timestamp, queue_.notes()[0].timestamp);
  EXPECT_FALSE(news_[0].unsupported);
}

TEST_F(FanoutTest, MutedMeansSilent) {
  publication_.muted = true;
  send(1, true);
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(dropped(DropReason::kMuted), 1u);
}

TEST_F(FanoutTest, WithoutSubscribersAPacketStopsHere) {
  publication_.subscriptions.clear();
  send(1, true);
  EXPECT_EQ(dropped(DropReason::kNoSubscriber), 1u);
}

TEST_F(FanoutTest, AHeldReceiverGetsNothingAndThenAKeyframe) {
  send(1, true);
  streams_.find(receiver_)->set_held(true);
  send(2, false);
  streams_.find(receiver_)->set_held(false);
  send(3, false);
  EXPECT_EQ(queued(), 1u);
  send(4, true);
  EXPECT_EQ(queued(), 2u);
  EXPECT_EQ(queue_.notes()[1].sequence, static_cast<std::uint16_t>(queue_.notes()[0].sequence + 1));
}

TEST_F(FanoutTest, AReceiverThatIsGoneDisturbsNobody) {
  streams_.erase(receiver_);
  subscribe({{Codec::kVp8, {}, PayloadType(100)}});
  send(1, true);
  EXPECT_EQ(queued(), 1u);
}

TEST_F(FanoutTest, PaddingStaysBetweenThePublisherAndUs) {
  send(1, true);
  test::RtpSpec spec;
  spec.sequence = 2;
  spec.payload.clear();
  spec.padding = 100;
  fan_out(publication_, test::make_media(pool_, spec, now_), streams_, drops_, news_);
  EXPECT_EQ(dropped(DropReason::kPaddingOnly), 1u);
  send(1, true);
  send(3, false);
  ASSERT_EQ(queued(), 2u);
  EXPECT_EQ(queue_.notes()[1].sequence, static_cast<std::uint16_t>(queue_.notes()[0].sequence + 1));
}

TEST_F(FanoutTest, ACodecThatTheSlotDoesNotHaveIsToldOnce) {
  for (std::uint16_t i = 1; i < 5; ++i) send(i, false, 1, Codec::kVp9);
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(dropped(DropReason::kCodecUnsupported), 4u);
  ASSERT_EQ(news_.size(), 1u);
  EXPECT_TRUE(news_[0].unsupported);
  EXPECT_FALSE(publication_.gate.wanted()) << "no keyframe helps";
}

TEST_F(FanoutTest, AfterACodecItDoesNotHaveTheReceiverBeginsAnewWithoutAGap) {
  send(1, true);
  for (std::uint16_t i = 2; i < 20; ++i) send(i, false, 1, Codec::kVp9);
  send(20, false);
  EXPECT_EQ(queued(), 1u);
  send(21, true);
  ASSERT_EQ(queued(), 2u);
  EXPECT_EQ(queue_.notes()[1].sequence, static_cast<std::uint16_t>(queue_.notes()[0].sequence + 1));
  EXPECT_EQ(news_.size(), 2u) << "started and unsupported, each once";
}

TEST_F(FanoutTest, AnotherReceiverIsNotDisturbedByOnesMissingCodec) {
  subscribe({{Codec::kVp9, {}, PayloadType(101)}, {Codec::kVp8, {}, PayloadType(100)}});
  send(1, true);
  send(2, false, 1, Codec::kVp9);
  EXPECT_EQ(queued(), 3u);
}

TEST_F(FanoutTest, ANewSourceTakesOverAtOnceWithAKeyframe) {
  send(40'000, true, 1);
  send(7, false, 2);
  EXPECT_EQ(queued(), 1u);
  EXPECT_TRUE(publication_.gate.wanted());
  send(8, true, 2);
  send(9, false, 2);
  ASSERT_EQ(queued(), 3u);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(queue_.notes()[i].sequence, static_cast<std::uint16_t>(queue_.notes()[0].sequence + i));
  }
  EXPECT_LT(queue_.notes()[2].timestamp - queue_.notes()[0].timestamp, 90'000u);
}

TEST_F(FanoutTest, StragglersOfTheSourceBeforeAreNotMixedIn) {
  send(100, true, 1);
  send(500, true, 2);
  send(101, true, 1);
  EXPECT_EQ(queued(), 2u);
  EXPECT_EQ(dropped(DropReason::kTooOld), 1u);
  now_ += 2s;
  send(102, true, 1);
  EXPECT_EQ(queued(), 3u) << "the later one has fallen silent";
}

TEST_F(FanoutTest, AFullQueueIsCounted) {
  while (queue_.push(EgressNote{})) {
  }
  send(1, true);
  EXPECT_EQ(dropped(DropReason::kQueueFull), 1u);
}

}  // namespace
}  // namespace parley

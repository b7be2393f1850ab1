#include "room/room.h"

#include <gtest/gtest.h>

#include "support/media_packets.h"

namespace parley {
namespace {

constexpr TrackId kCamera{11}, kScreen{12};
constexpr SessionId kPublisher{1}, kOther{2}, kViewer{3};

class RoomTest : public testing::Test {
 protected:
  Handle<SendStream> add_slot() {
    const auto h = streams_.emplace(
        SendStreamParams{"v", MediaKind::kVideo, Ssrc(1), {{Codec::kVp8, {}, PayloadType(100)}}}, queue_, rng_);
    streams_.find(h)->set_handle(h);
    return h;
  }
  void send(Route route, std::uint16_t sequence, bool keyframe) {
    test::RtpSpec spec;
    spec.sequence = sequence;
    spec.payload = test::vp8_payload(sequence, keyframe);
    MediaPacket media = test::make_media(pool_, spec, now_);
    media.route = route;
    room_.receive(media, drops_, news_);
  }
  std::vector<Room::KeyframeRequest> tick() {
    std::vector<Room::KeyframeRequest> requests;
    room_.tick(now_, requests);
    return requests;
  }
  std::size_t queued() { return queue_.notes().size(); }

  PacketPool pool_{256};
  DirtyList dirty_;
  EgressQueue queue_{dirty_, 0};
  Rng rng_{1};
  SlotMap<SendStream> streams_;
  Room room_{streams_, 500ms};
  Handle<SendStream> slot_ = add_slot();
  DropCounters drops_;
  std::vector<BindingNews> news_;
  Time now_{100s};
};

TEST_F(RoomTest, ABoundSlotGetsItsTrackAndNoOther) {
  const Route camera = room_.publish(kCamera, kPublisher, MediaKind::kVideo, false);
  const Route screen = room_.publish(kScreen, kPublisher, MediaKind::kVideo, false);
  ASSERT_TRUE(room_.bind(kCamera, kViewer, slot_, now_));
  send(camera, 1, true);
  send(screen, 1, true);
  EXPECT_EQ(queued(), 1u);
  EXPECT_EQ(drops_[DropReason::kNoSubscriber], 1u);
}

TEST_F(RoomTest, APacketWithoutATrackIsNotPermitted) {
  send(Route{}, 1, true);
  send(Route{7, 3}, 1, true);
  EXPECT_EQ(drops_[DropReason::kNotPermitted], 2u);
}

TEST_F(RoomTest, BindingASlotTakesItFromWhatItCarried) {
  const Route camera = room_.publish(kCamera, kPublisher, MediaKind::kVideo, false);
  const Route screen = room_.publish(kScreen, kPublisher, MediaKind::kVideo, false);
  ASSERT_TRUE(room_.bind(kCamera, kViewer, slot_, now_));
  ASSERT_TRUE(room_.bind(kScreen, kViewer, slot_, now_));
  send(camera, 1, true);
  send(screen, 1, true);
  EXPECT_EQ(queued(), 1u);
}

TEST_F(RoomTest, BindingToATrackThatIsNotHereUnbinds) {
  const Route camera = room_.publish(kCamera, kPublisher, MediaKind::kVideo, false);
  ASSERT_TRUE(room_.bind(kCamera, kViewer, slot_, now_));
  EXPECT_FALSE(room_.bind(kScreen, kViewer, slot_, now_));
  send(camera, 1, true);
  EXPECT_EQ(queued(), 0u);
}

TEST_F(RoomTest, ABindingAsksForOneKeyframeHoweverManyWait) {
  room_.publish(kCamera, kPublisher, MediaKind::kVideo, false);
  for (int i = 0; i < 20; ++i) room_.bind(kCamera, kViewer, add_slot(), now_);
  const auto requests = tick();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].publisher, kPublisher);
  EXPECT_TRUE(tick().empty());
}

TEST_F(RoomTest, AWishForASlotGoesToTheTrackThatItCarries) {
  const Route camera = room_.publish(kCamera, kPublisher, MediaKind::kVideo, false);
  room_.publish(kScreen, kOther, MediaKind::kVideo, false);
  room_.bind(kCamera, kViewer, slot_, now_);
  tick();
  send(camera, 1, true);
  now_ += 1s;
  room_.want_keyframe(slot_, now_);
  room_.want_keyframe(add_slot(), now_);
  const auto requests = tick();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].route, camera);
}

TEST_F(RoomTest, SoundNeedsNoKeyframe) {
  room_.publish(kCamera, kPublisher, MediaKind::kAudio, false);
  room_.bind(kCamera, kViewer, slot_, now_);
  room_.want_keyframe(slot_, now_);
  EXPECT_TRUE(tick().empty());
  EXPECT_EQ(room_.next_deadline(), kNever);
}

TEST_F(RoomTest, UnmutingBeginsWithAKeyframe) {
  const Route camera = room_.publish(kCamera, kPublisher, MediaKind::kVideo, true);
  room_.bind(kCamera, kViewer, slot_, now_);
  EXPECT_TRUE(tick().empty()) << "a muted track has none to give";
  send(camera, 1, true);
  EXPECT_EQ(queued(), 0u);
  room_.mute(kCamera, false, now_);
  EXPECT_EQ(tick().size(), 1u);
  send(camera, 2, false);
  EXPECT_EQ(queued(), 0u);
  send(camera, 3, true);
  EXPECT_EQ(queued(), 1u);
}

TEST_F(RoomTest, ARouteDiesWithItsTrack) {
  const Route camera = room_.publish(kCamera, kPublisher, MediaKind::kVideo, false);
  room_.bind(kCamera, kViewer, slot_, now_);
  room_.unpublish(kCamera);
  const Route screen = room_.publish(kScreen, kPublisher, MediaKind::kVideo, false);
  EXPECT_EQ(screen.index, camera.index);
  room_.bind(kScreen, kViewer, slot_, now_);
  send(camera, 1, true);
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(drops_[DropReason::kNotPermitted], 1u);
}

TEST_F(RoomTest, ForgettingASessionEndsItsTracksAndItsBindings) {
  const Route camera = room_.publish(kCamera, kPublisher, MediaKind::kVideo, false);
  const Route screen = room_.publish(kScreen, kOther, MediaKind::kVideo, false);
  room_.bind(kCamera, kViewer, slot_, now_);
  room_.bind(kScreen, kPublisher, add_slot(), now_);
  EXPECT_EQ(room_.forget(kPublisher), std::vector{kCamera});
  send(camera, 1, true);
  send(screen, 1, true);
  EXPECT_EQ(queued(), 0u);
  EXPECT_EQ(drops_[DropReason::kNotPermitted], 1u);
  EXPECT_EQ(drops_[DropReason::kNoSubscriber], 1u);
  EXPECT_TRUE(room_.forget(kPublisher).empty());
}

TEST_F(RoomTest, UnknownTracksAreNoMatter) {
  room_.unpublish(kCamera);
  room_.mute(kCamera, true, now_);
  room_.unbind(slot_);
  room_.unbind({});
  EXPECT_EQ(room_.next_deadline(), kNever);
}

}  // namespace
}  // namespace parley

// Publisher and subscribers around one engine, in virtual time.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/continuity.h"
#include "support/sim_world.h"

namespace parley::sim {
namespace {

PeerOptions publisher(std::uint32_t number) {
  PeerOptions options;
  options.number = number;
  options.send_audio = options.send_video = true;
  return options;
}

PeerOptions viewer(std::uint32_t number, unsigned slots = 1) {
  PeerOptions options;
  options.number = number;
  options.audio_slots = options.video_slots = slots;
  return options;
}

std::uint32_t audio_ssrc(const SimPeer& peer, unsigned k = 0) {
  return peer.options().number * 1'000'000 + k;
}
std::uint32_t video_ssrc(const SimPeer& peer, unsigned k = 0) {
  return peer.options().number * 1'000'000 + 1000 + k;
}

std::size_t media_packets(const SimPeer& peer, std::uint32_t ssrc) {
  return static_cast<std::size_t>(
      std::ranges::count_if(peer.received, [&](const Received& r) { return r.ssrc == ssrc && !r.padding_only; }));
}

void bind_both(World& w, SimPeer& from, SimPeer& to, unsigned slot = 0) {
  w.bind(to, MediaKind::kAudio, slot, from.audio_track());
  w.bind(to, MediaKind::kVideo, slot, from.video_track());
}

TEST(Forwarding, APublishersPacketsReachItsSubscriberWithoutAGap) {
  World w(1);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2));
  bind_both(w, p, v);
  w.run(5s);

  EXPECT_TRUE(p.connected());
  EXPECT_TRUE(v.connected());
  EXPECT_GT(media_packets(v, audio_ssrc(v)), 200u);
  EXPECT_GT(media_packets(v, video_ssrc(v)), 400u);
  EXPECT_EQ(v.refused, 0u);
  for (const std::uint32_t ssrc : {audio_ssrc(v), video_ssrc(v)}) {
    expect_continuous(v.received, ssrc, true);
    const auto slot = in_order(v.received, ssrc);
    EXPECT_EQ(slot.rbegin()->first - slot.begin()->first + 1, static_cast<std::int64_t>(slot.size()))
        << "numbers are missing";
  }
}

TEST(Forwarding, EveryPacketCarriesTheSlotsOwnMidAndPayloadType) {
  World w(2);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2));
  bind_both(w, p, v);
  w.run(2s);
  ASSERT_FALSE(v.received.empty());
  for (const Received& r : v.received) {
    EXPECT_EQ(r.mid, r.ssrc == video_ssrc(v) ? "vs0" : "as0");
    EXPECT_EQ(r.payload_type, r.ssrc == video_ssrc(v) ? 96 : 111);
  }
}

TEST(Forwarding, VideoBeginsWithAKeyframeThatWasAskedFor) {
  World w(3);
  SimPeer& p = w.add(publisher(1));
  w.run(3s);
  const unsigned before = p.keyframes_sent;
  SimPeer& v = w.add(viewer(2));
  w.bind(v, MediaKind::kVideo, 0, p.video_track());
  w.run(1s);
  const auto slot = in_order(v.received, video_ssrc(v));
  ASSERT_FALSE(slot.empty());
  EXPECT_TRUE(slot.begin()->second.keyframe_start);
  EXPECT_EQ(p.keyframes_sent, before + 1);
}

TEST(Forwarding, AHundredViewersWhoJoinTogetherCostTheirPublisherOneOrTwoKeyframes) {
  World w(4);
  SimPeer& p = w.add(publisher(1));
  w.run(3s);
  const unsigned asked = p.keyframe_requests;
  std::vector<SimPeer*> viewers;
  for (std::uint32_t n = 2; n < 102; ++n) {
    viewers.push_back(&w.add(viewer(n)));
    w.bind(*viewers.back(), MediaKind::kVideo, 0, p.video_track());
  }
  w.run(2s);
  EXPECT_LE(p.keyframe_requests - asked, 2u);
  for (const SimPeer* v : viewers) EXPECT_GT(media_packets(*v, video_ssrc(*v)), 50u) << v->options().number;
}

TEST(Forwarding, AStormOfKeyframeWishesIsThrottledAtThePublication) {
  World w(5);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2));
  w.bind(v, MediaKind::kVideo, 0, p.video_track());
  w.run(2s);
  const unsigned asked = p.keyframe_requests;
  for (int i = 0; i < 1000; ++i) {
    v.ask_keyframe(video_ssrc(v), w.sender_of(v), w.now());
    w.run(10ms);
  }
  EXPECT_GE(p.keyframe_requests - asked, 5u);
  EXPECT_LE(p.keyframe_requests - asked, 22u);  // 10 s at one per 500 ms
}

TEST(Forwarding, ASlotThatIsBoundFromTrackToTrackStaysOneContinuousStream) {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    World w(seed);
    SimPeer& a = w.add(publisher(1));
    SimPeer& b = w.add(publisher(2));
    SimPeer& v = w.add(viewer(3));
    w.run(1s);
    for (int i = 0; i < 8; ++i) {
      bind_both(w, i % 2 == 0 ? a : b, v);
      w.run(700ms + i * 13ms);
    }
    for (const std::uint32_t ssrc : {audio_ssrc(v), video_ssrc(v)}) {
      expect_continuous(v.received, ssrc, true);
      const auto slot = in_order(v.received, ssrc);
      ASSERT_FALSE(slot.empty());
      EXPECT_EQ(slot.rbegin()->first - slot.begin()->first + 1, static_cast<std::int64_t>(slot.size()));
    }
    EXPECT_EQ(v.refused, 0u);
  }
}

TEST(Forwarding, TheSlotsLineKeepsPaceWithTheClockOverManyBindings) {
  World w(7);
  SimPeer& a = w.add(publisher(1));
  SimPeer& b = w.add(publisher(2));
  SimPeer& v = w.add(viewer(3));
  w.run(1s);
  for (int i = 0; i < 20; ++i) {
    bind_both(w, i % 2 == 0 ? a : b, v);
    w.run(1s);
  }
  for (const auto& [ssrc, rate] : {std::pair(audio_ssrc(v), 48'000.0), std::pair(video_ssrc(v), 90'000.0)}) {
    const auto slot = in_order(v.received, ssrc);
    const Received& first = slot.begin()->second;
    const Received& last = slot.rbegin()->second;
    const double by_clock = to_seconds(last.at - first.at);
    const double by_line = static_cast<double>(last.timestamp - first.timestamp) / rate;
    EXPECT_NEAR(by_line, by_clock, 0.15);
  }
}

TEST(Forwarding, PictureIdsGoOnFromOneTrackToTheNext) {
  World w(8);
  SimPeer& a = w.add(publisher(1));
  SimPeer& b = w.add(publisher(2));
  SimPeer& v = w.add(viewer(3));
  w.run(1s);
  for (int i = 0; i < 6; ++i) {
    w.bind(v, MediaKind::kVideo, 0, (i % 2 == 0 ? a : b).video_track());
    w.run(1s);
  }
  std::optional<std::uint16_t> before;
  for (const auto& [sequence, packet] : in_order(v.received, video_ssrc(v))) {
    if (packet.padding_only) continue;
    ASSERT_TRUE(packet.picture_id);
    if (before) {
      EXPECT_LE((*packet.picture_id - *before) & 0x7fff, 1) << "a jump in picture ids at " << sequence;
    }
    before = packet.picture_id;
  }
}

TEST(Forwarding, AMutedTrackIsSilentAndComesBackWithoutAJump) {
  World w(9);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2));
  bind_both(w, p, v);
  w.run(2s);
  w.execute(MuteTrack{p.video_track(), true});
  w.execute(MuteTrack{p.audio_track(), true});
  w.run(100ms);
  const std::size_t muted_at = v.received.size();
  w.run(3s);
  EXPECT_EQ(v.received.size(), muted_at);
  w.execute(MuteTrack{p.video_track(), false});
  w.execute(MuteTrack{p.audio_track(), false});
  w.run(2s);
  EXPECT_GT(v.received.size(), muted_at + 100);
  expect_continuous(v.received, audio_ssrc(v), true);
  expect_continuous(v.received, video_ssrc(v), true);
  const auto slot = in_order(v.received, video_ssrc(v));
  EXPECT_EQ(slot.rbegin()->first - slot.begin()->first + 1, static_cast<std::int64_t>(slot.size()));
  for (std::size_t i = muted_at; i < v.received.size(); ++i) {
    if (v.received[i].ssrc != video_ssrc(v) || v.received[i].padding_only) continue;
    EXPECT_TRUE(v.received[i].keyframe_start) << "video came back without a keyframe";
    break;
  }
}

TEST(Forwarding, TheControlSideHearsWhereASlotBegins) {
  World w(10);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2));
  bind_both(w, p, v);
  w.run(1s);
  ASSERT_EQ(w.count<SlotStarted>(), 2u);
  for (const EngineEvent& event : w.events) {
    const auto* started = std::get_if<SlotStarted>(&event);
    if (started == nullptr) continue;
    EXPECT_EQ(started->session, v.session());
    const std::uint32_t ssrc = started->mid == "vs0" ? video_ssrc(v) : audio_ssrc(v);
    EXPECT_EQ(started->rtp_timestamp, in_order(v.received, ssrc).begin()->second.timestamp);
  }
}

TEST(Forwarding, ASlotWithoutThePublishersCodecGetsNothingAndSaysSo) {
  World w(11);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2));
  SessionParams params = v.params();
  for (SendSlot& slot : params.send) {
    if (slot.kind == MediaKind::kVideo) slot.codecs.front().codec = Codec::kH264;
  }
  w.execute(UpdateSession{v.session(), params});
  bind_both(w, p, v);
  w.run(1s);
  EXPECT_EQ(media_packets(v, video_ssrc(v)), 0u);
  EXPECT_GT(media_packets(v, audio_ssrc(v)), 10u);
  EXPECT_EQ(w.count<SlotCodecUnsupported>(), 1u);
}

TEST(Forwarding, NobodyHearsAnotherRoom) {
  World w(12);
  SimPeer& p = w.add(publisher(1), RoomId{1});
  SimPeer& v = w.add(viewer(2), RoomId{2});
  bind_both(w, p, v);
  w.run(2s);
  EXPECT_TRUE(v.connected());
  EXPECT_TRUE(v.received.empty());
}

TEST(Forwarding, ThePublisherGetsItsFirstReceiverReportWithin200Milliseconds) {
  World w(13);
  SimPeer& p = w.add(publisher(1));
  for (int i = 0; i < 200 && !p.connected(); ++i) w.run(5ms);
  ASSERT_TRUE(p.connected());
  w.run(200ms);
  EXPECT_GE(p.receiver_reports, 1u);
}

TEST(Forwarding, AClosedSlotSaysBye) {
  World w(14);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2, 2));
  bind_both(w, p, v);
  w.run(1s);
  SessionParams params = v.params();
  std::erase_if(params.send, [](const SendSlot& slot) { return slot.mid == "vs1"; });
  w.execute(UpdateSession{v.session(), params});
  w.run(100ms);
  EXPECT_EQ(v.byes, std::vector<std::uint32_t>{video_ssrc(v, 1)});
  expect_continuous(v.received, video_ssrc(v), true);
}

TEST(Forwarding, APublisherThatGoesEndsItsRunsAndAnotherTakesTheSlot) {
  World w(15);
  SimPeer& a = w.add(publisher(1));
  SimPeer& b = w.add(publisher(2));
  SimPeer& v = w.add(viewer(3));
  bind_both(w, a, v);
  w.run(1s);
  w.remove(a);
  w.run(1s);
  bind_both(w, b, v);
  w.run(1s);
  expect_continuous(v.received, video_ssrc(v), true);
  EXPECT_EQ(v.received.back().stamp.publisher, 2u);
  EXPECT_EQ(w.engine().stats().sessions, 2u);
}

TEST(Forwarding, AllPacketsComeBackToThePoolWhenEverybodyHasLeft) {
  World w(16);
  SimPeer& p = w.add(publisher(1));
  SimPeer& v = w.add(viewer(2));
  bind_both(w, p, v);
  w.run(2s);
  w.remove(p);
  w.remove(v);
  w.run(1s);
  EXPECT_EQ(w.pool().in_use(), 0u);
  EXPECT_EQ(w.engine().stats().sessions, 0u);
  EXPECT_EQ(w.engine().stats().rooms, 0u);
}

}  // namespace
}  // namespace parley::sim

// The same promises when links lose, reorder, duplicate and delay.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/continuity.h"
#include "support/sim_world.h"

namespace parley::sim {
namespace {

LinkConditions rough(Rng& rng) {
  LinkConditions conditions;
  conditions.delay = std::chrono::milliseconds(5 + rng.below(80));
  conditions.jitter = std::chrono::milliseconds(rng.below(60));
  conditions.loss = rng.unit() * 0.1;
  conditions.duplicate = rng.unit() * 0.05;
  conditions.reorder = rng.chance(0.7);
  return conditions;
}

TEST(BadNetwork, NoSubscriberSeesAGapThatThePublishersSideDidNotMake) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    World w(seed);
    std::vector<SimPeer*> publishers, viewers;
    for (std::uint32_t n = 1; n <= 3; ++n) {
      PeerOptions options;
      options.number = n;
      options.send_audio = options.send_video = true;
      options.packets_per_frame = 1 + static_cast<int>(rng.below(6));
      publishers.push_back(&w.add(options, RoomId{1}, rough(rng), rough(rng)));
    }
    // The way down is clean here: what is missing, the engine has left out.
    for (std::uint32_t n = 10; n < 14; ++n) {
      PeerOptions options;
      options.number = n;
      options.audio_slots = options.video_slots = 2;
      viewers.push_back(&w.add(options));
    }
    for (int step = 0; step < 12; ++step) {
      for (SimPeer* v : viewers) {
        const auto slot = static_cast<unsigned>(rng.below(2));
        SimPeer& from = *publishers[rng.below(publishers.size())];
        if (rng.chance(0.5)) w.bind(*v, MediaKind::kVideo, slot, from.video_track());
        if (rng.chance(0.5)) w.bind(*v, MediaKind::kAudio, slot, from.audio_track());
        if (rng.chance(0.1)) w.unbind(*v, MediaKind::kVideo, slot);
      }
      if (rng.chance(0.3)) w.execute(MuteTrack{publishers[0]->video_track(), rng.chance(0.5)});
      w.run(std::chrono::milliseconds(300 + rng.below(900)));
    }
    std::size_t total = 0;
    for (const SimPeer* v : viewers) {
      for (unsigned k = 0; k < 2; ++k) {
        expect_continuous(v->received, v->options().number * 1'000'000 + k, true);
        expect_continuous(v->received, v->options().number * 1'000'000 + 1000 + k, true);
      }
      EXPECT_EQ(v->refused, 0u);
      total += v->received.size();
    }
    EXPECT_GT(total, 1000u);
  }
}

TEST(BadNetwork, SubscribersOnRoughLinksNeverGetANumberTwice) {
  for (std::uint64_t seed = 50; seed < 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    World w(seed);
    PeerOptions from;
    from.number = 1;
    from.send_audio = from.send_video = true;
    SimPeer& p = w.add(from, RoomId{1}, rough(rng), rough(rng));
    std::vector<SimPeer*> viewers;
    for (std::uint32_t n = 2; n < 8; ++n) {
      PeerOptions options;
      options.number = n;
      options.audio_slots = options.video_slots = 1;
      viewers.push_back(&w.add(options, RoomId{1}, rough(rng), rough(rng)));
      w.bind(*viewers.back(), MediaKind::kAudio, 0, p.audio_track());
      w.bind(*viewers.back(), MediaKind::kVideo, 0, p.video_track());
    }
    w.run(10s);
    for (const SimPeer* v : viewers) {
      EXPECT_TRUE(v->connected());
      expect_continuous(v->received, v->options().number * 1'000'000, false);
      expect_continuous(v->received, v->options().number * 1'000'000 + 1000, false);
      EXPECT_GT(v->received.size(), 500u);
      EXPECT_EQ(v->refused, 0u);
    }
  }
}

TEST(BadNetwork, EverybodyConnectsThroughAFifthOfAllPacketsLost) {
  World w(77);
  LinkConditions bad;
  bad.loss = 0.2;
  std::vector<SimPeer*> peers;
  for (std::uint32_t n = 1; n <= 20; ++n) {
    PeerOptions options;
    options.number = n;
    peers.push_back(&w.add(options, RoomId{1}, bad, bad));
  }
  w.run(5s);
  for (const SimPeer* peer : peers) EXPECT_TRUE(peer->connected()) << peer->options().number;
}

}  // namespace
}  // namespace parley::sim

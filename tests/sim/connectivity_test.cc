// ICE around the engine: consent, address changes, restarts, strangers.
#include <gtest/gtest.h>

#include "sim/continuity.h"
#include "support/sim_world.h"

namespace parley::sim {
namespace {

struct Pair {
  SimPeer& publisher;
  SimPeer& viewer;
};

Pair call(World& w) {
  PeerOptions from;
  from.number = 1;
  from.send_audio = from.send_video = true;
  SimPeer& p = w.add(from);
  PeerOptions to;
  to.number = 2;
  to.audio_slots = to.video_slots = 1;
  SimPeer& v = w.add(to);
  w.bind(v, MediaKind::kAudio, 0, p.audio_track());
  w.bind(v, MediaKind::kVideo, 0, p.video_track());
  return {p, v};
}

TEST(Connectivity, ASessionThatNeverConnectsEndsAfterThirtySeconds) {
  World w(1);
  PeerOptions options;
  options.number = 1;
  SimPeer& silent = w.add(options);
  silent.stop_checks();
  w.run(29s);
  EXPECT_EQ(w.count<SessionEnded>(), 0u);
  w.run(2s);
  ASSERT_EQ(w.count<SessionEnded>(), 1u);
  EXPECT_EQ(std::get<SessionEnded>(w.events.back()).reason, CloseReason::kIceTimeout);
  EXPECT_EQ(w.engine().stats().sessions, 0u);
}

TEST(Connectivity, WithoutConsentAReceiverGetsNoVideoAfterSevenSecondsAndIsGoneAfterThirty) {
  World w(2);
  auto [p, v] = call(w);
  w.run(5s);
  v.stop_checks();
  w.run(11s);
  EXPECT_EQ(w.count<SessionSuspect>(), 1u);
  const std::size_t at = v.received.size();
  w.run(5s);
  for (std::size_t i = at; i < v.received.size(); ++i)
    EXPECT_EQ(v.received[i].payload_type, 111) << "video on a suspect path";
  EXPECT_GT(v.received.size(), at) << "audio goes on";
  w.run(18s);
  EXPECT_EQ(w.count<SessionEnded>(), 1u);
  EXPECT_EQ(w.engine().stats().sessions, 1u);
}

TEST(Connectivity, MediaFollowsTheClientToItsNewAddress) {
  World w(3);
  auto [p, v] = call(w);
  w.run(3s);
  v.move_to_port(6001);
  w.run(4s);
  EXPECT_LT(w.now() - v.received.back().at, 100ms);
  expect_continuous(v.received, 2'001'000, false);
}

TEST(Connectivity, APublisherThatMovesIsHeardFromItsNewAddressOnceIceHasProvedIt) {
  World w(4);
  auto [p, v] = call(w);
  w.run(3s);
  p.move_to_port(6001);
  w.run(100ms);
  const auto before = w.engine().stats().drops[DropReason::kAddressNotValidated];
  w.run(4s);
  EXPECT_GT(w.engine().stats().drops[DropReason::kAddressNotValidated], 0u) << "nothing is taken before";
  (void)before;
  EXPECT_LT(w.now() - v.received.back().at, 100ms);
  expect_continuous(v.received, 2'000'000, true);
}

TEST(Connectivity, AnIceRestartDisturbsNothing) {
  World w(5);
  auto [p, v] = call(w);
  w.run(3s);
  const IceCredentials fresh{"fresh", "a-fresh-password-of-twenty-two"};
  w.execute(RestartIce{v.session(), fresh, {"newpeer", "another-fresh-password-of-22"}});
  v.restart_ice(fresh);
  w.run(3s);
  expect_continuous(v.received, 2'000'000, true);
  expect_continuous(v.received, 2'001'000, true);
  EXPECT_LT(w.now() - v.received.back().at, 100ms);
  EXPECT_EQ(w.count<SessionEnded>(), 0u);
  EXPECT_EQ(v.refused, 0u);
}

TEST(Connectivity, StrangersGetNoAnswerToAnything) {
  World w(6);
  auto [p, v] = call(w);
  w.run(2s);
  const auto sent = [&] { return v.received.size(); };
  const Path stranger{w.server(), Address::v4({203, 0, 113, 9}, 999)};
  const auto before = w.engine().stats();
  for (std::uint8_t first = 0; first < 255; ++first) {
    std::vector<std::uint8_t> bytes(100, first);
    w.inject(stranger, bytes);
  }
  w.inject(stranger, scripted_hello(2));
  EXPECT_EQ(w.engine().stats().sessions, before.sessions);
  EXPECT_GT(w.engine().stats().drops[DropReason::kAddressNotValidated], 0u);
  const std::size_t at = sent();
  w.run(1s);
  EXPECT_GT(sent(), at) << "the call goes on";
}

TEST(Connectivity, RandomDatagramsFromAValidatedAddressChangeNothing) {
  World w(7);
  auto [p, v] = call(w);
  w.run(2s);
  Rng rng(7);
  const Path path{w.server(), p.address()};
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::uint8_t> bytes(1 + rng.below(300));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.next());
    if (bytes[0] == 21) bytes[0] = 22;  // the script's own goodbye is not authenticated
    w.inject(path, bytes);
    if (i % 1000 == 0) w.run(20ms);
  }
  w.run(1s);
  EXPECT_LT(w.now() - v.received.back().at, 100ms);
  expect_continuous(v.received, 2'001'000, true);
  EXPECT_LT(w.pool().in_use(), 100u);
}

}  // namespace
}  // namespace parley::sim

// Steady-state forwarding allocates nothing: counted by replacing the allocator of this binary.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/engine.h"
#include "support/scripted_dtls.h"
#include "support/sim_peer.h"

namespace {

std::atomic<bool> counting{false};
std::atomic<std::size_t> allocations{0};

void count_one() {
  if (counting.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if __has_feature(thread_sanitizer)
// Its runtime has an operator new of its own, and a hook instead, which sees malloc() as well.
#include <sanitizer/allocator_interface.h>
namespace {
const int kHooked = __sanitizer_install_malloc_and_free_hooks([](const volatile void*, std::size_t) { count_one(); },
                                                              [](const volatile void*) {});
}  // namespace
#else
// Not to be inlined: compilers take a visible malloc() behind a new for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  count_one();
  void* p = std::malloc(size == 0 ? 1 : size);
  if (p == nullptr) std::abort();
  return p;
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete[](void* p) noexcept {
  operator delete(p);
}
void operator delete(void* p, std::size_t) noexcept {
  operator delete(p);
}
void operator delete[](void* p, std::size_t) noexcept {
  operator delete(p);
}
#endif

namespace parley::sim {
namespace {

// One publisher's datagrams, recorded so that the peers' own allocations don't count, then played into an engine with
// many viewers.
TEST(Allocation, ForwardingToTwentyViewersAllocatesNothingAfterWarmUp) {
  constexpr std::uint32_t kViewers = 20;
  PacketPool pool(4096);
  ScriptedDtlsFactory dtls;
  Engine engine({}, pool, dtls, Rng(1));
  EngineOutput out;
  Time now{1'000s};
  const Address server = Address::v4({192, 0, 2, 1}, 7000);

  std::vector<std::unique_ptr<SimPeer>> peers;
  std::vector<std::vector<std::uint8_t>> recorded;
  bool recording = false;
  const SimPeer::Send to_engine = [&](const Path& path, Bytes bytes) {
    if (recording) {
      recorded.emplace_back(bytes.begin(), bytes.end());
      return;
    }
    engine.receive({{path.remote, path.local}, now, pool.copy_of(bytes)}, out);
  };
  const auto deliver = [&] {
    engine.tick(now, out);
    engine.flush(now, out);
    std::vector<std::pair<Path, std::vector<std::uint8_t>>> sent;
    for (const Outbox::Item& item : out.datagrams.items()) {
      sent.emplace_back(item.path, std::vector<std::uint8_t>(item.packet.bytes().begin(), item.packet.bytes().end()));
    }
    out.datagrams.clear();
    for (const auto& [path, bytes] : sent) {
      for (auto& peer : peers) peer->receive({path.remote, path.local}, bytes, now, to_engine);
    }
  };

  for (std::uint32_t n = 1; n <= kViewers + 1; ++n) {
    PeerOptions options;
    options.number = n;
    options.send_audio = options.send_video = n == 1;
    options.audio_slots = options.video_slots = n == 1 ? 0 : 1;
    peers.push_back(std::make_unique<SimPeer>(options, server, n));
    SimPeer& peer = *peers.back();
    engine.execute(AddSession{peer.session(), RoomId{1}, peer.params()}, now, out);
    if (n == 1) {
      engine.execute(PublishTrack{peer.session(), peer.audio_track(), "a", false}, now, out);
      engine.execute(PublishTrack{peer.session(), peer.video_track(), "v", false}, now, out);
    } else {
      engine.execute(BindSlot{peer.session(), "as0", peers[0]->audio_track()}, now, out);
      engine.execute(BindSlot{peer.session(), "vs0", peers[0]->video_track()}, now, out);
    }
  }
  for (int i = 0; i < 400; ++i) {
    now += 10ms;
    for (auto& peer : peers) {
      if (peer->next_deadline() <= now) peer->tick(now, to_engine);
    }
    deliver();
  }
  for (auto& peer : peers) ASSERT_TRUE(peer->connected());

  // Two seconds of the publisher's media, recorded. Without connectivity checks: OpenSSL's HMAC allocates on each, once
  // in seconds.
  peers[0]->stop_checks();
  recording = true;
  std::vector<std::size_t> batches;
  Time at = now;
  for (int i = 0; i < 200; ++i) {
    at += 10ms;
    if (peers[0]->next_deadline() <= at) peers[0]->tick(at, to_engine);
    batches.push_back(recorded.size());
  }
  const std::uint64_t forwarded = engine.stats().rtp_forwarded;
  const Path from{server, peers[0]->address()};

  // The first second warms up, the second is counted.
  std::size_t next = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    counting = i >= batches.size() / 2;
    now += 10ms;
    for (; next < batches[i]; ++next) engine.receive({from, now, pool.copy_of(recorded[next])}, out);
    engine.tick(now, out);
    engine.flush(now, out);
    out.datagrams.clear();
    out.events.clear();
  }
  counting = false;
  EXPECT_GT(engine.stats().rtp_forwarded - forwarded, 2 * kViewers * 100u);
  EXPECT_EQ(allocations.load(), 0u);

  // The counter itself works.
  counting = true;
  const auto counted = std::make_unique<int>(1);
  counting = false;
  EXPECT_EQ(*counted, 1);
  EXPECT_GE(allocations.load(), 1u);
}

}  // namespace
}  // namespace parley::sim

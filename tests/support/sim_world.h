// One engine, its peers and the network between them, in virtual time: `World w{seed}; w.add(...); w.run(30s);`. The
// seed is printed when a test that uses it fails.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/packet_pool.h"
#include "base/rng.h"
#include "engine/engine.h"
#include "support/scripted_dtls.h"
#include "support/sim_peer.h"
#include "support/virtual_network.h"

namespace parley::sim {

class World {
 public:
  explicit World(std::uint64_t seed, EngineConfig config = {});

  struct Seat {
    std::unique_ptr<SimPeer> peer;
    std::unique_ptr<Link> up;
    std::unique_ptr<Link> down;
  };
  // Joins `room`; publishes what its options say. Binding is the caller's.
  SimPeer& add(PeerOptions options, RoomId room = RoomId{1}, LinkConditions up = {}, LinkConditions down = {});
  void remove(SimPeer& peer);
  Seat& seat(SimPeer& peer) { return seats_.at(peer.options().number); }

  void bind(SimPeer& receiver, MediaKind kind, unsigned slot, TrackId track);
  void unbind(SimPeer& receiver, MediaKind kind, unsigned slot);
  void execute(Command command);
  // Hands the engine bytes as if from anywhere.
  void inject(const Path& path, Bytes bytes);
  SimPeer::Send sender_of(SimPeer& peer);

  void run(Duration span);
  Time now() const { return now_; }
  Engine& engine() { return engine_; }
  PacketPool& pool() { return pool_; }
  std::vector<EngineEvent> events;
  const Address& server() const { return server_; }

  // Counts of events of one kind.
  template <class T>
  std::size_t count() const {
    std::size_t n = 0;
    for (const EngineEvent& event : events) n += std::holds_alternative<T>(event) ? 1u : 0u;
    return n;
  }

 private:
  void deliver(Flight flight);
  void after_turn();

  std::uint64_t seed_;
  PacketPool pool_;
  ScriptedDtlsFactory dtls_;
  Engine engine_;
  EngineOutput out_;
  VirtualNetwork network_;
  Address server_;
  std::map<std::uint32_t, Seat> seats_;
  Time now_{1'000s};
};

}  // namespace parley::sim

// One worker's whole SFU without I/O: sessions, rooms and what leads from a datagram to them. It takes datagrams,
// commands and `now`; it leaves datagrams and events in an EngineOutput. No socket, no thread, no clock: a worker
// drives it in production, a simulation in virtual time. The only place where session and room meet, and a router
// between them: it holds no protocol constant.
//
// A turn is: execute() and receive() any number of times, tick() when its time has come, then one flush().
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/datagram.h"
#include "base/drop_reason.h"
#include "base/outbox.h"
#include "base/packet_pool.h"
#include "base/rng.h"
#include "base/time.h"
#include "engine/commands.h"
#include "transport/dtls.h"
#include "transport/srtp.h"

namespace parley {

struct EngineConfig {
  SrtpLibrary srtp = SrtpLibrary::kOpenssl;
  Duration ice_connect_timeout = 30s;
  Duration consent_timeout = 30s;
  Duration suspect_after = 7s;
  Duration keyframe_interval = 500ms;
  std::size_t max_sessions = 20'000;
  // Handshakes that have begun and not ended; more ClientHellos than this wait for their retransmission.
  std::size_t max_handshakes = 1'000;
};

struct EngineOutput {
  Outbox datagrams;
  std::vector<EngineEvent> events;
};

struct EngineStats {
  std::uint64_t datagrams_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t rtp_received = 0;
  std::uint64_t rtp_forwarded = 0;
  std::uint64_t keyframes_requested = 0;
  std::uint64_t sessions = 0;
  std::uint64_t rooms = 0;
  DropCounters drops;
};

class Engine {
 public:
  // `pool` and `dtls` outlive the engine and belong to the same thread.
  Engine(const EngineConfig& config, PacketPool& pool, DtlsFactory& dtls, Rng rng);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void execute(Command command, Time now, EngineOutput& out);
  void receive(Datagram datagram, EngineOutput& out);
  // Call every 5 to 20 ms, or at next_deadline().
  void tick(Time now, EngineOutput& out);
  // What waits leaves: called once at the end of a batch.
  void flush(Time now, EngineOutput& out);

  Time next_deadline() const;
  std::size_t sessions() const;
  EngineStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley

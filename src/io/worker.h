// One media worker: a thread with a libuv loop, the UDP sockets of one port, a packet pool and one Engine. It moves
// bytes and time into the engine and bytes and events out of it, and decides nothing. Made, asked and stopped on the
// control thread; between the two threads values travel by mailbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "engine/engine.h"
#include "io/mailbox.h"
#include "io/udp_socket.h"
#include "parley/stats.h"

namespace parley {

struct WorkerConfig {
  unsigned index = 0;
  std::size_t packets = 16 * 1024;
  EngineConfig engine;
  std::uint64_t seed = 0;
};

struct StatsReply {
  std::uint64_t request = 0;
  WorkerStats stats;
};
// What a worker tells the control thread.
struct WorkerReport {
  unsigned worker = 0;
  std::variant<std::vector<EngineEvent>, StatsReply> content;
};

class WorkerLoop;

class Worker {
 public:
  // `reports` outlives the worker. The error is a sentence.
  static std::expected<std::unique_ptr<Worker>, std::string> start(const WorkerConfig& config,
                                                                   std::vector<UdpSocket> sockets,
                                                                   std::unique_ptr<DtlsFactory> dtls,
                                                                   Mailbox<WorkerReport>& reports);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Where it listens; "any" addresses as such.
  const std::vector<Address>& addresses() const { return addresses_; }
  // Executed in order, in one turn.
  void post(std::vector<Command> commands);
  // Answered by a StatsReply, unless the worker stops first.
  void request_stats(std::uint64_t request);
  // Executes what was posted before, then ends the thread. Idempotent.
  void stop();

 private:
  explicit Worker(std::unique_ptr<WorkerLoop> loop, std::vector<Address> addresses);

  std::unique_ptr<WorkerLoop> loop_;  // null once stopped
  std::vector<Address> addresses_;
};

}  // namespace parley

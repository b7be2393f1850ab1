// Figures as values, collected when asked for.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace parley {

struct WorkerStats {
  std::uint64_t datagrams_received = 0;
  std::uint64_t datagrams_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t rtp_received = 0;
  std::uint64_t rtp_forwarded = 0;
  std::uint64_t keyframes_requested = 0;
  std::uint64_t sessions = 0;
  std::uint64_t rooms = 0;
  std::uint64_t packets_in_use = 0;
  std::uint64_t kernel_drops = 0;                            // SO_RXQ_OVFL
  std::vector<std::pair<std::string, std::uint64_t>> drops;  // by DropReason's name, only those that occurred
};

struct ServerStats {
  std::uint64_t sessions = 0;
  std::uint64_t rooms = 0;
  std::vector<WorkerStats> workers;
};

}  // namespace parley

// A network in virtual time: datagrams wait in one queue, ordered by when they arrive. Each link delays, loses,
// duplicates and reorders by its own seed, so that a run is a function of its seed.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "base/datagram.h"
#include "base/rng.h"
#include "base/time.h"

namespace parley::sim {

struct LinkConditions {
  Duration delay = 10ms;
  Duration jitter{};  // uniform on top of the delay; with `reorder` off, order is kept
  double loss = 0;
  double duplicate = 0;
  bool reorder = false;
};

class Link {
 public:
  Link(LinkConditions conditions, std::uint64_t seed) : conditions_(conditions), rng_(seed) {}
  void set(LinkConditions conditions) { conditions_ = conditions; }
  // When the copies of one datagram arrive: none if it is lost.
  std::vector<Time> carry(Time now);

 private:
  LinkConditions conditions_;
  Rng rng_;
  Time last_arrival_{};
};

struct Flight {
  Time arrival;
  std::uint64_t order = 0;  // of sending, for those that arrive at once
  Path path;                // as the receiver sees it
  std::vector<std::uint8_t> bytes;
};

class VirtualNetwork {
 public:
  void send(Link& link, Time now, const Path& path, Bytes bytes);
  Time next_arrival() const { return flights_.empty() ? kNever : flights_.top().arrival; }
  Flight take();

 private:
  struct Later {
    bool operator()(const Flight& a, const Flight& b) const {
      return a.arrival != b.arrival ? a.arrival > b.arrival : a.order > b.order;
    }
  };
  std::priority_queue<Flight, std::vector<Flight>, Later> flights_;
  std::uint64_t sent_ = 0;
};

}  // namespace parley::sim

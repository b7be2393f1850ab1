#include "support/virtual_network.h"

#include <algorithm>

namespace parley::sim {

std::vector<Time> Link::carry(Time now) {
  if (rng_.chance(conditions_.loss)) return {};
  const int copies = rng_.chance(conditions_.duplicate) ? 2 : 1;
  std::vector<Time> arrivals;
  for (int i = 0; i < copies; ++i) {
    const Duration extra(static_cast<std::int64_t>(rng_.unit() * static_cast<double>(conditions_.jitter.count())));
    Time arrival = now + conditions_.delay + extra;
    if (!conditions_.reorder) arrival = std::max(arrival, last_arrival_);
    last_arrival_ = std::max(arrival, last_arrival_);
    arrivals.push_back(arrival);
  }
  return arrivals;
}

void VirtualNetwork::send(Link& link, Time now, const Path& path, Bytes bytes) {
  for (const Time arrival : link.carry(now)) {
    flights_.push({arrival, sent_++, path, std::vector<std::uint8_t>(bytes.begin(), bytes.end())});
  }
}

Flight VirtualNetwork::take() {
  Flight flight = flights_.top();
  flights_.pop();
  return flight;
}

}  // namespace parley::sim

#include "server/announce.h"

#include <algorithm>

#include "io/sockaddr.h"

namespace parley {
namespace {

void add(std::vector<Address>& to, const Address& address) {
  if (std::ranges::find(to, address) == to.end()) to.push_back(address);
}

// Behind a port forwarding the first worker's outer port is named; the others' follow it as the inner ones do.
Address configured_for(const Address& configured, unsigned worker, std::uint16_t port) {
  return configured.with_port(configured.port() == 0 ? port : static_cast<std::uint16_t>(configured.port() + worker));
}

bool worth_telling(const Address& address, bool loopback) {
  return !is_link_local(address) && (loopback || !address.is_loopback());
}

}  // namespace

std::vector<Address> announced_addresses(const AnnounceInput& input) {
  std::vector<Address> told;
  for (const Address& configured : input.configured) {
    add(told, configured_for(configured, input.worker, input.listening.front().port()));
  }
  if (!told.empty()) return told;

  for (const Address& bound : input.listening) {
    if (!bound.is_any()) {
      add(told, bound);
      continue;
    }
    for (const Address& own : input.machine) {
      if (own.is_v4() == bound.is_v4() && worth_telling(own, input.loopback)) add(told, own.with_port(bound.port()));
    }
  }
  return told;
}

}  // namespace parley

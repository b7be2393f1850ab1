// Which addresses clients are told for one worker. A pure function of where it listens, what the operator said and what
// the machine has.
#pragma once

#include <span>
#include <vector>

#include "base/address.h"

namespace parley {

struct AnnounceInput {
  unsigned worker = 0;
  std::span<const Address> listening;   // as bound, with the worker's port
  std::span<const Address> configured;  // media.announce
  std::span<const Address> machine;     // of its interfaces
  bool loopback = false;                // media.announce_loopback
};

// Best first, each once.
std::vector<Address> announced_addresses(const AnnounceInput& input);

}  // namespace parley

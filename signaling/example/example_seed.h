// Puts the example community into the store before anything is served. What is there stays as it is: settings that were
// ever written, and members with their names and switches.
#pragma once

#include <cstddef>

#include "signaling/store/store_backend.h"

namespace parley::signaling {

struct ExampleSeed {
  bool private_calls = false;  // R2: a new site has them off, unless the configuration of the example says otherwise
};

struct ExampleSeeded {
  bool site = false;  // the settings were written
  std::size_t members = 0;

  bool operator==(const ExampleSeeded&) const = default;
};

store::Answer<ExampleSeeded> seed_example(store::StoreBackend& store, const ExampleSeed& seed,
                                          const store::Stamp& stamp);

}  // namespace parley::signaling

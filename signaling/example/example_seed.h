// Puts the example community into the store at start. What is there stays as it is: settings that were ever written,
// and members with their names and switches.
#pragma once

#include <functional>

#include "parley/error.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

struct ExampleSeed {
  bool private_calls = false;  // R2: a new site has them off, unless the configuration of the example says otherwise
};

struct ExampleSeeded {
  bool site = false;  // the settings were written
  std::size_t members = 0;

  bool operator==(const ExampleSeeded&) const = default;
};

// `store` must outlive the answer.
void seed_example(store::CallStore& store, const ExampleSeed& seed, const store::Stamp& stamp,
                  std::function<void(Result<ExampleSeeded>)> then);

}  // namespace parley::signaling

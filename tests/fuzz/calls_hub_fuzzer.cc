// Random stories of three members, their tabs, a store that fails and a server that is killed: what must always hold of
// private calls (tests/support/calls_hub_story.h) does, whatever the order.
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "signaling/hub/calls.h"
#include "support/calls_hub_story.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4 || size > 600) return 0;
  parley::signaling::world::Story story({data, size});
  if (const std::string& broken = story.tell(); !broken.empty()) {
    std::fprintf(stderr, "%s\n%s", broken.c_str(), story.so_far().c_str());
    __builtin_trap();
  }
  return 0;
}

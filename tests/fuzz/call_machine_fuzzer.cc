// Random events around one call, with kills between commit and effects: the properties of tests/support/call_model.h
// must hold, whatever the order. The names that strangers send are read on the way.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "signaling/call/call_machine.h"
#include "signaling/call/ids.h"
#include "signaling/call/origin.h"
#include "support/call_model.h"

namespace {

using namespace parley::signaling::call;
using namespace std::chrono_literals;

void read_names(std::string_view text) {
  if (const auto id = CallId::parse(text); id && id->text() != text) __builtin_trap();
  if (const auto origin = Origin::parse(text); origin && origin->text() != text) __builtin_trap();
}

void fail(const model::World& world, std::string_view story) {
  std::fprintf(stderr, "%s\n%.*s", world.broken.c_str(), static_cast<int>(story.size()), story.data());
  __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_names({reinterpret_cast<const char*>(data), size});
  if (size < 3) return 0;
  const auto on_disable = data[2] & 1 ? OnDisable::kTerminate : OnDisable::kKeep;
  model::World world =
      model::begin(CallSpan{10'000 + 1000 * (data[0] % 111)}, CallSpan{10'000 + 30'000 * data[1]}, on_disable);
  if (data[2] & 2) world.facts.site.second_tab = SecondTab::kRefuse;
  if (data[2] & 4) world.facts.callee.messenger = false;

  std::string story;
  // Two bytes per event: which, and what with it.
  for (std::size_t i = 3; i + 1 < size && i < 400; i += 2) {
    const auto event = static_cast<model::Event>(data[i] % model::kEvents);
    const auto kill = data[i + 1] & 1 ? model::Kill::kAfterCommit : model::Kill::kNo;
    world.now += CallSpan{(data[i + 1] >> 1) * (data[i + 1] & 0x80 ? 997 : 1)};
    if (!model::happen(world, event, step, kill)) continue;
    story += std::string(model::name(event)) + (kill == model::Kill::kNo ? "\n" : " (killed)\n");
    if (!world.broken.empty()) fail(world, story);
  }
  return 0;
}

#include "signaling/call/call_effects.h"

#include <array>
#include <cstddef>

namespace parley::signaling::call {
namespace {

// In the order of their enumerations, and of the variant.
constexpr std::array<std::string_view, 4> kActors = {"caller", "callee", "server", "operator"};
constexpr std::array<std::string_view, 6> kStopReasons = {
    "answered_elsewhere", "declined_elsewhere", "dismissed", "timeout", "cancelled", "withdrawn"};
constexpr std::array<std::string_view, 6> kRemoveReasons = {"replaced", "left",       "ring_over",
                                                            "expired",  "terminated", "deactivated"};
constexpr std::array<std::string_view, std::variant_size_v<Event>> kEvents = {
    "ring_started", "ring_stopped", "answered",    "ring_ended", "could_not_connect", "presence_changed",
    "back_in_call", "closing_soon", "call_closed", "details",    "snapshot",          "settled"};

}  // namespace

std::string_view to_string(Actor actor) {
  return kActors.at(static_cast<std::size_t>(actor));
}
std::string_view to_string(StopReason reason) {
  return kStopReasons.at(static_cast<std::size_t>(reason));
}
std::string_view to_string(RemoveReason reason) {
  return kRemoveReasons.at(static_cast<std::size_t>(reason));
}
std::string_view name_of(const Event& event) {
  return kEvents.at(event.index());
}

}  // namespace parley::signaling::call

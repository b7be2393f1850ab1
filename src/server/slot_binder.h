// Which track of the room stands in which slot of one session. A pure decision: the server asks it whenever tracks or
// slots change and sends the difference to the worker.
//
// The first tracks by priority get the slots of their kind: screens, then in the order of publication, but nobody who
// is seen gives way to an equal. A bound track stays where it is for as long as it has a place at all. A new one goes
// where its member's other track already is, since browsers keep audio slot k and video slot k in sync.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "parley/types.h"

namespace parley {

struct BinderTrack {
  TrackId track{};
  SessionId publisher{};
  TrackKind kind{};
  TrackSource source{};
  std::uint64_t order = 0;  // of publication; unique
};

struct BinderSlot {
  TrackKind kind{};
  std::size_t pair = 0;  // k: the k-th slot of its kind
  std::optional<TrackId> bound;
  std::vector<TrackId> refused;  // what the slot's answer has no codec for
};

// The track of each slot from now on. `tracks` are those the session may receive, in any order.
std::vector<std::optional<TrackId>> bind_slots(std::span<const BinderSlot> slots, std::span<const BinderTrack> tracks);

}  // namespace parley

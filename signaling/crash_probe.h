// For tests of R40, and for nothing else: the environment's PARLEY_DIE_AT makes the process kill itself (SIGKILL)
// around its n-th commit. "before:12": as the 12th commit is about to be made; "after:12": it is on the disk, and
// nothing that follows from it was done.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "signaling/store/call_store.h"

namespace parley::signaling {

struct CrashPoint {
  store::CommitMoment moment{};
  std::uint64_t number = 0;
};

// Nothing: not asked for, or not in this form.
std::optional<CrashPoint> crash_point();
std::function<void(store::CommitMoment, std::uint64_t)> crash_at(CrashPoint point);

}  // namespace parley::signaling

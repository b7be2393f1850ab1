// Time of calls as an argument: milliseconds on the deadline clock, the line that every deadline of a call stands on.
// It counts suspend, survives a restart (deadline_line.h) and knows no calendar. Nobody here can ask for it: the clock
// has no now().
#pragma once

#include <chrono>
#include <cstdint>

namespace parley::signaling::call {

struct DeadlineClock {
  using rep = std::int64_t;
  using period = std::milli;
  using duration = std::chrono::milliseconds;
  using time_point = std::chrono::time_point<DeadlineClock, duration>;
  static constexpr bool is_steady = true;  // NOLINT(readability-identifier-naming): the standard's name
};

using CallSpan = DeadlineClock::duration;
using CallTime = DeadlineClock::time_point;

constexpr CallTime call_time(std::int64_t ms) {
  return CallTime(CallSpan(ms));
}
constexpr std::int64_t ms_of(CallTime time) {
  return time.time_since_epoch().count();
}

}  // namespace parley::signaling::call

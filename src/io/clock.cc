#include "io/clock.h"

#include <algorithm>

namespace parley {
namespace {

Duration read(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace

Time now() {
  return Time(read(CLOCK_MONOTONIC));
}

ClockSample ClockSample::take() {
  return {Time(read(CLOCK_MONOTONIC)), read(CLOCK_REALTIME)};
}

Time ClockSample::to_time(const timespec& stamp) const {
  const Duration stamped = std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
  // A stamp from before the clock was stepped says nothing: beyond a second it is not believed.
  const Duration age = realtime - stamped;
  if (age < Duration::zero() || age > 1s) return monotonic;
  return monotonic - age;
}

}  // namespace parley

// The only place that asks what time it is. `Time` counts from the start of CLOCK_MONOTONIC; the kernel stamps
// datagrams on CLOCK_REALTIME, which steps, so the way from one to the other is measured anew for each batch. Any
// thread.
#pragma once

#include <ctime>

#include "base/time.h"

namespace parley {

Time now();

// Both clocks read at the same moment.
struct ClockSample {
  Time monotonic;
  Duration realtime{};  // since the epoch

  static ClockSample take();
  // A kernel's stamp as our Time: never after the sample, since the datagram was there when it was taken.
  Time to_time(const timespec& stamp) const;
};

}  // namespace parley

// The deadline clock across restarts (R41). One row is written every few seconds; a new process continues the line from
// it: by boot time within the same boot, by wall time after a reboot, where a wall clock that stepped back adds
// nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "signaling/call/call_time.h"

namespace parley::signaling::call {

// What the machine's clocks say at one moment. Boot time counts suspend (CLOCK_BOOTTIME).
struct ClockReading {
  std::string boot_id;
  std::chrono::milliseconds boot{0};
  std::chrono::milliseconds wall{0};
};

struct ClockRow {
  ClockReading reading;
  CallTime line{};

  CallTime last_alive() const { return line; }
};

class DeadlineLine {
 public:
  // The line begins anew where there is no row.
  static DeadlineLine resume(const std::optional<ClockRow>& row, const ClockReading& now);

  // Boot time alone moves the line: a step of the wall clock does not.
  CallTime at(std::chrono::milliseconds boot) const { return begin_ + (boot - boot_begin_); }
  ClockRow row(const ClockReading& now) const { return {now, at(now.boot)}; }

 private:
  CallTime begin_{};
  std::chrono::milliseconds boot_begin_{0};
};

}  // namespace parley::signaling::call

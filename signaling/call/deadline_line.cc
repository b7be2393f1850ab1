#include "signaling/call/deadline_line.h"

#include <algorithm>

namespace parley::signaling::call {

DeadlineLine DeadlineLine::resume(const std::optional<ClockRow>& row, const ClockReading& now) {
  DeadlineLine line;
  line.boot_begin_ = now.boot;
  if (!row) return line;
  const bool same_boot = row->reading.boot_id == now.boot_id;
  const CallSpan passed = same_boot ? now.boot - row->reading.boot : now.wall - row->reading.wall;
  line.begin_ = row->line + std::max(passed, CallSpan{0});
  return line;
}

}  // namespace parley::signaling::call

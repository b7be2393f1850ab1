// Time as an argument, in the forms signaling needs: a line that never jumps for timeouts, the calendar for tokens and
// for people, and the clock that the deadlines of calls stand on (call/deadline_line.h).
#pragma once

#include <chrono>

#include "signaling/call/call_time.h"

namespace parley::signaling {

struct Now {
  std::chrono::steady_clock::time_point steady{};
  std::chrono::sys_seconds wall{};
  call::CallTime line{};
  std::chrono::sys_time<std::chrono::milliseconds> calendar{};
};

}  // namespace parley::signaling

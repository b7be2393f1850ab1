// Time as an argument, in the two forms signaling needs: a line that never jumps for timeouts, the calendar for tokens.
#pragma once

#include <chrono>

namespace parley::signaling {

struct Now {
  std::chrono::steady_clock::time_point steady{};
  std::chrono::sys_seconds wall{};
};

}  // namespace parley::signaling

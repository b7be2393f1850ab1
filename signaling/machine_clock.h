// The machine's clocks as signaling wants them (Now), and the line of deadlines across restarts (R41). The one place
// of signaling that asks for the time. On the control thread.
#pragma once

#include <optional>

#include "signaling/call/deadline_line.h"
#include "signaling/now.h"

namespace parley::signaling {

class MachineClock {
 public:
  // Until resume() the line of deadlines begins here.
  MachineClock();
  // Goes on from what an earlier process stored.
  void resume(const std::optional<call::ClockRow>& row);

  Now now() const;
  call::ClockRow row() const { return line_.row(read()); }

 private:
  call::ClockReading read() const;

  std::string boot_id_;
  call::DeadlineLine line_;
};

}  // namespace parley::signaling

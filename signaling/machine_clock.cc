#include "signaling/machine_clock.h"

#include <chrono>
#include <ctime>
#include <fstream>
#include <string>

#include "signaling/identity/secret.h"

namespace parley::signaling {
namespace {

using std::chrono::milliseconds;

// CLOCK_BOOTTIME goes on while the machine is suspended.
milliseconds boot_time() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(now.tv_sec) +
                                                  std::chrono::nanoseconds(now.tv_nsec));
}

// Without an id every start is taken for a boot, and the wall clock says what passed.
std::string boot_id() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id.empty() ? "unknown-" + random_hex(8) : id;
}

std::chrono::sys_time<milliseconds> calendar() {
  return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

MachineClock::MachineClock() : boot_id_(boot_id()) {
  resume(std::nullopt);
}

void MachineClock::resume(const std::optional<call::ClockRow>& row) {
  line_ = call::DeadlineLine::resume(row, read());
}

Now MachineClock::now() const {
  const auto wall = calendar();
  return {std::chrono::steady_clock::now(), std::chrono::floor<std::chrono::seconds>(wall), line_.at(boot_time()),
          wall};
}

call::ClockReading MachineClock::read() const {
  return {boot_id_, boot_time(), calendar().time_since_epoch()};
}

}  // namespace parley::signaling

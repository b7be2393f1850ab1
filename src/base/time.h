// Time as an argument. `Time` is a point on the server's monotonic line; nobody below io/ can ask for it,
// which is why its clock type has no now().
#pragma once

#include <chrono>
#include <cstdint>

namespace parley {

struct ServerClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<ServerClock, duration>;
  static constexpr bool is_steady = true;
};

using Duration = ServerClock::duration;
using Time = ServerClock::time_point;

using namespace std::chrono_literals;

inline constexpr Time kNever = Time::max();

constexpr double to_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}
constexpr std::int64_t to_ms(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

// 64-bit NTP time (RFC 5905): seconds in the upper half, fractions in the lower. The server's NTP line is derived
// from the monotonic one; receivers need only that it is one line for all streams (RFC 3550 §4).
using NtpTime = std::uint64_t;

constexpr NtpTime to_ntp(Time t) {
  // An offset keeps the value far from zero, which some receivers read as "no sender report yet".
  constexpr std::uint64_t kOffsetSeconds = 3'900'000'000;
  const auto ns = static_cast<std::uint64_t>(t.time_since_epoch().count());
  const std::uint64_t seconds = ns / 1'000'000'000 + kOffsetSeconds;
  const std::uint64_t fraction = ((ns % 1'000'000'000) << 32) / 1'000'000'000;
  return seconds << 32 | fraction;
}
// The middle 32 bits, as LSR and DLSR carry them (RFC 3550 §6.4.1).
constexpr std::uint32_t compact_ntp(NtpTime ntp) {
  return static_cast<std::uint32_t>(ntp >> 16);
}

// A span in units of 1/65536 s, as DLSR carries it.
constexpr std::uint32_t to_compact_span(Duration d) {
  return d.count() <= 0 ? 0u
                        : static_cast<std::uint32_t>((static_cast<std::uint64_t>(d.count()) << 16) / 1'000'000'000);
}
constexpr Duration from_compact_span(std::uint32_t units) {
  return Duration(static_cast<std::int64_t>((static_cast<std::uint64_t>(units) * 1'000'000'000) >> 16));
}

}  // namespace parley

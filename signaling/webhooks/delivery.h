// One site's events on their way to its webhook, as a decision without I/O: which may go now, when a failed one is
// tried again, up to where everything has arrived. Events of one call go one after the other in their order; others
// pass each other. At least once: what was not acknowledged when the server ended goes again. The deliverer owns one
// per webhook.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "signaling/store/store_types.h"

namespace parley::signaling {

inline constexpr std::chrono::milliseconds kFirstBackOff{1'000}, kLongestBackOff{300'000};

// Before the try after so many failures in a row: doubled each time, of which the later half is spread by `roll` (0 to
// 1).
std::chrono::milliseconds back_off(std::uint32_t failures, double roll);

class Delivery {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kPage = 100;  // events read at a time
  static constexpr std::size_t kMaxHeld = 200;
  static constexpr std::size_t kMaxFlying = 4;  // of different calls at a time, and one while the target fails

  // Everything up to `acknowledged` has arrived before.
  explicit Delivery(std::uint64_t acknowledged) : loaded_(acknowledged) {}

  // After which event to read on; none: enough is held. The answer goes to load(), in the order of the serials.
  std::optional<std::uint64_t> wants() const;
  void load(const std::vector<store::OutboxRow>& rows);

  // The event that may go now. It is on its way until arrived(), failed() or gone() names it.
  std::optional<std::uint64_t> next(Time now);
  void arrived(std::uint64_t serial);
  void failed(std::uint64_t serial, Time now, double roll);
  // Not in the outbox any more: retention, or its members were erased.
  void gone(std::uint64_t serial);
  // Not sent, for a reason that is not the target's.
  void put_back(std::uint64_t serial);
  // The target has changed: nobody waits any more for what the old one did.
  void try_now();

  // Everything up to here has arrived or is gone.
  std::uint64_t acknowledged() const { return held_.empty() ? loaded_ : held_.begin()->first - 1; }
  std::size_t held() const { return held_.size(); }
  std::size_t flying() const { return flying_; }
  // Failures in a row, of whichever events.
  std::uint32_t failures() const { return failures_; }

 private:
  struct Event {
    std::string line;  // events of one line keep their order
    std::uint32_t failures = 0;
    Time not_before = Time::min();
    bool flying = false;
  };

  void land(std::uint64_t serial);

  std::map<std::uint64_t, Event> held_;
  std::uint64_t loaded_;
  std::size_t flying_ = 0;
  std::uint32_t failures_ = 0;
  Time not_before_ = Time::min();
};

}  // namespace parley::signaling

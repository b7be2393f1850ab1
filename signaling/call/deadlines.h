// When something becomes due for a call, computed from its record alone, so that a restarted server arms the same
// (R40).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "signaling/call/call_types.h"

namespace parley::signaling::call {

inline constexpr CallSpan kCallerGrace{15'000};                                 // R49
inline constexpr CallSpan kEntryLimit{60'000};                                  // R44, R49
inline constexpr CallSpan kTicketLife{60'000};                                  // R24
inline constexpr CallSpan kWarnings[] = {CallSpan{300'000}, CallSpan{60'000}};  // R36
inline constexpr std::uint8_t kWarningCount = 2;

enum class TimerKind : std::uint8_t { kRingEnd, kCallerLost, kCallerEntry, kCalleeEntry, kWarning, kExpiry };

struct Timer {
  TimerKind kind{};
  CallTime at{};

  bool operator==(const Timer&) const = default;
};

// What is still to come, or overdue, by time.
std::vector<Timer> timers_of(const CallRecord& record);
std::optional<CallTime> next_wake(const CallRecord& record);

// Whether the party has been in the room at any time since the accept.
bool was_in_since_answer(const CallRecord& record, Party party);
// In the room, or on the way in after an accept: what makes a member busy for others (R43).
bool is_engaged(const CallRecord& record, Party party);
// As is_engaged and ringing, for a record whose deadlines may be due and not settled yet.
bool is_ringing_at(const CallRecord& record, CallTime now);
bool is_engaged_at(const CallRecord& record, Party party, CallTime now);
// How many warnings lie before the start already, for a window this short.
std::uint8_t warnings_skipped(CallSpan lifetime);

}  // namespace parley::signaling::call

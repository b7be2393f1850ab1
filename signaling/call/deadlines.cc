#include "signaling/call/deadlines.h"

#include <algorithm>
#include <utility>

namespace parley::signaling::call {

std::vector<Timer> timers_of(const CallRecord& record) {
  std::vector<Timer> timers;
  if (record.ring == Ring::kRinging) {
    timers.push_back({TimerKind::kRingEnd, record.ring_ends_at});
    if (record.caller_lost_at) timers.push_back({TimerKind::kCallerLost, *record.caller_lost_at + kCallerGrace});
  }
  if (record.state == State::kOpen) {
    const CallTime entry = *record.answered_at + kEntryLimit;
    for (const Party party : {Party::kCaller, Party::kCallee}) {
      const bool pending = !record.of(party).entry_overdue && !was_in_since_answer(record, party);
      if (pending)
        timers.push_back({party == Party::kCaller ? TimerKind::kCallerEntry : TimerKind::kCalleeEntry, entry});
    }
    for (std::uint8_t i = record.warnings; i < kWarningCount; ++i) {
      timers.push_back({TimerKind::kWarning, record.expires_at - kWarnings[i]});
    }
    timers.push_back({TimerKind::kExpiry, record.expires_at});
  }
  std::ranges::sort(timers, {}, [](const Timer& timer) { return std::pair(timer.at, timer.kind); });
  return timers;
}

std::optional<CallTime> next_wake(const CallRecord& record) {
  const std::vector<Timer> timers = timers_of(record);
  if (timers.empty()) return std::nullopt;
  return timers.front().at;
}

bool was_in_since_answer(const CallRecord& record, Party party) {
  const PartyState& state = record.of(party);
  return state.inside || (record.answered_at && state.left_at && *state.left_at > *record.answered_at);
}

bool is_engaged(const CallRecord& record, Party party) {
  const PartyState& state = record.of(party);
  if (state.inside) return true;
  return record.state == State::kOpen && state.tab && !state.entry_overdue && !was_in_since_answer(record, party);
}

bool is_ringing_at(const CallRecord& record, CallTime now) {
  if (record.ring != Ring::kRinging || now >= record.ring_ends_at) return false;
  return !record.caller_lost_at || now < *record.caller_lost_at + kCallerGrace;
}

bool is_engaged_at(const CallRecord& record, Party party, CallTime now) {
  if (!is_engaged(record, party)) return false;
  if (record.ring == Ring::kRinging) return is_ringing_at(record, now);
  const bool entry_passed = !record.of(party).inside && now >= *record.answered_at + kEntryLimit;
  return now < record.expires_at && !entry_passed;
}

std::uint8_t warnings_skipped(CallSpan lifetime) {
  std::uint8_t skipped = 0;
  for (const CallSpan warning : kWarnings) {
    if (lifetime <= warning) ++skipped;
  }
  return skipped;
}

}  // namespace parley::signaling::call

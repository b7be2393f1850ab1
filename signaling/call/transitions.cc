#include "signaling/call/transitions.h"

#include <algorithm>

#include "signaling/call/admission.h"
#include "signaling/call/deadlines.h"

namespace parley::signaling::call {
namespace {

constexpr Party kBoth[] = {Party::kCaller, Party::kCallee};

Audience everyone(Party party) {
  return {party, {}, {}, {}};
}
Audience only(Party party, const TabId& tab) {
  return {party, tab, {}, {}};
}
Audience all_but(Party party, const TabId& tab) {
  return {party, {}, tab, {}};
}

bool nobody_inside(const CallRecord& record) {
  return std::ranges::none_of(kBoth, [&](Party party) { return record.of(party).inside.has_value(); });
}

StopReason stop_reason(Ring ring, Reason reason) {
  if (reason == Reason::kDismissed) return StopReason::kDismissed;
  switch (ring) {
    case Ring::kDeclined: return StopReason::kDeclinedElsewhere;
    case Ring::kCancelled: return StopReason::kCancelled;
    case Ring::kWithdrawn: return StopReason::kWithdrawn;
    default: return StopReason::kTimeout;
  }
}

// R20, R22: missed, or cancelled after the pop-up was on a screen; nothing else.
bool makes_missed_notice(const CallRecord& record) {
  return record.ring == Ring::kMissed || (record.ring == Ring::kCancelled && record.ring_shown);
}

}  // namespace

void end_ring(Draft& draft, Ring ring, Reason reason, CallTime at, const std::optional<TabId>& decider) {
  CallRecord& call = draft.next;
  call.ring = ring;
  call.state = State::kEnded;
  call.reason = reason;
  call.ended_at = at;
  call.caller_lost_at.reset();

  // R6, R28: the pop-ups go, if there were any.
  const StopReason stop = stop_reason(ring, reason);
  const bool rang = reason != Reason::kBusy;
  if (rang) draft.tell(decider ? all_but(Party::kCallee, *decider) : everyone(Party::kCallee), RingStopped{stop});
  // R9, R11, R13: the outcome, wherever the caller is by now.
  const AfterRing after = message_offered(call, draft.facts) ? AfterRing::kOfferMessage : AfterRing::kCloseDialogs;
  draft.tell(everyone(Party::kCaller), RingEnded{ring, reason, after});
  // R19: and to the tab that declined.
  if (decider) draft.tell(only(Party::kCallee, *decider), RingEnded{ring, reason, after});
  // Nobody stays in a room that nobody else will come to.
  for (const Party party : kBoth) put_out(draft, party, RemoveReason::kRingOver, at);
  if (makes_missed_notice(call)) draft.notice_missed();
}

void open_call(Draft& draft, const TabId& tab, const DeviceId& device, Media media, CallTime at) {
  CallRecord& call = draft.next;
  call.ring = Ring::kAccepted;
  call.state = State::kOpen;
  call.answered_at = at;
  call.caller_lost_at.reset();
  PartyState& callee = call.of(Party::kCallee);
  callee.media = media;
  callee.tab = tab;
  callee.device = device;

  // R27: one tab has it, the others fall silent.
  draft.tell(all_but(Party::kCallee, tab), RingStopped{StopReason::kAnsweredElsewhere});
  draft.tell(only(Party::kCallee, tab), Answered{});
  draft.tell(everyone(Party::kCaller), Answered{});
  draft.claim(Party::kCallee);
  draft.check_rows();
}

void close_call(Draft& draft, State state, Reason reason, CallTime at) {
  CallRecord& call = draft.next;
  const RemoveReason remove = reason == Reason::kExpired ? RemoveReason::kExpired : RemoveReason::kTerminated;
  for (const Party party : kBoth) put_out(draft, party, remove, at);
  call.state = state;
  call.reason = reason;
  call.ended_at = at;
  draft.tell_both(CallClosed{state, reason});
}

void go_in(Draft& draft, Party party, const TabId& tab, CallTime at) {
  CallRecord& call = draft.next;
  PartyState& state = call.of(party);
  const PartyState& peer = call.of(other(party));
  const bool returns = state.entered_at.has_value();
  const bool opens = nobody_inside(call);

  // R33: one presence; the older entry makes room first, even if it is the same tab's.
  if (state.inside) draft.then(Remove{party, *state.inside, state.entries, RemoveReason::kReplaced});
  state.inside = tab;
  state.entered_at = at;
  ++state.entries;
  if (peer.inside && !call.both_since) {
    call.both_since = at;
    call.both_were_inside = true;
  }
  if (opens) draft.then(OpenRoom{});
  draft.then(Admit{party, tab, state.entries});
  draft.tell_both(PresenceChanged{});
  // R35: coming back does not ring.
  if (call.state == State::kOpen && returns && !peer.inside) draft.tell(everyone(other(party)), BackInCall{party});
  draft.claim(party);
}

void go_out(Draft& draft, Party party, CallTime at) {
  CallRecord& call = draft.next;
  PartyState& state = call.of(party);
  if (!state.inside) return;
  state.inside.reset();
  state.left_at = std::max(at, *state.entered_at);
  if (call.both_since) {
    call.talked += std::max(at - *call.both_since, CallSpan{0});
    call.both_since.reset();
  }
  // R35: an empty room costs nothing; the record stays.
  if (nobody_inside(call)) draft.then(CloseRoom{});
  draft.tell_both(PresenceChanged{});
  // R14, R37.
  draft.tell_both(DetailsReady{party});
}

void put_out(Draft& draft, Party party, RemoveReason reason, CallTime at) {
  const std::optional<TabId> tab = draft.next.of(party).inside;
  if (!tab) return;
  draft.then(Remove{party, *tab, draft.next.of(party).entries, reason});
  go_out(draft, party, at);
}

namespace {

void entry_overdue(Draft& draft, Party party) {
  draft.next.of(party).entry_overdue = true;
  // R44, R49: the one who waits is told; the late one may still come.
  draft.tell(everyone(other(party)), CouldNotConnect{party});
}

void warn(Draft& draft, CallTime now) {
  CallRecord& call = draft.next;
  ++call.warnings;
  // R36: only if somebody would be cut off.
  if (!nobody_inside(call)) draft.tell_both(ClosingSoon{call.expires_at - now});
}

void apply_timer(Draft& draft, const Timer& timer, CallTime now) {
  switch (timer.kind) {
    case TimerKind::kRingEnd:
      end_ring(draft, Ring::kMissed, Reason::kTimeout, timer.at);
      return draft.note(Actor::kServer, "ring_timeout");
    case TimerKind::kCallerLost:
      end_ring(draft, Ring::kCancelled, Reason::kCallerLost, timer.at);
      return draft.note(Actor::kServer, "caller_lost");
    case TimerKind::kCallerEntry: return entry_overdue(draft, Party::kCaller);
    case TimerKind::kCalleeEntry: return entry_overdue(draft, Party::kCallee);
    case TimerKind::kWarning: return warn(draft, std::min(now, draft.next.expires_at));
    case TimerKind::kExpiry:
      close_call(draft, draft.next.both_were_inside ? State::kCompleted : State::kFailed, Reason::kExpired, timer.at);
      return draft.note(Actor::kServer, "expiry");
  }
}

// R29: somebody put it away, and nobody is left who has not.
bool dismissed_everywhere(const CallRecord& call, const Facts& facts) {
  if (call.dismissed.empty()) return false;
  return std::ranges::all_of(facts.callee_tabs,
                             [&](const LiveTab& tab) { return contains(call.dismissed, tab.device); });
}

void apply_facts(Draft& draft, CallTime now) {
  CallRecord& call = draft.next;
  const Facts& facts = draft.facts;
  // R39, R50: what may not be any more.
  const bool someone_gone = is_gone(facts.caller) || is_gone(facts.callee);
  if (call.ring == Ring::kRinging && !facts.site.private_calls) {
    end_ring(draft, Ring::kWithdrawn, Reason::kFeatureDisabled, now);
    draft.note(Actor::kServer, "toggle_off");
  } else if (call.ring == Ring::kRinging && someone_gone) {
    end_ring(draft, Ring::kWithdrawn, Reason::kMemberDeactivated, now);
    draft.note(Actor::kServer, "member_deactivated");
  } else if (call.ring == Ring::kRinging && dismissed_everywhere(call, facts)) {
    end_ring(draft, Ring::kMissed, Reason::kDismissed, now);
    draft.note(Actor::kCallee, "dismissed");
  } else if (call.state == State::kOpen && !facts.site.private_calls &&
             facts.site.on_disable == OnDisable::kTerminate) {
    close_call(draft, State::kTerminated, Reason::kFeatureDisabled, now);
    draft.note(Actor::kServer, "toggle_off");
  }
  for (const Party party : kBoth) {
    if (!is_gone(facts.of(party))) continue;
    put_out(draft, party, RemoveReason::kDeactivated, now);
    draft.note(Actor::kServer, "member_deactivated");
  }
}

}  // namespace

void settle(Draft& draft, CallTime now) {
  // Each deadline takes itself off the list, so this ends.
  for (auto timers = timers_of(draft.next); !timers.empty() && timers.front().at <= now;
       timers = timers_of(draft.next)) {
    apply_timer(draft, timers.front(), now);
  }
  apply_facts(draft, now);
}

}  // namespace parley::signaling::call

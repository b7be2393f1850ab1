#include "signaling/call/call_machine.h"

#include <algorithm>
#include <utility>

#include "signaling/call/admission.h"
#include "signaling/call/deadlines.h"
#include "signaling/call/transitions.h"

namespace parley::signaling::call {
namespace {

using Result = std::optional<Refusal>;

Result refuse(RefusalCode code) {
  return Refusal{code};
}
constexpr Result kDone = std::nullopt;

Actor actor(Party party) {
  return party == Party::kCaller ? Actor::kCaller : Actor::kCallee;
}

// Moves, one apply() each. What was due is settled already, so `ringing` is true only if the move came in time.
class Moves {
 public:
  Moves(Draft& draft, CallTime now) : draft_(draft), call_(draft.next), facts_(draft.facts), now_(now) {}

  Result apply(const Choose& move) {
    const auto& [by, media] = move;
    // R32: the one who is called answers by choosing.
    if (by.party == Party::kCallee && call_.state != State::kOpen) return apply(Accept{by, media});
    if (now_ >= call_.expires_at) return refuse(RefusalCode::kCallExpired);
    if (over()) return tell_settled(by);
    PartyState& state = call_.of(by.party);
    state.media = media;
    state.tab = by.tab;
    state.device = by.device;
    if (ringing()) carry(by.tab);
    draft_.tell_both(PresenceChanged{});
    return kDone;
  }

  Result apply(const Accept& move) {
    const By& by = move.by;
    if (by.party == Party::kCaller) return refuse(RefusalCode::kNotYourMove);
    if (now_ >= call_.expires_at) return refuse(RefusalCode::kCallExpired);
    // R27, R30: the first one has it.
    if (!ringing()) return tell_settled(by);
    open_call(draft_, by.tab, by.device, move.media, now_);
    draft_.note(Actor::kCallee, "accept");
    return kDone;
  }

  Result apply(const Decline& move) {
    const By& by = move.by;
    if (by.party == Party::kCaller) return refuse(RefusalCode::kNotYourMove);
    if (!ringing()) return tell_settled(by);
    end_ring(draft_, Ring::kDeclined, Reason::kNone, now_, by.tab);
    draft_.note(Actor::kCallee, "decline");
    return kDone;
  }

  Result apply(const Cancel& move) {
    const By& by = move.by;
    if (by.party == Party::kCallee && ringing()) return apply(Decline{by});
    if (ringing()) return cancel("cancel");
    // R49: after the accept it is leaving.
    if (call_.state == State::kOpen) return leave(by, "cancel");
    return tell_settled(by);
  }

  Result apply(const Dismiss& move) {
    const By& by = move.by;
    if (by.party == Party::kCaller) return refuse(RefusalCode::kNotYourMove);
    if (!ringing()) return tell_settled(by);
    if (contains(call_.dismissed, by.device)) return kDone;
    if (call_.dismissed.size() >= kMaxDevices) return refuse(RefusalCode::kTooManyDevices);
    // R29: on the whole device; and if that was the last one, the ring is over.
    call_.dismissed.push_back(by.device);
    draft_.tell({Party::kCallee, {}, {}, by.device}, RingStopped{StopReason::kDismissed});
    settle(draft_, now_);
    return kDone;
  }

  Result apply(const RingShown& move) {
    const By& by = move.by;
    if (by.party == Party::kCaller) return refuse(RefusalCode::kNotYourMove);
    if (!ringing()) return tell_settled(by);
    call_.ring_shown = true;
    return kDone;
  }

  Result apply(const AskTicket& move) {
    const By& by = move.by;
    if (const Verdict verdict = may_join(call_, by.party, facts_, now_); !verdict) {
      // R30: too late is told with what stands instead.
      if (verdict.error().code == RefusalCode::kCallOver) tell_settled(by);
      return verdict.error();
    }
    PartyState& state = call_.of(by.party);
    const bool elsewhere = state.inside && *state.inside != by.tab;
    if (elsewhere && facts_.site.second_tab == SecondTab::kRefuse) return refuse(RefusalCode::kAlreadyInside);
    state.tab = by.tab;
    state.device = by.device;
    if (ringing() && by.party == Party::kCaller) carry(by.tab);
    // R24.
    draft_.then(IssueTicket{by.party, by.tab, std::min(now_ + kTicketLife, call_.expires_at)});
    return kDone;
  }

  Result apply(const Enter& move) {
    const By& by = move.by;
    if (const Verdict verdict = may_enter(call_, by.party, by.tab, move.ticket_until, facts_, now_); !verdict)
      return verdict.error();
    go_in(draft_, by.party, by.tab, now_);
    draft_.note(actor(by.party), "enter");
    return kDone;
  }

  Result apply(const Leave& move) {
    const By& by = move.by;
    if (ringing()) return by.party == Party::kCaller ? cancel("leave") : refuse(RefusalCode::kNotYourMove);
    if (call_.state == State::kOpen) return leave(by, "leave");
    return tell_settled(by);
  }

  Result apply(const Left& report) {
    const PartyState& state = call_.of(report.party);
    if (!state.inside || state.entries != report.entry) return kDone;
    go_out(draft_, report.party, now_);
    draft_.note(actor(report.party), "connection_lost");
    return kDone;
  }

  Result apply(const TabConnected& report) {
    const By& by = report.by;
    // R49: the caller is back.
    if (by.party == Party::kCaller && call_.caller_lost_at) {
      call_.caller_lost_at.reset();
      carry(by.tab);
    }
    draft_.show(by.party, by.tab, SnapshotReady{});
    return kDone;
  }

  Result apply(const TabClosed& report) {
    const By& by = report.by;
    if (by.party == Party::kCallee || !ringing() || !contains(call_.carriers, by.tab)) return kDone;
    if (carried_without(by.tab)) return kDone;
    if (report.signed_out) return cancel("signed_out");
    if (!call_.caller_lost_at) call_.caller_lost_at = now_;
    return kDone;
  }

  Result apply(const Terminate&) {
    if (ringing()) {
      end_ring(draft_, Ring::kWithdrawn, Reason::kTerminated, now_);
    } else if (call_.state == State::kOpen) {
      close_call(draft_, State::kTerminated, Reason::kTerminated, now_);
    }
    draft_.note(Actor::kOperator, "terminate");
    return kDone;
  }

  Result apply(const Wake&) { return kDone; }

  Result apply(const Restarted&) { return kDone; }

 private:
  bool ringing() const { return call_.ring == Ring::kRinging; }
  bool over() const { return call_.state != State::kRinging && call_.state != State::kOpen; }

  Result tell_settled(const By& by) {
    draft_.show(by.party, by.tab, Settled{});
    return kDone;
  }

  Result cancel(std::string_view why) {
    end_ring(draft_, Ring::kCancelled, Reason::kNone, now_);
    draft_.note(Actor::kCaller, why);
    return kDone;
  }

  Result leave(const By& by, std::string_view why) {
    PartyState& state = call_.of(by.party);
    if (!state.tab && !state.inside) return tell_settled(by);
    // No ticket that was given before opens the door again.
    state.tab.reset();
    state.device.reset();
    // R14, R49: whoever was on the way in leaves with the details too.
    if (state.inside) {
      put_out(draft_, by.party, RemoveReason::kLeft, now_);
    } else {
      draft_.tell_both(PresenceChanged{});
      draft_.tell({by.party, {}, {}, {}}, DetailsReady{by.party});
    }
    draft_.note(actor(by.party), why);
    return kDone;
  }

  void carry(const TabId& tab) {
    if (contains(call_.carriers, tab)) return;
    if (call_.carriers.size() >= kMaxCarriers) call_.carriers.erase(call_.carriers.begin());
    call_.carriers.push_back(tab);
  }

  bool carried_without(const TabId& closed) const {
    return std::ranges::any_of(facts_.caller_tabs, [&](const LiveTab& tab) {
      return tab.connected && tab.tab != closed && contains(call_.carriers, tab.tab);
    });
  }

  Draft& draft_;
  CallRecord& call_;
  const Facts& facts_;
  CallTime now_;
};

// R40, R49: rooms and connections went with the process, and the caller of a ringing call has to show up again. Before
// the deadlines, which may lie in the time without a server.
void forget_process(Draft& draft, CallTime last_alive, CallTime now) {
  last_alive = std::min({last_alive, now, draft.next.expires_at});
  for (const Party party : {Party::kCaller, Party::kCallee}) go_out(draft, party, last_alive);
  if (draft.next.ring == Ring::kRinging) draft.next.caller_lost_at = now;
  draft.note(Actor::kServer, "restart");
}

const By* by_of(const Input& input) {
  return std::visit(
      [](const auto& move) -> const By* {
        if constexpr (requires { move.by; }) {
          return &move.by;
        } else {
          return nullptr;
        }
      },
      input);
}

// In the order of the variant.
constexpr std::string_view kInputs[] = {"choose",     "accept",     "decline",   "cancel", "dismiss",
                                        "ring_shown", "ask_ticket", "enter",     "leave",  "left",
                                        "connected",  "tab_closed", "terminate", "wake",   "restarted"};
static_assert(std::size(kInputs) == std::variant_size_v<Input>);

}  // namespace

Step step(const CallRecord& record, const Input& input, const Facts& facts, CallTime now) {
  Draft draft(record, facts);
  if (const auto* restarted = std::get_if<Restarted>(&input)) forget_process(draft, restarted->last_alive, now);
  settle(draft, now);
  Moves moves(draft, now);
  const Result refused = std::visit([&](const auto& move) { return moves.apply(move); }, input);
  const By* by = by_of(input);
  return std::move(draft).finish(refused, by ? actor(by->party) : Actor::kServer, kInputs[input.index()]);
}

}  // namespace parley::signaling::call

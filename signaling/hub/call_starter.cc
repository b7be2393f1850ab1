#include "signaling/hub/call_starter.h"

#include <utility>

#include "signaling/hub/call_notes.h"
#include "signaling/hub/call_runner.h"

namespace parley::signaling {
namespace {

constexpr std::size_t kIdBytes = 16;

using FoundCall = store::Answer<std::optional<store::StoredCall>>;

Taken taken_of(call::StartKind kind) {
  switch (kind) {
    case call::StartKind::kCreated: return Taken::kCreated;
    case call::StartKind::kRejectedBusy: return Taken::kRejectedBusy;
    case call::StartKind::kSame: return Taken::kSame;
    case call::StartKind::kGlare: return Taken::kGlare;
    case call::StartKind::kJoin: return Taken::kJoin;
  }
  return Taken::kSame;
}

}  // namespace

void CallStarter::start(const Seat& seat, const CallStart& wish, Then then) {
  std::size_t& mine = of_member_[seat.who];
  if (under_way_ >= kMaxAtOnce || mine >= kMaxOfMember) {
    if (mine == 0) of_member_.erase(seat.who);
    return then(std::unexpected(Error{ErrorCode::kTooMany, "too many calls are being started; try again"}));
  }
  const auto id = call::CallId::parse(wiring_.random_hex(kIdBytes));
  if (!id) {
    if (mine == 0) of_member_.erase(seat.who);
    return then(std::unexpected(Error{ErrorCode::kInternal, "no name for the call"}));
  }
  ++mine;
  ++under_way_;
  read(std::make_shared<Starting>(Starting{seat, wish, std::move(then), *id, 0}));
}

void CallStarter::read(const Ref& starting) {
  ++starting->attempts;
  const MemberKey& who = starting->seat.who;
  const CallStart& wish = starting->wish;
  wiring_.store.read_start({who.site, who.member, wish.member, wish.request, wiring_.clock().line - kCounted},
                           lifeline_.wrap([this, starting](store::Answer<store::StartView> view) {
                             if (!view) return failed(starting, view.error().text);
                             decide(starting, std::move(*view));
                           }));
}

void CallStarter::decide(const Ref& starting, store::StartView view) {
  const auto& [seat, wish, then, id, attempts] = *starting;
  const MemberKey& who = seat.who;
  CallStep step;
  step.two = std::move(view.two);
  step.now = wiring_.clock();
  call::StartFacts facts;
  facts.facts = facts_of(step.two, who.site, who.member, wish.member, wiring_.tabs);
  facts.recent = view.recent;
  facts.blocked_by_callee = step.two.caller_blocked;
  facts.same_request = std::move(view.same_request);
  facts.pair_ringing = std::move(view.pair_ringing);
  facts.caller_ringing = std::move(view.caller_ringing);
  facts.caller_inside = std::move(view.caller_inside);
  facts.callee_inside = std::move(view.callee_inside);
  const call::StartRequest request{who.site,   id,          wish.request, {call::Party::kCaller, seat.tab, seat.device},
                                   who.member, wish.member, wish.origin};
  auto started = call::start(request, facts, step.now.line);
  if (!started) {
    wiring_.refused(who, started.error().code, step.now);
    return answer(starting, std::unexpected(started.error().code));
  }
  const Taken taken = taken_of(started->kind);
  step.step = std::move(started->step);
  if (taken == Taken::kGlare || taken == Taken::kJoin) return show(starting, taken, step.step.next.id);
  step.facts = std::move(facts.facts);
  step.created = step.now.calendar;
  if (taken == Taken::kSame) {
    step.before = facts.same_request ? std::move(facts.same_request) : std::move(facts.pair_ringing);
    return join_same(starting, std::move(step));
  }
  commit(starting, taken, std::move(step));
}

// The call that is there is told as of its own start.
void CallStarter::join_same(const Ref& starting, CallStep step) {
  const call::CallId id = step.step.next.id;
  wiring_.store.read_call(id, lifeline_.wrap([this, starting, step = std::move(step)](FoundCall stored) mutable {
    if (!stored) return failed(starting, stored.error().text);
    if (*stored) step.created = (*stored)->created;
    if (persist_of(step.step)) return commit(starting, Taken::kSame, std::move(step));
    committed(starting, Taken::kSame, step);
  }));
}

// A call of the two that the other may have begun, with the two in its own order.
void CallStarter::show(const Ref& starting, Taken taken, const call::CallId& id) {
  wiring_.store.read_call(id, lifeline_.wrap([this, starting, taken](FoundCall stored) {
    if (!stored) return failed(starting, stored.error().text);
    if (!*stored) return failed(starting, "a call that the rows name is gone");
    CallStep step;
    step.step.next = (*stored)->record;
    step.created = (*stored)->created;
    const call::CallRecord record = (*stored)->record;
    wiring_.store.read_pair(record.site, record.caller, record.callee,
                            lifeline_.wrap([this, starting, taken, step](store::Answer<store::PairView> two) mutable {
                              if (!two) return failed(starting, two.error().text);
                              const call::CallRecord& next = step.step.next;
                              step.two = std::move(*two);
                              step.facts = facts_of(step.two, next.site, next.caller, next.callee, wiring_.tabs);
                              step.now = wiring_.clock();
                              committed(starting, taken, step);
                            }));
  }));
}

void CallStarter::commit(const Ref& starting, Taken taken, CallStep step) {
  store::Change change = change_of(step);
  wiring_.store.commit(std::move(change), lifeline_.wrap([this, starting, taken,
                                                          step = std::move(step)](store::CommitAnswer answer) mutable {
    if (answer) {
      take_rows(step);
      return committed(starting, taken, step);
    }
    if (const auto* failure = std::get_if<store::Failure>(&answer.error())) {
      return failed(starting, failure->text);
    }
    // R30: something else was first.
    if (starting->attempts >= kMaxAttempts) return failed(starting, "others are always first");
    read(starting);
  }));
}

void CallStarter::committed(const Ref& starting, Taken taken, const CallStep& step) {
  const Seat& seat = starting->seat;
  if (persist_of(step.step)) wiring_.act(step);
  const CallSight sight{step.step.next, step.two, step.facts, step.now.line, step.created};
  CallAnswer taken_so{taken, false, {}};
  if (auto snapshot = snapshot_note(sight, seat.who.member, seat.device)) taken_so.snapshot = std::move(*snapshot);
  if (taken == Taken::kCreated || taken == Taken::kSame) wiring_.begun(step.step.next.id, seat);
  answer(starting, std::move(taken_so));
}

void CallStarter::failed(const Ref& starting, std::string_view why) {
  if (wiring_.log) wiring_.log(LogLevel::kWarning, "a call can't be started for now: " + std::string(why));
  answer(starting, std::unexpected(store_unavailable()));
}

void CallStarter::answer(const Ref& starting, CallResult<CallAnswer> result) {
  --under_way_;
  const auto mine = of_member_.find(starting->seat.who);
  if (--mine->second == 0) of_member_.erase(mine);
  starting->then(std::move(result));
}

}  // namespace parley::signaling

#include "signaling/hub/calls.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "signaling/hub/call_acts.h"
#include "signaling/hub/call_notes.h"
#include "signaling/hub/call_reader.h"
#include "signaling/hub/call_recovery.h"
#include "signaling/hub/call_runner.h"
#include "signaling/hub/call_starter.h"
#include "signaling/hub/call_sweep.h"
#include "signaling/hub/call_timers.h"
#include "signaling/hub/lifeline.h"
#include "signaling/hub/room_names.h"
#include "signaling/hub/ticket_book.h"
#include "signaling/hub/unfinished_calls.h"

namespace parley::signaling {
namespace {

using call::By;
using call::Input;
using call::RefusalCode;

using MakeInput = std::function<Input(const By&)>;

// For anything wrong at the door.
Error no_way_in() {
  return {ErrorCode::kNotFound, "There is no such call."};
}

// R23: the input of a member who is one of the two, as the party that it is.
std::function<std::optional<Input>(const call::CallRecord&)> by_member(const Seat& seat, MakeInput make) {
  return [seat, make = std::move(make)](const call::CallRecord& record) -> std::optional<Input> {
    if (record.site != seat.who.site) return std::nullopt;
    const auto party = record.party_of(seat.who.member);
    if (!party) return std::nullopt;
    return make(By{*party, seat.tab, seat.device});
  };
}

Input input_of(const CallChoose& wish, const By& by) {
  if (wish.accept) return call::Accept{by, wish.media};
  return call::Choose{by, wish.media};
}

Input input_of(CallMove move, const By& by) {
  switch (move) {
    case CallMove::kDecline: return call::Decline{by};
    case CallMove::kCancel: return call::Cancel{by};
    case CallMove::kDismiss: return call::Dismiss{by};
    case CallMove::kRingShown: return call::RingShown{by};
    case CallMove::kLeave: return call::Leave{by};
  }
  return call::Wake{};
}

SnapshotNote snapshot_after(const CallStep& step, const call::MemberId& member, const call::DeviceId& device) {
  const CallSight sight{step.step.next, step.two, step.facts, step.now.line, step.created};
  return snapshot_note(sight, member, device).value_or(SnapshotNote{});
}

}  // namespace

struct Calls::Impl {
  explicit Impl(CallsWiring given)
      : wiring(std::move(given)),
        tickets(wiring.random_hex),
        acts({wiring.store, wiring.tabs, wiring.rooms, index, timers, tickets,
              [this](const call::LeaveOther& leave) { leave_other(leave); }, wiring.log}),
        runner({wiring.store, wiring.tabs, wiring.clock, [this](const CallStep& step) { acts.act(step); },
                [this](const CallKey& call) { forget(call); },
                [this](const CallKey& call, call::CallTime at) { retries.arm(call, at); }, wiring.log}),
        starter({wiring.store, wiring.tabs, wiring.clock, wiring.random_hex,
                 [this](const CallStep& step) { acts.act(step); },
                 [this](const MemberKey& who, RefusalCode code, Now now) {
                   acts.audit_refused_start(who.site, who.member, code, now);
                 },
                 [this](const call::CallId& id, const Seat& seat) { begun(id, seat); }, wiring.log}),
        reader({wiring.store, wiring.tabs, index, wiring.clock}),
        recovery(wiring.store, runner),
        sweep([this](const CallKey& call) { wake(call); }) {}

  void forget(const CallKey& call) {
    index.forget(call);
    timers.arm(call, std::nullopt);
  }

  void wake(const CallKey& call) {
    CallJob job{CallJob::Kind::kWake,
                {},
                [](const call::CallRecord&) { return Input{call::Wake{}}; },
                [this](const auto&) { sweep.done(); }};
    runner.push(call.id(), std::move(job));
  }

  // R43: by whichever tab the member is there.
  void leave_other(const call::LeaveOther& leave) {
    const auto input = [member = leave.member](const call::CallRecord& record) -> std::optional<Input> {
      const auto party = record.party_of(member);
      if (!party) return std::nullopt;
      const call::PartyState& state = record.of(*party);
      const auto tab = state.inside ? state.inside : state.tab;
      return call::Leave{By{*party, tab.value_or(call::TabId{}), state.device.value_or(call::DeviceId{})}};
    };
    runner.push(leave.call, {CallJob::Kind::kFact, {}, input, {}});
  }

  // The tab may have gone before its call was in the index.
  void begun(const call::CallId& id, const Seat& seat) {
    const auto tabs = wiring.tabs.live_tabs(seat.who);
    const auto mine = std::ranges::find(tabs, seat.tab, &call::LiveTab::tab);
    if (mine != tabs.end() && mine->connected) return;
    report(CallKey(id), seat, [gone = mine == tabs.end()](const By& by) { return call::TabClosed{by, gone}; });
  }

  void report(const CallKey& call, const Seat& seat, MakeInput make) {
    runner.push(call.id(), {CallJob::Kind::kReport, seat, by_member(seat, std::move(make)), {}});
  }

  void move(const Seat& seat, const call::CallId& id, MakeInput make, Then<CallAnswer> then) {
    const auto answer = [seat, then = std::move(then)](const CallResult<const CallStep*>& result) {
      if (!result) return then(std::unexpected(result.error()));
      const CallStep& step = **result;
      if (step.step.refusal) return then(std::unexpected(step.step.refusal->code));
      then(CallAnswer{Taken::kMoved, tells_settled(step.step, seat.tab),
                      snapshot_after(step, seat.who.member, seat.device)});
    };
    runner.push(id, {CallJob::Kind::kMove, seat, by_member(seat, std::move(make)), answer});
  }

  void issue(const Seat& seat, const CallStep& step, const Then<TicketNote>& then) {
    if (step.step.refusal) return then(std::unexpected(step.step.refusal->code));
    const auto* issue = effect_of<call::IssueTicket>(step.step);
    if (!issue) return then(std::unexpected(RefusalCode::kCallOver));
    const call::CallId& id = step.step.next.id;
    const std::string secret = tickets.issue({id, issue->party, seat, issue->until});
    then(TicketNote{id, secret, step.now.calendar + (issue->until - step.now.line)});
  }

  static Result<Admission> admission(const CallResult<const CallStep*>& result) {
    if (!result) {
      const Error* error = std::get_if<Error>(&result.error());
      return std::unexpected(error ? *error : no_way_in());
    }
    const CallStep& step = **result;
    const auto* admit = effect_of<call::Admit>(step.step);
    if (step.step.refusal || !admit) return std::unexpected(no_way_in());
    const call::CallRecord& record = step.step.next;
    const bool is_caller = admit->party == call::Party::kCaller;
    return Admission{{record.id, admit->party, admit->entry},
                     call_room(record.id),
                     person_of(record.member(admit->party), is_caller ? step.two.caller : step.two.callee)};
  }

  CallsWiring wiring;
  UnfinishedCalls index;
  CallTimers timers;   // where the records say
  CallTimers retries;  // of what waits for the store, whatever the record says meanwhile
  TicketBook tickets;
  CallActs acts;
  CallRunner runner;
  CallStarter starter;
  CallReader reader;
  CallRecovery recovery;
  CallSweep sweep;
  Lifeline lifeline;
};

Calls::Calls(CallsWiring wiring) : impl_(std::make_unique<Impl>(std::move(wiring))) {}
Calls::~Calls() = default;

void Calls::recover(call::CallTime last_alive, std::function<void(Result<std::size_t>)> done) {
  impl_->recovery.run(last_alive, std::move(done));
}

void Calls::start(const Seat& seat, const CallStart& wish, Then<CallAnswer> then) {
  impl_->starter.start(seat, wish, std::move(then));
}

void Calls::choose(const Seat& seat, const CallChoose& wish, Then<CallAnswer> then) {
  impl_->move(seat, wish.call, [wish](const By& by) { return input_of(wish, by); }, std::move(then));
}

void Calls::act(const Seat& seat, const CallAct& wish, Then<CallAnswer> then) {
  impl_->move(seat, wish.call, [move = wish.move](const By& by) { return input_of(move, by); }, std::move(then));
}

void Calls::ticket(const Seat& seat, const call::CallId& call, Then<TicketNote> then) {
  const auto answer = [impl = impl_.get(), seat, then](const CallResult<const CallStep*>& result) {
    if (!result) return then(std::unexpected(result.error()));
    impl->issue(seat, **result, then);
  };
  impl_->runner.push(
      call, {CallJob::Kind::kMove, seat, by_member(seat, [](const By& by) { return call::AskTicket{by}; }), answer});
}

void Calls::details(const Seat& seat, const call::CallId& call, Then<DetailsNote> then) {
  impl_->reader.details(seat, call, std::move(then));
}

void Calls::history(const Seat& seat, std::optional<std::uint64_t> before, Then<CallHistoryAnswer> then) {
  impl_->reader.history(seat, before, std::move(then));
}

void Calls::snapshots(const Seat& seat, std::function<void(std::vector<SnapshotNote>)> then) {
  impl_->reader.snapshots(seat, std::move(then));
}

void Calls::enter(const Grant& grant, const std::string& ticket, const call::TabId& tab,
                  std::function<void(Result<Admission>)> then) {
  const auto entry = impl_->tickets.take(ticket, impl_->wiring.clock().line);
  const MemberKey who{call::SiteId{grant.site}, call::MemberId{grant.member}};
  if (!entry || entry->seat.who != who || entry->seat.tab != tab) {
    // Later, as every other answer at the door.
    return impl_->wiring.store.read_site(
        who.site, impl_->lifeline.wrap([then](const auto&) { then(std::unexpected(no_way_in())); }));
  }
  const auto answer = [then](const CallResult<const CallStep*>& result) { then(Impl::admission(result)); };
  const auto input = by_member(entry->seat, [until = entry->until](const By& by) { return call::Enter{by, until}; });
  impl_->runner.push(entry->call, {CallJob::Kind::kMove, entry->seat, input, answer});
}

void Calls::left(const CallEntry& entry) {
  const auto input = [entry](const call::CallRecord&) { return Input{call::Left{entry.party, entry.entry}}; };
  impl_->runner.push(entry.call, {CallJob::Kind::kFact, {}, input, {}});
}

void Calls::tab_connected(const Seat& seat) {
  for (const CallKey& call : impl_->index.ringing_of(seat.who)) {
    impl_->report(call, seat, [](const By& by) { return call::TabConnected{by}; });
  }
}

void Calls::tab_closed(const Seat& seat, bool signed_out) {
  for (const CallKey& call : impl_->index.ringing_of(seat.who)) {
    impl_->report(call, seat, [signed_out](const By& by) { return call::TabClosed{by, signed_out}; });
  }
}

void Calls::tab_gone(const MemberKey& who) {
  impl_->sweep.add(impl_->index.ringing_of(who));
}

void Calls::site_changed(const call::SiteId& site) {
  impl_->sweep.add(impl_->index.of(site));
}

void Calls::member_changed(const MemberKey& who) {
  impl_->sweep.add(impl_->index.of(who));
}

void Calls::terminate(const call::CallId& call, Then<SnapshotNote> then) {
  const auto answer = [then = std::move(then)](const CallResult<const CallStep*>& result) {
    if (!result) return then(std::unexpected(result.error()));
    then(snapshot_after(**result, (*result)->step.next.caller, {}));
  };
  const auto input = [](const call::CallRecord&) { return Input{call::Terminate{}}; };
  impl_->runner.push(call, {CallJob::Kind::kMove, {}, input, answer});
}

void Calls::tick() {
  const call::CallTime now = impl_->wiring.clock().line;
  impl_->tickets.drop_expired(now);
  impl_->sweep.add(impl_->timers.due(now));
  impl_->sweep.add(impl_->retries.due(now));
}

std::size_t Calls::unfinished() const {
  return impl_->index.size();
}

std::size_t Calls::busy() const {
  return impl_->runner.jobs() + impl_->starter.under_way() + impl_->reader.under_way() + impl_->sweep.size();
}

}  // namespace parley::signaling

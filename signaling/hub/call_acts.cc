#include "signaling/hub/call_acts.h"

#include <string>
#include <utility>

#include "signaling/call/deadlines.h"
#include "signaling/hub/call_notes.h"
#include "signaling/protocol/overloaded.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling {
namespace {

using call::Party;

constexpr Party kBoth[] = {Party::kCaller, Party::kCallee};

bool was_inside(const CallStep& step, Party party) {
  return step.before && step.before->of(party).inside.has_value();
}

}  // namespace

void CallActs::act(const CallStep& step) {
  keep_books(step);
  const call::CallRecord& record = step.step.next;
  for (const call::Effect& effect : step.step.effects) {
    std::visit(Overloaded{
                   [&](const call::Tell& tell) { perform(step, tell); },
                   [&](const call::NotifyMissed&) { notices_.show(step); },
                   [&](const call::Remove& remove) {
                     wiring_.rooms.remove({record.id, remove.party, remove.entry}, remove.reason);
                   },
                   [&](const call::LeaveOther& leave) { wiring_.leave_other(leave); },
                   [&](const call::Audit& refused) {
                     audit(store::audit_entry(record, refused.line, {step.now.line, step.now.calendar}));
                   },
                   // Committed, an answer, or in the books already; rooms come and go with their members.
                   [](const auto&) {},
               },
               effect);
  }
}

void CallActs::keep_books(const CallStep& step) {
  const call::CallRecord& record = step.step.next;
  wiring_.index.update(record);
  wiring_.timers.arm(CallKey(record.id), call::next_wake(record));
  for (const Party party : kBoth) {
    const bool inside = record.of(party).inside.has_value();
    // R24, R49: nobody comes back with what was given before.
    if (!record.of(party).tab || (was_inside(step, party) && !inside)) wiring_.tickets.withdraw(record.id, party);
    if (was_inside(step, party) == inside) continue;
    // R3: whoever is in any call is active.
    const MemberKey who{record.site, record.member(party)};
    wiring_.tabs.in_call(who, inside || wiring_.index.inside_any(who));
  }
}

void CallActs::perform(const CallStep& step, const call::Tell& tell) {
  const bool settled = std::holds_alternative<call::Settled>(tell.event);
  // The answer says it.
  if (settled && !step.step.refusal && step.answers && tell.to.only == step.answers) return;
  const CallSight sight{step.step.next, step.two, step.facts, step.now.line, step.created};
  const call::MemberId& member = step.step.next.member(tell.to.party);
  wiring_.tabs.tell({step.step.next.site, member}, tell.to, [&](const call::DeviceId& device) -> CallServerMessage {
    CallEvent event{tell.event, tell.seq, step.now.calendar, {}, {}};
    if (auto snapshot = snapshot_note(sight, member, device)) event.snapshot = std::move(*snapshot);
    if (std::holds_alternative<call::DetailsReady>(tell.event)) event.details = details_note(sight, member);
    return event;
  });
}

void CallActs::audit_refused_start(const call::SiteId& site, const call::MemberId& caller, call::RefusalCode code,
                                   Now now) {
  store::AuditEntry entry;
  entry.site = site;
  entry.who = call::to_string(call::Actor::kCaller);
  entry.by = caller;
  entry.why = "start";
  entry.refused = call::to_string(code);
  entry.stamp = {now.line, now.calendar};
  audit(std::move(entry));
}

void CallActs::audit(store::AuditEntry entry) {
  wiring_.store.append_audit(std::move(entry), [log = wiring_.log](const store::Answer<store::Done>& answer) {
    if (!answer && log) log(LogLevel::kWarning, "a line of the audit is lost: " + answer.error().text);
  });
}

}  // namespace parley::signaling

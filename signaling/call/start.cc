#include "signaling/call/start.h"

#include <algorithm>
#include <utility>

#include "signaling/call/admission.h"
#include "signaling/call/call_inputs.h"
#include "signaling/call/call_machine.h"
#include "signaling/call/deadlines.h"
#include "signaling/call/transitions.h"

namespace parley::signaling::call {
namespace {

bool between(const CallRecord& record, const MemberId& a, const MemberId& b) {
  return record.party_of(a) && record.party_of(b);
}

// A call that the rows name, if the member is in it still at this moment.
bool engages(const std::optional<CallRecord>& record, const MemberId& member, CallTime now) {
  const auto party = record ? record->party_of(member) : std::nullopt;
  return party && is_engaged_at(*record, *party, now);
}

// R43.
bool caller_is_busy(const StartRequest& request, const StartFacts& in, CallTime now) {
  const auto& ringing = in.caller_ringing;
  if (ringing && is_ringing_at(*ringing, now) && ringing->callee != request.callee) return true;
  return engages(in.caller_inside, request.caller, now) && !between(*in.caller_inside, request.caller, request.callee);
}

// R45.
bool too_many(const StartCounts& recent, const StartCounts& limit) {
  return recent.by_caller >= limit.by_caller || recent.by_pair >= limit.by_pair || recent.to_callee >= limit.to_callee;
}

// R34: the pair's call rings already; a second tab of the caller shows it too.
Step show_in(const CallRecord& record, const By& by, const Facts& facts, CallTime now) {
  Draft draft(record, facts);
  settle(draft, now);
  auto& carriers = draft.next.carriers;
  if (draft.next.ring == Ring::kRinging && !contains(carriers, by.tab)) {
    if (carriers.size() >= kMaxCarriers) carriers.erase(carriers.begin());
    carriers.push_back(by.tab);
  }
  draft.next.caller_lost_at.reset();
  return std::move(draft).finish();
}

CallRecord new_record(const StartRequest& request, const SiteSettings& site, CallTime now) {
  CallRecord call;
  call.id = request.id;
  call.site = request.site;
  call.caller = request.caller;
  call.callee = request.callee;
  call.origin = request.origin;
  call.request = request.request;
  const CallSpan lifetime = std::clamp(site.lifetime, kMinLifetime, kMaxLifetime);
  call.started_at = now;
  call.expires_at = now + lifetime;                                                                // R15
  call.ring_ends_at = std::min(now + std::clamp(site.ring, kMinRing, kMaxRing), call.expires_at);  // R26
  call.warnings = warnings_skipped(lifetime);
  call.carriers = {request.by.tab};
  call.of(Party::kCaller).tab = request.by.tab;
  call.of(Party::kCaller).device = request.by.device;
  return call;
}

}  // namespace

std::expected<Started, Refusal> start(const StartRequest& request, const StartFacts& in, CallTime now) {
  const auto refuse = [](RefusalCode code) { return std::unexpected(Refusal{code}); };
  const Facts& facts = in.facts;

  // R1: off is off, for a repeated request too.
  if (!facts.site.private_calls) return refuse(RefusalCode::kPrivateCallsDisabled);
  // R25, R50.
  if (is_gone(facts.caller)) return refuse(RefusalCode::kNotFound);
  if (request.callee == request.caller || is_gone(facts.callee)) return refuse(RefusalCode::kCalleeUnknown);

  // R34: asked before?
  if (in.same_request) {
    if (in.same_request->callee != request.callee) return refuse(RefusalCode::kRequestReused);
    return Started{StartKind::kSame, show_in(*in.same_request, request.by, facts, now)};
  }
  // R32, R34: does the pair's call ring?
  if (in.pair_ringing && is_ringing_at(*in.pair_ringing, now)) {
    if (in.pair_ringing->caller == request.caller)
      return Started{StartKind::kSame, show_in(*in.pair_ringing, request.by, facts, now)};
    return Started{StartKind::kGlare, Step{*in.pair_ringing, {}, {}}};
  }
  if (caller_is_busy(request, in, now)) return refuse(RefusalCode::kCallerBusy);
  // R34: is the callee waiting in a call of the two?
  const bool callee_engaged = engages(in.callee_inside, request.callee, now);
  if (callee_engaged && between(*in.callee_inside, request.caller, request.callee)) {
    return Started{StartKind::kJoin, Step{*in.callee_inside, {}, {}}};
  }
  // R3, R50: one answer for three causes.
  if (!facts.callee.active || !facts.callee.takes_calls || in.blocked_by_callee)
    return refuse(RefusalCode::kCalleeInactive);
  if (too_many(in.recent, facts.site.per_minute)) return refuse(RefusalCode::kRateLimited);

  CallRecord call = new_record(request, facts.site, now);
  call.callee_busy = callee_engaged;
  Draft draft(call, facts);
  // R34: the old call of the two is left behind, and stays rejoinable.
  if (engages(in.caller_inside, request.caller, now)) draft.then(LeaveOther{in.caller_inside->id, request.caller});
  // R43: the site may prefer not to ring.
  if (callee_engaged && facts.site.busy == BusyPolicy::kReject) {
    end_ring(draft, Ring::kMissed, Reason::kBusy, now);
    return Started{StartKind::kRejectedBusy, std::move(draft).create()};
  }
  draft.tell({Party::kCallee, {}, {}, {}}, RingStarted{});
  return Started{StartKind::kCreated, std::move(draft).create()};
}

}  // namespace parley::signaling::call

#include "signaling/call/call_view.h"

#include <algorithm>

#include "signaling/call/admission.h"
#include "signaling/call/deadlines.h"

namespace parley::signaling::call {
namespace {

Ring outcome_for(const CallRecord& record, Party party) {
  const bool missed_by_callee = record.ring == Ring::kCancelled && record.missed_notice && party == Party::kCallee;
  return missed_by_callee ? Ring::kMissed : record.ring;
}

// Whether the page shows a way back; media is chosen on that way.
bool can_rejoin(const CallRecord& record, Party party, const Facts& facts, CallTime now) {
  if (record.state != State::kOpen) return false;
  const Verdict verdict = may_join(record, party, facts, now);
  return verdict || verdict.error().code == RefusalCode::kNoMediaChosen;
}

std::optional<CallTime> last_left(const CallRecord& record) {
  return std::max(record.of(Party::kCaller).left_at, record.of(Party::kCallee).left_at);
}

}  // namespace

CallSpan talk_time(const CallRecord& record, CallTime now) {
  if (!record.both_since) return record.talked;
  return record.talked + std::max(std::min(now, record.expires_at) - *record.both_since, CallSpan{0});
}

std::optional<CallDetails> details_of(const CallRecord& record, const MemberId& member, const Facts& facts,
                                      CallTime now) {
  const auto party = record.party_of(member);
  if (!party) return std::nullopt;
  CallDetails details;
  details.id = record.id;
  details.caller = record.caller;
  details.callee = record.callee;
  details.origin = record.origin;
  details.started_at = record.started_at;
  details.answered_at = record.answered_at;
  details.last_left_at = last_left(record);
  details.talked = talk_time(record, now);
  details.caller_media = record.of(Party::kCaller).media;
  details.callee_media = record.of(Party::kCallee).media;
  details.outcome = outcome_for(record, *party);
  details.reason = record.reason;
  details.state = record.state;
  details.expires_at = record.expires_at;
  details.can_rejoin = can_rejoin(record, *party, facts, now);
  return details;
}

std::optional<CallSnapshot> snapshot_of(const CallRecord& record, const MemberId& member, const DeviceId& device,
                                        const Facts& facts, CallTime now) {
  const auto party = record.party_of(member);
  if (!party) return std::nullopt;
  const PartyState& you = record.of(*party);
  const PartyState& they = record.of(other(*party));
  CallSnapshot snapshot;
  snapshot.id = record.id;
  snapshot.seq = record.event_seq;
  snapshot.you = *party;
  snapshot.caller = record.caller;
  snapshot.callee = record.callee;
  snapshot.origin = record.origin;
  snapshot.outcome = outcome_for(record, *party);
  snapshot.reason = record.reason;
  snapshot.state = record.state;
  if (is_ringing_at(record, now)) snapshot.ring_left = record.ring_ends_at - now;
  snapshot.left = std::max(record.expires_at - now, CallSpan{0});
  snapshot.expires_at = record.expires_at;
  snapshot.your_media = you.media;
  snapshot.their_media = they.media;
  snapshot.you_inside = you.inside.has_value();
  snapshot.they_inside = they.inside.has_value();
  snapshot.your_tab = you.tab;
  snapshot.busy = record.callee_busy && *party == Party::kCallee;
  snapshot.put_away = *party == Party::kCallee && contains(record.dismissed, device);
  snapshot.message_offered = message_offered(record, facts);
  snapshot.can_rejoin = can_rejoin(record, *party, facts, now);
  return snapshot;
}

}  // namespace parley::signaling::call

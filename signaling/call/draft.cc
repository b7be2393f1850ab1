#include "signaling/call/draft.h"

#include "signaling/call/deadlines.h"

namespace parley::signaling::call {

Standing Draft::standing() const {
  return {next.ring, next.state, next.of(Party::kCaller).inside.has_value(),
          next.of(Party::kCallee).inside.has_value()};
}

void Draft::note(Actor who, std::string_view why) {
  const Standing now = standing();
  if (now == standing_) return;
  audit_.push_back({who, standing_, now, why, std::nullopt});
  standing_ = now;
}

void Draft::tell(Audience to, Event event) {
  // R46: one line of numbers per call, whoever is told.
  then(Tell{std::move(to), ++next.event_seq, event});
}

void Draft::tell_both(const Event& event) {
  for (const Party party : {Party::kCaller, Party::kCallee}) tell({party, {}, {}, {}}, event);
}

void Draft::show(Party party, const TabId& tab, Event event) {
  then(Tell{{party, tab, {}, {}}, next.event_seq, event});
}

void Draft::notice_missed() {
  next.missed_notice = true;
  new_notice_ = true;
  then(NotifyMissed{});
}

std::optional<MemberRow> Draft::member_row(Party party) {
  MemberRow row = facts.row(party);
  const bool forced = claimed_[static_cast<std::size_t>(party)];
  const bool engaged = is_engaged(next, party);
  const bool rings = party == Party::kCaller && next.ring == Ring::kRinging;

  // R43: choosing this call is leaving the other.
  if (forced && row.inside && *row.inside != next.id) then(LeaveOther{*row.inside, next.member(party)});
  if (forced && row.ringing_out && *row.ringing_out != next.id) then(LeaveOther{*row.ringing_out, next.member(party)});

  // A row is taken when the party comes, or is free; given back only if it still names this call.
  const bool comes = engaged && !is_engaged(before_, party);
  if (engaged && (forced || (comes && !row.inside))) row.inside = next.id;
  if (!engaged && row.inside == next.id) row.inside.reset();
  if (rings && created_) row.ringing_out = next.id;
  if (!rings && row.ringing_out == next.id) row.ringing_out.reset();

  if (row == facts.row(party) && !check_rows_) return std::nullopt;
  ++row.version;
  return row;
}

std::optional<PairRow> Draft::pair_row() const {
  PairRow row = facts.pair;
  if (next.ring == Ring::kRinging && created_) row.ringing = next.id;
  if (next.ring != Ring::kRinging && row.ringing == next.id) row.ringing.reset();
  if (row == facts.pair && !check_rows_) return std::nullopt;
  ++row.version;
  return row;
}

void Draft::commit() {
  Persist persist;
  persist.from = before_.version;
  persist.caller_row = member_row(Party::kCaller);
  persist.callee_row = member_row(Party::kCallee);
  persist.pair = pair_row();
  persist.missed_notice = new_notice_;
  persist.audit = std::move(audit_);
  next.version = before_.version + 1;
  if (created_ || next_wake(next) != next_wake(before_)) then(WakeAt{next_wake(next)});
  effects_.insert(effects_.begin(), std::move(persist));
}

Step Draft::finish(std::optional<Refusal> refusal, Actor who, std::string_view why) && {
  if (next != before_) commit();
  if (refusal) then(Audit{{who, standing_, standing_, why, refusal->code}});
  return {std::move(next), std::move(effects_), refusal};
}

Step Draft::create() && {
  created_ = true;
  check_rows_ = true;
  audit_.push_back({Actor::kCaller, {}, standing(), "start", std::nullopt});
  before_ = next;
  before_.version = 0;
  commit();
  return {std::move(next), std::move(effects_), std::nullopt};
}

}  // namespace parley::signaling::call

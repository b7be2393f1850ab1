// A step being made: the record as it will be, and what follows, collected in order. finish() puts the commit in front
// and lets the rows of members and pair follow the record. Used by the machine only; lives as long as one step.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "signaling/call/call_effects.h"
#include "signaling/call/call_types.h"

namespace parley::signaling::call {

struct Step {
  CallRecord next;
  std::vector<Effect> effects;
  std::optional<Refusal> refusal;  // of the move; what was due has been settled all the same
};

class Draft {
 public:
  Draft(const CallRecord& record, const Facts& facts_in)
      : facts(facts_in), next(record), before_(record), standing_(standing()) {}

  const Facts& facts;
  CallRecord next;

  // What happened since the last note becomes one line of the audit.
  void note(Actor who, std::string_view why);
  void tell(Audience to, Event event);
  void tell_both(const Event& event);
  // The state as it stands, to one tab: carries the last number instead of a new one.
  void show(Party party, const TabId& tab, Event event);
  void then(Effect effect) { effects_.push_back(std::move(effect)); }
  // The party goes into this call by its own choice just now: whatever else it is in, it leaves.
  void claim(Party party) { claimed_[static_cast<std::size_t>(party)] = true; }
  // The commit depends on all three rows, changed or not.
  void check_rows() { check_rows_ = true; }
  void notice_missed();

  Step finish(std::optional<Refusal> refusal = std::nullopt, Actor who = Actor::kServer, std::string_view why = {}) &&;
  Step create() &&;

 private:
  Standing standing() const;
  std::optional<MemberRow> member_row(Party party);
  std::optional<PairRow> pair_row() const;
  void commit();

  CallRecord before_;
  Standing standing_;
  std::vector<AuditLine> audit_;
  std::vector<Effect> effects_;
  bool claimed_[2] = {false, false};
  bool check_rows_ = false;
  bool new_notice_ = false;
  bool created_ = false;
};

}  // namespace parley::signaling::call

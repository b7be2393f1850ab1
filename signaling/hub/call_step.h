// One step of the call machine with all it was made from, between the store's answers and what follows from it. Pure.
#pragma once

#include <optional>

#include "signaling/call/call_effects.h"
#include "signaling/call/draft.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/now.h"
#include "signaling/store/store_types.h"

namespace parley::signaling {

struct CallStep {
  std::optional<call::CallRecord> before;  // none: the call is new
  call::Step step;
  store::PairView two;
  call::Facts facts;
  Now now;
  WallMs created{};                    // of the call; its times are told from there
  std::optional<call::TabId> answers;  // the tab that gets this step as its answer
};

// The two as the store and the tabs have them.
call::Facts facts_of(const store::PairView& two, const call::SiteId& site, const call::MemberId& caller,
                     const call::MemberId& callee, const Tabs& tabs);

// What is to be committed; null: the step changes nothing.
const call::Persist* persist_of(const call::Step& step);
store::Change change_of(const CallStep& step);
// The commit came to pass: from here on the facts have the rows that it wrote.
void take_rows(CallStep& step);

// The step told the mover's tab that something else stands (R30).
bool tells_settled(const call::Step& step, const call::TabId& tab);
template <class E>
const E* effect_of(const call::Step& step) {
  for (const call::Effect& effect : step.effects) {
    if (const auto* found = std::get_if<E>(&effect)) return found;
  }
  return nullptr;
}

}  // namespace parley::signaling

#include "signaling/hub/call_step.h"

#include <algorithm>

#include "signaling/hub/call_outbox.h"

namespace parley::signaling {
namespace {

call::MemberFacts member_facts(const std::optional<store::MemberProfile>& profile, bool active) {
  call::MemberFacts facts;
  facts.active = active;
  if (!profile) return facts;
  facts.known = true;
  facts.deactivated = profile->deactivated;
  facts.takes_calls = profile->takes_calls;
  facts.messenger = profile->messenger;
  return facts;
}

std::uint64_t version_of(const std::optional<store::MemberProfile>& profile) {
  return profile ? profile->version : 0;
}

}  // namespace

call::Facts facts_of(const store::PairView& two, const call::SiteId& site, const call::MemberId& caller,
                     const call::MemberId& callee, const Tabs& tabs) {
  const MemberKey from{site, caller}, to{site, callee};
  call::Facts facts;
  facts.site = two.site.settings;
  facts.caller = member_facts(two.caller, tabs.is_active(from));
  facts.callee = member_facts(two.callee, tabs.is_active(to));
  facts.caller_tabs = tabs.live_tabs(from);
  facts.callee_tabs = tabs.live_tabs(to);
  facts.caller_row = two.caller_row;
  facts.callee_row = two.callee_row;
  facts.pair = two.pair;
  return facts;
}

const call::Persist* persist_of(const call::Step& step) {
  return step.effects.empty() ? nullptr : std::get_if<call::Persist>(&step.effects.front());
}

store::Change change_of(const CallStep& step) {
  const call::Persist& persist = *persist_of(step.step);
  store::Change change;
  change.record = step.step.next;
  change.persist = persist;
  change.guards = {step.two.site.version, version_of(step.two.caller), version_of(step.two.callee)};
  change.outbox = outbox_of(step.before ? &*step.before : nullptr, step.step.next, persist,
                            {step.now.line, step.now.calendar}, step.created);
  change.stamp = {step.now.line, step.now.calendar};
  return change;
}

void take_rows(CallStep& step) {
  const call::Persist* persist = persist_of(step.step);
  if (!persist) return;
  if (persist->caller_row) step.facts.caller_row = *persist->caller_row;
  if (persist->callee_row) step.facts.callee_row = *persist->callee_row;
  if (persist->pair) step.facts.pair = *persist->pair;
}

bool tells_settled(const call::Step& step, const call::TabId& tab) {
  return std::ranges::any_of(step.effects, [&](const call::Effect& effect) {
    const auto* tell = std::get_if<call::Tell>(&effect);
    return tell && tell->to.only == tab && std::holds_alternative<call::Settled>(tell->event);
  });
}

}  // namespace parley::signaling

#include "signaling/presence/presence.h"

#include <algorithm>
#include <utility>

namespace parley::signaling::presence {
namespace {

// When the tab stops being live if nothing more is heard of it.
CallTime live_until(const Tab& tab, const Rules& rules) {
  return tab.closed ? *tab.closed + rules.closed : tab.heard + rules.silence;
}

bool interacted_lately(const Tab& tab, const Rules& rules, CallTime now) {
  return tab.interacted && now < *tab.interacted + rules.interaction;
}

// A tab that is not live is kept while its interaction would count again after a reconnect.
bool is_forgotten(const Tab& tab, const Rules& rules, CallTime now) {
  return tab.closed && !is_live(tab, rules, now) && !interacted_lately(tab, rules, now);
}

class Moves {
 public:
  Moves(Presence& next, std::vector<Effect>& effects, const Rules& rules, CallTime now)
      : next_(next), effects_(effects), rules_(rules), now_(now) {}

  void apply(const Opened& opened) {
    Tab* tab = find(opened.tab);
    if (!tab) {
      if (!make_room()) {
        effects_.emplace_back(Refused{opened.tab});
        return;
      }
      tab = &next_.tabs.emplace_back();
      tab->id = opened.tab;
    }
    tab->device = opened.device;
    tab->heard = now_;
    tab->closed.reset();
    if (opened.by_hand) tab->interacted = now_;
  }
  void apply(const Heard& heard) {
    Tab* tab = find(heard.tab);
    if (tab && !tab->closed) tab->heard = now_;
  }
  void apply(const Interacted& report) {
    Tab* tab = find(report.tab);
    if (!tab || tab->closed) return;
    tab->heard = now_;
    tab->interacted = now_;
  }
  void apply(const Closed& closed) {
    Tab* tab = find(closed.tab);
    if (!tab) return;
    if (closed.signed_out) {
      std::erase_if(next_.tabs, [&](const Tab& one) { return one.id == closed.tab; });
    } else if (!tab->closed) {
      tab->closed = now_;
    }
  }
  void apply(const InCall& in_call) { next_.in_call = in_call.now; }
  void apply(const Wake&) {}

 private:
  Tab* find(const TabId& id) {
    const auto found = std::ranges::find(next_.tabs, id, &Tab::id);
    return found == next_.tabs.end() ? nullptr : &*found;
  }
  // Closed tabs give way, the longest silent first.
  bool make_room() {
    if (next_.tabs.size() < rules_.max_tabs) return true;
    const auto oldest =
        std::ranges::min_element(next_.tabs, {}, [](const Tab& tab) { return std::pair(!tab.closed, tab.heard); });
    if (oldest == next_.tabs.end() || !oldest->closed) return false;
    next_.tabs.erase(oldest);
    return true;
  }

  Presence& next_;
  std::vector<Effect>& effects_;
  const Rules& rules_;
  CallTime now_;
};

}  // namespace

Step step(const Presence& presence, const Input& input, const Rules& rules, CallTime now) {
  Step step{presence, {}};
  Presence& next = step.next;
  Moves moves(next, step.effects, rules, now);
  std::visit([&](const auto& move) { moves.apply(move); }, input);

  // Who was live for calls, and is not any more?
  for (Tab& tab : next.tabs) tab.known_live = is_live(tab, rules, now);
  for (const Tab& before : presence.tabs) {
    const bool still =
        std::ranges::any_of(next.tabs, [&](const Tab& tab) { return tab.id == before.id && tab.known_live; });
    if (before.known_live && !still) step.effects.emplace_back(TabGone{before.id, before.device});
  }
  std::erase_if(next.tabs, [&](const Tab& tab) { return is_forgotten(tab, rules, now); });

  // Does the member look different to others?
  const bool active = is_active(next, rules, now);
  if (active != next.shown_active) step.effects.emplace_back(ActivityChanged{active});
  next.shown_active = active;
  step.effects.emplace_back(WakeAt{next_deadline(next, rules, now)});
  return step;
}

bool is_live(const Tab& tab, const Rules& rules, CallTime now) {
  return now < live_until(tab, rules);
}

bool is_active(const Presence& presence, const Rules& rules, CallTime now) {
  if (presence.in_call) return true;
  return std::ranges::any_of(
      presence.tabs, [&](const Tab& tab) { return is_live(tab, rules, now) && interacted_lately(tab, rules, now); });
}

std::optional<CallTime> next_deadline(const Presence& presence, const Rules& rules, CallTime now) {
  std::optional<CallTime> next;
  const auto consider = [&](CallTime at) {
    if (at > now && (!next || at < *next)) next = at;
  };
  for (const Tab& tab : presence.tabs) {
    consider(live_until(tab, rules));
    if (tab.interacted) consider(*tab.interacted + rules.interaction);
  }
  return next;
}

std::vector<call::LiveTab> live_tabs(const Presence& presence, const Rules& rules, CallTime now) {
  std::vector<call::LiveTab> live;
  for (const Tab& tab : presence.tabs) {
    if (is_live(tab, rules, now)) live.push_back({tab.id, tab.device, !tab.closed});
  }
  return live;
}

}  // namespace parley::signaling::presence

#include "signaling/hub/attendance.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <variant>

namespace parley::signaling {
namespace {

// What a step of presence asks of others, once everything here is settled.
struct After {
  bool activity_changed = false;
  bool tab_gone = false;
  bool refused = false;

  void operator|=(const After& more) {
    activity_changed |= more.activity_changed;
    tab_gone |= more.tab_gone;
    refused |= more.refused;
  }
};

}  // namespace

// Whoever is told something may close a connection before it returns: nothing of the tables is held over a call out.
struct Attendance::Impl {
  struct Member;
  using Members = std::map<MemberKey, Member>;
  using Timers = std::multimap<call::CallTime, Members::value_type*>;
  struct Member {
    presence::Presence presence;
    std::vector<ConnectionId> connections;
    std::optional<Timers::iterator> timer;
  };
  struct Line {
    Members::value_type* member = nullptr;
    call::TabId tab;
    call::DeviceId device;
    // None once it was greeted.
    std::unique_ptr<std::vector<CallServerMessage>> held = std::make_unique<std::vector<CallServerMessage>>();
  };

  Impl(Lines& lines_port, TabWatcher& watcher_port, AttendanceLimits with, std::function<Now()> now)
      : out(lines_port), watcher(watcher_port), limits(with), clock(std::move(now)) {}

  call::CallTime now() const { return clock().line; }
  const Member* find(const MemberKey& who) const {
    const auto found = members.find(who);
    return found == members.end() ? nullptr : &found->second;
  }
  Seat seat(const Line& line) const { return {line.member->first, line.tab, line.device}; }

  // ---- presence
  After feed(Members::value_type& member, const presence::Input& input) {
    presence::Step step = presence::step(member.second.presence, input, limits.presence, now());
    member.second.presence = std::move(step.next);
    After after;
    for (const presence::Effect& effect : step.effects) {
      after.activity_changed |= std::holds_alternative<presence::ActivityChanged>(effect);
      after.tab_gone |= std::holds_alternative<presence::TabGone>(effect);
      after.refused |= std::holds_alternative<presence::Refused>(effect);
      if (const auto* wake = std::get_if<presence::WakeAt>(&effect)) arm(member, wake->at);
    }
    return after;
  }

  // A deadline that moved away (each pong does it) keeps its timer: waking too early only asks again.
  void arm(Members::value_type& member, std::optional<call::CallTime> at) {
    std::optional<Timers::iterator>& timer = member.second.timer;
    if (timer && at && (*timer)->first <= *at) return;
    disarm(member.second);
    if (at) timer = timers.emplace(*at, &member);
  }
  void disarm(Member& member) {
    if (member.timer) timers.erase(*member.timer);
    member.timer.reset();
  }

  void act(const MemberKey& who, const After& after) {
    forget_if_empty(who);
    if (after.activity_changed) tell_cards(who);
    if (after.tab_gone) watcher.tab_gone(who);
  }
  void forget_if_empty(const MemberKey& who) {
    const auto found = members.find(who);
    if (found == members.end()) return;
    Member& member = found->second;
    if (!member.connections.empty() || !member.presence.tabs.empty() || member.presence.in_call) return;
    disarm(member);
    members.erase(found);
  }

  // ---- cards
  bool shown_active(const MemberKey& who) const {
    const Member* member = find(who);
    return member != nullptr && member->presence.shown_active;
  }
  bool is_open(const call::SiteId& site) const {
    const auto found = open_sites.find(site);
    return found != open_sites.end() && found->second;
  }
  // To oneself one is there, and can't be called (R25).
  PersonState state(const MemberKey& who, const Person& person, const call::MemberId& viewer, bool shown,
                    bool open) const {
    if (viewer == who.member) return {person, true, false};
    const bool active = shown && shown_active(who);
    return {person, active, active && open};
  }
  const call::MemberId& viewer_of(ConnectionId connection) const { return lines.at(connection).member->first.member; }
  void tell_cards(const MemberKey& who) {
    std::vector<std::pair<ConnectionId, PresenceNote>> notes;
    const WatchList::Watched* card = watch_list.find(who);
    if (card == nullptr) return;
    const bool open = is_open(who.site);
    for (const WatchList::Watcher& watcher_of : card->watchers) {
      const call::MemberId& viewer = viewer_of(watcher_of.connection);
      if (!watcher_of.shown || viewer == who.member) continue;
      notes.push_back({watcher_of.connection, {state(who, card->person, viewer, true, open)}});
    }
    for (const auto& [to, note] : notes) deliver(to, note);
  }

  // Whoever sees the card sees `person` from now on, and whether it is shown as `shown_to` says.
  template <class ShownTo>
  void repaint(const MemberKey& who, const Person& person, ShownTo shown_to) {
    WatchList::Watched* const card = watch_list.find(who);
    if (card == nullptr) return;
    const bool open = is_open(who.site);
    std::vector<std::pair<ConnectionId, PresenceNote>> notes;
    for (WatchList::Watcher& each : card->watchers) {
      const call::MemberId& viewer = viewer_of(each.connection);
      const PersonState before = state(who, card->person, viewer, each.shown, open);
      each.shown = shown_to(each.shown, viewer);
      PersonState after = state(who, person, viewer, each.shown, open);
      if (after != before) notes.push_back({each.connection, {std::move(after)}});
    }
    card->person = person;
    for (const auto& [to, note] : notes) deliver(to, note);
  }

  // ---- connections
  void deliver(ConnectionId to, const CallServerMessage& message) {
    const auto found = lines.find(to);
    if (found == lines.end()) return;
    auto& held = found->second.held;
    if (!held) return out.say(to, message, {});
    if (held->size() >= limits.max_held) return out.hang_up(to, CloseCode::kPolicy, "too much to tell");
    held->push_back(message);
  }
  std::optional<Seat> drop(ConnectionId connection) {
    const auto found = lines.find(connection);
    if (found == lines.end()) return std::nullopt;
    const Seat gone = seat(found->second);
    std::erase(found->second.member->second.connections, connection);
    watch_list.forget(connection);
    lines.erase(found);
    return gone;
  }
  std::optional<ConnectionId> connection_of(const Member& member, const call::TabId& tab) const {
    const auto found =
        std::ranges::find_if(member.connections, [&](ConnectionId id) { return lines.at(id).tab == tab; });
    return found == member.connections.end() ? std::nullopt : std::optional(*found);
  }
  // A tab's word that somebody is there, unless it said so a moment ago.
  void interacted(Members::value_type& member, const call::TabId& tab_id) {
    const auto& tabs = member.second.presence.tabs;
    const auto tab = std::ranges::find(tabs, tab_id, &presence::Tab::id);
    if (tab == tabs.end()) return;
    if (tab->interacted && now() < *tab->interacted + limits.between_interactions) return;
    const MemberKey who = member.first;
    act(who, feed(member, presence::Interacted{tab_id}));
  }

  Lines& out;
  TabWatcher& watcher;
  const AttendanceLimits limits;
  const std::function<Now()> clock;
  Members members;
  std::unordered_map<ConnectionId, Line> lines;
  Timers timers;
  WatchList watch_list;
  std::map<call::SiteId, bool> open_sites;
};

Attendance::Attendance(Lines& lines, TabWatcher& watcher, AttendanceLimits limits, std::function<Now()> clock)
    : impl_(std::make_unique<Impl>(lines, watcher, limits, std::move(clock))) {}

Attendance::~Attendance() = default;

bool Attendance::attend(ConnectionId connection, const Seat& seat, bool opened) {
  if (impl_->lines.contains(connection)) return true;
  auto& member = *impl_->members.try_emplace(seat.who).first;
  const After after = impl_->feed(member, presence::Opened{seat.tab, seat.device, opened});
  if (after.refused) return false;

  // The newer connection has the tab.
  const auto older = impl_->connection_of(member.second, seat.tab);
  if (older) impl_->drop(*older);
  Impl::Line& line = impl_->lines[connection];
  line.member = &member;
  line.tab = seat.tab;
  line.device = seat.device;
  member.second.connections.push_back(connection);

  if (older) {
    impl_->out.say(*older, AttendanceClosed{AttendanceEnd::kReplaced}, {});
    impl_->out.hang_up(*older, CloseCode::kNormal, "replaced");
  }
  impl_->act(seat.who, after);
  impl_->watcher.tab_connected(seat);
  return true;
}

void Attendance::greet(ConnectionId connection, const Attending& attending, std::string_view request) {
  const auto found = impl_->lines.find(connection);
  if (found == impl_->lines.end() || !found->second.held) return;
  const auto held = std::move(found->second.held);
  impl_->out.say(connection, attending, request);
  for (const CallServerMessage& message : *held) impl_->out.say(connection, message, {});
}

std::optional<Seat> Attendance::seat_of(ConnectionId connection) const {
  const auto found = impl_->lines.find(connection);
  return found == impl_->lines.end() ? std::nullopt : std::optional(impl_->seat(found->second));
}

void Attendance::interacted(ConnectionId connection) {
  const auto found = impl_->lines.find(connection);
  if (found == impl_->lines.end()) return;
  const call::TabId tab = found->second.tab;
  impl_->interacted(*found->second.member, tab);
}

void Attendance::member_interacted(const MemberKey& who) {
  const auto found = impl_->members.find(who);
  if (found == impl_->members.end()) return;
  // R3: it counts for a live session; the one that was heard last is the likeliest.
  std::optional<presence::Tab> latest;
  for (const presence::Tab& tab : found->second.presence.tabs) {
    if (tab.closed || !presence::is_live(tab, impl_->limits.presence, impl_->now())) continue;
    if (!latest || latest->heard < tab.heard) latest = tab;
  }
  if (latest) impl_->interacted(*found, latest->id);
}

void Attendance::pong(ConnectionId connection) {
  const auto found = impl_->lines.find(connection);
  if (found == impl_->lines.end()) return;
  auto& member = *found->second.member;
  const MemberKey who = member.first;
  impl_->act(who, impl_->feed(member, presence::Heard{found->second.tab}));
}

void Attendance::closed(ConnectionId connection) {
  const auto seat = impl_->drop(connection);
  if (!seat) return;
  const After after = impl_->feed(*impl_->members.find(seat->who), presence::Closed{seat->tab});
  impl_->watcher.tab_closed(*seat, false);
  impl_->act(seat->who, after);
}

void Attendance::sign_out(ConnectionId connection) {
  const auto seat = impl_->drop(connection);
  if (!seat) return;
  const After after = impl_->feed(*impl_->members.find(seat->who), presence::Closed{seat->tab, true});
  impl_->out.say(connection, AttendanceClosed{AttendanceEnd::kSignedOut}, {});
  impl_->out.hang_up(connection, CloseCode::kNormal, "signed out");
  impl_->watcher.tab_closed(*seat, true);
  impl_->act(seat->who, after);
}

void Attendance::close_all(const MemberKey& who, AttendanceEnd reason) {
  const auto found = impl_->members.find(who);
  if (found == impl_->members.end()) return;
  std::vector<std::pair<ConnectionId, Seat>> gone;
  for (const ConnectionId connection : std::vector(found->second.connections)) {
    if (auto seat = impl_->drop(connection)) gone.emplace_back(connection, std::move(*seat));
  }
  After after;
  for (const presence::Tab& tab : std::vector(found->second.presence.tabs)) {
    after |= impl_->feed(*found, presence::Closed{tab.id, true});
  }
  for (const auto& [connection, seat] : gone) {
    impl_->out.say(connection, AttendanceClosed{reason}, {});
    impl_->out.hang_up(connection, CloseCode::kNormal, "attendance closed");
    impl_->watcher.tab_closed(seat, true);
  }
  impl_->act(who, after);
}

void Attendance::close_site(const call::SiteId& site, AttendanceEnd reason) {
  std::vector<MemberKey> all;
  for (auto at = impl_->members.lower_bound({site, {}}); at != impl_->members.end() && at->first.site == site; ++at) {
    all.push_back(at->first);
  }
  for (const MemberKey& who : all) close_all(who, reason);
}

std::vector<PersonState> Attendance::watch(ConnectionId connection, std::vector<Card> cards) {
  const auto seat = seat_of(connection);
  if (!seat) return {};
  const MemberKey& viewer = seat->who;
  if (cards.size() > impl_->limits.max_watched) cards.resize(impl_->limits.max_watched);
  impl_->watch_list.forget(connection);
  // Read just now: a card on other screens may be older.
  for (const Card& card : cards) {
    impl_->repaint({viewer.site, card.person.member}, card.person, [](bool shown, const auto&) { return shown; });
  }
  if (!impl_->lines.contains(connection)) return {};
  impl_->watch_list.watch(connection, viewer.site, cards);

  std::vector<PersonState> states;
  states.reserve(cards.size());
  const bool open = impl_->is_open(viewer.site);
  for (Card& card : cards) {
    const MemberKey who{viewer.site, card.person.member};
    states.push_back(impl_->state(who, card.person, viewer.member, card.shown, open));
  }
  return states;
}

void Attendance::person_changed(const MemberKey& who, const PersonFacts& facts) {
  impl_->repaint(who, facts.person, [&](bool, const call::MemberId& viewer) {
    return facts.reachable && !call::contains(facts.blocked, viewer);
  });
}

void Attendance::site_open(const call::SiteId& site, bool private_calls) {
  bool& open = impl_->open_sites[site];
  if (std::exchange(open, private_calls) == private_calls) return;
  std::vector<MemberKey> callable;
  const auto [first, last] = impl_->watch_list.of_site(site);
  for (auto at = first; at != last; ++at) {
    if (impl_->shown_active(at->first)) callable.push_back(at->first);
  }
  for (const MemberKey& who : callable) impl_->tell_cards(who);
}

void Attendance::tell_site(const call::SiteId& site, const CallServerMessage& message) {
  std::vector<ConnectionId> all;
  for (auto at = impl_->members.lower_bound({site, {}}); at != impl_->members.end() && at->first.site == site; ++at) {
    all.insert(all.end(), at->second.connections.begin(), at->second.connections.end());
  }
  for (const ConnectionId to : all) impl_->deliver(to, message);
}

void Attendance::tell_member(const MemberKey& who, const CallServerMessage& message,
                             std::optional<call::TabId> except) {
  call::Audience audience;
  audience.except = std::move(except);
  tell(who, audience, [&](const call::DeviceId&) { return message; });
}

void Attendance::tell(const MemberKey& who, const call::Audience& audience,
                      const std::function<CallServerMessage(const call::DeviceId&)>& make) {
  const Impl::Member* const member = impl_->find(who);
  if (member == nullptr) return;
  std::vector<std::pair<ConnectionId, call::DeviceId>> to;
  for (const ConnectionId connection : member->connections) {
    const Impl::Line& line = impl_->lines.at(connection);
    if (audience.only && *audience.only != line.tab) continue;
    if (audience.except && *audience.except == line.tab) continue;
    if (audience.device && *audience.device != line.device) continue;
    to.emplace_back(connection, line.device);
  }
  for (const auto& [connection, device] : to) impl_->deliver(connection, make(device));
}

std::vector<call::LiveTab> Attendance::live_tabs(const MemberKey& who) const {
  const Impl::Member* const member = impl_->find(who);
  if (member == nullptr) return {};
  return presence::live_tabs(member->presence, impl_->limits.presence, impl_->now());
}

bool Attendance::is_active(const MemberKey& who) const {
  const Impl::Member* const member = impl_->find(who);
  return member != nullptr && presence::is_active(member->presence, impl_->limits.presence, impl_->now());
}

void Attendance::in_call(const MemberKey& who, bool inside) {
  if (!inside && impl_->find(who) == nullptr) return;
  impl_->act(who, impl_->feed(*impl_->members.try_emplace(who).first, presence::InCall{inside}));
}

void Attendance::tick() {
  const call::CallTime now = impl_->now();
  while (!impl_->timers.empty() && impl_->timers.begin()->first <= now) {
    auto& member = *impl_->timers.begin()->second;
    const MemberKey who = member.first;
    impl_->disarm(member.second);
    impl_->act(who, impl_->feed(member, presence::Wake{}));
  }
}

std::size_t Attendance::tabs() const {
  return impl_->lines.size();
}

bool Attendance::concerns(const MemberKey& who) const {
  const Impl::Member* const member = impl_->find(who);
  return (member != nullptr && !member->connections.empty()) || impl_->watch_list.find(who) != nullptr;
}

std::size_t Attendance::members() const {
  return impl_->members.size();
}

std::size_t Attendance::watched() const {
  return impl_->watch_list.links();
}

}  // namespace parley::signaling

// The world around one call as a model: a store that commits, a hub that acts, a room, a ticket book, tabs that come
// and go, a toggle, and a process that can be killed between the commit and everything after it. It checks the
// properties of docs/private-calls.md at every step; the exhaustive test drives it over every order of events, the
// fuzzer over random ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "signaling/call/call_machine.h"
#include "signaling/call/deadlines.h"
#include "signaling/call/start.h"

namespace parley::signaling::call::model {

using StepFunction = std::function<Step(const CallRecord&, const Input&, const Facts&, CallTime)>;

inline const TabId kCallerTab{"a"};
inline const TabId kFirst{"b1"};
inline const TabId kSecond{"b2"};
inline const DeviceId kCallerDevice{"pc"};
inline const DeviceId kFirstDevice{"d1"};
inline const DeviceId kSecondDevice{"d2"};

struct Ticket {
  TabId tab;
  CallTime until{};
  bool operator==(const Ticket&) const = default;
};

// Who is in the room, by which entry.
struct Place {
  TabId tab;
  std::uint32_t entry = 0;
  bool operator==(const Place&) const = default;
};

struct World {
  CallRecord call;
  Facts facts;
  CallTime now{};
  std::optional<CallTime> armed;  // the hub's timer of this call
  bool room_open = false;
  std::optional<Place> in_room[2];
  std::optional<Ticket> tickets[2];
  std::size_t notices = 0;
  bool down = false;   // killed, and not started again
  std::string broken;  // the first property that did not hold
};

enum class Kill : std::uint8_t { kNo, kAfterCommit };

inline World begin(CallSpan ring, CallSpan lifetime, OnDisable on_disable = OnDisable::kKeep) {
  World world;
  world.now = call_time(1'000'000);
  Facts& facts = world.facts;
  facts.site.private_calls = true;
  facts.site.ring = ring;
  facts.site.lifetime = lifetime;
  facts.site.on_disable = on_disable;
  for (MemberFacts* member : {&facts.caller, &facts.callee}) member->known = member->active = true;
  facts.caller_tabs = {{kCallerTab, kCallerDevice, true}};
  facts.callee_tabs = {{kFirst, kFirstDevice, true}, {kSecond, kSecondDevice, true}};
  facts.caller_row = {SiteId{"s"}, MemberId{"ann"}, {}, {}, 0};
  facts.callee_row = {SiteId{"s"}, MemberId{"ben"}, {}, {}, 0};
  facts.pair = pair_of(SiteId{"s"}, MemberId{"ann"}, MemberId{"ben"});
  StartRequest request{
      SiteId{"s"},     CallId::from_bits({}), RequestId{"r"}, {Party::kCaller, kCallerTab, kCallerDevice},
      MemberId{"ann"}, MemberId{"ben"},       Origin{}};
  StartFacts start_facts;
  start_facts.facts = facts;
  auto started = start(request, start_facts, world.now);
  if (!started) {
    world.broken = "the call did not start";
    return world;
  }
  world.call = started->step.next;
  for (const Effect& effect : started->step.effects) {
    if (const auto* persist = std::get_if<Persist>(&effect)) {
      facts.caller_row = *persist->caller_row;
      facts.callee_row = *persist->callee_row;
      facts.pair = *persist->pair;
    }
    if (const auto* wake = std::get_if<WakeAt>(&effect)) world.armed = wake->at;
  }
  return world;
}

class Checker {
 public:
  explicit Checker(World& world) : world_(world) {}

  void demand(bool holds, const char* property) {
    if (!holds && world_.broken.empty()) world_.broken = property;
  }

  void commit(const CallRecord& before, const CallRecord& next, const Persist& persist) {
    demand(persist.from == before.version && next.version == before.version + 1,
           "a commit is from one version to the next");
    demand(before.ring == Ring::kRinging || next.ring == before.ring, "one outcome");
    const bool over = before.state != State::kRinging && before.state != State::kOpen;
    demand(!over || next.state == before.state, "an end is an end");
    demand(next.expires_at == before.expires_at && next.started_at == before.started_at, "the window does not move");
    if (persist.missed_notice) ++world_.notices;
    demand(world_.notices <= 1, "at most one notification");
  }

  // After every step, whether the process lives or not.
  void stored() {
    const CallRecord& call = world_.call;
    const bool missed = call.ring == Ring::kMissed || (call.ring == Ring::kCancelled && call.ring_shown);
    demand(world_.notices == (missed ? 1u : 0u), "notified if missed and only then");
    demand(call.missed_notice == missed, "the record knows its notification");
    const bool rings = call.ring == Ring::kRinging;
    demand(!rings || (next_wake(call) && *next_wake(call) <= call.ring_ends_at), "no ring without end");
    demand(!rings || world_.now < call.ring_ends_at, "no ring after its end");
    demand(world_.facts.pair.ringing.has_value() == rings, "the pair's row follows the ring");
    demand(world_.facts.caller_row.ringing_out.has_value() == rings, "the caller's row follows the ring");
    for (const Party party : {Party::kCaller, Party::kCallee}) {
      demand(world_.facts.row(party).inside.has_value() == is_engaged(call, party), "a member's row follows the room");
    }
    const bool inside = call.of(Party::kCaller).inside || call.of(Party::kCallee).inside;
    const bool alive = call.state == State::kRinging || call.state == State::kOpen;
    demand(alive || !inside, "nobody is inside an ended call");
    demand(call.state != State::kOpen || world_.now < call.expires_at, "no call after its window");
  }

  // Only where the effects have been done.
  void living() {
    const CallRecord& call = world_.call;
    demand(world_.armed == next_wake(call), "the timer stands where the record says");
    bool anybody = false;
    for (const Party party : {Party::kCaller, Party::kCallee}) {
      const auto& in_room = world_.in_room[static_cast<std::size_t>(party)];
      const PartyState& state = call.of(party);
      const auto recorded = state.inside ? std::optional(Place{*state.inside, state.entries}) : std::nullopt;
      demand(in_room == recorded, "the room is as the record says");
      anybody = anybody || in_room;
    }
    demand(world_.room_open == anybody, "the room is open while somebody is inside");
    demand(!anybody || world_.now < call.expires_at, "nobody inside after expires_at");
  }

  void open_room() {
    demand(!world_.room_open, "never two rooms");
    world_.room_open = true;
  }
  void admit(const Admit& admit) {
    auto& place = world_.in_room[static_cast<std::size_t>(admit.party)];
    demand(world_.room_open, "nobody is let into a room that is not open");
    demand(!place, "one presence per member");
    demand(world_.now < world_.call.expires_at, "nobody is let in at expires_at or after");
    place = Place{admit.tab, admit.entry};
  }
  void remove(const Remove& remove) {
    auto& place = world_.in_room[static_cast<std::size_t>(remove.party)];
    demand(!place || *place == Place{remove.tab, remove.entry}, "only who is meant is put out");
    place.reset();
  }
  void ticket(const IssueTicket& issue) {
    demand(issue.until <= world_.call.expires_at && issue.until <= world_.now + kTicketLife, "a ticket is short");
    world_.tickets[static_cast<std::size_t>(issue.party)] = Ticket{issue.tab, issue.until};
  }
  void tell(const Tell& tell, std::uint64_t& last_seq) {
    const bool repeats =
        std::holds_alternative<SnapshotReady>(tell.event) || std::holds_alternative<Settled>(tell.event);
    demand(tell.seq == (repeats ? last_seq : last_seq + 1), "events are numbered without a gap");
    last_seq = tell.seq;
  }

 private:
  World& world_;
};

// One input at the server: step, commit, and unless it is killed there, everything else.
inline void feed(World& world, const Input& input, const StepFunction& step_function, Kill kill = Kill::kNo) {
  Checker check(world);
  const Step step = step_function(world.call, input, world.facts, world.now);
  const CallRecord before = std::exchange(world.call, step.next);
  if (const auto* left = std::get_if<Left>(&input)) {
    auto& place = world.in_room[static_cast<std::size_t>(left->party)];
    if (place && place->entry == left->entry) place.reset();
  }
  std::uint64_t seq = before.event_seq;
  bool first = true;
  for (const Effect& effect : step.effects) {
    const bool is_persist = std::holds_alternative<Persist>(effect);
    check.demand(is_persist == (first && before != step.next), "the commit comes first, and once");
    first = false;
    if (const auto* persist = std::get_if<Persist>(&effect)) {
      if (persist->caller_row) world.facts.caller_row = *persist->caller_row;
      if (persist->callee_row) world.facts.callee_row = *persist->callee_row;
      if (persist->pair) world.facts.pair = *persist->pair;
      check.commit(before, step.next, *persist);
      if (kill == Kill::kAfterCommit) break;
    }
    if (const auto* tell = std::get_if<Tell>(&effect)) check.tell(*tell, seq);
    if (std::holds_alternative<OpenRoom>(effect)) check.open_room();
    if (std::holds_alternative<CloseRoom>(effect)) world.room_open = false;
    if (const auto* admit = std::get_if<Admit>(&effect)) check.admit(*admit);
    if (const auto* remove = std::get_if<Remove>(&effect)) check.remove(*remove);
    if (const auto* ticket = std::get_if<IssueTicket>(&effect)) check.ticket(*ticket);
    if (const auto* wake = std::get_if<WakeAt>(&effect)) world.armed = wake->at;
  }
  check.demand(before == step.next || !step.effects.empty(), "a change is committed");
  check.stored();
  if (kill == Kill::kNo) check.living();
}

// The process is gone with its rooms, tickets, timers and sockets; the record stays.
inline void crash(World& world) {
  world.down = true;
  world.room_open = false;
  world.armed.reset();
  for (auto& place : world.in_room) place.reset();
  for (auto& ticket : world.tickets) ticket.reset();
  world.facts.caller_tabs.clear();
  world.facts.callee_tabs.clear();
}

inline void restart(World& world, const StepFunction& step_function, Kill kill = Kill::kNo) {
  world.down = false;
  world.armed = next_wake(world.call);
  feed(world, Restarted{world.now}, step_function, kill);
  if (kill == Kill::kAfterCommit) crash(world);
}

inline By caller() {
  return {Party::kCaller, kCallerTab, kCallerDevice};
}
inline By callee(bool second) {
  return {Party::kCallee, second ? kSecond : kFirst, second ? kSecondDevice : kFirstDevice};
}

// What can happen, by number, so that a search can count through it and a fuzzer can pick.
enum class Event : std::uint8_t {
  kChoose,
  kCancel,
  kCallerTicket,
  kCallerEnters,
  kCallerLeaves,
  kCallerMediaLost,
  kAcceptFirst,
  kAcceptSecond,
  kDeclineFirst,
  kDeclineSecond,
  kDismissFirst,
  kDismissSecond,
  kShownFirst,
  kTicketFirst,
  kTicketSecond,
  kFirstEnters,
  kSecondEnters,
  kCalleeLeaves,
  kCalleeMediaLost,
  kOldMediaLost,
  kCallerTabCloses,
  kCallerTabOpens,
  kFirstCloses,
  kSecondCloses,
  kFirstOpens,
  kToggleOff,
  kTime,
  kTimer,
  kCrash,
  kRestart,
};
inline constexpr std::size_t kEvents = static_cast<std::size_t>(Event::kRestart) + 1;

inline const char* name(Event event) {
  static constexpr const char* kNames[] = {"choose",
                                           "cancel",
                                           "caller asks ticket",
                                           "caller enters",
                                           "caller leaves",
                                           "caller's media lost",
                                           "first accepts",
                                           "second accepts",
                                           "first declines",
                                           "second declines",
                                           "first dismisses",
                                           "second dismisses",
                                           "first shows it",
                                           "first asks ticket",
                                           "second asks ticket",
                                           "first enters",
                                           "second enters",
                                           "callee leaves",
                                           "callee's media lost",
                                           "callee's older media lost",
                                           "caller's tab closes",
                                           "caller's tab opens",
                                           "first closes",
                                           "second closes",
                                           "first opens",
                                           "toggle off",
                                           "time goes on",
                                           "timer fires",
                                           "crash",
                                           "restart"};
  static_assert(std::size(kNames) == kEvents);
  return kNames[static_cast<std::size_t>(event)];
}

inline bool is_connected(const std::vector<LiveTab>& tabs, const TabId& tab) {
  return std::ranges::any_of(tabs, [&](const LiveTab& one) { return one.tab == tab; });
}

inline void close_tab(std::vector<LiveTab>& tabs, const TabId& tab) {
  std::erase_if(tabs, [&](const LiveTab& one) { return one.tab == tab; });
}

// False: can't happen here, and nothing has changed.
inline bool happen(World& world, Event event, const StepFunction& step_function, Kill kill = Kill::kNo) {
  const auto do_it = [&](const Input& input) {
    feed(world, input, step_function, kill);
    if (kill == Kill::kAfterCommit) crash(world);
    return true;
  };
  const auto move = [&](const By& by, const Input& input) {
    return is_connected(world.facts.tabs(by.party), by.tab) && do_it(input);
  };
  const auto enter = [&](const By& by) {
    auto& ticket = world.tickets[static_cast<std::size_t>(by.party)];
    if (!ticket || ticket->tab != by.tab) return false;
    const CallTime until = ticket->until;
    ticket.reset();  // it is used once
    return move(by, Enter{by, until});
  };
  const auto media_lost = [&](Party party) {
    const std::optional<Place> place = world.in_room[static_cast<std::size_t>(party)];
    return place && do_it(Left{party, place->entry});
  };
  // The report about a connection that was replaced comes late.
  const auto old_media_lost = [&](Party party) {
    const std::uint32_t entries = world.call.of(party).entries;
    return entries > 1 && do_it(Left{party, entries - 1});
  };
  const auto closes = [&](const By& by, std::vector<LiveTab>& tabs) {
    if (!is_connected(tabs, by.tab)) return false;
    close_tab(tabs, by.tab);
    return do_it(TabClosed{by, false});
  };
  const auto opens = [&](const By& by, std::vector<LiveTab>& tabs) {
    if (is_connected(tabs, by.tab)) return false;
    tabs.insert(std::ranges::lower_bound(tabs, by.tab, {}, &LiveTab::tab), {by.tab, by.device, true});
    return do_it(TabConnected{by});
  };

  if (world.down) {
    if (event == Event::kRestart) return restart(world, step_function, kill), true;
    if (event == Event::kToggleOff && std::exchange(world.facts.site.private_calls, false))
      return true;  // by another process
    if (event != Event::kTime) return false;
  }
  switch (event) {
    case Event::kChoose: return move(caller(), Choose{caller(), Media::kAudio});
    case Event::kCancel: return move(caller(), Cancel{caller()});
    case Event::kCallerTicket: return move(caller(), AskTicket{caller()});
    case Event::kCallerEnters: return enter(caller());
    case Event::kCallerLeaves: return move(caller(), Leave{caller()});
    case Event::kCallerMediaLost: return media_lost(Party::kCaller);
    case Event::kAcceptFirst: return move(callee(false), Accept{callee(false), Media::kVideo});
    case Event::kAcceptSecond: return move(callee(true), Accept{callee(true), Media::kVideo});
    case Event::kDeclineFirst: return move(callee(false), Decline{callee(false)});
    case Event::kDeclineSecond: return move(callee(true), Decline{callee(true)});
    case Event::kDismissFirst: return move(callee(false), Dismiss{callee(false)});
    case Event::kDismissSecond: return move(callee(true), Dismiss{callee(true)});
    case Event::kShownFirst: return move(callee(false), RingShown{callee(false)});
    case Event::kTicketFirst: return move(callee(false), AskTicket{callee(false)});
    case Event::kTicketSecond: return move(callee(true), AskTicket{callee(true)});
    case Event::kFirstEnters: return enter(callee(false));
    case Event::kSecondEnters: return enter(callee(true));
    case Event::kCalleeLeaves: return move(callee(false), Leave{callee(false)});
    case Event::kCalleeMediaLost: return media_lost(Party::kCallee);
    case Event::kOldMediaLost: return old_media_lost(Party::kCallee);
    case Event::kCallerTabCloses: return closes(caller(), world.facts.caller_tabs);
    case Event::kCallerTabOpens: return opens(caller(), world.facts.caller_tabs);
    case Event::kFirstCloses: return closes(callee(false), world.facts.callee_tabs);
    case Event::kSecondCloses: return closes(callee(true), world.facts.callee_tabs);
    case Event::kFirstOpens: return opens(callee(false), world.facts.callee_tabs);
    case Event::kToggleOff:
      if (!world.facts.site.private_calls) return false;
      world.facts.site.private_calls = false;
      return do_it(Wake{});
    case Event::kTime: {
      // To the next deadline; its timer may still be late.
      const auto next = next_wake(world.call);
      if (!next || *next <= world.now) return false;
      world.now = *next;
      return true;
    }
    case Event::kTimer: return world.armed && *world.armed <= world.now && do_it(Wake{});
    case Event::kCrash: return crash(world), true;
    case Event::kRestart: return false;
  }
  return false;
}

}  // namespace parley::signaling::call::model

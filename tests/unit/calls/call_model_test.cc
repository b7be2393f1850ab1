// Every order of events around one call, from two sessions of the callee, with a kill after any commit: the states of
// the model are visited one by one until there are no new ones, and the properties are checked in each.
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <unordered_set>
#include <vector>

#include "support/call_model.h"

namespace parley::signaling::call::model {
namespace {

using namespace std::chrono_literals;

// What of a world decides its future. Numbers that only count are left out; times only as far as something depends on
// them.
std::size_t key_of(const World& world) {
  std::string key;
  const auto put = [&](auto value) { key += std::to_string(static_cast<std::int64_t>(value)) + ","; };
  const auto put_time = [&](const std::optional<CallTime>& time) { put(time ? ms_of(*time) : -1); };
  const auto put_text = [&](const auto& id) { key += (id ? id->text() : "-") + ","; };
  const CallRecord& call = world.call;
  put(call.ring), put(call.state), put(call.reason);
  put_time(call.answered_at), put_time(call.caller_lost_at);
  for (const Party party : {Party::kCaller, Party::kCallee}) {
    const PartyState& state = call.of(party);
    put(state.media.has_value()), put_text(state.tab), put_text(state.inside);
    put(state.entered_at.has_value()), put(was_in_since_answer(call, party)), put(state.entry_overdue);
    const auto& place = world.in_room[static_cast<std::size_t>(party)];
    key += place ? place->tab.text() + "," : "-,";
    put(state.entries > 1);
    const auto& ticket = world.tickets[static_cast<std::size_t>(party)];
    key += ticket ? ticket->tab.text() + "@" : "-";
    put_time(ticket && ticket->until > world.now ? std::optional(ticket->until) : std::nullopt);
    put(world.facts.row(party).inside.has_value());
    for (const LiveTab& tab : world.facts.tabs(party)) key += tab.tab.text() + ",";
    key += "|";
  }
  put(call.missed_notice), put(call.both_since.has_value()), put(call.both_were_inside);
  if (call.ring == Ring::kRinging) {
    put(call.carriers.size()), put(call.ring_shown);
    // In whichever order they were put away.
    put(contains(call.dismissed, kFirstDevice)), put(contains(call.dismissed, kSecondDevice));
  }
  put(call.warnings), put(world.facts.site.private_calls), put_time(world.now), put_time(world.armed);
  put(world.room_open), put(world.notices), put(world.down);
  return std::hash<std::string>{}(key);
}

bool is_over(const World& world) {
  return world.call.state != State::kRinging && world.call.state != State::kOpen;
}

// Which tabs are open decides how a ring goes; in an open call it only decides who can move at all.
bool matters(const World& world, Event event) {
  const bool closes = event == Event::kCallerTabCloses || event == Event::kFirstCloses || event == Event::kSecondCloses;
  return world.call.state != State::kOpen || !closes;
}

struct Search {
  std::size_t states = 0;
  std::size_t steps = 0;
  std::vector<std::string> broken;  // the properties, and how it came to it; empty: all hold
  bool complete = false;
};

Search explore(const World& start, const StepFunction& step_function, std::size_t max_states) {
  struct Node {
    std::size_t parent;
    Event event;
    bool killed;
  };
  Search search;
  std::vector<Node> nodes = {{0, Event::kTime, false}};
  std::deque<std::pair<World, std::size_t>> waiting = {{start, 0}};
  std::unordered_set<std::size_t> seen = {key_of(start)};
  while (!waiting.empty() && seen.size() < max_states) {
    const auto [world, at] = std::move(waiting.front());
    waiting.pop_front();
    for (std::size_t i = 0; i < kEvents; ++i) {
      for (const Kill kill : {Kill::kNo, Kill::kAfterCommit}) {
        const Event event = static_cast<Event>(i);
        World next = world;
        if (!matters(world, event) || !happen(next, event, step_function, kill)) continue;
        ++search.steps;
        if (!next.broken.empty()) {
          search.broken = {next.broken, name(event)};
          for (std::size_t node = at; node != 0; node = nodes[node].parent) {
            search.broken.push_back(std::string(name(nodes[node].event)) + (nodes[node].killed ? " (killed)" : ""));
          }
          std::reverse(search.broken.begin() + 1, search.broken.end());
          search.states = seen.size();
          return search;
        }
        // An ended call gets one more of every event, and no more of those.
        if (is_over(world) && is_over(next)) continue;
        if (!seen.insert(key_of(next)).second) continue;
        nodes.push_back({at, event, kill == Kill::kAfterCommit});
        waiting.emplace_back(std::move(next), nodes.size() - 1);
      }
    }
  }
  search.states = seen.size();
  search.complete = waiting.empty();
  return search;
}

std::string story(const Search& search) {
  std::string text;
  for (const std::string& line : search.broken) text += line + "\n";
  return text;
}

// A ring of 20 s in a window of 70 s: the caller's 15 s, the entry's 60 s and the last warning all fall inside.
World short_call(OnDisable on_disable = OnDisable::kKeep) {
  return begin(20s, 70s, on_disable);
}

// A sanitizer makes a step ten times as dear: there the search stops early, and the ordinary build sees it through.
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::size_t kStates = 20'000;
constexpr bool kSeenThrough = false;
#else
constexpr std::size_t kStates = 400'000;
constexpr bool kSeenThrough = true;
#endif

TEST(CallModel, TheFivePropertiesHoldInEveryOrderOfEvents) {
  const Search search = explore(short_call(), step, kStates);
  std::printf("visited %zu states by %zu steps\n", search.states, search.steps);
  RecordProperty("states", static_cast<int>(search.states));
  EXPECT_TRUE(search.broken.empty()) << story(search);
  EXPECT_EQ(search.complete, kSeenThrough);
  EXPECT_GT(search.states, 10'000u);
}

// ---- the checker can say no: each broken machine is found out

std::string found_in(const StepFunction& broken_step) {
  const Search search = explore(short_call(OnDisable::kTerminate), broken_step, 200'000);
  return search.broken.empty() ? "nothing" : search.broken.front();
}

template <class E>
void forget(Step& step) {
  std::erase_if(step.effects, [](const Effect& effect) { return std::holds_alternative<E>(effect); });
}

TEST(CallModel, FindsAnAcceptThatComesTooLateAndWins) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              if (call.ring != Ring::kMissed || !std::holds_alternative<Accept>(input))
                return step(call, input, facts, now);
              CallRecord again = call;
              again.ring = Ring::kRinging;
              again.state = State::kRinging;
              again.ring_ends_at = now + 1s;
              again.dismissed.clear();
              Step wrong = step(again, input, facts, now);
              return wrong;
            }),
            "one outcome");
}

TEST(CallModel, FindsANotificationOfADeclinedCall) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              Step wrong = step(call, input, facts, now);
              const bool declined = call.ring == Ring::kRinging && wrong.next.ring == Ring::kDeclined;
              if (declined) std::get<Persist>(wrong.effects.front()).missed_notice = true;
              return wrong;
            }),
            "notified if missed and only then");
}

TEST(CallModel, FindsASecondNotificationAfterARestart) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              Step wrong = step(call, input, facts, now);
              if (!call.missed_notice || !std::holds_alternative<Restarted>(input)) return wrong;
              Persist persist;
              persist.from = call.version;
              persist.missed_notice = true;
              ++wrong.next.version;
              wrong.effects.insert(wrong.effects.begin(), persist);
              return wrong;
            }),
            "at most one notification");
}

TEST(CallModel, FindsASecondRoom) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              Step wrong = step(call, input, facts, now);
              for (std::size_t i = 0; i < wrong.effects.size(); ++i) {
                if (!std::holds_alternative<Admit>(wrong.effects[i])) continue;
                wrong.effects.insert(wrong.effects.begin() + static_cast<std::ptrdiff_t>(i), OpenRoom{});
                break;
              }
              return wrong;
            }),
            "never two rooms");
}

TEST(CallModel, FindsARingThatNobodyEnds) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              // As if only the timer's own input looked at the time.
              const CallTime early = std::holds_alternative<Wake>(input) ? now : std::min(now, call.ring_ends_at - 1ms);
              return call.ring == Ring::kRinging ? step(call, input, facts, early) : step(call, input, facts, now);
            }),
            "no ring after its end");
}

TEST(CallModel, FindsATimerThatIsNotArmed) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              Step wrong = step(call, input, facts, now);
              forget<WakeAt>(wrong);
              return wrong;
            }),
            "the timer stands where the record says");
}

TEST(CallModel, FindsSomebodyInsideAfterTheEnd) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              Step wrong = step(call, input, facts, now);
              if (now >= call.expires_at) forget<Remove>(wrong);
              return wrong;
            }),
            "the room is as the record says");
}

TEST(CallModel, FindsAnEntryAtTheLastMoment) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              // R17 off by one millisecond.
              const bool enters = std::holds_alternative<Enter>(input) && now == call.expires_at;
              return step(call, input, facts, enters ? now - 1ms : now);
            }),
            "nobody is let in at expires_at or after");
}

TEST(CallModel, FindsEffectsBeforeTheCommit) {
  EXPECT_EQ(found_in([](const CallRecord& call, const Input& input, const Facts& facts, CallTime now) {
              Step wrong = step(call, input, facts, now);
              if (wrong.effects.size() > 1) std::swap(wrong.effects[0], wrong.effects[1]);
              return wrong;
            }),
            "the commit comes first, and once");
}

}  // namespace
}  // namespace parley::signaling::call::model

// Many threads at one store: whatever they try at once, the rows let one of them through.
#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <barrier>
#include <cstdlib>
#include <future>
#include <set>
#include <thread>

#include "signaling/store/call_store.h"
#include "unit/store/store_fixture.h"

namespace parley::signaling::store::test {
namespace {

// A request from this thread, waited for.
template <class R, class Request>
R answer_of(Request request) {
  auto answer = std::make_shared<std::promise<R>>();
  request([answer](R result) { answer->set_value(std::move(result)); });
  return answer->get_future().get();
}

std::size_t rounds(Kind kind) {
  if (const char* wanted = std::getenv("PARLEY_STORE_ROUNDS")) return std::strtoul(wanted, nullptr, 10);
  return kind == Kind::kMemory ? 10'000 : 300;
}

struct Starter {
  call::MemberId caller;
  call::MemberId callee;
  std::uint64_t number;
};

// Starts as a server does: reads, decides, commits, and begins again when the race is lost. Answers with the call that
// the caller is shown; none: the caller rings somebody else.
std::optional<call::CallId> start(CallStore& store, const Starter& starter, std::atomic<std::uint64_t>& lost) {
  while (true) {
    const auto view = answer_of<Answer<StartView>>([&](auto then) {
                        store.read_start({kSite, starter.caller, starter.callee, {}, {}}, then);
                      }).value();
    if (view.pair_ringing) return view.pair_ringing->id;
    if (view.caller_ringing) return std::nullopt;
    const Change change = start_of(starter.number, view.two.caller_row, view.two.callee_row, view.two.pair);
    const auto answer = answer_of<CommitAnswer>([&](auto then) { store.commit(change, then); });
    if (answer) return change.record.id;
    if (moved(answer).empty()) {
      ADD_FAILURE() << std::get<Failure>(answer.error()).text;
      return std::nullopt;
    }
    ++lost;
  }
}

class StoreRace : public testing::TestWithParam<Kind> {};

INSTANTIATE_TEST_SUITE_P(Each, StoreRace, testing::Values(Kind::kMemory, Kind::kSqlite), name_of_kind);

TEST_P(StoreRace, GivesEachPairOneCallAndEachCallerOneRing) {
  const Folder folder;
  // Answers run where they are given: each of the threads below waits for its own.
  CallStore store(make_backend(GetParam(), folder), [](auto task) { task(); }, CallStore::Runs::kOnItsThread);
  const std::size_t count = rounds(GetParam());
  std::atomic<std::uint64_t> lost = 0;
  std::array<std::optional<call::CallId>, 4> shown;
  std::size_t bad = 0;
  std::size_t round = 0;

  // After each round, on one thread. A to B twice and B to A are one call, which rings whoever was first; and A rings C
  // exactly when A does not ring B.
  const auto check = [&]() noexcept {
    const auto& [ab, ba, ac, ab_again] = shown;
    std::set<call::CallId> of_pair;
    for (const auto& each : {ab, ba, ab_again}) {
      if (each) of_pair.insert(*each);
    }
    const bool a_rings_b = ba && *ba != call_id(4 * round + 1);
    if (!ba || of_pair.size() != 1 || ac.has_value() == a_rings_b) ++bad;
    ++round;
  };
  std::barrier together(4, check);
  const auto contend = [&](std::size_t who) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      const call::MemberId a("a" + n), b("b" + n), c("c" + n);
      const std::array<Starter, 4> all = {
          Starter{a, b, 4 * i}, {b, a, 4 * i + 1}, {a, c, 4 * i + 2}, {a, b, 4 * i + 3}};
      shown[who] = start(store, all[who], lost);
      together.arrive_and_wait();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t who = 0; who < 4; ++who) threads.emplace_back(contend, who);
  }
  EXPECT_EQ(bad, 0u);

  // And as the rows have it in the end: at most one ringing call of a pair and of a caller, one audit line for each.
  std::set<std::pair<call::MemberId, call::MemberId>> pairs;
  std::set<call::MemberId> callers;
  std::size_t calls = 0;
  std::uint64_t after = 0;
  while (true) {
    const auto page = answer_of<Answer<std::vector<StoredCall>>>([&](auto then) {
                        store.unfinished_calls(after, kMaxPage, then);
                      }).value();
    if (page.empty()) break;
    after = page.back().serial;
    for (const StoredCall& each : page) {
      ++calls;
      const call::PairRow pair = call::pair_of(kSite, each.record.caller, each.record.callee);
      EXPECT_TRUE(pairs.emplace(pair.first, pair.second).second) << "two calls ring for a pair";
      EXPECT_TRUE(callers.insert(each.record.caller).second) << "two calls ring out from a caller";
    }
  }
  EXPECT_GE(calls, count);
  EXPECT_LE(calls, 2 * count);
  EXPECT_GT(lost.load(), 0u) << "nobody ever lost a race: they did not run at once";
  RecordProperty("rounds", std::to_string(count));
  RecordProperty("calls", std::to_string(calls));
  RecordProperty("lost", std::to_string(lost.load()));
  std::printf("%zu rounds, %zu calls, %llu lost races\n", count, calls, static_cast<unsigned long long>(lost.load()));
}

TEST_P(StoreRace, LetsOneOfTwoAcceptsWin) {
  const Folder folder;
  CallStore store(make_backend(GetParam(), folder), [](auto task) { task(); }, CallStore::Runs::kOnItsThread);
  const std::size_t count = rounds(GetParam()) / 10;
  for (std::size_t i = 0; i < count; ++i) {
    const Change begun = lone_call(i, "ann", "bob");
    ASSERT_TRUE(answer_of<CommitAnswer>([&](auto then) { store.commit(begun, then); }));
  }
  std::atomic<std::size_t> won = 0;
  std::barrier together(2);
  const auto accept = [&](const std::string& tab) {
    for (std::size_t i = 0; i < count; ++i) {
      Change change = next_of(lone_call(i, "ann", "bob").record);
      change.record.parties[1].tab = call::TabId(tab);
      together.arrive_and_wait();
      if (answer_of<CommitAnswer>([&](auto then) { store.commit(change, then); })) ++won;
    }
  };
  {
    const std::jthread one(accept, "one"), two(accept, "two");
  }
  EXPECT_EQ(won.load(), count);
}

}  // namespace
}  // namespace parley::signaling::store::test

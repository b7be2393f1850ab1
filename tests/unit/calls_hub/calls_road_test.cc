// The roads that calls take, from the first request to the end, through a store and back. On every back end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>

#include "signaling/store/sqlite_backend.h"
#include "support/calls_hub_world.h"

namespace parley::signaling::world {
namespace {

using namespace std::chrono_literals;
using call::Media;
using call::RefusalCode;
using call::Ring;
using call::State;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "calls-hub-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class CallsRoad : public ::testing::TestWithParam<const char*> {
 protected:
  CallsRoad() {
    if (std::string_view(GetParam()) == "memory") {
      world_ = std::make_unique<World>();
      return;
    }
    store::SqliteOptions options;
    options.path = folder_.path() / "calls.db";
    auto opened = store::SqliteBackend::open(options);
    EXPECT_TRUE(opened.has_value());
    if (opened) world_ = std::make_unique<World>(std::move(*opened));
  }

  call::CallId ring() {
    const auto answer = w().start(kAnn, kBen);
    EXPECT_TRUE(answer.has_value());
    return answer ? answer->snapshot.id : call::CallId{};
  }
  // Both accepted and inside.
  call::CallId talk() {
    const call::CallId id = ring();
    EXPECT_TRUE(w().choose(kAnn, id));
    EXPECT_TRUE(w().go_in(kAnn, id));
    EXPECT_TRUE(w().accept(kBen, id));
    EXPECT_TRUE(w().go_in(kBen, id));
    return id;
  }
  World& w() { return *world_; }

  Folder folder_;
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Stores, CallsRoad, ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return std::string(param.param); });

template <class T>
RefusalCode refusal_of(const CallResult<T>& result) {
  const auto* code = result ? nullptr : std::get_if<RefusalCode>(&result.error());
  EXPECT_TRUE(code) << "not refused";
  return code ? *code : RefusalCode::kTooManyDevices;
}

TEST_P(CallsRoad, AStartRingsOnEveryTabOfTheCallee) {
  const auto answer = w().start(kAnn, kBen);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->taken, Taken::kCreated);
  EXPECT_EQ(answer->snapshot.you, call::Party::kCaller);
  EXPECT_EQ(answer->snapshot.callee.name, "Ben");
  EXPECT_EQ(answer->snapshot.ring_left, 30s);
  EXPECT_EQ(answer->snapshot.left, 7200s);
  EXPECT_THAT(w().events(kBen), ElementsAre("ring_started"));
  EXPECT_THAT(w().events(kBen2), ElementsAre("ring_started"));
  EXPECT_THAT(w().events(kAnn), IsEmpty());
  const CallEvent rang = w().heard<CallEvent>(kBen).front();
  EXPECT_EQ(rang.snapshot.you, call::Party::kCallee);
  EXPECT_EQ(rang.snapshot.caller.name, "Ann");
  EXPECT_EQ(rang.seq, 1u);
  EXPECT_EQ(w().calls->unfinished(), 1u);
  EXPECT_EQ(w().calls->busy(), 0u);
}

TEST_P(CallsRoad, R8_R12_R21_BothGoInAndTalkUntilTheWindowCloses) {
  const call::CallId id = ring();
  ASSERT_TRUE(w().choose(kAnn, id));
  const auto ann = w().go_in(kAnn, id);
  ASSERT_TRUE(ann) << ann.error().message;
  EXPECT_EQ(ann->room, "call/" + id.text());
  EXPECT_EQ(ann->person.name, "Ann");
  EXPECT_TRUE(w().tabs.inside.contains(kAnn.who));
  const auto accepted = w().accept(kBen, id);
  ASSERT_TRUE(accepted);
  EXPECT_FALSE(accepted->settled);
  EXPECT_EQ(accepted->snapshot.state, State::kOpen);
  EXPECT_THAT(w().events(kBen2), Contains("ring_stopped"));
  const auto ben = w().go_in(kBen, id);
  ASSERT_TRUE(ben);
  EXPECT_EQ(ben->room, ann->room);

  w().after(7199s);
  EXPECT_EQ(w().rooms.inside.size(), 2u);
  w().after(1s);
  EXPECT_THAT(w().rooms.inside, IsEmpty());
  EXPECT_EQ(w().record(id).state, State::kCompleted);
  EXPECT_THAT(w().tabs.inside, IsEmpty());
  EXPECT_EQ(w().calls->unfinished(), 0u);
  EXPECT_THAT(w().topics(id), ElementsAre("call.started", "call.answered", "call.ended"));
  EXPECT_EQ(refusal_of(w().ticket(kAnn, id)), RefusalCode::kCallExpired);
}

TEST_P(CallsRoad, R16_R35_BothLeaveAndComeBack) {
  const call::CallId id = talk();
  const CallEntry ben = w().rooms.inside.back();
  ASSERT_TRUE(w().act(kAnn, id, CallMove::kLeave));
  w().after(1s);
  w().lose(ben);
  EXPECT_THAT(w().rooms.inside, IsEmpty());
  EXPECT_THAT(w().tabs.inside, IsEmpty());
  EXPECT_THAT(w().events(kAnn), Contains("details"));
  EXPECT_THAT(w().topics(id), Contains("call.emptied"));
  EXPECT_EQ(w().record(id).state, State::kOpen);

  w().forget_heard();
  const auto back = w().go_in(kAnn, id);
  ASSERT_TRUE(back);
  EXPECT_THAT(w().events(kBen), Contains("back_in_call"));
  EXPECT_THAT(w().events(kBen), Not(Contains("ring_started")));
  ASSERT_TRUE(w().go_in(kBen, id));
  EXPECT_EQ(w().rooms.inside.size(), 2u);
}

TEST_P(CallsRoad, R22_R28_ADeclineEndsTheRingAndNotifiesNobody) {
  const call::CallId id = ring();
  const auto answer = w().act(kBen, id, CallMove::kDecline);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->snapshot.outcome, Ring::kDeclined);
  EXPECT_THAT(w().events(kAnn), Contains("ring_ended"));
  EXPECT_EQ(w().event<call::RingStopped>(kBen2)->reason, call::StopReason::kDeclinedElsewhere);
  EXPECT_THAT(w().notifications(kBen), IsEmpty());
  EXPECT_THAT(w().topics(id), ElementsAre("call.started", "call.declined", "call.ended"));
  EXPECT_EQ(w().calls->unfinished(), 0u);
}

TEST_P(CallsRoad, R20_R26_R42_AnUnansweredCallIsMissedWithOneNotification) {
  const call::CallId id = ring();
  w().after(29'999ms);
  EXPECT_EQ(w().record(id).ring, Ring::kRinging);
  w().after(251ms);
  EXPECT_EQ(w().record(id).ring, Ring::kMissed);
  const auto shown = w().heard<NotificationEvent>(kBen);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].item.call, id);
  EXPECT_EQ(shown[0].item.from.name, "Ann");
  EXPECT_EQ(shown[0].unread, 1u);
  EXPECT_TRUE(shown[0].item.message_offered);
  EXPECT_EQ(w().heard<NotificationEvent>(kBen2).size(), 1u);
  EXPECT_THAT(w().heard<NotificationEvent>(kAnn), IsEmpty());
  ASSERT_EQ(w().notifications(kBen).size(), 1u);
  EXPECT_TRUE(w().notifications(kBen)[0].delivered);
  EXPECT_THAT(w().topics(id), ElementsAre("call.started", "call.missed", "call.ended"));
}

TEST_P(CallsRoad, R42_WhoIsAwayKeepsTheNotificationForLater) {
  const call::CallId id = ring();
  w().close(kBen);
  w().close(kBen2);
  w().after(31s);
  EXPECT_EQ(w().record(id).ring, Ring::kMissed);
  EXPECT_THAT(w().heard<NotificationEvent>(kBen), IsEmpty());
  EXPECT_EQ(w().notifications(kBen, store::Which::kUndelivered).size(), 1u);
}

TEST_P(CallsRoad, R39_SwitchingOffWithdrawsWhatRings) {
  const call::CallId id = ring();
  w().settings.private_calls = false;
  w().put_site();
  EXPECT_EQ(w().record(id).ring, Ring::kWithdrawn);
  EXPECT_EQ(w().event<call::RingEnded>(kAnn)->reason, call::Reason::kFeatureDisabled);
  EXPECT_THAT(w().notifications(kBen), IsEmpty());
  EXPECT_EQ(refusal_of(w().start(kAnn, kBen, "r2")), RefusalCode::kPrivateCallsDisabled);
  EXPECT_EQ(w().calls->unfinished(), 0u);
}

TEST_P(CallsRoad, R1_R48_ARefusedStartLeavesNothingButItsLine) {
  w().settings.private_calls = false;
  w().put_site();
  const std::size_t lines = w().audit().size();
  EXPECT_EQ(refusal_of(w().start(kAnn, kBen)), RefusalCode::kPrivateCallsDisabled);
  const auto audit = w().audit();
  ASSERT_EQ(audit.size(), lines + 1);
  EXPECT_EQ(audit[0].why, "start");
  EXPECT_EQ(audit[0].refused, "private_calls_disabled");
  EXPECT_EQ(audit[0].by, kAnn.who.member);
  EXPECT_THAT(w().tabs.heard, IsEmpty());
  EXPECT_THAT(w().outbox(), IsEmpty());
  EXPECT_TRUE(w().history(kBen)->calls.empty());
  EXPECT_EQ(w().calls->unfinished(), 0u);
}

TEST_P(CallsRoad, R40_AfterAKillBothComeBackIntoTheSameCall) {
  const call::CallId id = talk();
  w().after(60s);
  const call::CallTime last_alive = w().now.line;
  w().kill();
  w().pass(10s);
  const auto count = w().start_again(last_alive);
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(*count, 1u);
  EXPECT_EQ(w().calls->unfinished(), 1u);
  for (const Seat& one : {kAnn, kBen}) {
    w().open(one);
    ASSERT_EQ(w().snapshots(one).size(), 1u);
    EXPECT_EQ(w().snapshots(one)[0].id, id);
    ASSERT_TRUE(w().go_in(one, id));
  }
  EXPECT_EQ(w().rooms.inside.size(), 2u);
  EXPECT_LT(w().details(kAnn, id)->talked, 61s);
  w().after(2h);
  EXPECT_EQ(w().record(id).state, State::kCompleted);
  EXPECT_THAT(w().rooms.inside, IsEmpty());
}

TEST_P(CallsRoad, R40_ARingThatRanOutMeanwhileIsMissedOnce) {
  const call::CallId id = ring();
  w().kill();
  w().pass(60s);
  ASSERT_TRUE(w().start_again(w().now.line - 60s));
  EXPECT_EQ(w().record(id).ring, Ring::kMissed);
  EXPECT_EQ(w().notifications(kBen, store::Which::kUndelivered).size(), 1u);
  w().kill();
  ASSERT_EQ(*w().start_again(w().now.line), 0u);
  EXPECT_EQ(w().notifications(kBen).size(), 1u);
}

TEST_P(CallsRoad, R40_ARingWithTimeLeftGoesOnIfTheCallerIsBack) {
  const call::CallId id = ring();
  w().after(5s);
  w().kill();
  ASSERT_TRUE(w().start_again(w().now.line));
  w().open(kAnn);
  w().open(kBen);
  EXPECT_THAT(w().events(kBen), Contains("snapshot"));
  w().after(20s);
  ASSERT_TRUE(w().accept(kBen, id));
  EXPECT_EQ(w().record(id).state, State::kOpen);
}

}  // namespace
}  // namespace parley::signaling::world

// Who is first, who may, and what happens when the store can't: Calls against a store that is slow, contended or full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "signaling/hub/call_runner.h"
#include "signaling/hub/call_starter.h"
#include "support/calls_hub_world.h"

namespace parley::signaling::world {
namespace {

using namespace std::chrono_literals;
using call::Media;
using call::Party;
using call::Reason;
using call::RefusalCode;
using call::Ring;
using call::State;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class CallsRace : public ::testing::Test {
 protected:
  call::CallId ring(const Seat& by = kAnn, const Seat& to = kBen, const std::string& request = "r1") {
    const auto answer = w.start(by, to, request);
    EXPECT_TRUE(answer.has_value());
    return answer ? answer->snapshot.id : call::CallId{};
  }
  call::CallId talk() {
    const call::CallId id = ring();
    EXPECT_TRUE(w.choose(kAnn, id));
    EXPECT_TRUE(w.go_in(kAnn, id));
    EXPECT_TRUE(w.accept(kBen, id));
    EXPECT_TRUE(w.go_in(kBen, id));
    return id;
  }
  World w;
};

template <class T>
std::optional<RefusalCode> refused(const CallResult<T>& result) {
  const auto* code = result ? nullptr : std::get_if<RefusalCode>(&result.error());
  return code ? std::optional(*code) : std::nullopt;
}
template <class T>
std::optional<ErrorCode> fault(const CallResult<T>& result) {
  const auto* error = result ? nullptr : std::get_if<Error>(&result.error());
  return error ? std::optional(error->code) : std::nullopt;
}
std::optional<std::string> said(const Result<Admission>& result) {
  return result ? std::nullopt : std::optional(std::string(to_string(result.error().code)) + result.error().message);
}

// ---- the first commit decides

TEST_F(CallsRace, R27_R30_OfTwoAcceptsTheFirstHasItAndTheSecondIsToldWhatStands) {
  const call::CallId id = ring();
  w.forget_heard();
  std::vector<CallAnswer> answers;
  for (const Seat& by : {kBen, kBen2}) {
    w.calls->choose(by, {id, Media::kAudio, true}, [&](const auto& answer) { answers.push_back(answer.value()); });
  }
  w.pump();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_FALSE(answers[0].settled);
  EXPECT_TRUE(answers[1].settled);
  EXPECT_EQ(answers[1].snapshot.your_tab, kBen.tab);
  EXPECT_EQ(w.event<call::RingStopped>(kBen2)->reason, call::StopReason::kAnsweredElsewhere);
  // The answer said it, so there is no event of it.
  EXPECT_THAT(w.events(kBen2), Not(Contains("settled")));
}

TEST_F(CallsRace, R30_AnAcceptThatTheToggleOvertakesAtTheCommitIsToldThatItIsWithdrawn) {
  const call::CallId id = ring();
  w.memory->before_commit = [this] {
    w.settings.private_calls = false;
    w.memory->put_site({kTown, w.settings, {}});
  };
  const auto answer = w.accept(kBen, id);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->settled);
  EXPECT_EQ(answer->snapshot.outcome, Ring::kWithdrawn);
  EXPECT_EQ(w.record(id).answered_at, std::nullopt);
  EXPECT_THAT(w.topics(id), ElementsAre("call.started", "call.ended"));
}

TEST_F(CallsRace, R1_R30_AStartThatTheToggleOvertakesAtTheCommitRingsNowhere) {
  w.memory->before_commit = [this] {
    w.settings.private_calls = false;
    w.memory->put_site({kTown, w.settings, {}});
  };
  EXPECT_EQ(refused(w.start(kAnn, kBen)), RefusalCode::kPrivateCallsDisabled);
  EXPECT_THAT(w.tabs.heard, IsEmpty());
  EXPECT_EQ(w.calls->unfinished(), 0u);
  EXPECT_THAT(w.outbox(), IsEmpty());
}

TEST_F(CallsRace, R50_AStartThatADeactivationOvertakesAtTheCommitIsRefused) {
  w.memory->before_commit = [this] {
    store::MemberUpdate update;
    update.member = kBen.who.member;
    update.deactivated = true;
    w.memory->upsert_members(kTown, {update});
  };
  EXPECT_EQ(refused(w.start(kAnn, kBen)), RefusalCode::kCalleeUnknown);
  EXPECT_EQ(w.calls->unfinished(), 0u);
}

TEST_F(CallsRace, R34_TheSameRequestFromTwoTabsAtOnceIsOneCall) {
  w.open(kAnn2);
  std::vector<CallAnswer> answers;
  const CallStart wish{kBen.who.member, {}, call::RequestId{"r1"}};
  for (const Seat& by : {kAnn, kAnn2}) {
    w.calls->start(by, wish, [&](const auto& answer) { answers.push_back(answer.value()); });
  }
  w.pump();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].taken, Taken::kCreated);
  EXPECT_EQ(answers[1].taken, Taken::kSame);
  EXPECT_EQ(answers[0].snapshot.id, answers[1].snapshot.id);
  EXPECT_EQ(answers[0].snapshot.started_at, answers[1].snapshot.started_at);
  EXPECT_EQ(w.calls->unfinished(), 1u);
  EXPECT_THAT(w.events(kBen), ElementsAre("ring_started"));
}

TEST_F(CallsRace, R32_CallingAtTheSameMomentShowsTheOneCallToBoth) {
  std::vector<CallAnswer> answers;
  w.calls->start(kAnn, {kBen.who.member, {}, call::RequestId{"r1"}},
                 [&](const auto& answer) { answers.push_back(answer.value()); });
  w.calls->start(kBen, {kAnn.who.member, {}, call::RequestId{"r2"}},
                 [&](const auto& answer) { answers.push_back(answer.value()); });
  w.pump();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].taken, Taken::kGlare);
  EXPECT_EQ(answers[1].snapshot.id, answers[0].snapshot.id);
  EXPECT_EQ(answers[1].snapshot.you, Party::kCallee);
  EXPECT_EQ(answers[1].snapshot.caller.name, "Ann");
  EXPECT_EQ(answers[1].snapshot.callee.name, "Ben");
  EXPECT_EQ(answers[1].snapshot.started_at, answers[0].snapshot.started_at);
  EXPECT_EQ(w.calls->unfinished(), 1u);
}

TEST_F(CallsRace, R34_WhoCallsSomebodyThatWaitsInTheirCallIsLedThere) {
  const call::CallId id = talk();
  ASSERT_TRUE(w.act(kBen, id, CallMove::kLeave));
  const auto answer = w.start(kBen, kAnn, "r2");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->taken, Taken::kJoin);
  EXPECT_EQ(answer->snapshot.id, id);
  EXPECT_EQ(answer->snapshot.you, Party::kCallee);
  EXPECT_EQ(answer->snapshot.caller.name, "Ann");
  EXPECT_EQ(w.calls->unfinished(), 1u);
}

TEST_F(CallsRace, R43_AcceptingLeavesTheOtherCall) {
  const call::CallId first = talk();
  w.open(kCarl);
  const call::CallId second = ring(kCarl, kBen, "r2");
  EXPECT_TRUE(w.heard<CallEvent>(kBen).back().snapshot.busy);
  ASSERT_TRUE(w.accept(kBen, second));
  EXPECT_FALSE(w.record(first).of(Party::kCallee).inside);
  EXPECT_THAT(w.rooms.inside, ElementsAre(CallEntry{first, Party::kCaller, 1}));
  EXPECT_FALSE(w.tabs.inside.contains(kBen.who));
  ASSERT_TRUE(w.go_in(kBen, second));
  EXPECT_TRUE(w.tabs.inside.contains(kBen.who));
  EXPECT_EQ(w.record(first).state, State::kOpen);
}

TEST_F(CallsRace, R43_BusyWhereTheSiteRejectsIsMissedAndNotified) {
  w.settings.busy = call::BusyPolicy::kReject;
  w.put_site();
  talk();
  w.open(kCarl);
  w.forget_heard();
  const auto answer = w.start(kCarl, kBen, "r2");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->taken, Taken::kRejectedBusy);
  EXPECT_EQ(answer->snapshot.reason, Reason::kBusy);
  EXPECT_THAT(w.events(kBen), Not(Contains("ring_started")));
  ASSERT_EQ(w.heard<NotificationEvent>(kBen).size(), 1u);
  EXPECT_THAT(w.topics(answer->snapshot.id), ElementsAre("call.started", "call.missed", "call.ended"));
}

TEST_F(CallsRace, OthersThatAreAlwaysFirstAreGivenUpOn) {
  const call::CallId id = ring();
  int overtaken = 0;
  std::function<void()> overtake = [&] {
    ++overtaken;
    store::MemberUpdate update;
    update.member = kBen.who.member;
    update.name = "Ben " + std::to_string(overtaken);
    w.memory->upsert_members(kTown, {update});
    w.memory->before_commit = overtake;
  };
  w.memory->before_commit = overtake;
  EXPECT_EQ(fault(w.accept(kBen, id)), ErrorCode::kUnavailable);
  EXPECT_EQ(overtaken, CallRunner::kMaxAttempts);
  EXPECT_EQ(fault(w.start(kBen, kAnn, "r2")), std::nullopt);  // glare needs no commit
  w.memory->before_commit = nullptr;
  EXPECT_TRUE(w.accept(kBen, id));
}

// ---- who may

TEST_F(CallsRace, R23_WhoIsNotOneOfTheTwoAndWhoNamesNoCallGetTheSameAnswerForTheSameWork) {
  const call::CallId id = ring();
  const auto unknown = *call::CallId::parse("00000000000000000000000000000001");
  w.open(kCarl);
  w.forget_heard();
  const auto work = [&](const call::CallId& call) {
    const std::size_t before = w.memory->reads;
    for (const CallMove move :
         {CallMove::kDecline, CallMove::kCancel, CallMove::kDismiss, CallMove::kRingShown, CallMove::kLeave})
      EXPECT_EQ(refused(w.act(kCarl, call, move)), RefusalCode::kNotFound);
    EXPECT_EQ(refused(w.choose(kCarl, call)), RefusalCode::kNotFound);
    EXPECT_EQ(refused(w.accept(kCarl, call)), RefusalCode::kNotFound);
    EXPECT_EQ(refused(w.ticket(kCarl, call)), RefusalCode::kNotFound);
    EXPECT_EQ(refused(w.details(kCarl, call)), RefusalCode::kNotFound);
    return w.memory->reads - before;
  };
  EXPECT_EQ(work(id), work(unknown));
  EXPECT_EQ(w.record(id).version, 1u);
  EXPECT_THAT(w.tabs.heard, IsEmpty());
  EXPECT_THAT(w.snapshots(kCarl), IsEmpty());
  EXPECT_TRUE(w.history(kCarl)->calls.empty());
}

TEST_F(CallsRace, R23_TheSameNameOnAnotherSiteIsAnother) {
  const call::CallId id = ring();
  Seat stranger = kBen;
  stranger.who.site = call::SiteId{"city"};
  EXPECT_EQ(refused(w.accept(stranger, id)), RefusalCode::kNotFound);
  EXPECT_EQ(refused(w.details(stranger, id)), RefusalCode::kNotFound);
}

TEST_F(CallsRace, R24_WhateverIsWrongWithATicketTheDoorSaysTheSame) {
  const call::CallId id = ring();
  ASSERT_TRUE(w.choose(kAnn, id));
  const auto fresh = [&] { return w.ticket(kAnn, id)->ticket; };
  const auto wrong = said(w.enter(kAnn, "no such ticket"));
  ASSERT_TRUE(wrong);
  EXPECT_EQ(said(w.enter(kAnn2, fresh())), wrong);  // of another tab
  EXPECT_EQ(said(w.enter(kBen, fresh())), wrong);   // of another member
  const std::string stolen = fresh();
  EXPECT_EQ(said(w.enter(kCarl, stolen)), wrong);
  EXPECT_EQ(said(w.enter(kAnn, stolen)), wrong);  // it was shown once
  const std::string old = fresh();
  w.after(60s);
  EXPECT_EQ(said(w.enter(kAnn, old)), wrong);
  EXPECT_THAT(w.rooms.inside, IsEmpty());

  const call::CallId again = ring(kAnn, kBen, "r2");
  ASSERT_TRUE(w.choose(kAnn, again));
  const std::string good = w.ticket(kAnn, again)->ticket;
  EXPECT_TRUE(w.enter(kAnn, good));
  EXPECT_EQ(said(w.enter(kAnn, good)), wrong);
  EXPECT_EQ(good.size(), 64u);
}

TEST_F(CallsRace, R24_ATicketOfAnotherSitesMemberOfThatNameOpensNothing) {
  const call::CallId id = ring();
  ASSERT_TRUE(w.choose(kAnn, id));
  Seat twin = kAnn;
  twin.who.site = call::SiteId{"city"};
  EXPECT_TRUE(said(w.enter(twin, w.ticket(kAnn, id)->ticket)));
  EXPECT_THAT(w.rooms.inside, IsEmpty());
}

TEST_F(CallsRace, R6_R49_AfterCancelTheTicketThatWasGivenOpensNothing) {
  const call::CallId id = ring();
  ASSERT_TRUE(w.choose(kAnn, id));
  const std::string ringing_ticket = w.ticket(kAnn, id)->ticket;
  ASSERT_TRUE(w.act(kAnn, id, CallMove::kCancel));
  EXPECT_TRUE(said(w.enter(kAnn, ringing_ticket)));

  const call::CallId second = ring(kAnn, kBen, "r2");
  ASSERT_TRUE(w.accept(kBen, second));
  const std::string open_ticket = w.ticket(kBen, second)->ticket;
  ASSERT_TRUE(w.act(kBen, second, CallMove::kCancel));
  EXPECT_TRUE(said(w.enter(kBen, open_ticket)));
  EXPECT_EQ(w.record(second).state, State::kOpen);
}

TEST_F(CallsRace, R17_ATicketIsNeverGoodPastTheWindow) {
  const call::CallId id = talk();
  w.after(7190s);
  const auto note = w.ticket(kAnn, id);
  ASSERT_TRUE(note);
  EXPECT_LE(note->until, w.details(kAnn, id)->expires_at);
  w.after(10s);
  EXPECT_TRUE(said(w.enter(kAnn, note->ticket)));
}

TEST_F(CallsRace, R5_AMoveThatTheSideDoesNotHaveIsRefusedWithALine) {
  const call::CallId id = ring();
  const std::size_t lines = w.audit().size();
  EXPECT_EQ(refused(w.act(kAnn, id, CallMove::kDecline)), RefusalCode::kNotYourMove);
  ASSERT_EQ(w.audit().size(), lines + 1);
  EXPECT_EQ(w.audit()[0].refused, "not_your_move");
  EXPECT_EQ(w.audit()[0].call, id);
}

// ---- tabs and rooms

TEST_F(CallsRace, R49_ACallerWhoseTabWentWhileTheCallWasBegunIsMissed) {
  std::optional<CallResult<CallAnswer>> answer;
  w.calls->start(kAnn, {kBen.who.member, {}, call::RequestId{"r1"}}, [&](auto result) { answer = result; });
  w.tabs.close(kAnn);
  w.calls->tab_closed(kAnn, false);
  w.pump();
  const call::CallId id = (*answer)->snapshot.id;
  EXPECT_EQ(w.record(id).ring, Ring::kRinging);
  w.after(15'250ms);
  EXPECT_EQ(w.record(id).ring, Ring::kCancelled);
  EXPECT_EQ(w.record(id).reason, Reason::kCallerLost);
  EXPECT_THAT(w.events(kBen), Contains("ring_stopped"));
}

TEST_F(CallsRace, R49_ALostCallerWhoComesBackGoesOnRinging) {
  const call::CallId id = ring();
  w.close(kAnn);
  w.after(14s);
  w.forget_heard();
  w.open(kAnn);
  EXPECT_THAT(w.events(kAnn), ElementsAre("snapshot"));
  w.after(5s);
  EXPECT_EQ(w.record(id).ring, Ring::kRinging);
  w.close(kAnn, true);
  EXPECT_EQ(w.record(id).ring, Ring::kCancelled);
}

TEST_F(CallsRace, R29_PutAwayOnEveryDeviceThatIsThereIsMissed) {
  const call::CallId id = ring();
  ASSERT_TRUE(w.act(kBen, id, CallMove::kDismiss));
  EXPECT_EQ(w.record(id).ring, Ring::kRinging);
  w.close(kBen2);
  EXPECT_EQ(w.record(id).ring, Ring::kRinging);
  w.gone(kBen2);
  EXPECT_EQ(w.record(id).ring, Ring::kMissed);
  EXPECT_EQ(w.record(id).reason, Reason::kDismissed);
}

TEST_F(CallsRace, R33_ANewerTabReplacesTheOlderAndTheOldersEndIsNotTheNewers) {
  const call::CallId id = talk();
  w.open(kBen2);
  ASSERT_TRUE(w.choose(kBen2, id));
  const auto newer = w.go_in(kBen2, id);
  ASSERT_TRUE(newer);
  ASSERT_EQ(w.rooms.removed.size(), 1u);
  EXPECT_EQ(w.rooms.removed[0].second, call::RemoveReason::kReplaced);
  EXPECT_EQ(w.record(id).of(Party::kCallee).inside, kBen2.tab);
  EXPECT_TRUE(w.tabs.inside.contains(kBen.who));
  EXPECT_EQ(w.rooms.inside.size(), 2u);
}

TEST_F(CallsRace, R36_BothAreWarnedBeforeTheEnd) {
  w.settings.lifetime = 400s;
  w.put_site();
  const call::CallId id = talk();
  w.forget_heard();
  w.after(400s);
  const auto warnings = [&](const Seat& by) { return std::ranges::count(w.events(by), "closing_soon"); };
  EXPECT_EQ(warnings(kAnn), 2);
  EXPECT_EQ(warnings(kBen), 2);
  EXPECT_EQ(w.event<call::CallClosed>(kAnn)->state, State::kCompleted);
  EXPECT_TRUE(w.heard<CallEvent>(kAnn).back().details || w.details(kAnn, id));
  EXPECT_THAT(w.events(kBen), Contains("details"));
}

TEST_F(CallsRace, R44_WhoAcceptsAndDoesNotComeIsReported) {
  const call::CallId id = ring();
  ASSERT_TRUE(w.accept(kBen, id));
  ASSERT_TRUE(w.choose(kAnn, id));
  ASSERT_TRUE(w.go_in(kAnn, id));
  w.after(60'250ms);
  EXPECT_EQ(w.event<call::CouldNotConnect>(kAnn)->party, Party::kCallee);
  EXPECT_TRUE(w.go_in(kBen, id));
  EXPECT_THAT(w.notifications(kBen), IsEmpty());
}

TEST_F(CallsRace, R45_TheFifthCallOfAPairWithinAMinuteIsRefused) {
  for (int i = 0; i < 4; ++i) {
    const call::CallId id = ring(kAnn, kBen, "r" + std::to_string(i));
    ASSERT_TRUE(w.act(kAnn, id, CallMove::kCancel));
  }
  w.forget_heard();
  EXPECT_EQ(refused(w.start(kAnn, kBen, "r9")), RefusalCode::kRateLimited);
  EXPECT_THAT(w.tabs.heard, IsEmpty());
  w.after(61s);
  EXPECT_TRUE(w.start(kAnn, kBen, "r10"));
}

TEST_F(CallsRace, R50_DeactivatingPutsOutAndNoTicketLetsBackIn) {
  const call::CallId id = talk();
  const std::string secret = w.ticket(kBen, id)->ticket;
  store::MemberUpdate update;
  update.member = kBen.who.member;
  update.deactivated = true;
  w.put_member(update);
  ASSERT_EQ(w.rooms.removed.size(), 1u);
  EXPECT_EQ(w.rooms.removed[0].second, call::RemoveReason::kDeactivated);
  EXPECT_TRUE(said(w.enter(kBen, secret)));
  EXPECT_EQ(refused(w.ticket(kBen, id)), RefusalCode::kNotFound);
  EXPECT_EQ(w.rooms.inside.size(), 1u);
}

TEST_F(CallsRace, R31_AnOperatorCutsACallAndTheEndIsToldToBoth) {
  const call::CallId id = talk();
  const auto cut = w.terminate(id);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->state, State::kTerminated);
  EXPECT_THAT(w.rooms.inside, IsEmpty());
  EXPECT_THAT(w.events(kAnn), Contains("call_closed"));
  EXPECT_EQ(refused(w.terminate(*call::CallId::parse("00000000000000000000000000000001"))), RefusalCode::kNotFound);
}

// ---- events

TEST_F(CallsRace, R46_EventsAreNumberedUpwardsAndCarryTheCallAfterThem) {
  const call::CallId id = talk();
  ASSERT_TRUE(w.act(kAnn, id, CallMove::kLeave));
  for (const Seat& by : {kAnn, kBen, kBen2}) {
    std::uint64_t last = 0;
    for (const CallEvent& event : w.heard<CallEvent>(by)) {
      EXPECT_GT(event.seq, last);
      EXPECT_GE(event.snapshot.seq, event.seq);
      EXPECT_EQ(event.snapshot.id, id);
      EXPECT_EQ(event.at, w.now.calendar);
      last = event.seq;
    }
  }
  EXPECT_FALSE(w.heard<CallEvent>(kAnn).back().snapshot.you_inside);
}

TEST_F(CallsRace, R41_AStepOfTheWallClockBendsNoStory) {
  const call::CallId id = talk();
  const WallMs started = w.details(kAnn, id)->started_at;
  w.after(60s);
  w.now.calendar += 1h;
  ASSERT_TRUE(w.act(kAnn, id, CallMove::kLeave));
  const auto details = w.details(kBen, id);
  ASSERT_TRUE(details);
  EXPECT_EQ(details->started_at, started);
  EXPECT_EQ(details->expires_at, started + 7200s);
  EXPECT_EQ(details->last_left_at, started + 60s);
  EXPECT_EQ(details->talked, 60s);
  EXPECT_EQ(details->left, 7140s);
}

TEST_F(CallsRace, HistoryIsPagedTheNewestFirstAndSnapshotsAreOfWhatGoesOn) {
  std::vector<call::CallId> ids;
  for (int i = 0; i < 25; ++i) {
    ids.push_back(ring(kAnn, kBen, "r" + std::to_string(i)));
    ASSERT_TRUE(w.act(kBen, ids.back(), CallMove::kDecline));
    w.after(20s);
  }
  const call::CallId rings = ring(kBen, kAnn, "last");
  const auto first = w.history(kAnn);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->calls.size(), 20u);
  EXPECT_EQ(first->calls[0].id, rings);
  EXPECT_EQ(first->calls[0].caller.name, "Ben");
  EXPECT_EQ(first->calls[1].id, ids.back());
  ASSERT_TRUE(first->before);
  const auto second = w.history(kAnn, first->before);
  ASSERT_EQ(second->calls.size(), 6u);
  EXPECT_EQ(second->calls.back().id, ids.front());
  EXPECT_FALSE(second->before);
  ASSERT_EQ(w.snapshots(kAnn).size(), 1u);
  EXPECT_EQ(w.snapshots(kAnn)[0].you, Party::kCallee);
}

// ---- a store that can't, for now

TEST_F(CallsRace, AStoreThatFailsIsSaidAndNothingIsDone) {
  const call::CallId id = ring();
  w.forget_heard();
  w.memory->broken = true;
  EXPECT_EQ(fault(w.accept(kBen, id)), ErrorCode::kUnavailable);
  EXPECT_EQ(fault(w.start(kBen, kCarl, "r2")), std::nullopt);  // carl is not there, which needs no commit
  EXPECT_THAT(w.tabs.heard, IsEmpty());
  w.memory->broken = false;
  EXPECT_EQ(w.record(id).ring, Ring::kRinging);
  EXPECT_TRUE(w.accept(kBen, id));
}

TEST_F(CallsRace, R26_ARingWhoseEndCouldNotBeKeptEndsWhenTheStoreIsBack) {
  const call::CallId id = ring();
  w.memory->broken = true;
  w.after(33s);
  EXPECT_THAT(w.events(kBen), ElementsAre("ring_started"));
  w.memory->broken = false;
  w.after(5s);
  EXPECT_EQ(w.record(id).ring, Ring::kMissed);
  EXPECT_EQ(w.heard<NotificationEvent>(kBen).size(), 1u);
  EXPECT_EQ(w.calls->busy(), 0u);
  EXPECT_EQ(w.calls->unfinished(), 0u);
}

TEST_F(CallsRace, AnExitThatCouldNotBeKeptIsKeptWhenTheStoreIsBack) {
  const call::CallId id = talk();
  w.memory->broken = true;
  w.lose(w.rooms.inside.front());
  w.after(2s);
  EXPECT_EQ(w.calls->busy(), 1u);
  EXPECT_EQ(fault(w.ticket(kBen, id)), ErrorCode::kUnavailable);
  w.memory->broken = false;
  w.after(10s);
  EXPECT_FALSE(w.record(id).of(Party::kCaller).inside);
  EXPECT_EQ(w.calls->busy(), 0u);
  // The timer stands where the record says.
  w.after(2h);
  EXPECT_EQ(w.record(id).state, State::kCompleted);
}

TEST_F(CallsRace, AMoveBringsForwardWhatWaitsForTheStore) {
  const call::CallId id = talk();
  w.memory->broken = true;
  w.lose(w.rooms.inside.front());
  w.memory->broken = false;
  ASSERT_TRUE(w.ticket(kBen, id));
  EXPECT_FALSE(w.record(id).of(Party::kCaller).inside);
}

TEST_F(CallsRace, WhatWaitsForTheStoreIsTriedAgainThoughTheCallMovesOnMeanwhile) {
  w.open(kAnn2);
  const call::CallId id = ring();
  ASSERT_TRUE(w.choose(kAnn, id));
  ASSERT_TRUE(w.go_in(kAnn, id));
  w.memory->broken = true;
  w.lose(w.rooms.inside.front());
  w.memory->broken = false;
  // Commits, and arms the call's timer for the end of the ring.
  ASSERT_EQ(w.start(kAnn2, kBen, "r2")->taken, Taken::kSame);
  EXPECT_EQ(w.calls->busy(), 1u);
  w.after(5s);
  EXPECT_EQ(w.calls->busy(), 0u);
  EXPECT_FALSE(w.record(id).of(Party::kCaller).inside);
}

TEST_F(CallsRace, R40_AServerThatCannotRecoverSaysSo) {
  ring();
  w.kill();
  w.memory->broken = true;
  const auto count = w.start_again(w.now.line);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::kUnavailable);
}

TEST_F(CallsRace, R40_R42_KilledRightAfterTheCommitTheOutcomeStandsAndIsToldLater) {
  const call::CallId id = ring();
  w.forget_heard();
  w.pass(30s);
  w.calls->tick();
  const std::size_t before = w.memory->commits;
  while (w.memory->commits == before) w.pump(1);
  w.kill();
  EXPECT_THAT(w.tabs.heard, IsEmpty());
  EXPECT_EQ(w.record(id).ring, Ring::kMissed);
  ASSERT_EQ(*w.start_again(w.now.line), 0u);
  EXPECT_EQ(w.notifications(kBen, store::Which::kUndelivered).size(), 1u);
  EXPECT_THAT(w.topics(id), ElementsAre("call.started", "call.missed", "call.ended"));
}

TEST_F(CallsRace, AnswersThatComeAfterTheEndOfTheServerDoNothing) {
  const call::CallId id = talk();
  w.calls->act(kAnn, {id, CallMove::kLeave}, [](const auto&) { FAIL() << "nobody is there to hear it"; });
  w.calls->details(kAnn, id, [](const auto&) { FAIL() << "nobody is there to hear it"; });
  w.calls->start(kBen, {kCarl.who.member, {}, call::RequestId{"r2"}},
                 [](const auto&) { FAIL() << "nobody is there to hear it"; });
  w.calls.reset();
  w.pump();
}

// ---- bounds

TEST_F(CallsRace, OneCallTakesOnlySoManyMovesAtOnce) {
  const call::CallId id = ring();
  std::size_t answered = 0, too_many = 0;
  for (std::size_t i = 0; i < CallRunner::kMaxMoves + 10; ++i) {
    w.calls->act(kBen, {id, CallMove::kRingShown}, [&](const CallResult<CallAnswer>& answer) {
      ++answered;
      if (fault(answer) == ErrorCode::kTooMany) ++too_many;
    });
  }
  EXPECT_EQ(too_many, 10u);
  w.pump();
  EXPECT_EQ(answered, CallRunner::kMaxMoves + 10);
  EXPECT_EQ(w.calls->busy(), 0u);
}

TEST_F(CallsRace, OneMemberStartsOnlySoManyAtOnce) {
  std::size_t answered = 0, too_many = 0;
  for (std::size_t i = 0; i < CallStarter::kMaxOfMember + 3; ++i) {
    w.calls->start(kAnn, {kBen.who.member, {}, call::RequestId{"r" + std::to_string(i)}},
                   [&](const CallResult<CallAnswer>& answer) {
                     ++answered;
                     if (fault(answer) == ErrorCode::kTooMany) ++too_many;
                   });
  }
  EXPECT_EQ(too_many, 3u);
  w.pump();
  EXPECT_EQ(answered, CallStarter::kMaxOfMember + 3);
  EXPECT_TRUE(w.start(kAnn, kBen, "again"));
}

TEST_F(CallsRace, R39_ASiteWithVeryManyCallsLeavesTheStoreRoomForOthers) {
  w.settings.per_minute = {1'000, 1'000, 1'000};
  w.put_site();
  for (int i = 0; i < 300; ++i) {
    const std::string name = "m" + std::to_string(i);
    store::MemberUpdate update;
    update.member = call::MemberId{name};
    w.put_member(update);
    const Seat one = seat(name, name + "-tab", name + "-pc");
    w.open(one);
    ASSERT_TRUE(w.start(one, kBen, "r"));
  }
  ASSERT_EQ(w.calls->unfinished(), 300u);
  w.settings.private_calls = false;
  w.store->put_site({kTown, w.settings, {}}, [](const auto&) {});
  w.pump();
  w.calls->site_changed(kTown);
  std::size_t most = 0;
  while (!w.tasks.empty()) {
    most = std::max(most, w.tasks.size());
    w.pump(1);
  }
  EXPECT_LE(most, 64u);
  EXPECT_EQ(w.calls->unfinished(), 0u);
  EXPECT_EQ(w.calls->busy(), 0u);
}

}  // namespace
}  // namespace parley::signaling::world

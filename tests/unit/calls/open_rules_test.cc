// What goes on in an accepted call: R14 to R17, R23, R24, R31, R33 to R37, R39 to R41, R43, R44, R47, R49, R50.
#include <gtest/gtest.h>

#include "signaling/call/admission.h"
#include "signaling/call/deadline_line.h"
#include "unit/calls/call_world.h"

namespace parley::signaling::call {
namespace {

using namespace std::chrono_literals;

CallWorld talking() {
  CallWorld world;
  world.ring().both_inside();
  return world;
}

TEST(CallRules, R14_LeavingShowsTheDetails) {
  for (const By& by : {ann(), ben()}) {
    CallWorld world = talking();
    world.after(90s).act(Leave{by});
    EXPECT_EQ(world.told<DetailsReady>(by.party)->left, by.party);
    EXPECT_EQ(world.effects<Remove>().at(0).reason, RemoveReason::kLeft);
  }
}

TEST(CallRules, R14_WhoLeavesBeforeEnteringSeesThemToo) {
  CallWorld world;
  world.ring().accept();
  world.act(Leave{ben()});
  EXPECT_TRUE(world.told<DetailsReady>(Party::kCallee));
}

TEST(CallRules, R15_NothingMovesTheEndOfTheWindow) {
  CallWorld world = talking();
  const CallTime end = world.call.expires_at;
  world.at(1h).act(Leave{ben()});
  world.after(1s).enter(ben());
  world.act(Restarted{world.now});
  world.act(Choose{ann(), Media::kVideo});
  EXPECT_EQ(world.call.expires_at, end);
}

TEST(CallRules, R16_EachMayLeaveAndComeBackAnyNumberOfTimesWithOrWithoutTheOther) {
  CallWorld world = talking();
  for (int i = 0; i < 20; ++i) {
    const By& by = i % 3 == 0 ? ann() : ben();
    world.after(10s).act(Leave{by});
    EXPECT_FALSE(world.after(10s).enter(by));
  }
  world.act(Leave{ann()});
  world.act(Leave{ben()});
  EXPECT_FALSE(world.at(7199'999ms).enter(ann()));
}

TEST(CallRules, R17_EveryJoinIsRefusedAtAndAfterExpiry) {
  for (const By& by : {ann(), ben()}) {
    for (const auto& [moment, refused] :
         {std::pair{7199'999ms, false}, {7200'000ms, true}, {7200'001ms, true}, {9000'000ms, true}}) {
      CallWorld world = talking();
      world.act(Leave{by});
      world.act(AskTicket{by});
      world.now = world.call.started_at + moment;  // and no timer has fired
      const CallTime until = world.now + 60s;
      for (const Input& join : {Input{Choose{by, Media::kAudio}}, Input{AskTicket{by}}, Input{Enter{by, until}}}) {
        const auto answer = world.act(join);
        EXPECT_EQ(answer, refused ? std::optional(RefusalCode::kCallExpired) : std::nullopt);
        EXPECT_EQ(world.count<Admit>() + world.count<IssueTicket>() > 0,
                  !refused && !std::holds_alternative<Choose>(join));
      }
    }
  }
}

TEST(CallRules, R17_AnAcceptAtExpiryIsAJoinToo) {
  CallWorld world;
  world.ring().now = world.call.expires_at;
  EXPECT_EQ(world.act(Accept{ben(), Media::kAudio}), RefusalCode::kCallExpired);
}

TEST(CallRules, R23_WhoIsNotOneOfTheTwoSeesNoCall) {
  CallWorld world = talking();
  EXPECT_FALSE(details_of(world.call, kCarl, world.facts, world.now));
  EXPECT_FALSE(snapshot_of(world.call, kCarl, kAnnPc, world.facts, world.now));
  EXPECT_FALSE(world.call.party_of(kCarl));
}

TEST(CallRules, R24_ATicketLivesSixtySecondsAndNeverPastTheEnd) {
  CallWorld world;
  world.ring().accept();
  world.act(AskTicket{ben()});
  EXPECT_EQ(world.effects<IssueTicket>().at(0).until, world.now + 60s);
  world.at(7190s).act(AskTicket{ben()});
  EXPECT_EQ(world.effects<IssueTicket>().at(0).until, world.call.expires_at);
}

TEST(CallRules, R24_ATicketIsForOneTabAndForItsTime) {
  CallWorld world;
  world.ring().accept();
  world.act(AskTicket{ben()});
  const CallTime until = world.now + 60s;
  EXPECT_EQ(world.act(Enter{ben(kBenTab2), until}), RefusalCode::kBadTicket);
  world.now = until;
  EXPECT_EQ(world.act(Enter{ben(), until}), RefusalCode::kBadTicket);
  world.now = until - 1ms;
  EXPECT_FALSE(world.act(Enter{ben(), until}));
}

TEST(CallRules, R24_ATicketFromBeforeTheExitDoesNotLetBackIn) {
  CallWorld world = talking();
  world.act(AskTicket{ben()});
  world.act(Leave{ben()});
  EXPECT_EQ(world.act(Enter{ben(), world.now + 60s}), RefusalCode::kBadTicket);
}

TEST(CallRules, R31_AtTheEndACallIsCompletedIfBothWereInTogetherElseFailed) {
  EXPECT_EQ(talking().at(7200s).call.state, State::kCompleted);
  CallWorld one;
  one.ring().accept();
  one.enter(ann());
  one.act(Leave{ann()});
  one.enter(ben());  // one after the other
  EXPECT_EQ(one.at(7200s).call.state, State::kFailed);
  EXPECT_EQ(one.call.reason, Reason::kExpired);
}

TEST(CallRules, R31_AnOperatorsCutIsTerminated) {
  CallWorld world = talking();
  world.act(Terminate{});
  EXPECT_EQ(world.call.state, State::kTerminated);
  EXPECT_EQ(world.count<Remove>(), 2u);
  EXPECT_EQ(world.count<CloseRoom>(), 1u);
  EXPECT_EQ(world.act(AskTicket{ann()}), RefusalCode::kCallOver);
}

TEST(CallRules, R33_ANewerTabReplacesTheOlder) {
  CallWorld world = talking();
  EXPECT_FALSE(world.enter(ben(kBenTab2)));
  const auto removed = world.effects<Remove>();
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed[0].tab, kBenTab);
  EXPECT_EQ(removed[0].reason, RemoveReason::kReplaced);
  EXPECT_EQ(world.call.of(Party::kCallee).inside, kBenTab2);
  // The older one's end is nobody's exit.
  world.act(Left{Party::kCallee, 1});
  EXPECT_EQ(world.call.of(Party::kCallee).inside, kBenTab2);
  EXPECT_TRUE(world.last.effects.empty());
}

TEST(CallRules, R33_TheSameTabMayComeInAgainAndItsOlderConnectionGoes) {
  CallWorld world = talking();
  EXPECT_FALSE(world.enter(ben()));
  EXPECT_EQ(world.effects<Remove>().at(0).entry, 1u);
  EXPECT_EQ(world.effects<Admit>().at(0).entry, 2u);
  world.act(Left{Party::kCallee, 1});
  EXPECT_EQ(world.call.of(Party::kCallee).inside, kBenTab);
  world.act(Left{Party::kCallee, 2});
  EXPECT_FALSE(world.call.of(Party::kCallee).inside);
}

TEST(CallRules, R33_ASiteMayRefuseTheNewerInstead) {
  CallWorld world = talking();
  world.facts.site.second_tab = SecondTab::kRefuse;
  EXPECT_EQ(world.act(AskTicket{ben(kBenTab2)}), RefusalCode::kAlreadyInside);
  EXPECT_EQ(world.call.of(Party::kCallee).inside, kBenTab);
  EXPECT_FALSE(world.act(AskTicket{ben()}));
}

TEST(CallRules, R35_WhenBothHaveLeftTheRoomIsClosedAndTheCallStaysOpen) {
  CallWorld world = talking();
  world.act(Leave{ann()});
  EXPECT_EQ(world.count<CloseRoom>(), 0u);
  world.act(Left{Party::kCallee, 1});
  EXPECT_EQ(world.count<CloseRoom>(), 1u);
  EXPECT_EQ(world.call.state, State::kOpen);
  EXPECT_TRUE(details_of(world.call, kBen, world.facts, world.now)->can_rejoin);
}

TEST(CallRules, R35_ComingBackAloneIsQuiet) {
  CallWorld world = talking();
  world.act(Leave{ann()});
  world.act(Leave{ben()});
  world.enter(ann());
  EXPECT_EQ(world.told<BackInCall>(Party::kCallee)->party, Party::kCaller);
  EXPECT_FALSE(world.told<RingStarted>(Party::kCallee));
  EXPECT_EQ(world.count<OpenRoom>(), 1u);
  world.enter(ben());  // the other is there: nothing to announce
  EXPECT_FALSE(world.told<BackInCall>(Party::kCaller));
}

TEST(CallRules, R36_BothAreWarnedFiveMinutesAndOneMinuteBeforeTheEndAndCutAtIt) {
  CallWorld world = talking();
  EXPECT_FALSE(world.at(6899'999ms).told<ClosingSoon>(Party::kCaller));
  world.at(6900s);
  EXPECT_EQ(world.told<ClosingSoon>(Party::kCaller)->left, 300s);
  EXPECT_EQ(world.told<ClosingSoon>(Party::kCallee)->left, 300s);
  EXPECT_FALSE(world.at(6901s).told<ClosingSoon>(Party::kCaller));
  EXPECT_EQ(world.at(7140s).told<ClosingSoon>(Party::kCallee)->left, 60s);
  world.at(7200s);
  EXPECT_EQ(world.count<Remove>(), 2u);
  EXPECT_EQ(world.effects<Remove>()[0].reason, RemoveReason::kExpired);
  EXPECT_EQ(world.count<CloseRoom>(), 1u);
  EXPECT_TRUE(world.told<DetailsReady>(Party::kCaller));
  EXPECT_TRUE(world.told<CallClosed>(Party::kCallee));
}

TEST(CallRules, R36_NobodyInsideIsNobodyWarned) {
  CallWorld world;
  world.ring().accept().at(6900s);
  EXPECT_TRUE(world.nobody_told() || !world.told<ClosingSoon>(Party::kCaller));
}

TEST(CallRules, R36_AWindowTooShortForAWarningHasNone) {
  CallWorld world;
  world.facts.site.lifetime = 200s;
  world.ring().both_inside();
  EXPECT_FALSE(world.after(1s).act(Wake{}));
  EXPECT_FALSE(world.told<ClosingSoon>(Party::kCaller));
  EXPECT_EQ(world.at(140s).told<ClosingSoon>(Party::kCaller)->left, 60s);
}

TEST(CallRules, R37_TheDetailsAreComplete) {
  CallWorld world;
  world.ring().act(Choose{ann(), Media::kAudio});
  world.after(5s).both_inside();
  world.after(100s).act(Leave{ben()});
  world.after(50s).enter(ben());
  world.after(10s).act(Left{Party::kCallee, 2});
  world.after(7s).act(Leave{ann()});
  const auto details = details_of(world.call, kAnn, world.facts, world.now + 1h);
  ASSERT_TRUE(details);
  EXPECT_EQ(details->id, world.call.id);
  EXPECT_EQ(details->caller, kAnn);
  EXPECT_EQ(details->callee, kBen);
  EXPECT_EQ(details->origin.text(), "profile");
  EXPECT_EQ(details->started_at, call_time(1'000'000));
  EXPECT_EQ(details->answered_at, details->started_at + 5s);
  EXPECT_EQ(details->last_left_at, world.now);
  EXPECT_EQ(details->talked, 110s);
  EXPECT_EQ(details->caller_media, Media::kAudio);
  EXPECT_EQ(details->callee_media, Media::kVideo);
  EXPECT_EQ(details->outcome, Ring::kAccepted);
  EXPECT_EQ(details->state, State::kOpen);
  EXPECT_EQ(details->expires_at, details->started_at + 7200s);
  EXPECT_TRUE(details->can_rejoin);
  EXPECT_FALSE(details_of(world.call, kAnn, world.facts, details->expires_at)->can_rejoin);
}

TEST(CallRules, R37_TheTalkIsCountedWhileItGoesOnAndIsZeroWithoutTheOther) {
  CallWorld world = talking();
  EXPECT_EQ(talk_time(world.call, world.now + 42s), 42s);
  EXPECT_EQ(talk_time(world.call, world.call.expires_at + 1h), world.call.expires_at - world.now);
  CallWorld alone;
  alone.ring().accept();
  alone.enter(ann());
  EXPECT_EQ(talk_time(alone.call, alone.now + 42s), 0s);
}

TEST(CallRules, R37_EachExitTellsBoth) {
  CallWorld world = talking();
  world.act(Leave{ann()});
  EXPECT_TRUE(world.told<DetailsReady>(Party::kCaller));
  EXPECT_EQ(world.told<DetailsReady>(Party::kCallee)->left, Party::kCaller);
}

TEST(CallRules, R39_TheToggleLetsRunningMediaRunAndRefusesToComeBack) {
  CallWorld world = talking();
  world.facts.site.private_calls = false;
  world.act(Wake{});
  EXPECT_EQ(world.call.state, State::kOpen);
  EXPECT_TRUE(world.last.effects.empty());
  world.act(Leave{ben()});
  EXPECT_EQ(world.act(AskTicket{ben()}), RefusalCode::kPrivateCallsDisabled);
  EXPECT_FALSE(details_of(world.call, kBen, world.facts, world.now)->can_rejoin);
}

TEST(CallRules, R39_AnAcceptBeforeTheToggleStillLetsInOnce) {
  CallWorld world;
  world.ring().accept();
  world.facts.site.private_calls = false;
  EXPECT_FALSE(world.enter(ben()));
  EXPECT_FALSE(world.enter(ann()));
  EXPECT_TRUE(world.call.both_were_inside);
}

TEST(CallRules, R39_ASiteMayCutWhatRuns) {
  CallWorld world = talking();
  world.facts.site.private_calls = false;
  world.facts.site.on_disable = OnDisable::kTerminate;
  world.act(Wake{});
  EXPECT_EQ(world.call.state, State::kTerminated);
  EXPECT_EQ(world.call.reason, Reason::kFeatureDisabled);
  EXPECT_EQ(world.count<Remove>(), 2u);
}

TEST(CallRules, R40_ARingThatRanOutWithoutAServerIsMissedOnce) {
  CallWorld world;
  world.ring();
  const CallTime end = world.call.ring_ends_at;
  world.now = end + 10min;
  world.act(Restarted{call_time(1'001'000)});
  EXPECT_EQ(world.call.ring, Ring::kMissed);
  EXPECT_EQ(world.call.ended_at, end);
  EXPECT_EQ(world.notices, 1u);
  world.act(Restarted{world.now});
  EXPECT_EQ(world.notices, 1u);
}

TEST(CallRules, R40_TheTimersOfAStoredRecordAreTheSame) {
  CallWorld world;
  world.ring();
  EXPECT_EQ(timers_of(world.call), (std::vector<Timer>{{TimerKind::kRingEnd, world.now + 30s}}));
  world.accept();
  const CallTime start = world.call.started_at;
  const std::vector<Timer> expected = {{TimerKind::kCallerEntry, start + 60s},
                                       {TimerKind::kCalleeEntry, start + 60s},
                                       {TimerKind::kWarning, start + 6900s},
                                       {TimerKind::kWarning, start + 7140s},
                                       {TimerKind::kExpiry, start + 7200s}};
  EXPECT_EQ(timers_of(world.call), expected);
}

TEST(CallRules, R40_AfterARestartBothComeBackIntoTheSameCall) {
  CallWorld world = talking();
  world.after(100s);
  const CallTime alive = world.now;
  world.after(20s).act(Restarted{alive});
  EXPECT_EQ(world.call.state, State::kOpen);
  EXPECT_FALSE(world.call.of(Party::kCaller).inside);
  EXPECT_EQ(world.call.talked, 100s);
  EXPECT_FALSE(world.enter(ann()));
  EXPECT_EQ(world.count<OpenRoom>(), 1u);
  EXPECT_FALSE(world.enter(ben()));
  EXPECT_EQ(talk_time(world.call, world.now + 1s), 101s);
}

TEST(CallRules, R40_AfterARestartTheRingGoesOnIfTheCallerComesBack) {
  CallWorld world;
  world.ring().after(5s).act(Restarted{world.now});
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  EXPECT_EQ(next_wake(world.call), world.now + 15s);
  world.after(1s).act(TabConnected{ann()});
  EXPECT_EQ(next_wake(world.call), world.call.ring_ends_at);
  world.accept();
  EXPECT_EQ(world.call.ring, Ring::kAccepted);
}

TEST(CallRules, R40_WhoeverWasInsideAtTheEndOfTheWindowDidNotTalkWithoutAServer) {
  CallWorld world = talking();
  const CallTime alive = world.now + 10s;
  world.now = world.call.expires_at + 1h;
  world.act(Restarted{alive});
  EXPECT_EQ(world.call.state, State::kCompleted);
  EXPECT_EQ(world.call.talked, 10s);
  EXPECT_EQ(world.call.ended_at, world.call.expires_at);
}

TEST(CallRules, R41_AStepOfTheWallClockMovesNothing) {
  const ClockReading at_start{"boot-1", 100s, 1'000'000s};
  const DeadlineLine line = DeadlineLine::resume(std::nullopt, at_start);
  EXPECT_EQ(line.at(160s) - line.at(100s), 60s);
  const ClockRow row = line.row({"boot-1", 160s, 500s});  // the wall clock fell back by days
  const DeadlineLine again = DeadlineLine::resume(row, {"boot-1", 170s, 9'000'000s});
  EXPECT_EQ(again.at(170s) - row.line, 10s);
}

TEST(CallRules, R41_AfterARebootTheWallClockCountsAndNeverBackwards) {
  const ClockRow row{{"boot-1", 160s, 1'000s}, call_time(70'000)};
  EXPECT_EQ(DeadlineLine::resume(row, {"boot-2", 3s, 1'090s}).at(3s), call_time(160'000));
  EXPECT_EQ(DeadlineLine::resume(row, {"boot-2", 3s, 400s}).at(3s), call_time(70'000));
  EXPECT_EQ(DeadlineLine::resume(row, {"boot-2", 3s, 400s}).at(5s), call_time(72'000));
}

TEST(CallRules, R42_TheNotificationIsCommittedWithTheOutcome) {
  CallWorld world;
  world.ring().at(30s);
  ASSERT_TRUE(std::holds_alternative<Persist>(world.last.effects[0]));
  EXPECT_TRUE(std::get<Persist>(world.last.effects[0]).missed_notice);
  EXPECT_EQ(world.count<NotifyMissed>(), 1u);
}

TEST(CallRules, R43_RejoiningOneCallLeavesTheOther) {
  CallWorld world = talking();
  world.act(Leave{ben()});
  world.facts.callee_row.inside = call_id(7);
  world.enter(ben());
  ASSERT_EQ(world.count<LeaveOther>(), 1u);
  EXPECT_EQ(world.effects<LeaveOther>()[0].call, call_id(7));
  EXPECT_EQ(world.facts.callee_row.inside, world.call.id);
}

TEST(CallRules, R43_WhoRingsSomebodyElseCancelsThatFirst) {
  CallWorld world = talking();
  world.act(Leave{ann()});
  world.facts.caller_row.ringing_out = call_id(7);
  EXPECT_EQ(world.act(AskTicket{ann()}), RefusalCode::kCallerBusy);
}

TEST(CallRules, R43_AnAcceptOfSomebodyElsesCallIsNotUndoneByThisOne) {
  CallWorld world;
  world.ring();
  world.facts.caller_row.inside = call_id(7);  // Ann has just accepted Carl's call
  world.accept();
  EXPECT_EQ(world.facts.caller_row.inside, call_id(7));
  EXPECT_EQ(world.count<LeaveOther>(), 0u);
}

TEST(CallRules, R44_AnAcceptWithoutAnEntryIsToldAfterSixtySeconds) {
  CallWorld world;
  world.ring().enter(ann());
  world.after(3s).accept();
  world.at(62'999ms);
  EXPECT_FALSE(world.told<CouldNotConnect>(Party::kCaller));
  world.at(63s);
  EXPECT_EQ(world.told<CouldNotConnect>(Party::kCaller)->party, Party::kCallee);
  EXPECT_FALSE(world.told<CouldNotConnect>(Party::kCallee));
  EXPECT_FALSE(world.facts.callee_row.inside);
  EXPECT_EQ(world.notices, 0u);
  // Late is not too late.
  EXPECT_FALSE(world.at(3000s).enter(ben()));
  EXPECT_TRUE(world.call.both_were_inside);
}

TEST(CallRules, R49_ACallerWhoDoesNotComeIsToldToTheCallee) {
  CallWorld world;
  world.ring().accept();
  world.enter(ben());
  world.at(60s);
  EXPECT_EQ(world.told<CouldNotConnect>(Party::kCallee)->party, Party::kCaller);
}

TEST(CallRules, R49_WhoWasThereAndLeftIsNotMissing) {
  CallWorld world = talking();
  world.after(5s).act(Leave{ann()});
  world.at(60s);
  EXPECT_FALSE(world.told<CouldNotConnect>(Party::kCallee));
}

TEST(CallRules, R49_CancelAfterTheAcceptIsLeaving) {
  CallWorld world = talking();
  world.act(Cancel{ann()});
  EXPECT_EQ(world.call.ring, Ring::kAccepted);
  EXPECT_EQ(world.call.state, State::kOpen);
  EXPECT_FALSE(world.call.of(Party::kCaller).inside);
  EXPECT_TRUE(world.told<DetailsReady>(Party::kCaller));
}

TEST(CallRules, R49_AfterCancelNoTicketOpensTheDoor) {
  CallWorld world;
  world.ring().act(Choose{ann(), Media::kAudio});
  world.act(AskTicket{ann()});
  world.accept();
  world.act(Cancel{ann()});
  EXPECT_EQ(world.act(Enter{ann(), world.now + 60s}), RefusalCode::kBadTicket);
}

TEST(CallRules, R47_EachSideHasItsOwnMediaAndMayChangeIt) {
  CallWorld world;
  world.ring().act(Choose{ann(), Media::kAudio});
  world.accept();
  EXPECT_EQ(world.call.of(Party::kCaller).media, Media::kAudio);
  EXPECT_EQ(world.call.of(Party::kCallee).media, Media::kVideo);
  EXPECT_FALSE(world.act(Choose{ann(), Media::kVideo}));
  EXPECT_EQ(world.call.of(Party::kCaller).media, Media::kVideo);
  EXPECT_EQ(world.call.of(Party::kCallee).media, Media::kVideo);
}

TEST(CallRules, R50_ADeactivatedMemberIsPutOutAndGetsNoTicket) {
  CallWorld world = talking();
  world.facts.callee.deactivated = true;
  world.act(Wake{});
  EXPECT_EQ(world.effects<Remove>().at(0).reason, RemoveReason::kDeactivated);
  EXPECT_EQ(world.call.of(Party::kCaller).inside, kAnnTab);
  EXPECT_EQ(world.act(AskTicket{ben()}), RefusalCode::kNotFound);
}

}  // namespace
}  // namespace parley::signaling::call

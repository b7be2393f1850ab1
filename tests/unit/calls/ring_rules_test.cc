// How a ring goes and ends: R5 to R13, R18 to R22, R27 to R32, R39, R46, R48 to R50.
#include <gtest/gtest.h>

#include "signaling/call/admission.h"
#include "unit/calls/call_world.h"

namespace parley::signaling::call {
namespace {

using namespace std::chrono_literals;

TEST(CallRules, R5_TheCallerHasThreeMovesAndNoOther) {
  CallWorld world;
  world.ring();
  EXPECT_FALSE(world.act(Choose{ann(), Media::kAudio}));
  EXPECT_FALSE(world.act(Choose{ann(), Media::kVideo}));
  const CallRecord before = world.call;
  for (const Input& move :
       {Input{Accept{ann(), Media::kAudio}}, Input{Decline{ann()}}, Input{Dismiss{ann()}}, Input{RingShown{ann()}}}) {
    EXPECT_EQ(world.act(move), RefusalCode::kNotYourMove);
    EXPECT_EQ(world.call, before);
  }
  EXPECT_FALSE(world.act(Cancel{ann()}));
  EXPECT_EQ(world.call.ring, Ring::kCancelled);
}

TEST(CallRules, R6_CancelTakesEveryPopUpAwayAndClosesTheDoor) {
  CallWorld world;
  world.ring();
  world.act(Choose{ann(), Media::kAudio});
  world.act(AskTicket{ann()});
  world.act(Cancel{ann()});
  EXPECT_EQ(world.audience<RingStopped>(Party::kCallee), (Audience{Party::kCallee, {}, {}, {}}));
  EXPECT_EQ(world.told<RingStopped>(Party::kCallee)->reason, StopReason::kCancelled);
  EXPECT_EQ(world.call.state, State::kEnded);
  EXPECT_EQ(world.act(Enter{ann(), world.now + 60s}), RefusalCode::kCallOver);
  EXPECT_EQ(world.act(AskTicket{ann()}), RefusalCode::kCallOver);
}

TEST(CallRules, R7_AnotherTabJoinsWithATicketOfItsOwnAndBothAreTold) {
  CallWorld world;
  world.ring();
  world.act(Choose{ann(kAnnTab2), Media::kVideo});
  EXPECT_EQ(world.audience<PresenceChanged>(Party::kCaller), (Audience{Party::kCaller, {}, {}, {}}));
  world.act(AskTicket{ann(kAnnTab2)});
  EXPECT_EQ(world.effects<IssueTicket>().at(0).tab, kAnnTab2);
  EXPECT_EQ(world.act(Enter{ann(), world.now + 60s}), RefusalCode::kBadTicket);
  EXPECT_FALSE(world.act(Enter{ann(kAnnTab2), world.now + 60s}));
  EXPECT_EQ(world.call.of(Party::kCaller).inside, kAnnTab2);
}

TEST(CallRules, R8_TheCallerGoesInWithoutWaitingForTheCallee) {
  CallWorld world;
  world.ring();
  EXPECT_FALSE(world.enter(ann(), Media::kVideo));
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  EXPECT_EQ(world.count<OpenRoom>(), 1u);
  EXPECT_EQ(world.effects<Admit>().at(0).tab, kAnnTab);
}

TEST(CallRules, R8_WithoutAChoiceThereIsNoWayIn) {
  CallWorld world;
  world.ring();
  EXPECT_EQ(world.act(AskTicket{ann()}), RefusalCode::kNoMediaChosen);
}

TEST(CallRules, R9_TheCallerIsToldWhetherItWasDeclinedOrNotAnswered) {
  CallWorld declined;
  declined.ring().act(Decline{ben()});
  EXPECT_EQ(declined.told<RingEnded>(Party::kCaller)->ring, Ring::kDeclined);
  CallWorld missed;
  missed.ring().at(30s);
  EXPECT_EQ(missed.told<RingEnded>(Party::kCaller)->ring, Ring::kMissed);
  EXPECT_EQ(missed.told<RingEnded>(Party::kCaller)->reason, Reason::kTimeout);
}

// Every combination of the three switches.
class MessengerTest : public ::testing::TestWithParam<int> {
 protected:
  CallWorld world() const {
    CallWorld world;
    world.facts.site.messenger = GetParam() & 1;
    world.facts.caller.messenger = GetParam() & 2;
    world.facts.callee.messenger = GetParam() & 4;
    world.ring();
    return world;
  }
  AfterRing expected() const { return GetParam() == 7 ? AfterRing::kOfferMessage : AfterRing::kCloseDialogs; }
};

TEST_P(MessengerTest, R10_R13_TheMessageIsOfferedExactlyWhenAllThreeHaveMessengerOn) {
  CallWorld missed = world();
  missed.at(30s);
  EXPECT_EQ(missed.told<RingEnded>(Party::kCaller)->after, expected());
  CallWorld declined = world();
  declined.act(Decline{ben()});
  EXPECT_EQ(declined.told<RingEnded>(Party::kCaller)->after, expected());
  EXPECT_EQ(declined.told<RingEnded>(Party::kCallee)->after, expected());
}

TEST_P(MessengerTest, R38_TheMessageIsCheckedAgainWhenItIsSentAndTheRefusalIsTheSame) {
  CallWorld declined = world();
  declined.act(Decline{ben()});
  for (const MemberId& sender : {kAnn, kBen}) {
    const Verdict verdict = may_message(declined.call, sender, declined.facts);
    EXPECT_EQ(verdict.has_value(), GetParam() == 7);
    if (!verdict) {
      EXPECT_EQ(verdict.error().code, RefusalCode::kMessengerOff);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(CallRules, MessengerTest, ::testing::Range(0, 8));

TEST(CallRules, R38_WhoIsNotOfTheCallGetsTheAnswerForNoSuchCall) {
  CallWorld world;
  world.ring().act(Decline{ben()});
  EXPECT_EQ(may_message(world.call, kCarl, world.facts).error().code, RefusalCode::kNotFound);
}

TEST(CallRules, R11_TheOutcomeReachesACallerBeforeTheRoomAndInsideIt) {
  CallWorld before;
  before.ring().act(Decline{ben()});
  EXPECT_EQ(before.audience<RingEnded>(Party::kCaller), (Audience{Party::kCaller, {}, {}, {}}));
  CallWorld inside;
  inside.ring().enter(ann());
  inside.act(Decline{ben()});
  EXPECT_TRUE(inside.told<RingEnded>(Party::kCaller));
  EXPECT_EQ(inside.effects<Remove>().at(0).reason, RemoveReason::kRingOver);
  EXPECT_EQ(inside.count<CloseRoom>(), 1u);
  EXPECT_TRUE(inside.told<DetailsReady>(Party::kCaller));
}

TEST(CallRules, R12_AfterTheAcceptBothAreInTheSameRoom) {
  CallWorld world;
  world.ring().enter(ann());
  world.accept();
  world.enter(ben());
  EXPECT_EQ(world.count<OpenRoom>(), 0u);  // it is open already
  EXPECT_EQ(world.count<Admit>(), 1u);
  EXPECT_TRUE(world.call.both_were_inside);
}

TEST(CallRules, R18_TheCalleeMayAnswerWithAudioOrVideoOrDecline) {
  for (const Media media : {Media::kAudio, Media::kVideo}) {
    CallWorld world;
    world.ring().act(Accept{ben(), media});
    EXPECT_EQ(world.call.ring, Ring::kAccepted);
    EXPECT_EQ(world.call.of(Party::kCallee).media, media);
  }
  CallWorld world;
  world.ring().act(Decline{ben()});
  EXPECT_EQ(world.call.ring, Ring::kDeclined);
}

TEST(CallRules, R18_TheCalleeMayJoinInANewTabToo) {
  CallWorld world;
  world.ring().accept();
  const TabId fresh{"ben-new-tab"};
  EXPECT_FALSE(world.act(AskTicket{ben(fresh)}));
  EXPECT_FALSE(world.act(Enter{ben(fresh), world.now + 60s}));
  EXPECT_EQ(world.call.of(Party::kCallee).inside, fresh);
}

TEST(CallRules, R19_TheTabThatDeclinedIsOfferedToWrite) {
  CallWorld world;
  world.ring().act(Decline{ben(kBenTab2)});
  EXPECT_EQ(world.audience<RingEnded>(Party::kCallee)->only, kBenTab2);
  EXPECT_EQ(world.told<RingEnded>(Party::kCallee)->after, AfterRing::kOfferMessage);
}

TEST(CallRules, R20_AnUnansweredCallIsOneMissedNotification) {
  CallWorld world;
  world.ring().at(30s).at(31s).at(7300s);
  EXPECT_EQ(world.notices, 1u);
  EXPECT_TRUE(world.call.missed_notice);
}

TEST(CallRules, R20_ACancelledCallIsMissedOnlyIfThePopUpWasSeen) {
  CallWorld seen;
  seen.ring().act(RingShown{ben()});
  seen.act(Cancel{ann()});
  EXPECT_EQ(seen.notices, 1u);
  EXPECT_EQ(details_of(seen.call, kBen, seen.facts, seen.now)->outcome, Ring::kMissed);
  EXPECT_EQ(details_of(seen.call, kAnn, seen.facts, seen.now)->outcome, Ring::kCancelled);
  CallWorld unseen;
  unseen.ring().act(Cancel{ann()});
  unseen.act(RingShown{ben()});  // too late
  EXPECT_EQ(unseen.notices, 0u);
}

TEST(CallRules, R20_AcceptedDeclinedAndWithdrawnAreNeverNotified) {
  CallWorld accepted;
  accepted.ring().act(RingShown{ben()});
  accepted.accept().at(7200s);
  CallWorld withdrawn;
  withdrawn.ring().act(RingShown{ben()});
  withdrawn.facts.site.private_calls = false;
  withdrawn.act(Wake{});
  EXPECT_EQ(withdrawn.call.ring, Ring::kWithdrawn);
  EXPECT_EQ(accepted.notices + withdrawn.notices, 0u);
}

TEST(CallRules, R21_TheCalleeEntersAfterTheDevicesWithoutAnotherChoice) {
  CallWorld world;
  world.ring().accept();
  EXPECT_FALSE(world.act(AskTicket{ben()}));
  EXPECT_FALSE(world.act(Enter{ben(), world.now + 60s}));
}

TEST(CallRules, R21_NotAcceptedIsNotLetIn) {
  CallWorld world;
  world.ring();
  EXPECT_EQ(world.act(AskTicket{ben()}), RefusalCode::kNotYourMove);
  EXPECT_EQ(world.act(Enter{ben(), world.now + 60s}), RefusalCode::kNotYourMove);
}

TEST(CallRules, R22_ADeclinedCallMakesNoNotification) {
  CallWorld world;
  world.ring().act(RingShown{ben()});
  world.act(Decline{ben()});
  world.at(30s);
  EXPECT_EQ(world.notices, 0u);
}

TEST(CallRules, R26_TheRingEndsOnTheServersClockAlone) {
  CallWorld world;
  world.ring().at(29'999ms);
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  world.at(30s);
  EXPECT_EQ(world.call.ring, Ring::kMissed);
  EXPECT_EQ(world.told<RingStopped>(Party::kCallee)->reason, StopReason::kTimeout);
}

TEST(CallRules, R26_AnAcceptAfterTheEndIsLateEvenIfTheTimerIsLaterStill) {
  CallWorld world;
  world.ring().after(30s);
  EXPECT_FALSE(world.act(Accept{ben(), Media::kAudio}));
  EXPECT_EQ(world.call.ring, Ring::kMissed);
  EXPECT_EQ(world.audience<Settled>(Party::kCallee)->only, kBenTab);
}

TEST(CallRules, R27_TheFirstAcceptHasItAndTheOthersFallSilent) {
  CallWorld world;
  world.ring().accept(kBenTab);
  EXPECT_EQ(world.audience<RingStopped>(Party::kCallee)->except, kBenTab);
  EXPECT_EQ(world.told<RingStopped>(Party::kCallee)->reason, StopReason::kAnsweredElsewhere);
  EXPECT_EQ(world.audience<Answered>(Party::kCallee)->only, kBenTab);
  world.accept(kBenTab2);
  EXPECT_EQ(world.call.of(Party::kCallee).tab, kBenTab);
  EXPECT_TRUE(world.told<Settled>(Party::kCallee));
  EXPECT_EQ(world.count<Persist>(), 0u);
}

TEST(CallRules, R28_ADeclineOnOneSessionIsTheMembers) {
  CallWorld world;
  world.ring().act(Decline{ben(kBenTab)});
  EXPECT_EQ(world.audience<RingStopped>(Party::kCallee)->except, kBenTab);
  EXPECT_EQ(world.told<RingStopped>(Party::kCallee)->reason, StopReason::kDeclinedElsewhere);
}

TEST(CallRules, R29_PuttingItAwayHoldsForTheDevice) {
  CallWorld world;
  world.ring().act(Dismiss{ben()});
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  EXPECT_EQ(world.audience<RingStopped>(Party::kCallee)->device, kBenPc);
  EXPECT_TRUE(snapshot_of(world.call, kBen, kBenPc, world.facts, world.now)->put_away);
  EXPECT_FALSE(snapshot_of(world.call, kBen, kBenPhone, world.facts, world.now)->put_away);
}

TEST(CallRules, R29_PutAwayOnEveryConnectedDeviceIsMissed) {
  CallWorld world;
  world.ring().act(Dismiss{ben()});
  world.act(Dismiss{ben(kBenTab2)});
  EXPECT_EQ(world.call.ring, Ring::kMissed);
  EXPECT_EQ(world.call.reason, Reason::kDismissed);
  EXPECT_EQ(world.notices, 1u);
}

TEST(CallRules, R29_TheLastDeviceThatHasNotMayAlsoGoAway) {
  CallWorld world;
  world.ring().act(Dismiss{ben()});
  world.facts.callee_tabs[1].connected = false;  // a page is being changed
  world.act(Wake{});
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  world.facts.callee_tabs.pop_back();  // it did not come back
  world.act(Wake{});
  EXPECT_EQ(world.call.ring, Ring::kMissed);
}

TEST(CallRules, R29_GoingOfflineWithoutPuttingItAwayLetsItRing) {
  CallWorld world;
  world.ring();
  world.facts.callee_tabs.clear();
  world.act(Wake{});
  EXPECT_EQ(world.call.ring, Ring::kRinging);
}

TEST(CallRules, R29_OneMemberCantGrowTheListOfDevicesWithoutEnd) {
  CallWorld world;
  world.ring();
  for (std::size_t i = 0; i < kMaxDevices; ++i) {
    EXPECT_FALSE(world.act(Dismiss{{Party::kCallee, kBenTab, DeviceId{"d" + std::to_string(i)}}}));
  }
  EXPECT_EQ(world.act(Dismiss{{Party::kCallee, kBenTab, DeviceId{"more"}}}), RefusalCode::kTooManyDevices);
}

TEST(CallRules, R30_TheFirstOfTwoMovesDecidesAndTheSecondIsToldWithoutError) {
  struct End {
    Input input;
    Ring ring;
  };
  const std::vector<End> ends = {{Accept{ben(), Media::kAudio}, Ring::kAccepted},
                                 {Decline{ben(kBenTab2)}, Ring::kDeclined},
                                 {Cancel{ann()}, Ring::kCancelled}};
  for (const End& first : ends) {
    for (const End& second : ends) {
      CallWorld world;
      world.ring().act(first.input);
      EXPECT_EQ(world.call.ring, first.ring);
      EXPECT_FALSE(world.act(second.input));
      EXPECT_EQ(world.call.ring, first.ring);
    }
  }
}

TEST(CallRules, R30_AnAcceptAfterTheToggleIsToldThatTheCallIsWithdrawn) {
  CallWorld world;
  world.ring();
  world.facts.site.private_calls = false;
  EXPECT_FALSE(world.act(Accept{ben(), Media::kAudio}));
  EXPECT_EQ(world.call.ring, Ring::kWithdrawn);
  EXPECT_TRUE(world.told<Settled>(Party::kCallee));
}

TEST(CallRules, R30_AnAcceptCommitsAgainstBothMembersAndThePair) {
  CallWorld world;
  world.ring().accept();
  const Persist persist = world.effects<Persist>().at(0);
  EXPECT_EQ(persist.from, 1u);
  EXPECT_TRUE(persist.caller_row && persist.callee_row && persist.pair);
  EXPECT_FALSE(world.facts.pair.ringing);
  EXPECT_FALSE(world.facts.caller_row.ringing_out);
  EXPECT_EQ(world.facts.callee_row.inside, world.call.id);
}

TEST(CallRules, R31_TheFourEndingsEndTheCallAndItNeverRingsAgain) {
  for (const auto& [input, span] : std::vector<std::pair<Input, CallSpan>>{
           {Decline{ben()}, 1s}, {Wake{}, 30s}, {Cancel{ann()}, 1s}, {Terminate{}, 1s}}) {
    CallWorld world;
    world.ring().after(span).act(input);
    EXPECT_EQ(world.call.state, State::kEnded);
    const CallRecord ended = world.call;
    for (const Input& later : {Input{Accept{ben(), Media::kAudio}}, Input{Decline{ben()}}, Input{Cancel{ann()}},
                               Input{Dismiss{ben()}}, Input{Wake{}}, Input{Terminate{}}, Input{Restarted{world.now}}}) {
      world.after(1s).act(later);
      EXPECT_EQ(world.call, ended);
      EXPECT_FALSE(world.told<RingStarted>(Party::kCallee));
    }
    EXPECT_FALSE(next_wake(ended));
  }
}

TEST(CallRules, R32_InGlareChoosingIsTheAcceptAndCancellingTheDecline) {
  CallWorld chosen;
  chosen.ring().act(Choose{ben(), Media::kVideo});
  EXPECT_EQ(chosen.call.ring, Ring::kAccepted);
  CallWorld cancelled;
  cancelled.ring().act(Cancel{ben()});
  EXPECT_EQ(cancelled.call.ring, Ring::kDeclined);
}

TEST(CallRules, R39_TheToggleWithdrawsWhatRings) {
  CallWorld world;
  world.ring().enter(ann());
  world.facts.site.private_calls = false;
  world.act(Wake{});
  EXPECT_EQ(world.call.ring, Ring::kWithdrawn);
  EXPECT_EQ(world.call.reason, Reason::kFeatureDisabled);
  EXPECT_EQ(world.told<RingStopped>(Party::kCallee)->reason, StopReason::kWithdrawn);
  EXPECT_EQ(world.told<RingEnded>(Party::kCaller)->after, AfterRing::kCloseDialogs);
  EXPECT_EQ(world.count<CloseRoom>(), 1u);
  EXPECT_EQ(world.notices, 0u);
}

TEST(CallRules, R46_EveryEventHasTheNextNumberOfItsCall) {
  CallWorld world;
  world.ring();
  std::uint64_t last = 0;
  const auto check = [&] {
    for (const Tell& tell : world.effects<Tell>()) {
      const bool repeats =
          std::holds_alternative<SnapshotReady>(tell.event) || std::holds_alternative<Settled>(tell.event);
      EXPECT_EQ(tell.seq, repeats ? last : ++last);
    }
    EXPECT_EQ(world.call.event_seq, last);
  };
  check();
  for (const Input& input :
       {Input{Choose{ann(), Media::kAudio}}, Input{TabConnected{ben()}}, Input{Accept{ben(), Media::kAudio}},
        Input{Accept{ben(kBenTab2), Media::kAudio}}, Input{AskTicket{ann()}}, Input{Enter{ann(), world.now + 60s}}}) {
    world.act(input);
    check();
  }
  EXPECT_GE(last, 6u);
}

TEST(CallRules, R46_ASessionThatComesWhileItRingsGetsASnapshotWithTheTimeLeft) {
  CallWorld world;
  world.ring().after(12s).act(TabConnected{ben(kBenTab2)});
  EXPECT_EQ(world.audience<SnapshotReady>(Party::kCallee)->only, kBenTab2);
  EXPECT_FALSE(world.told<RingStarted>(Party::kCallee));
  EXPECT_EQ(world.count<Persist>(), 0u);
  const auto snapshot = snapshot_of(world.call, kBen, kBenPhone, world.facts, world.now);
  EXPECT_EQ(snapshot->outcome, Ring::kRinging);
  EXPECT_EQ(snapshot->ring_left, 18s);
  EXPECT_EQ(snapshot->left, 7188s);
  EXPECT_EQ(snapshot->seq, world.call.event_seq);
}

TEST(CallRules, R48_EachTransitionHasOneLineWithWhoFromToAndWhy) {
  CallWorld world;
  world.ring().accept();
  world.enter(ben());
  ASSERT_EQ(world.audit.size(), 3u);
  EXPECT_EQ(world.audit[0].why, "start");
  EXPECT_EQ(world.audit[1].who, Actor::kCallee);
  EXPECT_EQ(world.audit[1].from.ring, Ring::kRinging);
  EXPECT_EQ(world.audit[1].to.ring, Ring::kAccepted);
  EXPECT_EQ(world.audit[1].why, "accept");
  EXPECT_TRUE(world.audit[2].to.callee_inside);
  EXPECT_EQ(world.audit[2].from, world.audit[1].to);
}

TEST(CallRules, R48_ARefusalHasALineToo) {
  CallWorld world;
  world.ring().act(Accept{ann(), Media::kAudio});
  const auto lines = world.effects<Audit>();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].line.refused, RefusalCode::kNotYourMove);
  EXPECT_EQ(lines[0].line.why, "accept");
}

TEST(CallRules, R49_LeavingWhileItRingsIsCancel) {
  CallWorld world;
  world.ring().enter(ann());
  world.act(Leave{ann()});
  EXPECT_EQ(world.call.ring, Ring::kCancelled);
  EXPECT_EQ(world.effects<Remove>().size(), 1u);
}

TEST(CallRules, R49_ALostConnectionOfTheRoomAloneCancelsNothing) {
  CallWorld world;
  world.ring().enter(ann());
  world.act(Left{Party::kCaller, 1});
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  EXPECT_FALSE(world.enter(ann()));
}

TEST(CallRules, R49_ALostCallerHasFifteenSecondsToComeBack) {
  CallWorld world;
  world.ring().after(2s).act(TabClosed{ann()});
  world.at(16'999ms);
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  EXPECT_EQ(next_wake(world.call), world.call.started_at + 17s);
  world.at(17s);
  EXPECT_EQ(world.call.ring, Ring::kCancelled);
  EXPECT_EQ(world.call.reason, Reason::kCallerLost);
}

TEST(CallRules, R49_ACallerWhoIsBackInTimeGoesOnRinging) {
  CallWorld world;
  world.ring().act(TabClosed{ann()});
  world.after(14s).act(TabConnected{ann(kAnnTab2)});
  EXPECT_TRUE(world.told<SnapshotReady>(Party::kCaller));
  world.at(29s);
  EXPECT_EQ(world.call.ring, Ring::kRinging);
  EXPECT_FALSE(world.call.caller_lost_at);
}

TEST(CallRules, R49_AnyTabThatCarriesTheCallKeepsItAndOthersDoNot) {
  CallWorld world;
  world.ring().act(Choose{ann(kAnnTab2), Media::kAudio});
  world.facts.caller_tabs = {{kAnnTab2, kAnnPc, true}};
  world.act(TabClosed{ann()});
  EXPECT_FALSE(world.call.caller_lost_at);
  world.facts.caller_tabs = {{TabId{"a-page-without-the-call"}, kAnnPc, true}};
  world.act(TabClosed{ann(kAnnTab2)});
  EXPECT_TRUE(world.call.caller_lost_at);
}

TEST(CallRules, R49_SigningOutWhileItRingsIsCancelAtOnce) {
  CallWorld world;
  world.ring().act(TabClosed{ann(), true});
  EXPECT_EQ(world.call.ring, Ring::kCancelled);
}

TEST(CallRules, R50_DeactivatingEitherMemberWithdrawsTheRing) {
  for (MemberFacts Facts::* member : {&Facts::caller, &Facts::callee}) {
    CallWorld world;
    world.ring();
    (world.facts.*member).deactivated = true;
    world.act(Wake{});
    EXPECT_EQ(world.call.ring, Ring::kWithdrawn);
    EXPECT_EQ(world.call.reason, Reason::kMemberDeactivated);
    EXPECT_EQ(world.notices, 0u);
  }
}

}  // namespace
}  // namespace parley::signaling::call

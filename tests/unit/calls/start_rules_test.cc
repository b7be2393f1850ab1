// Whether a call begins: R1 to R5, R15, R25, R26, R32, R34, R43, R45, R50.
#include <gtest/gtest.h>

#include "unit/calls/call_world.h"

namespace parley::signaling::call {
namespace {

using namespace std::chrono_literals;

RefusalCode refusal(CallWorld& world) {
  const auto started = world.try_start();
  EXPECT_FALSE(started);
  return started ? RefusalCode::kNotFound : started.error().code;
}

// A call of `caller` to `callee` that both are in.
CallRecord open_call_between(const MemberId& caller, const MemberId& callee, CallTime now) {
  CallRecord call;
  call.id = call_id(9);
  call.site = kSite;
  call.caller = caller;
  call.callee = callee;
  call.started_at = now - 1min;
  call.ring_ends_at = now - 30s;
  call.expires_at = now + 1h;
  call.ring = Ring::kAccepted;
  call.state = State::kOpen;
  call.answered_at = now - 50s;
  for (PartyState& party : call.parties) {
    party.tab = party.inside = TabId{"elsewhere"};
    party.entered_at = now - 40s;
  }
  call.version = 5;
  return call;
}

TEST(CallRules, R1_WithTheToggleOffNothingBegins) {
  CallWorld world;
  world.facts.site.private_calls = false;
  EXPECT_EQ(refusal(world), RefusalCode::kPrivateCallsDisabled);
  EXPECT_EQ(to_string(RefusalCode::kPrivateCallsDisabled), "private_calls_disabled");
}

TEST(CallRules, R1_WithTheToggleOffARepeatedRequestIsRefusedToo) {
  CallWorld world;
  world.ring();
  world.facts.site.private_calls = false;
  StartFacts facts = world.start_facts();
  facts.same_request = world.call;
  EXPECT_EQ(start(world.request, facts, world.now).error().code, RefusalCode::kPrivateCallsDisabled);
}

TEST(CallRules, R2_ANewSiteHasTheToggleOff) {
  EXPECT_FALSE(SiteSettings{}.private_calls);
}

TEST(CallRules, R3_AnInactiveCalleeIsNotCalled) {
  CallWorld world;
  world.facts.callee.active = false;
  EXPECT_EQ(refusal(world), RefusalCode::kCalleeInactive);
}

TEST(CallRules, R4_EveryOriginOfThePagesIsTaken) {
  for (const char* text : {"site_directory", "profile", "group_directory", "post_avatar", "mention", "notification",
                           "details", "message", "other:poll", "other:a_b", "other:abcdefghijklmnopqrstuvwxyz______"}) {
    ASSERT_TRUE(Origin::parse(text)) << text;
    CallWorld world;
    world.request.origin = *Origin::parse(text);
    world.ring();
    EXPECT_EQ(world.call.origin.text(), text);
    EXPECT_EQ(world.call.ring, Ring::kRinging);
  }
}

TEST(CallRules, R4_AnOriginThatIsNeitherKnownNorALabelIsNone) {
  for (const char* text : {"", "directory", "Profile", "other", "other:", "other:A", "other:a1", "other:a b",
                           "other:a:b", "other:abcdefghijklmnopqrstuvwxyz_______"}) {
    EXPECT_FALSE(Origin::parse(text)) << text;
  }
}

TEST(CallRules, R15_TheWindowIsTwoHoursFromTheStart) {
  CallWorld world;
  world.ring();
  EXPECT_EQ(world.call.started_at, world.now);
  EXPECT_EQ(world.call.expires_at, world.now + 7200s);
}

TEST(CallRules, R15_TheWindowCanBeShortenedButNotBelowTenSeconds) {
  CallWorld world;
  world.facts.site.lifetime = 40s;
  EXPECT_EQ(world.ring().call.expires_at, world.now + 40s);
  CallWorld tiny;
  tiny.facts.site.lifetime = 1s;
  EXPECT_EQ(tiny.ring().call.expires_at, tiny.now + 10s);
  CallWorld huge;
  huge.facts.site.lifetime = 9000s;
  EXPECT_EQ(huge.ring().call.expires_at, huge.now + 7200s);
}

TEST(CallRules, R24_ACallsNameHas128Bits) {
  CallId::Bits bits{};
  bits[0] = 0xa5;
  bits[15] = 0x01;
  const CallId id = CallId::from_bits(bits);
  EXPECT_EQ(id.text(), "a5000000000000000000000000000001");
  EXPECT_EQ(CallId::parse(id.text()), id);
  EXPECT_FALSE(CallId::parse("a500000000000000000000000000001"));
  EXPECT_FALSE(CallId::parse("A5000000000000000000000000000001"));
}

TEST(CallRules, R25_NobodyCallsThemselves) {
  CallWorld world;
  world.request.callee = kAnn;
  EXPECT_EQ(refusal(world), RefusalCode::kCalleeUnknown);
}

TEST(CallRules, R26_TheRingHasAnEndFromTheBeginning) {
  CallWorld world;
  world.ring();
  EXPECT_EQ(world.call.ring_ends_at, world.now + 30s);
  ASSERT_EQ(world.count<WakeAt>(), 1u);
  EXPECT_EQ(world.effects<WakeAt>()[0].at, world.now + 30s);
}

TEST(CallRules, R26_TheRingsLengthStaysBetween10And120Seconds) {
  for (const auto& [wish, result] : {std::pair{5s, 10s}, {10s, 10s}, {120s, 120s}, {121s, 120s}}) {
    CallWorld world;
    world.facts.site.ring = wish;
    EXPECT_EQ(world.ring().call.ring_ends_at, world.now + result);
  }
}

TEST(CallRules, R26_TheRingNeverOutlastsTheWindow) {
  CallWorld world;
  world.facts.site.lifetime = 10s;
  world.ring();
  EXPECT_EQ(world.call.ring_ends_at, world.call.expires_at);
  EXPECT_EQ(world.at(10s).call.ring, Ring::kMissed);
}

TEST(CallRules, R27_EverySessionOfTheCalleeRings) {
  CallWorld world;
  world.ring();
  EXPECT_EQ(world.audience<RingStarted>(Party::kCallee), (Audience{Party::kCallee, {}, {}, {}}));
}

TEST(CallRules, R30_AStartCommitsAgainstBothMembersAndThePair) {
  CallWorld world;
  world.facts.callee_row.version = 7;
  world.ring();
  const Persist persist = world.effects<Persist>().at(0);
  EXPECT_TRUE(std::holds_alternative<Persist>(world.last.effects[0]));
  EXPECT_EQ(persist.from, 0u);
  EXPECT_EQ(world.call.version, 1u);
  ASSERT_TRUE(persist.caller_row && persist.callee_row && persist.pair);
  EXPECT_EQ(persist.caller_row->ringing_out, world.call.id);
  EXPECT_EQ(persist.callee_row->version, 8u);
  EXPECT_EQ(persist.pair->ringing, world.call.id);
}

TEST(CallRules, R32_CallingWhoIsCallingShowsTheirCall) {
  CallWorld world;
  world.ring();
  StartRequest back = world.request;
  back.id = call_id(2);
  back.request = RequestId{"bens"};
  back.by = {Party::kCaller, kBenTab, kBenPc};
  std::swap(back.caller, back.callee);
  StartFacts facts = world.start_facts();
  std::swap(facts.facts.caller, facts.facts.callee);
  std::swap(facts.facts.caller_row, facts.facts.callee_row);
  facts.pair_ringing = world.call;
  const auto started = start(back, facts, world.now + 1s);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->kind, StartKind::kGlare);
  EXPECT_EQ(started->step.next, world.call);
  EXPECT_TRUE(started->step.effects.empty());
  // A ring that has run out is no glare, settled or not.
  EXPECT_EQ(start(back, facts, world.now + 30s)->kind, StartKind::kCreated);
}

TEST(CallRules, R34_TheSameRequestReturnsTheSameCall) {
  CallWorld world;
  world.ring();
  StartFacts facts = world.start_facts();
  facts.same_request = world.call;
  const auto again = start(world.request, facts, world.now + 1s);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kind, StartKind::kSame);
  EXPECT_EQ(again->step.next, world.call);
  EXPECT_TRUE(again->step.effects.empty());
}

TEST(CallRules, R34_TheSameRequestForSomebodyElseIsRefused) {
  CallWorld world;
  world.ring();
  StartFacts facts = world.start_facts();
  facts.same_request = world.call;
  world.request.callee = kCarl;
  EXPECT_EQ(start(world.request, facts, world.now).error().code, RefusalCode::kRequestReused);
}

TEST(CallRules, R34_CallingAgainWhileItRingsMakesNoSecondCall) {
  CallWorld world;
  world.ring();
  StartFacts facts = world.start_facts();
  facts.pair_ringing = facts.caller_ringing = world.call;
  StartRequest again = world.request;
  again.id = call_id(2);
  again.request = RequestId{"req-2"};
  again.by.tab = kAnnTab2;
  auto started = start(again, facts, world.now + 1s);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->kind, StartKind::kSame);
  EXPECT_EQ(started->step.next.id, world.call.id);
  // The second tab carries the call as well: closing the first does not lose it.
  world.take(std::move(started->step));
  world.facts.caller_tabs = {{kAnnTab2, kAnnPc, true}};
  world.act(TabClosed{ann()});
  EXPECT_FALSE(world.call.caller_lost_at);
}

TEST(CallRules, R34_TheCallerGoesWhereTheCalleeWaits) {
  CallWorld world;
  CallRecord waiting = open_call_between(kBen, kAnn, world.now);
  waiting.of(Party::kCallee).inside.reset();
  waiting.of(Party::kCallee).left_at = world.now - 10s;
  world.facts.callee_row.inside = waiting.id;
  StartFacts facts = world.start_facts();
  facts.callee_inside = waiting;
  const auto started = start(world.request, facts, world.now);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->kind, StartKind::kJoin);
  EXPECT_EQ(started->step.next.id, waiting.id);
  // After its end there is nothing to go to.
  EXPECT_EQ(start(world.request, facts, waiting.expires_at)->kind, StartKind::kCreated);
}

TEST(CallRules, R34_OtherwiseANewCallRingsWithAWindowOfItsOwn) {
  CallWorld world;
  CallRecord old = open_call_between(kAnn, kBen, world.now);
  old.of(Party::kCallee).inside.reset();
  old.of(Party::kCallee).left_at = world.now - 10s;
  world.facts.caller_row.inside = old.id;
  StartFacts facts = world.start_facts();
  facts.caller_inside = old;
  auto started = start(world.request, facts, world.now);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->kind, StartKind::kCreated);
  world.take(std::move(started->step));
  EXPECT_EQ(world.call.expires_at, world.now + 7200s);
  ASSERT_EQ(world.count<LeaveOther>(), 1u);
  EXPECT_EQ(world.effects<LeaveOther>()[0].call, old.id);
  EXPECT_EQ(world.effects<LeaveOther>()[0].member, kAnn);
}

TEST(CallRules, R43_ACallerInsideWithSomebodyElseIsBusy) {
  CallWorld world;
  StartFacts facts = world.start_facts();
  facts.caller_inside = open_call_between(kCarl, kAnn, world.now);
  EXPECT_EQ(start(world.request, facts, world.now).error().code, RefusalCode::kCallerBusy);
  EXPECT_TRUE(start(world.request, facts, facts.caller_inside->expires_at));
}

TEST(CallRules, R43_ACallerRingingSomebodyElseIsBusy) {
  CallWorld world;
  world.request.callee = kCarl;
  world.ring();
  StartFacts facts = world.start_facts();
  facts.caller_ringing = world.call;
  StartRequest second = world.request;
  second.id = call_id(2);
  second.callee = kBen;
  EXPECT_EQ(start(second, facts, world.now + 29s).error().code, RefusalCode::kCallerBusy);
  EXPECT_TRUE(start(second, facts, world.now + 30s));
}

TEST(CallRules, R43_ACalleeInACallStillRingsMarkedBusy) {
  CallWorld world;
  StartFacts facts = world.start_facts();
  facts.callee_inside = open_call_between(kCarl, kBen, world.now);
  facts.facts.callee_row.inside = facts.callee_inside->id;
  auto started = start(world.request, facts, world.now);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->kind, StartKind::kCreated);
  EXPECT_TRUE(started->step.next.callee_busy);
  // Accepting leaves the other.
  world.facts.callee_row = facts.facts.callee_row;
  world.take(std::move(started->step));
  world.accept();
  ASSERT_EQ(world.count<LeaveOther>(), 1u);
  EXPECT_EQ(world.effects<LeaveOther>()[0].call, call_id(9));
  EXPECT_EQ(world.facts.callee_row.inside, world.call.id);
}

TEST(CallRules, R43_ASiteMayRejectInsteadOfRinging) {
  CallWorld world;
  world.facts.site.busy = BusyPolicy::kReject;
  StartFacts facts = world.start_facts();
  facts.callee_inside = open_call_between(kCarl, kBen, world.now);
  auto started = start(world.request, facts, world.now);
  ASSERT_TRUE(started);
  EXPECT_EQ(started->kind, StartKind::kRejectedBusy);
  world.take(std::move(started->step));
  EXPECT_EQ(world.call.ring, Ring::kMissed);
  EXPECT_EQ(world.call.reason, Reason::kBusy);
  EXPECT_EQ(world.call.state, State::kEnded);
  EXPECT_FALSE(world.told<RingStarted>(Party::kCallee));
  EXPECT_FALSE(world.told<RingStopped>(Party::kCallee));
  EXPECT_EQ(world.told<RingEnded>(Party::kCaller)->after, AfterRing::kOfferMessage);
  EXPECT_EQ(world.notices, 1u);
  EXPECT_FALSE(world.facts.caller_row.ringing_out);
  EXPECT_FALSE(world.facts.pair.ringing);
}

TEST(CallRules, R45_BeyondAnyOfTheThreeLimitsNothingRings) {
  for (const StartCounts recent : {StartCounts{10, 0, 0}, {0, 4, 0}, {0, 0, 20}}) {
    CallWorld world;
    StartFacts facts = world.start_facts();
    facts.recent = recent;
    EXPECT_EQ(start(world.request, facts, world.now).error().code, RefusalCode::kRateLimited);
  }
  CallWorld world;
  StartFacts facts = world.start_facts();
  facts.recent = {9, 3, 19};
  EXPECT_TRUE(start(world.request, facts, world.now));
}

TEST(CallRules, R50_UnknownForeignAndDeactivatedAreOneAnswer) {
  CallWorld unknown;
  unknown.facts.callee.known = false;
  EXPECT_EQ(refusal(unknown), RefusalCode::kCalleeUnknown);
  CallWorld deactivated;
  deactivated.facts.callee.deactivated = true;
  EXPECT_EQ(refusal(deactivated), RefusalCode::kCalleeUnknown);
}

TEST(CallRules, R50_BlockedAndTakingNoCallsLookLikeInactiveEvenBeyondTheLimits) {
  CallWorld world;
  StartFacts blocked = world.start_facts();
  blocked.blocked_by_callee = true;
  blocked.recent = {100, 100, 100};
  StartFacts takes_none = world.start_facts();
  takes_none.facts.callee.takes_calls = false;
  takes_none.recent = blocked.recent;
  StartFacts inactive = world.start_facts();
  inactive.facts.callee.active = false;
  inactive.recent = blocked.recent;
  for (const StartFacts& facts : {blocked, takes_none, inactive}) {
    EXPECT_EQ(start(world.request, facts, world.now).error().code, RefusalCode::kCalleeInactive);
  }
}

TEST(CallRules, R50_ADeactivatedMemberStartsNothing) {
  CallWorld world;
  world.facts.caller.deactivated = true;
  EXPECT_EQ(refusal(world), RefusalCode::kNotFound);
}

}  // namespace
}  // namespace parley::signaling::call

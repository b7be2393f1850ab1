#include "signaling/hub/calls_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/calls_hub/fake_lines.h"
#include "unit/calls_hub/store_desk.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;
using call::MemberId;
using call::RefusalCode;
using test::call_id;
using test::key;
using test::kOak;
using test::line;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class NoRooms : public CallRooms {
 public:
  void remove(const CallEntry&, call::RemoveReason) override {}
};

class CallsHubTest : public testing::Test {
 protected:
  CallsHubTest() {
    lines.on_hang_up = [this](ConnectionId id) { hub->closed(id, clock.now()); };
    hub = std::make_unique<CallsHub>(CallsHubWiring{*store.requests,
                                                    lines,
                                                    rooms,
                                                    {},
                                                    clock.function(),
                                                    [this](std::size_t bytes) { return random_hex(bytes); },
                                                    {}});
    store.site({.private_calls = true});
    store.members({"ann", "bob", "cid"});
  }

  std::string random_hex(std::size_t bytes) {
    std::string number = std::to_string(++drawn_);
    return std::string(2 * bytes - number.size(), '0') + number;
  }
  static Grant grant_of(const std::string& member) {
    Grant grant;
    grant.site = kOak.text();
    grant.member = member;
    return grant;
  }
  // Whose connection it is is remembered, for what it says later.
  void asks(std::uint64_t number, const CallClientMessage& message, const std::string& id = "r") {
    hub->request(line(number), grants_[number], id, message, clock.now());
  }
  void says(std::uint64_t number, const CallClientMessage& message, const std::string& id = "r") {
    asks(number, message, id);
    store.settle();
  }
  void attends(std::uint64_t number, const std::string& member, const std::string& tab = {}) {
    grants_[number] = grant_of(member);
    asks(number, attend(number, tab), "attend");
  }
  void comes(std::uint64_t number, const std::string& member, const std::string& tab = {}) {
    attends(number, member, tab);
    store.settle();
    ASSERT_EQ(lines.count<Attending>(number), 1u) << member << " was not let in";
  }
  static Attend attend(std::uint64_t number, const std::string& tab = {}) {
    return {call::TabId(tab.empty() ? "tab-" + std::to_string(number) : tab),
            call::DeviceId("device-" + std::to_string(number)), true};
  }
  void changes(const store::MemberUpdate& update) {
    store.member(update);
    hub->member_changed({kOak, update.member});
    store.settle();
  }
  void changes(const call::SiteSettings& settings) {
    store.site(settings);
    hub->site_changed(kOak);
    store.settle();
  }
  void pass(std::chrono::milliseconds span) {
    clock.pass(span);
    hub->tick(clock.now());
    store.settle();
  }
  std::optional<ErrorCode> error(std::uint64_t number) const {
    const auto found = lines.refused.find(line(number));
    if (found == lines.refused.end() || found->second.empty()) return std::nullopt;
    return found->second.back().error.code;
  }
  std::vector<RefusalCode> refusals(std::uint64_t number) const {
    std::vector<RefusalCode> codes;
    for (const RefusalNote& note : lines.all<RefusalNote>(number)) codes.push_back(note.code);
    return codes;
  }
  std::vector<std::string> words(std::uint64_t number) const {
    std::vector<std::string> names;
    for (const CallEvent& event : lines.all<CallEvent>(number)) names.emplace_back(call::name_of(event.event));
    return names;
  }
  std::string request_of_last(std::uint64_t number) const { return lines.said.at(line(number)).back().request; }

  test::FakeClock clock;
  test::FakeLines lines;
  NoRooms rooms;
  test::StoreOfTests store;
  std::unique_ptr<CallsHub> hub;

 private:
  std::uint64_t drawn_ = 0;
  std::map<std::uint64_t, Grant> grants_;
};

// ---- attend

TEST_F(CallsHubTest, WhoAttendsLearnsWhoTheyAreAndWhereTheyAre) {
  store.member({.member = MemberId("ann"), .role = store::Role::kAdmin, .messenger = false});
  comes(1, "ann");
  const Attending attending = lines.all<Attending>(1).at(0);
  EXPECT_EQ(attending.you, (Person{MemberId("ann"), "Name of ann", {}}));
  EXPECT_TRUE(attending.admin);
  EXPECT_FALSE(attending.messenger);
  EXPECT_TRUE(attending.takes_calls);
  EXPECT_EQ(attending.site, (SiteNote{kOak, true, true, MessengerKind::kBuiltin}));
  EXPECT_EQ(attending.at, clock.now().calendar);
  EXPECT_THAT(attending.calls, IsEmpty());
  EXPECT_EQ(request_of_last(1), "attend");
  EXPECT_EQ(hub->tabs(), 1u);
}

TEST_F(CallsHubTest, R23_OnlyAMembersOwnTokenAttends) {
  Grant service = grant_of("ann");
  service.service = true;
  Grant bound = grant_of("ann");
  bound.room = "lounge";
  Grant nobody = grant_of("");
  std::uint64_t number = 1;
  for (const Grant& grant : {service, bound, nobody}) {
    hub->request(line(number), grant, "r", attend(number), clock.now());
    store.settle();
    EXPECT_EQ(error(number), ErrorCode::kForbidden) << number;
    EXPECT_TRUE(lines.closed(number));
    ++number;
  }
  EXPECT_EQ(hub->tabs(), 0u);
}

TEST_F(CallsHubTest, R50_StrangersAndTheDeactivatedAreNotLetIn) {
  store.member({.member = MemberId("dan"), .deactivated = true});
  attends(1, "dan");
  attends(2, "nobody");
  Grant elsewhere = grant_of("ann");
  elsewhere.site = "elm";
  hub->request(line(3), elsewhere, "r", attend(3), clock.now());
  store.settle();
  for (std::uint64_t each = 1; each <= 3; ++each) {
    EXPECT_EQ(error(each), ErrorCode::kForbidden) << each;
    EXPECT_TRUE(lines.closed(each));
  }
  EXPECT_EQ(lines.refused.at(line(1)).at(0).error.message, lines.refused.at(line(2)).at(0).error.message);
}

TEST_F(CallsHubTest, NothingIsDoneForWhoeverDoesNotAttend) {
  asks(1, CallStart{MemberId("bob"), {}, call::RequestId("request")}, "r1");
  EXPECT_EQ(error(1), ErrorCode::kConflict);
  EXPECT_EQ(lines.refused.at(line(1)).at(0).request, "r1");
  EXPECT_FALSE(lines.closed(1));
  attends(1, "ann");
  asks(1, Interacted{});
  EXPECT_EQ(lines.refused.at(line(1)).size(), 2u) << "not answered yet";
}

TEST_F(CallsHubTest, AConnectionAttendsOnce) {
  attends(1, "ann");
  asks(1, attend(1), "second");
  EXPECT_EQ(error(1), ErrorCode::kConflict);
  store.settle();
  says(1, attend(1), "third");
  EXPECT_EQ(lines.refused.at(line(1)).size(), 2u);
  EXPECT_EQ(lines.count<Attending>(1), 1u);
}

TEST_F(CallsHubTest, AConnectionThatGoesBeforeItIsAnsweredLeavesNothing) {
  for (int answers = 0; answers < 5; ++answers) {
    const auto number = static_cast<std::uint64_t>(10 + answers);
    attends(number, "ann");
    for (int i = 0; i < answers; ++i) store.answer();
    hub->closed(line(number), clock.now());
    store.settle();
    EXPECT_EQ(hub->tabs(), 0u) << answers;
  }
}

TEST_F(CallsHubTest, R50_WhoIsDeactivatedWhileAttendingDoesNotStay) {
  for (int answers = 0; answers < 5; ++answers) {
    store.member({.member = MemberId("ann"), .deactivated = false});
    const auto number = static_cast<std::uint64_t>(10 + answers);
    attends(number, "ann");
    for (int i = 0; i < answers; ++i) store.answer();
    changes({.member = MemberId("ann"), .deactivated = true});
    EXPECT_TRUE(lines.closed(number)) << answers;
    EXPECT_EQ(hub->tabs(), 0u) << answers;
  }
}

TEST_F(CallsHubTest, WhatChangesWhileATabIsWelcomedIsToldAfterTheWelcome) {
  attends(1, "ann");
  store.answer();
  store.site({.private_calls = false});
  hub->site_changed(kOak);
  store.settle();
  const auto& said = lines.said.at(line(1));
  ASSERT_THAT(said, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<Attending>(said[0].message));
  ASSERT_TRUE(std::holds_alternative<SiteChangedNote>(said[1].message));
  EXPECT_FALSE(std::get<SiteChangedNote>(said[1].message).site.private_calls);
}

TEST_F(CallsHubTest, AStoreThatIsShutSendsTheTabAwayToComeBack) {
  store.requests->close();
  attends(1, "ann");
  store.settle();
  EXPECT_EQ(error(1), ErrorCode::kUnavailable);
  EXPECT_EQ(lines.hung_up.at(line(1)).first, CloseCode::kGoingAway);
}

TEST_F(CallsHubTest, R42_WhatWasMissedIsShownAtTheNextConnectionAndOnce) {
  store.missed_call(1, "bob", "ann");
  comes(1, "ann");
  const Attending first = lines.all<Attending>(1).at(0);
  ASSERT_THAT(first.notifications, SizeIs(1));
  EXPECT_EQ(first.notifications[0].call, call_id(1));
  EXPECT_EQ(first.unread, 1u);
  comes(2, "ann");
  EXPECT_THAT(lines.all<Attending>(2).at(0).notifications, IsEmpty());
  EXPECT_EQ(lines.all<Attending>(2).at(0).unread, 1u);
}

TEST_F(CallsHubTest, TheSameTabAgainReplacesTheOlderConnection) {
  comes(1, "ann", "tab");
  comes(2, "ann", "tab");
  EXPECT_EQ(lines.all<AttendanceClosed>(1).at(0).reason, AttendanceEnd::kReplaced);
  EXPECT_TRUE(lines.closed(1));
  EXPECT_EQ(hub->tabs(), 1u);
}

TEST_F(CallsHubTest, SigningOutIsTheLastWordOfAConnection) {
  comes(1, "ann");
  says(1, SignOut{});
  EXPECT_EQ(lines.all<AttendanceClosed>(1).at(0).reason, AttendanceEnd::kSignedOut);
  EXPECT_TRUE(lines.closed(1));
  EXPECT_EQ(hub->tabs(), 0u);
}

// ---- cards

TEST_F(CallsHubTest, R50_WatchingSaysWhoIsThereAndTellsWhatChanges) {
  comes(1, "ann");
  comes(2, "bob");
  says(1, Watch{{MemberId("bob"), MemberId("nobody"), MemberId("cid"), MemberId("ann")}}, "w1");
  EXPECT_EQ(request_of_last(1), "w1");
  const auto watched = lines.all<Watching>(1).at(0).members;
  ASSERT_THAT(watched, SizeIs(3));
  EXPECT_EQ(watched[0], (PersonState{{MemberId("bob"), "Name of bob", {}}, true, true}));
  EXPECT_EQ(watched[1], (PersonState{{MemberId("cid"), "Name of cid", {}}, false, false}));
  EXPECT_EQ(watched[2], (PersonState{{MemberId("ann"), "Name of ann", {}}, true, false}));
  says(2, SignOut{});
  ASSERT_EQ(lines.count<PresenceNote>(1), 1u);
  EXPECT_EQ(lines.all<PresenceNote>(1)[0].member, (PersonState{{MemberId("bob"), "Name of bob", {}}, false, false}));
}

TEST_F(CallsHubTest, R50_BlockedTakingNoCallsAndAwayAreToldAlike) {
  comes(1, "ann");
  comes(2, "bob");
  comes(3, "cid");
  says(1, Watch{{MemberId("bob")}});
  says(3, Watch{{MemberId("bob")}});
  const auto told = [&](std::uint64_t number) {
    const auto notes = lines.all<PresenceNote>(number);
    lines.clear();
    return notes;
  };
  changes({.member = MemberId("bob"), .blocked = std::vector{MemberId("ann")}});
  const auto blocked = told(1);
  changes({.member = MemberId("bob"), .blocked = std::vector<MemberId>{}});
  lines.clear();
  changes({.member = MemberId("bob"), .takes_calls = false});
  const auto no_calls = told(1);
  changes({.member = MemberId("bob"), .takes_calls = true});
  lines.clear();
  says(2, SignOut{});
  const auto away = told(1);
  ASSERT_THAT(away, SizeIs(1));
  EXPECT_FALSE(away[0].member.active);
  for (const auto& each : {blocked, no_calls}) {
    ASSERT_THAT(each, SizeIs(1));
    EXPECT_EQ(each[0].member, away[0].member);
  }
}

TEST_F(CallsHubTest, WhatChangesWhileACardIsReadIsNotLost) {
  comes(1, "ann");
  for (int answers = 0; answers < 3; ++answers) {
    const std::string name = "Name " + std::to_string(answers);
    asks(1, Watch{{MemberId("bob")}});
    for (int i = 0; i < answers; ++i) store.answer();
    changes({.member = MemberId("bob"), .name = name});
    ASSERT_GE(lines.count<PresenceNote>(1), 1u) << answers;
    EXPECT_EQ(lines.all<PresenceNote>(1).back().member.person.name, name);
    lines.clear();
    says(1, Watch{});
  }
}

TEST_F(CallsHubTest, R1_TheToggleIsToldToPagesAndCards) {
  comes(1, "ann");
  comes(2, "bob");
  says(1, Watch{{MemberId("bob")}});
  changes(call::SiteSettings{});
  EXPECT_FALSE(lines.all<SiteChangedNote>(2).at(0).site.private_calls);
  ASSERT_EQ(lines.count<PresenceNote>(1), 1u);
  EXPECT_FALSE(lines.all<PresenceNote>(1)[0].member.callable);
  changes({.private_calls = true, .messenger_by_platform = true});
  EXPECT_EQ(lines.all<SiteChangedNote>(1).at(1).site, (SiteNote{kOak, true, true, MessengerKind::kPlatform}));
  EXPECT_TRUE(lines.all<PresenceNote>(1).at(1).member.callable);
}

// ---- changed facts

TEST_F(CallsHubTest, AMembersTabsLearnOfItsSwitches) {
  comes(1, "ann");
  comes(2, "bob");
  changes({.member = MemberId("ann"), .name = "Anna", .messenger = false});
  const auto told = lines.all<YouChangedNote>(1);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].you.name, "Anna");
  EXPECT_FALSE(told[0].messenger);
  EXPECT_EQ(lines.count<YouChangedNote>(2), 0u);
}

TEST_F(CallsHubTest, R50_DeactivatingAMemberClosesItsSessions) {
  comes(1, "ann");
  comes(2, "ann");
  comes(3, "bob");
  says(3, Watch{{MemberId("ann")}});
  changes({.member = MemberId("ann"), .deactivated = true});
  for (std::uint64_t each = 1; each <= 2; ++each) {
    EXPECT_EQ(lines.all<AttendanceClosed>(each).at(0).reason, AttendanceEnd::kDeactivated);
    EXPECT_TRUE(lines.closed(each));
  }
  ASSERT_EQ(lines.count<PresenceNote>(3), 1u);
  EXPECT_FALSE(lines.all<PresenceNote>(3)[0].member.active);
  EXPECT_FALSE(lines.closed(3));
}

TEST_F(CallsHubTest, R50_AnErasedMemberAndAnErasedSiteAreGone) {
  comes(1, "ann");
  comes(2, "bob");
  ASSERT_TRUE(store.backend->erase_member(kOak, MemberId("ann")));
  hub->member_changed(key("ann"));
  store.settle();
  EXPECT_TRUE(lines.closed(1));
  EXPECT_FALSE(lines.closed(2));
  ASSERT_TRUE(store.backend->erase_site(kOak, {}));
  hub->site_changed(kOak);
  store.settle();
  EXPECT_TRUE(lines.closed(2));
  EXPECT_EQ(hub->tabs(), 0u);
}

TEST_F(CallsHubTest, AChangeThatCouldNotBeReadIsReadAgain) {
  comes(1, "ann");
  comes(2, "bob");
  store.backend->refuse_reads(2);
  changes({.member = MemberId("ann"), .deactivated = true});
  changes(call::SiteSettings{});
  EXPECT_FALSE(lines.closed(1)) << "the store was too busy";
  EXPECT_EQ(lines.count<SiteChangedNote>(2), 0u);
  pass(100ms);
  EXPECT_TRUE(lines.closed(1));
  EXPECT_EQ(lines.count<SiteChangedNote>(2), 1u);
}

TEST_F(CallsHubTest, AThousandChangedMembersDoNotFillTheStoresQueue) {
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("m" + std::to_string(i));
  store.members(names);
  comes(1, "ann");
  std::vector<MemberId> ids(names.begin(), names.end());
  says(1, Watch{ids});
  for (const MemberId& id : ids) {
    store.member({.member = id, .name = "New"});
    hub->member_changed({kOak, id});
  }
  EXPECT_LE(store.tasks.size(), 16u);
  store.settle();
  EXPECT_EQ(lines.count<PresenceNote>(1), 200u);
  for (int i = 0; i < 5'000; ++i) hub->member_changed(key("far" + std::to_string(i)));
  EXPECT_THAT(store.tasks, IsEmpty()) << "nobody here looks at them";
}

TEST_F(CallsHubTest, R3_WhatThePlatformSawKeepsAMemberActive) {
  comes(1, "ann");
  comes(2, "bob");
  says(1, Watch{{MemberId("bob")}});
  const auto minutes = [&](int count) {
    for (int i = 0; i < count; ++i) {
      for (std::uint64_t each = 1; each <= 2; ++each) hub->pong(line(each), clock.now());
      pass(60s);
    }
  };
  minutes(4);
  hub->member_interacted(key("bob"));
  minutes(4);
  EXPECT_EQ(lines.count<PresenceNote>(1), 0u);
  minutes(1);
  EXPECT_EQ(lines.count<PresenceNote>(1), 1u);
}

// ---- messages and notifications

TEST_F(CallsHubTest, R38_AMessageReachesTheOtherTabsOfBoth) {
  comes(1, "ann");
  comes(2, "ann");
  comes(3, "bob");
  comes(4, "cid");
  says(1, MessageSend{MemberId("bob"), "hello", {}, "key-0001"}, "m1");
  ASSERT_EQ(lines.count<MessageAnswer>(1), 1u);
  EXPECT_EQ(lines.all<MessageAnswer>(1)[0].message.key, "key-0001");
  EXPECT_EQ(lines.count<MessageEvent>(1), 0u);
  ASSERT_EQ(lines.count<MessageEvent>(2), 1u);
  ASSERT_EQ(lines.count<MessageEvent>(3), 1u);
  const MessageEvent received = lines.all<MessageEvent>(3)[0];
  EXPECT_EQ(received.message.text, "hello");
  EXPECT_EQ(received.message.key, "");
  EXPECT_EQ(received.from.name, "Name of ann");
  EXPECT_EQ(lines.count<MessageEvent>(4), 0u);
  says(1, MessageSend{MemberId("bob"), "hello", {}, "key-0001"}, "m2");
  EXPECT_EQ(lines.count<MessageAnswer>(1), 2u);
  EXPECT_EQ(lines.count<MessageEvent>(3), 1u) << "a repetition is no news";
}

TEST_F(CallsHubTest, R13_ARefusalToWriteNamesNobody) {
  comes(1, "ann");
  changes({.member = MemberId("bob"), .messenger = false});
  says(1, MessageSend{MemberId("bob"), "hello", {}, {}}, "m1");
  EXPECT_THAT(refusals(1), ElementsAre(RefusalCode::kMessengerOff));
  EXPECT_EQ(request_of_last(1), "m1");
}

TEST_F(CallsHubTest, WhatThePlatformStoredIsToldToBoth) {
  comes(1, "ann");
  comes(2, "bob");
  hub->message_stored(kOak, {7, MemberId("ann"), MemberId("bob"), {}, "from elsewhere", {}, {}});
  store.settle();
  EXPECT_EQ(lines.all<MessageEvent>(1).at(0).message.serial, 7u);
  EXPECT_EQ(lines.all<MessageEvent>(2).at(0).from.name, "Name of ann");
}

TEST_F(CallsHubTest, EveryWishToReadIsAnswered) {
  store.missed_call(1, "bob", "ann");
  comes(1, "ann");
  says(1, NotificationsWish{}, "n");
  EXPECT_THAT(lines.all<NotificationsAnswer>(1).at(0).items, SizeIs(1));
  says(1, MarkRead{}, "k");
  EXPECT_EQ(lines.all<Marked>(1).at(0).unread, 0u);
  says(1, ThreadWish{MemberId("bob"), {}}, "t");
  EXPECT_TRUE(lines.all<ThreadAnswer>(1).at(0).usable);
  says(1, CallHistory{}, "h");
  EXPECT_THAT(lines.all<CallHistoryAnswer>(1).at(0).calls, SizeIs(1));
  says(1, CallDetailsWish{call_id(1)}, "d");
  EXPECT_EQ(lines.all<CallDetailsAnswer>(1).at(0).details.id, call_id(1));
  EXPECT_EQ(request_of_last(1), "d");
  says(1, CallDetailsWish{call_id(9)}, "x");
  EXPECT_THAT(refusals(1), ElementsAre(RefusalCode::kNotFound));
}

// ---- calls

class RingingHub : public CallsHubTest {
 protected:
  call::CallId rings(std::uint64_t number, const std::string& callee) {
    says(number, CallStart{MemberId(callee), {}, call::RequestId("request-" + std::to_string(++started_))}, "start");
    const auto answers = lines.all<CallAnswer>(number);
    EXPECT_FALSE(answers.empty()) << "not started";
    return answers.empty() ? call::CallId{} : answers.back().snapshot.id;
  }

 private:
  int started_ = 0;
};

TEST_F(RingingHub, R27_EveryTabOfTheCalleeRingsAndTheFirstAcceptStopsTheOthers) {
  comes(1, "ann");
  comes(2, "bob");
  comes(3, "bob");
  const call::CallId id = rings(1, "bob");
  EXPECT_THAT(words(2), ElementsAre("ring_started"));
  EXPECT_THAT(words(3), ElementsAre("ring_started"));
  says(2, CallChoose{id, call::Media::kVideo, true}, "accept");
  EXPECT_EQ(lines.count<CallAnswer>(2), 1u);
  EXPECT_THAT(words(3), testing::Contains("ring_stopped"));
  EXPECT_THAT(words(1), testing::Contains("answered"));
}

TEST_F(RingingHub, R3_WhoeverIsAwayIsNotCalledAndWhoeverComesIs) {
  comes(1, "ann");
  says(1, CallStart{MemberId("bob"), {}, call::RequestId("request-a")}, "s1");
  EXPECT_THAT(refusals(1), ElementsAre(RefusalCode::kCalleeInactive));
  comes(2, "bob");
  rings(1, "bob");
  EXPECT_THAT(words(2), ElementsAre("ring_started"));
}

TEST_F(RingingHub, R46_ATabThatComesWhileItRingsLearnsOfTheCallWithItsWelcome) {
  comes(1, "ann");
  comes(2, "bob");
  const call::CallId id = rings(1, "bob");
  pass(5s);
  comes(3, "bob");
  const Attending attending = lines.all<Attending>(3).at(0);
  ASSERT_THAT(attending.calls, SizeIs(1));
  EXPECT_EQ(attending.calls[0].id, id);
  EXPECT_EQ(attending.calls[0].ring_left, 25s);
  EXPECT_TRUE(std::holds_alternative<Attending>(lines.said.at(line(3)).front().message));
  EXPECT_EQ(hub->unfinished(), 1u);
}

TEST_F(RingingHub, R20_R26_AnUnansweredRingEndsAndIsNotified) {
  comes(1, "ann");
  comes(2, "bob");
  rings(1, "bob");
  pass(30s);
  EXPECT_EQ(lines.count<NotificationEvent>(2), 1u);
  EXPECT_EQ(lines.all<NotificationEvent>(2)[0].unread, 1u);
  EXPECT_EQ(hub->unfinished(), 0u);
  comes(3, "bob");
  EXPECT_THAT(lines.all<Attending>(3).at(0).notifications, IsEmpty()) << "shown already";
}

TEST_F(RingingHub, R29_TheRingEndsWhenTheLastDeviceThatCouldAnswerIsGone) {
  comes(1, "ann");
  comes(2, "bob");
  comes(3, "bob");
  const call::CallId id = rings(1, "bob");
  says(2, CallAct{id, CallMove::kDismiss});
  EXPECT_EQ(hub->unfinished(), 1u);
  hub->closed(line(3), clock.now());
  pass(14s);
  EXPECT_EQ(hub->unfinished(), 1u);
  pass(1s);
  EXPECT_EQ(hub->unfinished(), 0u);
  EXPECT_EQ(lines.count<NotificationEvent>(2), 1u);
}

TEST_F(RingingHub, R39_SwitchingTheToggleOffWithdrawsTheRing) {
  comes(1, "ann");
  comes(2, "bob");
  rings(1, "bob");
  changes(call::SiteSettings{});
  EXPECT_EQ(hub->unfinished(), 0u);
  EXPECT_THAT(words(2), testing::Contains("ring_stopped"));
  EXPECT_EQ(lines.count<NotificationEvent>(2), 0u);
}

TEST_F(RingingHub, R50_DeactivatingTheCalleeWithdrawsTheRingBeforeItsTabsClose) {
  comes(1, "ann");
  comes(2, "bob");
  rings(1, "bob");
  changes({.member = MemberId("bob"), .deactivated = true});
  EXPECT_EQ(hub->unfinished(), 0u);
  EXPECT_TRUE(lines.closed(2));
  EXPECT_THAT(words(1), testing::Contains("ring_ended"));
}

TEST_F(RingingHub, R49_SigningOutWhileItRingsIsCancelling) {
  comes(1, "ann");
  comes(2, "bob");
  rings(1, "bob");
  says(1, SignOut{});
  EXPECT_EQ(hub->unfinished(), 0u);
  EXPECT_THAT(words(2), testing::Contains("ring_stopped"));
}

TEST_F(RingingHub, ACallIsTerminatedByAnOperator) {
  comes(1, "ann");
  comes(2, "bob");
  const call::CallId id = rings(1, "bob");
  bool done = false;
  hub->terminate(id, [&](const CallResult<SnapshotNote>& cut) { done = cut.has_value(); });
  store.settle();
  EXPECT_TRUE(done);
  EXPECT_EQ(hub->unfinished(), 0u);
}

TEST_F(RingingHub, AfterItIsGoneNoAnswerFindsIt) {
  comes(1, "ann");
  comes(2, "bob");
  asks(1, CallStart{MemberId("bob"), {}, call::RequestId("request-a")});
  asks(1, MessageSend{MemberId("bob"), "hello", {}, {}});
  asks(2, Watch{{MemberId("ann")}});
  attends(3, "cid");
  hub->member_changed(key("ann"));
  hub->site_changed(kOak);
  lines.on_hang_up = {};
  hub.reset();
  lines.clear();
  store.settle();
  EXPECT_THAT(lines.said, IsEmpty());
}

}  // namespace
}  // namespace parley::signaling

#include "signaling/hub/attendance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/calls_hub/fake_lines.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;
using test::line;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const call::SiteId kOak{"oak"};

// What Calls would hear, as words in order.
class Heard : public TabWatcher {
 public:
  void tab_connected(const Seat& seat) override { words.push_back("+" + seat.tab.text()); }
  void tab_closed(const Seat& seat, bool signed_out) override {
    words.push_back((signed_out ? "out " : "-") + seat.tab.text());
  }
  void tab_gone(const MemberKey& who) override { words.push_back("gone " + who.member.text()); }

  std::vector<std::string> words;
};

class AttendanceTest : public testing::Test {
 protected:
  AttendanceTest() {
    lines.on_hang_up = [this](ConnectionId id) { attendance.closed(id); };
    attendance.site_open(kOak, true);
  }

  static MemberKey key(const std::string& member) { return {kOak, call::MemberId(member)}; }
  static Seat seat(const std::string& member, const std::string& tab, const std::string& device = "device") {
    return {key(member), call::TabId(tab), call::DeviceId(device)};
  }
  static Person person(const std::string& member) { return {call::MemberId(member), "Name of " + member, {}}; }
  // The tab's id is the connection's number unless a test needs another.
  bool comes(std::uint64_t number, const std::string& member, std::string tab = {}, bool opened = true,
             const std::string& device = "device") {
    if (tab.empty()) tab = "t" + std::to_string(number);
    if (!attendance.attend(line(number), seat(member, tab, device), opened)) return false;
    attendance.greet(line(number), {}, "r");
    return true;
  }
  std::vector<PersonState> watches(std::uint64_t number, const std::vector<std::string>& members, bool shown = true) {
    std::vector<Card> cards;
    for (const std::string& member : members) cards.push_back({person(member), shown});
    return attendance.watch(line(number), cards);
  }
  void pass(std::chrono::milliseconds span) {
    clock.pass(span);
    attendance.tick();
  }
  std::vector<bool> activity_told(std::uint64_t number) const {
    std::vector<bool> told;
    for (const PresenceNote& note : lines.all<PresenceNote>(number)) told.push_back(note.member.active);
    return told;
  }

  test::FakeClock clock;
  test::FakeLines lines;
  Heard calls;
  Attendance attendance{lines, calls, {}, clock.function()};
};

TEST_F(AttendanceTest, ATabThatAttendsIsSeatedAndLive) {
  ASSERT_TRUE(comes(1, "ann", "tab", true, "laptop"));
  const auto found = attendance.seat_of(line(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->who, key("ann"));
  EXPECT_EQ(found->tab, call::TabId("tab"));
  EXPECT_EQ(found->device, call::DeviceId("laptop"));
  EXPECT_THAT(attendance.live_tabs(key("ann")),
              ElementsAre(call::LiveTab{call::TabId("tab"), call::DeviceId("laptop"), true}));
  EXPECT_TRUE(attendance.is_active(key("ann")));
  EXPECT_FALSE(attendance.seat_of(line(2)));
  EXPECT_THAT(calls.words, ElementsAre("+tab"));
}

TEST_F(AttendanceTest, ANewerConnectionOfATabTakesItsPlace) {
  comes(1, "ann", "tab");
  watches(1, {"bob"});
  comes(2, "ann", "tab", false);
  ASSERT_EQ(lines.count<AttendanceClosed>(1), 1u);
  EXPECT_EQ(lines.all<AttendanceClosed>(1)[0].reason, AttendanceEnd::kReplaced);
  EXPECT_EQ(lines.hung_up.at(line(1)).first, CloseCode::kNormal);
  EXPECT_FALSE(attendance.seat_of(line(1)));
  EXPECT_TRUE(attendance.seat_of(line(2)));
  EXPECT_EQ(attendance.tabs(), 1u);
  EXPECT_EQ(attendance.watched(), 0u);
  EXPECT_THAT(attendance.live_tabs(key("ann")), SizeIs(1));
  EXPECT_TRUE(attendance.is_active(key("ann"))) << "the tab goes on, and so does its interaction";
  EXPECT_THAT(calls.words, ElementsAre("+tab", "+tab")) << "the tab itself never closed";
}

TEST_F(AttendanceTest, ATabOfAnotherMemberIsAnotherTab) {
  comes(1, "ann", "tab");
  comes(2, "bob", "tab");
  attendance.attend(line(3), {{call::SiteId("elm"), call::MemberId("ann")}, call::TabId("tab"), {}}, true);
  EXPECT_EQ(attendance.tabs(), 3u);
  EXPECT_FALSE(lines.closed(1));
  EXPECT_EQ(attendance.seat_of(line(1))->who, key("ann"));
}

TEST_F(AttendanceTest, WhatHappensBeforeTheGreetingIsToldAfterIt) {
  ASSERT_TRUE(attendance.attend(line(1), seat("ann", "tab"), true));
  attendance.tell_site(kOak, SiteChangedNote{});
  attendance.tell_member(key("ann"), Marked{3});
  EXPECT_THAT(lines.said, IsEmpty());
  attendance.greet(line(1), {}, "r7");
  const auto& said = lines.said.at(line(1));
  ASSERT_THAT(said, SizeIs(3));
  EXPECT_TRUE(std::holds_alternative<Attending>(said[0].message));
  EXPECT_EQ(said[0].request, "r7");
  EXPECT_TRUE(std::holds_alternative<SiteChangedNote>(said[1].message));
  EXPECT_TRUE(std::holds_alternative<Marked>(said[2].message));
  attendance.greet(line(1), {}, "again");
  EXPECT_EQ(lines.count<Attending>(1), 1u);
}

TEST_F(AttendanceTest, ATabThatIsNeverGreetedDoesNotGrowWithoutEnd) {
  attendance.attend(line(1), seat("ann", "tab"), true);
  for (std::size_t i = 0; i <= AttendanceLimits{}.max_held; ++i) {
    EXPECT_FALSE(lines.closed(1));
    attendance.tell_site(kOak, SiteChangedNote{});
  }
  EXPECT_TRUE(lines.closed(1));
  EXPECT_EQ(attendance.tabs(), 0u);
}

TEST_F(AttendanceTest, OneMemberHasNoMoreTabsThanMayBe) {
  for (std::uint64_t i = 1; i <= presence::Rules{}.max_tabs; ++i) ASSERT_TRUE(comes(i, "ann"));
  EXPECT_FALSE(comes(99, "ann"));
  EXPECT_FALSE(attendance.seat_of(line(99)));
  EXPECT_TRUE(comes(100, "bob"));
  attendance.closed(line(1));
  EXPECT_TRUE(comes(101, "ann")) << "a closed tab gives way";
}

TEST_F(AttendanceTest, R3_AClosedTabCountsForFifteenSeconds) {
  comes(1, "ann");
  comes(2, "bob");
  watches(2, {"ann"});
  attendance.closed(line(1));
  EXPECT_THAT(attendance.live_tabs(key("ann")),
              ElementsAre(call::LiveTab{call::TabId("t1"), call::DeviceId("device"), false}));
  pass(14'999ms);
  EXPECT_TRUE(attendance.is_active(key("ann")));
  EXPECT_THAT(calls.words, ElementsAre("+t1", "+t2", "-t1"));
  pass(1ms);
  EXPECT_FALSE(attendance.is_active(key("ann")));
  EXPECT_THAT(attendance.live_tabs(key("ann")), IsEmpty());
  EXPECT_THAT(calls.words, ElementsAre("+t1", "+t2", "-t1", "gone ann"));
  EXPECT_THAT(activity_told(2), ElementsAre(false));
}

TEST_F(AttendanceTest, R3_AReconnectWithinTheGraceIsNoNews) {
  comes(1, "ann", "tab");
  comes(2, "bob");
  watches(2, {"ann"});
  attendance.closed(line(1));
  pass(10s);
  comes(3, "ann", "tab", false);
  pass(60s);
  EXPECT_THAT(activity_told(2), IsEmpty());
  EXPECT_THAT(calls.words, ElementsAre("+tab", "+t2", "-tab", "+tab"));
}

TEST_F(AttendanceTest, R3_InteractionCountsForFiveMinutesAndAtMostOnceAMinute) {
  comes(1, "ann");
  for (int i = 0; i < 3; ++i) {
    pass(50s);
    attendance.pong(line(1));
    if (i == 0) attendance.interacted(line(1));
  }
  for (int i = 0; i < 3; ++i) {
    pass(49'999ms);
    attendance.pong(line(1));
  }
  EXPECT_TRUE(attendance.is_active(key("ann")));
  pass(3ms);
  EXPECT_FALSE(attendance.is_active(key("ann"))) << "the report after 50 s came too soon to count";
  attendance.interacted(line(1));
  EXPECT_TRUE(attendance.is_active(key("ann")));
}

TEST_F(AttendanceTest, R3_WithoutPongsATabIsGone) {
  comes(1, "ann");
  comes(2, "bob");
  watches(2, {"ann"});
  for (int i = 0; i < 2; ++i) {
    pass(70s);
    attendance.pong(line(1));
    attendance.pong(line(2));
  }
  EXPECT_TRUE(attendance.is_active(key("ann")));
  pass(74s);
  attendance.pong(line(2));
  pass(1s);
  EXPECT_FALSE(attendance.is_active(key("ann")));
  EXPECT_THAT(activity_told(2), ElementsAre(false));
  EXPECT_EQ(calls.words.back(), "gone ann");
  attendance.pong(line(1));
  EXPECT_TRUE(attendance.is_active(key("ann")));
  EXPECT_THAT(activity_told(2), ElementsAre(false, true));
}

TEST_F(AttendanceTest, R3_SigningOutIsGoneAtOnce) {
  comes(1, "ann");
  comes(2, "bob");
  watches(2, {"ann"});
  attendance.sign_out(line(1));
  EXPECT_EQ(lines.all<AttendanceClosed>(1).at(0).reason, AttendanceEnd::kSignedOut);
  EXPECT_EQ(lines.hung_up.at(line(1)).first, CloseCode::kNormal);
  EXPECT_FALSE(attendance.is_active(key("ann")));
  EXPECT_THAT(activity_told(2), ElementsAre(false));
  EXPECT_THAT(calls.words, ElementsAre("+t1", "+t2", "out t1", "gone ann"));
  EXPECT_EQ(attendance.members(), 1u);
}

TEST_F(AttendanceTest, R3_BeingInACallCounts) {
  comes(2, "bob");
  watches(2, {"ann"});
  attendance.in_call(key("ann"), true);
  EXPECT_TRUE(attendance.is_active(key("ann")));
  attendance.in_call(key("ann"), false);
  EXPECT_FALSE(attendance.is_active(key("ann")));
  EXPECT_THAT(activity_told(2), ElementsAre(true, false));
  EXPECT_EQ(attendance.members(), 1u) << "nothing is left of her";
}

TEST_F(AttendanceTest, R3_WhatThePlatformSawCountsForALiveTabOnly) {
  attendance.member_interacted(key("ann"));
  EXPECT_FALSE(attendance.is_active(key("ann")));
  comes(1, "ann", "tab", false);
  EXPECT_FALSE(attendance.is_active(key("ann"))) << "came back by itself";
  attendance.member_interacted(key("ann"));
  EXPECT_TRUE(attendance.is_active(key("ann")));
}

TEST_F(AttendanceTest, R50_WatchersAreToldOfChangesOnlyAndOfTheirCardsOnly) {
  comes(1, "bob");
  comes(2, "cid");
  comes(3, "dan");
  EXPECT_THAT(watches(1, {"ann", "cid"}),
              ElementsAre(PersonState{person("ann"), false, false}, PersonState{person("cid"), true, true}));
  watches(2, {"ann"});
  comes(4, "ann");
  comes(5, "ann");
  EXPECT_THAT(activity_told(1), ElementsAre(true));
  EXPECT_THAT(activity_told(2), ElementsAre(true));
  EXPECT_THAT(activity_told(3), IsEmpty());
  watches(2, {"dan"});
  attendance.sign_out(line(4));
  attendance.sign_out(line(5));
  EXPECT_THAT(activity_told(1), ElementsAre(true, false));
  EXPECT_THAT(activity_told(2), ElementsAre(true)) << "watches somebody else now";
}

TEST_F(AttendanceTest, R50_BlockedOrTakingNoCallsLooksInactiveWhateverHappens) {
  comes(1, "bob");
  comes(2, "ann");
  EXPECT_THAT(watches(1, {"ann"}, false), ElementsAre(PersonState{person("ann"), false, false}));
  attendance.sign_out(line(2));
  comes(3, "ann");
  attendance.site_open(kOak, false);
  attendance.site_open(kOak, true);
  EXPECT_THAT(activity_told(1), IsEmpty());
}

TEST_F(AttendanceTest, R50_ABlockLooksLikeGoingAwayAndItsEndLikeComing) {
  comes(1, "bob");
  comes(2, "cid");
  comes(3, "ann");
  watches(1, {"ann"});
  watches(2, {"ann"});
  attendance.person_changed(key("ann"), {person("ann"), true, {call::MemberId("bob")}});
  EXPECT_THAT(activity_told(1), ElementsAre(false));
  EXPECT_THAT(activity_told(2), IsEmpty());
  attendance.person_changed(key("ann"), {person("ann"), false, {}});
  EXPECT_THAT(activity_told(1), ElementsAre(false)) << "takes no calls, but that is no news for bob";
  EXPECT_THAT(activity_told(2), ElementsAre(false));
  attendance.person_changed(key("ann"), {person("ann"), true, {}});
  EXPECT_THAT(activity_told(1), ElementsAre(false, true));
  EXPECT_THAT(activity_told(2), ElementsAre(false, true));
}

TEST_F(AttendanceTest, ANewNameIsToldToWhoeverSeesTheCard) {
  comes(1, "bob");
  watches(1, {"ann"});
  Person renamed = person("ann");
  renamed.name = "Anna";
  attendance.person_changed(key("ann"), {renamed, true, {}});
  attendance.person_changed(key("ann"), {renamed, true, {}});
  const auto told = lines.all<PresenceNote>(1);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].member.person.name, "Anna");
  EXPECT_FALSE(told[0].member.active);
}

TEST_F(AttendanceTest, AFreshLookBringsOtherScreensUpToDate) {
  comes(1, "bob");
  comes(2, "cid");
  watches(1, {"ann"});
  Person renamed = person("ann");
  renamed.name = "Anna";
  EXPECT_EQ(attendance.watch(line(2), {{renamed, true}}).at(0).person.name, "Anna");
  ASSERT_EQ(lines.count<PresenceNote>(1), 1u);
  EXPECT_EQ(lines.all<PresenceNote>(1)[0].member.person.name, "Anna");
  EXPECT_EQ(lines.count<PresenceNote>(2), 0u);
  // Back again before the change was told.
  attendance.person_changed(key("ann"), {person("ann"), true, {}});
  EXPECT_EQ(lines.all<PresenceNote>(1).back().member.person, person("ann"));
  EXPECT_EQ(lines.all<PresenceNote>(2).back().member.person, person("ann"));
}

TEST_F(AttendanceTest, R25_ToOneselfOneIsThereAndNotToBeCalled) {
  comes(1, "ann");
  EXPECT_THAT(watches(1, {"ann"}, false), ElementsAre(PersonState{person("ann"), true, false}));
  comes(2, "ann", "second");
  attendance.site_open(kOak, false);
  attendance.sign_out(line(2));
  EXPECT_THAT(activity_told(1), IsEmpty());
}

TEST_F(AttendanceTest, R1_WithTheToggleOffNobodyIsCallable) {
  comes(1, "bob");
  comes(2, "ann");
  watches(1, {"ann", "cid"});
  attendance.site_open(kOak, false);
  attendance.site_open(kOak, false);
  attendance.site_open(call::SiteId("elm"), true);
  const auto told = lines.all<PresenceNote>(1);
  ASSERT_THAT(told, SizeIs(1)) << "one card changed, and it was told once";
  EXPECT_EQ(told[0].member, (PersonState{person("ann"), true, false}));
  EXPECT_THAT(watches(1, {"ann"}), ElementsAre(PersonState{person("ann"), true, false}));
}

TEST_F(AttendanceTest, NobodyWatchesMoreThanMayBe) {
  comes(1, "ann");
  std::vector<std::string> many;
  for (int i = 0; i < 300; ++i) many.push_back("m" + std::to_string(i));
  EXPECT_THAT(watches(1, many), SizeIs(200));
  EXPECT_EQ(attendance.watched(), 200u);
  attendance.closed(line(1));
  EXPECT_EQ(attendance.watched(), 0u);
}

TEST_F(AttendanceTest, R50_EveryTabOfADeactivatedMemberIsClosedAndCountsNoMore) {
  comes(1, "ann");
  comes(2, "ann");
  comes(3, "ann");
  attendance.closed(line(3));
  comes(4, "bob");
  watches(4, {"ann"});
  attendance.close_all(key("ann"), AttendanceEnd::kDeactivated);
  for (const std::uint64_t each : {1U, 2U}) {
    EXPECT_EQ(lines.all<AttendanceClosed>(each).at(0).reason, AttendanceEnd::kDeactivated);
    EXPECT_TRUE(lines.closed(each));
  }
  EXPECT_THAT(attendance.live_tabs(key("ann")), IsEmpty());
  EXPECT_FALSE(attendance.is_active(key("ann")));
  EXPECT_THAT(activity_told(4), ElementsAre(false));
  EXPECT_FALSE(lines.closed(4));
  EXPECT_THAT(calls.words, ElementsAre("+t1", "+t2", "+t3", "-t3", "+t4", "out t1", "out t2", "gone ann"));
  EXPECT_EQ(attendance.members(), 1u);
}

TEST_F(AttendanceTest, AnAudienceIsATabADeviceOrAllButOne) {
  comes(1, "ann", "a", true, "laptop");
  comes(2, "ann", "b", true, "laptop");
  comes(3, "ann", "c", true, "phone");
  comes(4, "bob", "a", true, "laptop");
  const auto reached = [&](const call::Audience& audience) {
    lines.clear();
    std::vector<std::string> devices;
    attendance.tell(key("ann"), audience, [&](const call::DeviceId& device) {
      devices.push_back(device.text());
      return CallServerMessage(Marked{});
    });
    std::vector<std::uint64_t> got;
    for (const auto& [to, said] : lines.said) got.push_back(static_cast<std::uint64_t>(to));
    EXPECT_EQ(devices.size(), got.size());
    return got;
  };
  const call::TabId a("a");
  const call::DeviceId laptop("laptop");
  EXPECT_THAT(reached({}), ElementsAre(1, 2, 3));
  EXPECT_THAT(reached({.party = {}, .only = a, .except = {}, .device = {}}), ElementsAre(1));
  EXPECT_THAT(reached({.party = {}, .only = {}, .except = a, .device = {}}), ElementsAre(2, 3));
  EXPECT_THAT(reached({.party = {}, .only = {}, .except = {}, .device = laptop}), ElementsAre(1, 2));
  EXPECT_THAT(reached({.party = {}, .only = {}, .except = a, .device = laptop}), ElementsAre(2));
}

TEST_F(AttendanceTest, WhatConcernsASiteReachesItsTabsOnly) {
  comes(1, "ann");
  comes(2, "bob");
  attendance.attend(line(3), {{call::SiteId("elm"), call::MemberId("ann")}, call::TabId("tab"), {}}, true);
  attendance.greet(line(3), {}, {});
  attendance.tell_site(kOak, SiteChangedNote{});
  EXPECT_EQ(lines.count<SiteChangedNote>(1), 1u);
  EXPECT_EQ(lines.count<SiteChangedNote>(2), 1u);
  EXPECT_EQ(lines.count<SiteChangedNote>(3), 0u);
}

TEST_F(AttendanceTest, WhoeverIsGoneForLongIsForgotten) {
  for (std::uint64_t i = 1; i <= 50; ++i) comes(i, "m" + std::to_string(i));
  for (std::uint64_t i = 1; i <= 50; ++i) attendance.closed(line(i));
  EXPECT_EQ(attendance.members(), 50u);
  pass(5min);
  EXPECT_EQ(attendance.members(), 0u);
}

TEST_F(AttendanceTest, AConnectionThatFallsWhileItIsToldHarmsNobody) {
  comes(1, "bob");
  comes(2, "cid");
  watches(1, {"ann"});
  watches(2, {"ann"});
  // A reader too slow: the hub closes it in the middle of telling.
  class Breaking : public Lines {
   public:
    explicit Breaking(Attendance** to) : to_(to) {}
    void say(ConnectionId id, const CallServerMessage&, std::string_view) override {
      ++told;
      for (std::uint64_t each = 1; each <= 3; ++each) (*to_)->closed(line(each));
      (void)id;
    }
    void refuse(ConnectionId, const Error&, std::string_view) override {}
    void hang_up(ConnectionId, CloseCode, std::string_view) override {}
    int told = 0;

   private:
    Attendance** to_;
  };
  Attendance* fragile = nullptr;
  Breaking breaking(&fragile);
  Attendance other(breaking, calls, {}, clock.function());
  fragile = &other;
  for (std::uint64_t each = 1; each <= 3; ++each) other.attend(line(each), seat("ann", std::to_string(each)), true);
  other.greet(line(1), {}, {});
  EXPECT_EQ(breaking.told, 1);
  EXPECT_EQ(other.tabs(), 0u);
  EXPECT_EQ(attendance.tabs(), 2u);
}

}  // namespace
}  // namespace parley::signaling

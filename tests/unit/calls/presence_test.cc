#include "signaling/presence/presence.h"

#include <gtest/gtest.h>

#include <string>

namespace parley::signaling::presence {
namespace {

using namespace std::chrono_literals;

const TabId kTab{"tab"};
const TabId kOther{"other"};
const DeviceId kPc{"pc"};

struct Member {
  Rules rules;
  Presence presence;
  CallTime now = call::call_time(1'000'000);
  std::vector<Effect> effects;

  Member& act(const Input& input) {
    Step next = step(presence, input, rules, now);
    presence = std::move(next.next);
    effects = std::move(next.effects);
    return *this;
  }
  // Pongs come every half minute.
  Member& after(CallSpan span, bool pongs = true) {
    const CallTime end = now + span;
    while (now < end) {
      now = std::min(end, now + CallSpan{30'000});
      if (pongs && now < end) act(Heard{kTab});
    }
    return act(Wake{});
  }
  bool active() const { return is_active(presence, rules, now); }
  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const Effect& effect : effects) {
      if (const auto* one = std::get_if<E>(&effect)) found.push_back(*one);
    }
    return found;
  }
};

TEST(Presence, R3_OpeningAPageIsActiveAndAReconnectAloneIsNot) {
  EXPECT_TRUE(Member{}.act(Opened{kTab, kPc, true}).active());
  EXPECT_FALSE(Member{}.act(Opened{kTab, kPc, false}).active());
}

TEST(Presence, R3_InteractionCountsForFiveMinutes) {
  Member member;
  member.act(Opened{kTab, kPc, false}).act(Interacted{kTab});
  EXPECT_TRUE(member.after(299'999ms).active());
  EXPECT_FALSE(member.after(1ms).active());
  ASSERT_EQ(member.all<ActivityChanged>().size(), 1u);
  EXPECT_FALSE(member.all<ActivityChanged>()[0].active);
}

TEST(Presence, R3_TheInteractionMustBeOfALiveSession) {
  Member member;
  member.act(Opened{kTab, kPc, true}).act(Opened{kOther, kPc, false}).act(Closed{kTab, true});
  EXPECT_FALSE(member.active());
}

TEST(Presence, R3_ASessionThatAnswersNoPingIsNotLive) {
  Member member;
  member.act(Opened{kTab, kPc, true});
  EXPECT_TRUE(member.after(74'999ms, false).active());
  EXPECT_FALSE(member.after(1ms, false).active());
  EXPECT_EQ(member.all<TabGone>().size(), 1u);
}

TEST(Presence, R3_AClosedSessionCountsForFifteenSeconds) {
  Member member;
  member.act(Opened{kTab, kPc, true}).act(Closed{kTab});
  EXPECT_EQ(live_tabs(member.presence, member.rules, member.now), (std::vector<call::LiveTab>{{kTab, kPc, false}}));
  EXPECT_EQ(next_deadline(member.presence, member.rules, member.now), member.now + 15s);
  EXPECT_TRUE(member.after(14'999ms, false).active());
  EXPECT_TRUE(member.all<TabGone>().empty());
  EXPECT_FALSE(member.after(1ms, false).active());
  ASSERT_EQ(member.all<TabGone>().size(), 1u);
  EXPECT_EQ(member.all<TabGone>()[0].device, kPc);
}

TEST(Presence, R3_SigningOutIsGoneAtOnce) {
  Member member;
  member.act(Opened{kTab, kPc, true}).act(Closed{kTab, true});
  EXPECT_FALSE(member.active());
  EXPECT_EQ(member.all<TabGone>().size(), 1u);
  EXPECT_TRUE(member.presence.tabs.empty());
}

TEST(Presence, R3_BeingInACallCounts) {
  Member member;
  member.act(InCall{true});
  EXPECT_TRUE(member.active());
  EXPECT_FALSE(member.act(InCall{false}).active());
}

TEST(Presence, R3_AReconnectKeepsTheInteractionThatWas) {
  Member member;
  member.act(Opened{kTab, kPc, true}).act(Closed{kTab}).after(60s, false);
  EXPECT_FALSE(member.active());
  EXPECT_TRUE(member.act(Opened{kTab, kPc, false}).active());
  member.act(Closed{kTab}).after(400s, false).act(Opened{kTab, kPc, false});
  EXPECT_FALSE(member.active());
}

TEST(Presence, R3_NothingOfAClosedSessionIsHeard) {
  Member member;
  member.act(Opened{kTab, kPc, false}).act(Closed{kTab}).act(Interacted{kTab}).act(Heard{kTab});
  EXPECT_FALSE(member.active());
  EXPECT_EQ(member.presence.tabs[0].closed, member.now);
}

TEST(Presence, R50_OthersAreToldOfChangesOnly) {
  Member member;
  EXPECT_EQ(member.act(Opened{kTab, kPc, true}).all<ActivityChanged>().size(), 1u);
  EXPECT_TRUE(member.act(Interacted{kTab}).all<ActivityChanged>().empty());
  EXPECT_TRUE(member.act(Opened{kOther, kPc, true}).all<ActivityChanged>().empty());
}

TEST(Presence, TheWakeIsAtTheNextChangeThatTimeMakes) {
  Member member;
  member.act(Opened{kTab, kPc, true});
  ASSERT_EQ(member.all<WakeAt>().size(), 1u);
  EXPECT_EQ(member.all<WakeAt>()[0].at, member.now + 75s);
  member.act(Closed{kTab, true});
  EXPECT_FALSE(member.all<WakeAt>()[0].at);
}

TEST(Presence, AMemberCantOpenTabsWithoutEnd) {
  Member member;
  for (std::size_t i = 0; i < member.rules.max_tabs; ++i) member.act(Opened{TabId{"t" + std::to_string(i)}, kPc, true});
  EXPECT_EQ(member.act(Opened{kTab, kPc, true}).all<Refused>().size(), 1u);
  EXPECT_EQ(member.presence.tabs.size(), member.rules.max_tabs);
  // A closed one gives way.
  member.act(Closed{TabId{"t3"}});
  EXPECT_TRUE(member.act(Opened{kTab, kPc, true}).all<Refused>().empty());
  EXPECT_EQ(member.presence.tabs.size(), member.rules.max_tabs);
}

}  // namespace
}  // namespace parley::signaling::presence

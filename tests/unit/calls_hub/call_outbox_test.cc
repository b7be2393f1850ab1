// What platforms are told of a call, from records before and after.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "signaling/hub/call_outbox.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;
using call::call_time;
using call::Party;
using call::Ring;
using call::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WallMs kCreated{1'700'000'000'000ms};

call::CallRecord ringing() {
  call::CallRecord record;
  record.id = *call::CallId::parse("00ff1234567890abcdef0123456789af");
  record.site = call::SiteId{"town"};
  record.caller = call::MemberId{"ann"};
  record.callee = call::MemberId{"ben\xff"};
  record.started_at = call_time(1'000);
  record.ring_ends_at = call_time(31'000);
  record.expires_at = call_time(7'201'000);
  return record;
}
call::CallRecord open() {
  call::CallRecord record = ringing();
  record.ring = Ring::kAccepted;
  record.state = State::kOpen;
  record.answered_at = call_time(5'000);
  return record;
}
call::CallRecord ended(Ring ring) {
  call::CallRecord record = ringing();
  record.ring = ring;
  record.state = State::kEnded;
  record.ended_at = call_time(9'000);
  return record;
}

std::vector<std::string> topics(const call::CallRecord* before, const call::CallRecord& after, bool missed = false) {
  call::Persist persist;
  persist.missed_notice = missed;
  std::vector<std::string> found;
  for (const auto& draft : outbox_of(before, after, persist, {call_time(10'000), kCreated + 9s}, kCreated))
    found.push_back(draft.topic);
  return found;
}

TEST(CallOutbox, BeginsAndEndsEveryCallOnce) {
  const call::CallRecord rings = ringing(), talks = open();
  EXPECT_THAT(topics(nullptr, rings), ElementsAre("call.started"));
  EXPECT_THAT(topics(&rings, rings), IsEmpty());
  EXPECT_THAT(topics(&rings, talks), ElementsAre("call.answered"));
  EXPECT_THAT(topics(&talks, talks), IsEmpty());
  call::CallRecord over = talks;
  over.state = State::kCompleted;
  EXPECT_THAT(topics(&talks, over), ElementsAre("call.ended"));
  EXPECT_THAT(topics(&over, over), IsEmpty());
  // Busy, where the site rejects: all of it at once.
  EXPECT_THAT(topics(nullptr, ended(Ring::kMissed), true), ElementsAre("call.started", "call.missed", "call.ended"));
}

TEST(CallOutbox, NamesHowTheRingEnded) {
  const call::CallRecord rings = ringing();
  EXPECT_THAT(topics(&rings, ended(Ring::kDeclined)), ElementsAre("call.declined", "call.ended"));
  EXPECT_THAT(topics(&rings, ended(Ring::kMissed), true), ElementsAre("call.missed", "call.ended"));
  EXPECT_THAT(topics(&rings, ended(Ring::kCancelled)), ElementsAre("call.ended"));
  // R20: seen, and then cancelled.
  EXPECT_THAT(topics(&rings, ended(Ring::kCancelled), true), ElementsAre("call.missed", "call.ended"));
}

TEST(CallOutbox, TellsOfAnEmptyRoomOnlyWhileTheCallGoesOn) {
  call::CallRecord both = open();
  both.of(Party::kCaller).inside = call::TabId{"a"};
  both.of(Party::kCallee).inside = call::TabId{"b"};
  call::CallRecord one = both;
  one.of(Party::kCaller).inside.reset();
  EXPECT_THAT(topics(&both, one), IsEmpty());
  call::CallRecord none = open();
  EXPECT_THAT(topics(&one, none), ElementsAre("call.emptied"));
  none.state = State::kTerminated;
  EXPECT_THAT(topics(&one, none), ElementsAre("call.ended"));
}

TEST(CallOutbox, TheBodyHasTheCallAsItStands) {
  const call::CallRecord rings = ringing();
  call::CallRecord talks = open();
  talks.both_since = call_time(6'000);
  const auto drafts = outbox_of(&rings, talks, {}, {call_time(10'000), kCreated + 9s}, kCreated);
  ASSERT_EQ(drafts.size(), 1u);
  // A name that is no text does not break the body.
  const auto body = nlohmann::json::parse(drafts[0].body);
  EXPECT_EQ(body["topic"], "call.answered");
  EXPECT_EQ(body["call"], "00ff1234567890abcdef0123456789af");
  EXPECT_EQ(body["site"], "town");
  EXPECT_EQ(body["caller"], "ann");
  EXPECT_EQ(body["callee"], "ben\xEF\xBF\xBD");
  EXPECT_EQ(body["origin"], "site_directory");
  EXPECT_EQ(body["ring"], "accepted");
  EXPECT_EQ(body["reason"], "none");
  EXPECT_EQ(body["state"], "open");
  EXPECT_EQ(body["at"], 1'700'000'009'000);
  EXPECT_EQ(body["started_at"], 1'700'000'000'000);
  EXPECT_EQ(body["answered_at"], 1'700'000'004'000);
  EXPECT_EQ(body["ended_at"], nullptr);
  EXPECT_EQ(body["expires_at"], 1'700'007'200'000);
  EXPECT_EQ(body["talked"], 4'000);
}

}  // namespace
}  // namespace parley::signaling

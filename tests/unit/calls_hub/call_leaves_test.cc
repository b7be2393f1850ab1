// The tables around the runner, on their own: timers, tickets, the index of unfinished calls, the sweep.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "signaling/hub/call_sweep.h"
#include "signaling/hub/call_timers.h"
#include "signaling/hub/ticket_book.h"
#include "signaling/hub/unfinished_calls.h"

namespace parley::signaling {
namespace {

using call::call_time;
using call::Party;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

call::CallId call_id(std::uint32_t number) {
  call::CallId::Bits bits{};
  for (std::size_t i = 0; i < 4; ++i) bits[12 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  bits[0] = 0xfe;
  return call::CallId::from_bits(bits);
}
CallKey key(std::uint32_t number) {
  return CallKey(call_id(number));
}
MemberKey member(const std::string& name) {
  return {call::SiteId{"town"}, call::MemberId{name}};
}

TEST(CallKey, IsTheIdAndBack) {
  const auto id = *call::CallId::parse("00ff1234567890abcdef0123456789af");
  EXPECT_EQ(CallKey(id).id(), id);
  EXPECT_NE(CallKey(id), key(1));
}

// ---- timers

TEST(CallTimers, AreDueInTheOrderOfTimeAndOnce) {
  CallTimers timers;
  timers.arm(key(1), call_time(30));
  timers.arm(key(2), call_time(10));
  timers.arm(key(3), call_time(20));
  EXPECT_EQ(timers.next(), call_time(10));
  EXPECT_THAT(timers.due(call_time(9)), IsEmpty());
  EXPECT_THAT(timers.due(call_time(20)), ElementsAre(key(2), key(3)));
  EXPECT_THAT(timers.due(call_time(20)), IsEmpty());
  EXPECT_EQ(timers.size(), 1u);
}

TEST(CallTimers, TheLastArmingCounts) {
  CallTimers timers;
  timers.arm(key(1), call_time(10));
  timers.arm(key(1), call_time(50));
  EXPECT_THAT(timers.due(call_time(49)), IsEmpty());
  EXPECT_THAT(timers.due(call_time(50)), ElementsAre(key(1)));
  timers.arm(key(2), call_time(60));
  timers.arm(key(2), std::nullopt);
  EXPECT_EQ(timers.next(), std::nullopt);
  EXPECT_THAT(timers.due(call_time(100)), IsEmpty());
}

TEST(CallTimers, ComingBackToAnEarlierMomentIsDueOnce) {
  CallTimers timers;
  timers.arm(key(1), call_time(10));
  timers.arm(key(1), call_time(20));
  timers.arm(key(1), call_time(10));
  EXPECT_THAT(timers.due(call_time(30)), ElementsAre(key(1)));
  EXPECT_THAT(timers.due(call_time(30)), IsEmpty());
}

TEST(CallTimers, ReplacedOnesDoNotPileUp) {
  CallTimers timers;
  for (std::uint32_t i = 0; i < 100'000; ++i) timers.arm(key(1), call_time(1'000'000 + i));
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_LE(timers.waiting(), 2'000u);
  EXPECT_THAT(timers.due(call_time(2'000'000)), ElementsAre(key(1)));
}

// ---- tickets

struct Book {
  Book() : tickets([this](std::size_t) { return "secret-" + std::to_string(++drawn); }) {}
  std::string issue(std::uint32_t call, const std::string& who, Party party = Party::kCaller,
                    std::int64_t until = 100) {
    return tickets.issue(
        {call_id(call), party, {member(who), call::TabId{"tab"}, call::DeviceId{"pc"}}, call_time(until)});
  }
  int drawn = 0;
  TicketBook tickets;
};

TEST(TicketBook, R24_ATicketIsShownOnce) {
  Book book;
  const std::string secret = book.issue(1, "ann");
  const auto entry = book.tickets.take(secret, call_time(0));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->call, call_id(1));
  EXPECT_EQ(entry->seat.who, member("ann"));
  EXPECT_FALSE(book.tickets.take(secret, call_time(0)));
  EXPECT_FALSE(book.tickets.take("secret-7", call_time(0)));
  EXPECT_EQ(book.tickets.size(), 0u);
}

TEST(TicketBook, R24_ATicketIsNoneAtItsEndAndIsForgottenThen) {
  Book book;
  const std::string secret = book.issue(1, "ann", Party::kCaller, 100);
  EXPECT_FALSE(book.tickets.take(secret, call_time(100)));
  book.issue(1, "ann", Party::kCaller, 100);
  book.issue(2, "ann", Party::kCaller, 200);
  book.tickets.drop_expired(call_time(100));
  EXPECT_EQ(book.tickets.size(), 1u);
}

TEST(TicketBook, TheLastTicketOfAPartyCounts) {
  Book book;
  const std::string first = book.issue(1, "ann");
  const std::string second = book.issue(1, "ann");
  const std::string other = book.issue(1, "ben", Party::kCallee);
  EXPECT_FALSE(book.tickets.take(first, call_time(0)));
  EXPECT_TRUE(book.tickets.take(second, call_time(0)));
  book.tickets.withdraw(call_id(1), Party::kCallee);
  EXPECT_FALSE(book.tickets.take(other, call_time(0)));
}

TEST(TicketBook, OneMemberHoldsAFewAndTheOldestGives) {
  Book book;
  const std::string first = book.issue(0, "ann", Party::kCaller, 50);
  for (std::uint32_t i = 1; i <= TicketBook::kMaxPerMember; ++i) book.issue(i, "ann", Party::kCaller, 50 + i);
  EXPECT_EQ(book.tickets.size(), TicketBook::kMaxPerMember);
  EXPECT_FALSE(book.tickets.take(first, call_time(0)));
  book.issue(99, "ben");
  EXPECT_EQ(book.tickets.size(), TicketBook::kMaxPerMember + 1);
}

// ---- the index

call::CallRecord record(std::uint32_t number, const std::string& caller, const std::string& callee) {
  call::CallRecord record;
  record.id = call_id(number);
  record.site = call::SiteId{"town"};
  record.caller = call::MemberId{caller};
  record.callee = call::MemberId{callee};
  return record;
}

TEST(UnfinishedCalls, AreFoundByMemberAndBySiteUntilTheyEnd) {
  UnfinishedCalls index;
  call::CallRecord first = record(1, "ann", "ben");
  call::CallRecord second = record(2, "carl", "ann");
  call::CallRecord elsewhere = record(3, "ann", "ben");
  elsewhere.site = call::SiteId{"city"};
  for (const auto& one : {first, second, elsewhere}) index.update(one);
  EXPECT_THAT(index.of(member("ann")), ElementsAre(key(1), key(2)));
  EXPECT_THAT(index.of(member("ben")), ElementsAre(key(1)));
  EXPECT_EQ(index.of(call::SiteId{"town"}).size(), 2u);
  EXPECT_THAT(index.of(call::SiteId{"city"}), ElementsAre(key(3)));
  EXPECT_EQ(index.find(key(2))->caller, member("carl"));

  second.ring = call::Ring::kAccepted;
  second.state = call::State::kOpen;
  index.update(second);
  EXPECT_THAT(index.ringing_of(member("ann")), ElementsAre(key(1)));

  first.state = call::State::kEnded;
  index.update(first);
  EXPECT_THAT(index.of(member("ann")), ElementsAre(key(2)));
  EXPECT_THAT(index.of(member("ben")), IsEmpty());
  EXPECT_FALSE(index.find(key(1)));
  index.forget(key(2));
  index.forget(key(3));
  EXPECT_EQ(index.size(), 0u);
}

TEST(UnfinishedCalls, KnowWhoIsInAnyOfThem) {
  UnfinishedCalls index;
  call::CallRecord first = record(1, "ann", "ben");
  call::CallRecord second = record(2, "ann", "carl");
  first.of(Party::kCaller).inside = call::TabId{"tab"};
  index.update(first);
  index.update(second);
  EXPECT_TRUE(index.inside_any(member("ann")));
  EXPECT_FALSE(index.inside_any(member("ben")));
  second.of(Party::kCaller).inside = call::TabId{"tab"};
  first.of(Party::kCaller).inside.reset();
  index.update(second);
  index.update(first);
  EXPECT_TRUE(index.inside_any(member("ann")));
  index.forget(key(2));
  EXPECT_FALSE(index.inside_any(member("ann")));
}

// ---- the sweep

TEST(CallSweep, DoesAFewAtATimeAndACallThatWaitsOnce) {
  std::vector<CallKey> fed;
  CallSweep sweep([&](const CallKey& call) { fed.push_back(call); });
  std::vector<CallKey> many;
  for (std::uint32_t i = 0; i < 100; ++i) many.push_back(key(i));
  sweep.add(many);
  EXPECT_EQ(fed.size(), CallSweep::kAtOnce);
  // Those under way have to be done again, those that wait have not.
  sweep.add(many);
  EXPECT_EQ(sweep.size(), 100 + CallSweep::kAtOnce);
  while (sweep.size() > 0) sweep.done();
  EXPECT_EQ(fed.size(), 100 + CallSweep::kAtOnce);
}

}  // namespace
}  // namespace parley::signaling

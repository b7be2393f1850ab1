#include "signaling/webhooks/delivery.h"

#include <gmock/gmock.h>

#include <random>

namespace parley::signaling::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

using Time = Delivery::Time;
const Time kStart = Time(1h);

store::OutboxRow row(std::uint64_t serial, std::uint8_t call) {
  call::CallId::Bits bits{};
  bits[0] = call;
  return {.serial = serial, .call = call::CallId::from_bits(bits)};
}

std::vector<std::uint64_t> all_next(Delivery& delivery, Time now) {
  std::vector<std::uint64_t> going;
  while (const auto serial = delivery.next(now)) going.push_back(*serial);
  return going;
}

TEST(BackOff, DoublesFromOneSecondToFiveMinutesAndSpreadsTheLaterHalf) {
  EXPECT_EQ(back_off(0, 1), 0ms);
  EXPECT_EQ(back_off(1, 1), 1'000ms);
  EXPECT_EQ(back_off(1, 0), 500ms);
  EXPECT_EQ(back_off(2, 1), 2'000ms);
  EXPECT_EQ(back_off(3, 0.5), 3'000ms);
  EXPECT_EQ(back_off(9, 1), 256'000ms);
  EXPECT_EQ(back_off(10, 1), 300'000ms);
  EXPECT_EQ(back_off(1'000'000, 1), 300'000ms);
  EXPECT_EQ(back_off(1'000'000, 0), 150'000ms);
}

TEST(Delivery, SendsTheEventsOfACallOneAfterTheOther) {
  Delivery delivery(0);
  delivery.load({row(1, 1), row(2, 1), row(3, 2), row(4, 1)});
  EXPECT_THAT(all_next(delivery, kStart), ElementsAre(1u, 3u)) << "another call passes";
  delivery.arrived(3);
  EXPECT_THAT(all_next(delivery, kStart), IsEmpty());
  delivery.arrived(1);
  EXPECT_THAT(all_next(delivery, kStart), ElementsAre(2u));
  delivery.arrived(2);
  EXPECT_THAT(all_next(delivery, kStart), ElementsAre(4u));
}

TEST(Delivery, KeepsTheOrderOfTwoMembersWhoWriteWithoutACall) {
  Delivery delivery(0);
  store::OutboxRow one{.serial = 1, .first = call::MemberId("ann"), .second = call::MemberId("bob")};
  store::OutboxRow two = one, other = one;
  two.serial = 2;
  other.serial = 3;
  other.second = call::MemberId("cid");
  delivery.load({one, two, other});
  EXPECT_THAT(all_next(delivery, kStart), ElementsAre(1u, 3u));
}

TEST(Delivery, HasFewOnTheWayAtATime) {
  Delivery delivery(0);
  for (std::uint64_t i = 1; i <= 10; ++i) delivery.load({row(i, static_cast<std::uint8_t>(i))});
  EXPECT_EQ(all_next(delivery, kStart).size(), Delivery::kMaxFlying);
  delivery.arrived(1);
  EXPECT_THAT(all_next(delivery, kStart), ElementsAre(5u));
}

TEST(Delivery, AcknowledgesUpToTheFirstThatHasNotArrived) {
  Delivery delivery(7);
  EXPECT_EQ(delivery.acknowledged(), 7u);
  delivery.load({row(10, 1), row(12, 2), row(13, 3)});
  EXPECT_EQ(delivery.acknowledged(), 9u);
  all_next(delivery, kStart);
  delivery.arrived(12);
  EXPECT_EQ(delivery.acknowledged(), 9u);
  delivery.arrived(10);
  EXPECT_EQ(delivery.acknowledged(), 12u);
  delivery.arrived(13);
  EXPECT_EQ(delivery.acknowledged(), 13u);
}

TEST(Delivery, BeginsAgainAfterTheLastAcknowledgedOne) {
  Delivery delivery(2);
  EXPECT_THAT(delivery.wants(), Optional(2u));
  delivery.load({row(1, 1), row(2, 2), row(3, 3)});
  EXPECT_THAT(all_next(delivery, kStart), ElementsAre(3u)) << "what was acknowledged does not go again";
  EXPECT_THAT(delivery.wants(), Optional(3u));
}

TEST(Delivery, WaitsLongerAfterEachFailure) {
  Delivery delivery(0);
  delivery.load({row(1, 1), row(2, 1)});
  Time now = kStart;
  ASSERT_THAT(delivery.next(now), Optional(1u));
  delivery.failed(1, now, 1);
  EXPECT_EQ(delivery.next(now + 999ms), std::nullopt) << "the target gets a rest";
  now += 1s;
  ASSERT_THAT(delivery.next(now), Optional(1u));
  delivery.failed(1, now, 1);
  EXPECT_EQ(delivery.failures(), 2u);
  now += 2s;
  ASSERT_THAT(delivery.next(now), Optional(1u));
  delivery.failed(1, now, 1);
  now += 4s;
  ASSERT_THAT(delivery.next(now), Optional(1u));
  delivery.arrived(1);
  EXPECT_EQ(delivery.failures(), 0u);
  EXPECT_THAT(all_next(delivery, now), ElementsAre(2u));
}

TEST(Delivery, LooksWithOneWhetherAFailingTargetIsBack) {
  Delivery delivery(0);
  delivery.load({row(1, 1), row(2, 2), row(3, 3)});
  ASSERT_THAT(delivery.next(kStart), Optional(1u));
  delivery.failed(1, kStart, 1);
  const Time now = kStart + 2s;
  EXPECT_THAT(all_next(delivery, now), ElementsAre(2u)) << "another event, should the first be at fault";
  delivery.arrived(2);
  EXPECT_THAT(all_next(delivery, now), ElementsAre(1u, 3u));
}

TEST(Delivery, LetsOthersPassOneThatNeverArrives) {
  Delivery delivery(0);
  delivery.load({row(1, 1), row(2, 2), row(3, 1)});
  Time now = kStart;
  std::vector<std::uint64_t> arrived;
  for (int i = 0; i < 5'000; ++i, now += 100ms) {
    while (const auto serial = delivery.next(now)) {
      if (*serial == 1) {
        delivery.failed(1, now, 0.5);
      } else {
        arrived.push_back(*serial);
        delivery.arrived(*serial);
      }
    }
  }
  EXPECT_THAT(arrived, ElementsAre(2u));
  EXPECT_EQ(delivery.acknowledged(), 0u);
  delivery.gone(1);
  EXPECT_THAT(delivery.next(now + 6min), Optional(3u)) << "retention took it, and its call goes on";
  EXPECT_EQ(delivery.acknowledged(), 2u);
}

TEST(Delivery, CountsFailuresThatFlewTogetherOnce) {
  Delivery delivery(0);
  delivery.load({row(1, 1), row(2, 2), row(3, 3)});
  for (const std::uint64_t serial : all_next(delivery, kStart)) delivery.failed(serial, kStart + 10ms, 1);
  EXPECT_EQ(delivery.failures(), 1u);
  EXPECT_TRUE(delivery.next(kStart + 1'010ms));
}

TEST(Delivery, TriesAtOnceWhenTheTargetHasChanged) {
  Delivery delivery(0);
  delivery.load({row(1, 1)});
  Time now = kStart;
  for (int i = 0; i < 12; ++i, now += 10min) {
    ASSERT_TRUE(delivery.next(now));
    delivery.failed(1, now, 1);
  }
  EXPECT_EQ(delivery.next(now - 10min + 1s), std::nullopt);
  delivery.try_now();
  EXPECT_TRUE(delivery.next(now - 10min + 1s));
}

TEST(Delivery, PutsBackWhatWasNotSentForAnotherReason) {
  Delivery delivery(0);
  delivery.load({row(1, 1)});
  ASSERT_TRUE(delivery.next(kStart));
  delivery.put_back(1);
  EXPECT_EQ(delivery.failures(), 0u);
  EXPECT_THAT(delivery.next(kStart), Optional(1u));
}

TEST(Delivery, HoldsNoMoreThanItsBound) {
  Delivery delivery(0);
  std::uint64_t serial = 0;
  while (delivery.wants()) {
    std::vector<store::OutboxRow> page;
    for (std::size_t i = 0; i < Delivery::kPage; ++i) page.push_back(row(++serial, 1));
    delivery.load(page);
  }
  EXPECT_EQ(delivery.held(), Delivery::kMaxHeld);
}

TEST(Delivery, IgnoresNewsOfWhatIsNotOnItsWay) {
  Delivery delivery(0);
  delivery.load({row(1, 1), row(2, 2)});
  ASSERT_THAT(delivery.next(kStart), Optional(1u));
  delivery.failed(99, kStart, 1);
  delivery.put_back(2);
  delivery.arrived(99);
  EXPECT_EQ(delivery.flying(), 1u);
  EXPECT_EQ(delivery.held(), 2u);
}

// Whatever fails and whenever: each arrives once, those of a call in their order, and in the end all are acknowledged.
TEST(Delivery, BringsEverythingThroughAnyWeather) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937 random(seed);
    const auto chance = [&](unsigned of) { return random() % of == 0; };
    std::vector<store::OutboxRow> outbox;
    for (std::uint64_t i = 1; i <= 500; ++i) outbox.push_back(row(i * 3, static_cast<std::uint8_t>(random() % 20)));
    Delivery delivery(0);
    std::map<std::string, std::vector<std::uint64_t>> by_call;
    std::vector<std::uint64_t> flying;
    Time now = kStart;
    for (int step = 0; step < 1'000'000 && delivery.acknowledged() < 1'500; ++step) {
      if (const auto after = delivery.wants()) {
        std::vector<store::OutboxRow> page;
        for (const auto& each : outbox) {
          if (each.serial > *after && page.size() < Delivery::kPage) page.push_back(each);
        }
        delivery.load(page);
      }
      for (const std::uint64_t serial : all_next(delivery, now)) flying.push_back(serial);
      if (!flying.empty()) {
        std::swap(flying[random() % flying.size()], flying.back());
        const std::uint64_t serial = flying.back();
        flying.pop_back();
        if (chance(3)) {
          delivery.failed(serial, now, 0.5);
        } else {
          by_call[outbox[serial / 3 - 1].call->text()].push_back(serial);
          delivery.arrived(serial);
        }
      }
      now += std::chrono::milliseconds(random() % 400);
    }
    ASSERT_EQ(delivery.acknowledged(), 1'500u) << "seed " << seed;
    std::size_t count = 0;
    for (const auto& [call, serials] : by_call) {
      EXPECT_TRUE(std::ranges::is_sorted(serials)) << "seed " << seed;
      EXPECT_EQ(std::set<std::uint64_t>(serials.begin(), serials.end()).size(), serials.size());
      count += serials.size();
    }
    EXPECT_EQ(count, 500u);
  }
}

}  // namespace
}  // namespace parley::signaling::test

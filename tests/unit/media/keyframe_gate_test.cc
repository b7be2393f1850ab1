#include "media/keyframe_gate.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

constexpr Time kStart{50s};

TEST(KeyframeGate, AsksAtOnceForTheFirstWish) {
  KeyframeGate gate(500ms);
  EXPECT_FALSE(gate.take_request(kStart));
  EXPECT_EQ(gate.next_deadline(), kNever);
  gate.want(kStart);
  EXPECT_EQ(gate.next_deadline(), kStart);
  EXPECT_TRUE(gate.take_request(kStart));
}

TEST(KeyframeGate, ManyWishesMakeOneRequest) {
  KeyframeGate gate(500ms);
  int requests = 0;
  for (int i = 0; i < 100; ++i) {
    gate.want(kStart + i * 1ms);
    requests += gate.take_request(kStart + i * 1ms);
  }
  EXPECT_EQ(requests, 1);
}

TEST(KeyframeGate, AKeyframeGrantsEveryWish) {
  KeyframeGate gate(500ms);
  gate.want(kStart);
  gate.take_request(kStart);
  gate.want(kStart + 50ms);
  gate.on_keyframe(kStart + 100ms);
  EXPECT_EQ(gate.next_deadline(), kNever);
  EXPECT_FALSE(gate.take_request(kStart + 10s));
}

TEST(KeyframeGate, AWishAfterTheKeyframeWaitsForTheInterval) {
  KeyframeGate gate(500ms);
  gate.want(kStart);
  gate.take_request(kStart);
  gate.on_keyframe(kStart + 100ms);
  gate.want(kStart + 200ms);
  EXPECT_EQ(gate.next_deadline(), kStart + 500ms);
  EXPECT_FALSE(gate.take_request(kStart + 499ms));
  EXPECT_TRUE(gate.take_request(kStart + 500ms));
}

// Asks on every deadline until there is none.
std::vector<Duration> requests_after(KeyframeGate& gate, Time start) {
  std::vector<Duration> at;
  while (gate.next_deadline() != kNever && at.size() < 100) {
    const Time now = gate.next_deadline();
    EXPECT_FALSE(gate.take_request(now - 1ns));
    EXPECT_TRUE(gate.take_request(now));
    at.push_back(now - start);
  }
  return at;
}

TEST(KeyframeGate, RepeatsEverMoreSlowlyAndGivesUp) {
  KeyframeGate gate(500ms);
  gate.want(kStart);
  EXPECT_EQ(requests_after(gate, kStart), (std::vector<Duration>{0s, 500ms, 1500ms, 3500ms, 7500ms, 11'500ms, 15'500ms,
                                                                 19'500ms, 23'500ms, 27'500ms}));
}

TEST(KeyframeGate, ANewWishStartsOverAfterGivingUp) {
  KeyframeGate gate(500ms);
  gate.want(kStart);
  const auto first = requests_after(gate, kStart);
  const Time last = kStart + first.back();
  gate.want(last + 100ms);
  EXPECT_EQ(gate.next_deadline(), last + 500ms) << "still not more than one per interval";
  EXPECT_EQ(requests_after(gate, last + 500ms), first);
}

TEST(KeyframeGate, WishesDoNotShortenTheBackOff) {
  KeyframeGate gate(500ms);
  int requests = 0;
  for (Time now = kStart; now < kStart + 10s; now += 10ms) {
    gate.want(now);
    requests += gate.take_request(now);
  }
  EXPECT_EQ(requests, 5);  // At 0, 0.5, 1.5, 3.5 and 7.5 s.
}

TEST(KeyframeGate, AnIntervalLongerThanTheLongestBackOffIsKept) {
  KeyframeGate gate(6s);
  gate.want(kStart);
  EXPECT_TRUE(gate.take_request(kStart));
  EXPECT_EQ(gate.next_deadline(), kStart + 6s);
}

}  // namespace
}  // namespace parley

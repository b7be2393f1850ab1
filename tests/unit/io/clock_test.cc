#include "io/clock.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

timespec stamp(Duration since_epoch) {
  return {.tv_sec = since_epoch.count() / 1'000'000'000, .tv_nsec = since_epoch.count() % 1'000'000'000};
}

const ClockSample kSample{.monotonic = Time(100s), .realtime = 1'700'000'000s};

TEST(Clock, GivesTheKernelsStampOnOurOwnLine) {
  EXPECT_EQ(kSample.to_time(stamp(1'700'000'000s - 3ms)), Time(100s - 3ms));
}

TEST(Clock, NeverPutsAnArrivalIntoTheFuture) {
  EXPECT_EQ(kSample.to_time(stamp(1'700'000'000s + 3ms)), Time(100s));
}

TEST(Clock, DoesNotBelieveAStampFromBeforeTheWallClockWasStepped) {
  EXPECT_EQ(kSample.to_time(stamp(1'600'000'000s)), Time(100s));
}

TEST(Clock, RunsForward) {
  const Time before = now();
  const ClockSample sample = ClockSample::take();
  EXPECT_GE(sample.monotonic, before);
  EXPECT_GE(now(), sample.monotonic);
}

}  // namespace
}  // namespace parley

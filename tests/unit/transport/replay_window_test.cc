#include "transport/replay_window.h"

#include <gtest/gtest.h>

#include <set>

#include "base/rng.h"

namespace parley {
namespace {

TEST(ReplayWindow, TakesAnIndexOnce) {
  ReplayWindow<128> window;
  EXPECT_TRUE(window.is_fresh(7));
  window.mark(7);
  EXPECT_FALSE(window.is_fresh(7));
  EXPECT_TRUE(window.is_fresh(6));
  EXPECT_TRUE(window.is_fresh(8));
}

TEST(ReplayWindow, LookingMarksNothing) {
  ReplayWindow<128> window;
  window.mark(7);
  EXPECT_TRUE(window.is_fresh(1'000'000));
  EXPECT_TRUE(window.is_fresh(8));
  EXPECT_EQ(window.highest(), 7u);
}

TEST(ReplayWindow, TheFirstIndexMayBeZero) {
  ReplayWindow<128> window;
  EXPECT_TRUE(window.is_fresh(0));
  window.mark(0);
  EXPECT_FALSE(window.is_fresh(0));
}

TEST(ReplayWindow, ReachesExactlyItsSizeBack) {
  ReplayWindow<128> window;
  window.mark(1000);
  EXPECT_TRUE(window.is_fresh(1000 - 127));
  EXPECT_FALSE(window.is_fresh(1000 - 128));
  EXPECT_FALSE(window.is_fresh(0));
}

TEST(ReplayWindow, RemembersThroughAJumpThatStaysInside) {
  ReplayWindow<128> window;
  window.mark(1000);
  window.mark(1100);
  EXPECT_FALSE(window.is_fresh(1000));
  EXPECT_TRUE(window.is_fresh(1050));
}

TEST(ReplayWindow, AgreesWithASetUnderRandomWalks) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    ReplayWindow<192> window;
    std::set<std::uint64_t> seen;
    std::uint64_t at = 500;
    for (int i = 0; i < 3000; ++i) {
      at += rng.chance(0.01) ? rng.below(400) : rng.below(5);
      const std::uint64_t index = at - rng.below(250);
      const std::uint64_t highest = seen.empty() ? 0 : *seen.rbegin();
      const bool fresh = seen.empty() || index > highest || (highest - index < 192 && !seen.contains(index));
      ASSERT_EQ(window.is_fresh(index), fresh) << "seed " << seed << " step " << i;
      if (fresh) {
        window.mark(index);
        seen.insert(index);
      }
    }
  }
}

}  // namespace
}  // namespace parley

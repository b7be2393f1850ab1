#include "base/sequence.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(Sequence, NewerGoesTheShortWayRound) {
  EXPECT_TRUE(is_newer(std::uint16_t{0}, std::uint16_t{65535}));
  EXPECT_FALSE(is_newer(std::uint16_t{65535}, std::uint16_t{0}));
  EXPECT_FALSE(is_newer(std::uint16_t{5}, std::uint16_t{5}));
  EXPECT_FALSE(is_newer(std::uint16_t{0x8000}, std::uint16_t{0}));
}

TEST(Sequence, UnwrapsForwardAndBackwardAcrossTheEdge) {
  SequenceUnwrapper u;
  const auto first = u.unwrap(65534);
  EXPECT_EQ(u.unwrap(1), first + 3);
  EXPECT_EQ(u.unwrap(65533), first - 1);
  EXPECT_EQ(u.unwrap(65535), first + 1);
}

TEST(Sequence, PeekChangesNothing) {
  SequenceUnwrapper u;
  const auto first = u.unwrap(10);
  EXPECT_EQ(u.peek(20), first + 10);
  EXPECT_EQ(u.unwrap(11), first + 1);
}

TEST(Sequence, TimestampsUnwrapOverManyLaps) {
  TimestampUnwrapper u;
  std::uint32_t ts = 0xffff0000;
  std::int64_t last = u.unwrap(ts);
  for (int i = 0; i < 100'000; ++i) {
    ts += 900'000;
    const auto next = u.unwrap(ts);
    ASSERT_EQ(next, last + 900'000);
    last = next;
  }
}

}  // namespace
}  // namespace parley

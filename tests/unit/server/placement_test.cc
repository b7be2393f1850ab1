#include "server/placement.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

TEST(Placement, GivesARoomToTheWorkerWithTheFewestSessions) {
  Placement placement;
  EXPECT_EQ(placement.choose(std::vector<std::size_t>{3, 1, 2}), 1u);
  EXPECT_EQ(placement.choose(std::vector<std::size_t>{3, 4, 2}), 2u);
}

TEST(Placement, TakesTurnsAmongEquals) {
  Placement placement;
  const std::vector<std::size_t> idle(3, 0);
  EXPECT_EQ(placement.choose(idle), 0u);
  EXPECT_EQ(placement.choose(idle), 1u);
  EXPECT_EQ(placement.choose(idle), 2u);
  EXPECT_EQ(placement.choose(idle), 0u);
}

TEST(Placement, HasNoChoiceWithOneWorker) {
  Placement placement;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(placement.choose(std::vector<std::size_t>{9}), 0u);
}

}  // namespace
}  // namespace parley

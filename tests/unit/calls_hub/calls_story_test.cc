// Stories from a seed: what must always hold of private calls, over many orders of events.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "support/calls_hub_story.h"

namespace parley::signaling::world {
namespace {

TEST(CallsStory, WhateverHappensTheRulesHold) {
  std::size_t calls = 0, entries = 0;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    std::mt19937 draw(seed);
    std::vector<std::uint8_t> bytes(400);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(draw());
    Story story(bytes);
    ASSERT_EQ(story.tell(), "") << "seed " << seed << "\n" << story.so_far();
    calls += story.calls();
    entries += story.entries();
  }
  // So that it says something.
  EXPECT_GT(calls, 250u);
  EXPECT_GT(entries, 250u);
}

}  // namespace
}  // namespace parley::signaling::world

#include "base/slot_map.h"

#include <gtest/gtest.h>

#include <string>

namespace parley {
namespace {

TEST(SlotMap, FindsWhatWasPutIn) {
  SlotMap<std::string> map;
  const auto h = map.emplace("a");
  ASSERT_NE(map.find(h), nullptr);
  EXPECT_EQ(*map.find(h), "a");
}

TEST(SlotMap, AHandleOfAnErasedElementIsStaleEvenWhenItsPlaceIsTakenAgain) {
  SlotMap<std::string> map;
  const auto old = map.emplace("a");
  EXPECT_TRUE(map.erase(old));
  const auto fresh = map.emplace("b");
  EXPECT_EQ(fresh.index, old.index);
  EXPECT_EQ(map.find(old), nullptr);
  EXPECT_FALSE(map.erase(old));
  EXPECT_EQ(*map.find(fresh), "b");
}

TEST(SlotMap, ADefaultHandleIsNobodys) {
  SlotMap<std::string> map;
  map.emplace("a");
  EXPECT_EQ(map.find({}), nullptr);
}

TEST(SlotMap, ElementsKeepTheirAddressWhileOthersComeAndGo) {
  SlotMap<int> map;
  const auto first = map.emplace(1);
  const int* address = map.find(first);
  for (int i = 0; i < 1000; ++i) map.emplace(i);
  EXPECT_EQ(map.find(first), address);
}

TEST(SlotMap, AVisitorMayEraseTheElementItIsGiven) {
  SlotMap<int> map;
  for (int i = 0; i < 10; ++i) map.emplace(i);
  map.for_each([&](Handle<int> h, int& value) {
    if (value % 2 == 0) map.erase(h);
  });
  EXPECT_EQ(map.size(), 5u);
}

}  // namespace
}  // namespace parley

#include "engine/demux_table.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

struct Entry {};
constexpr Handle<Entry> kOne{1, 1}, kTwo{2, 1};

Path path(std::uint16_t port) {
  return {Address::v4({192, 0, 2, 1}, 7000), Address::v4({203, 0, 113, 7}, port)};
}

class DemuxTableTest : public testing::Test {
 protected:
  DemuxTable<Entry> table_;
};

TEST_F(DemuxTableTest, APathLeadsToWhoProvedItLast) {
  table_.map_path(path(1), kOne);
  EXPECT_EQ(table_.find(path(1)), kOne);
  table_.map_path(path(1), kTwo);
  EXPECT_EQ(table_.find(path(1)), kTwo);
  table_.map_path(path(1), kOne);
  EXPECT_EQ(table_.find(path(1)), kOne);
}

TEST_F(DemuxTableTest, AStrangersPathLeadsNowhere) {
  EXPECT_FALSE(table_.find(path(1)));
  EXPECT_FALSE(table_.find(Path{}));
  table_.map_path(path(1), kOne);
  EXPECT_EQ(table_.find(path(1)), kOne);
  table_.unmap_path(path(1), kOne);
  EXPECT_FALSE(table_.find(Path{})) << "an empty path is nobody's, whoever was asked for last";
}

TEST_F(DemuxTableTest, OnlyTheOwnerCanGiveAPathUp) {
  table_.map_path(path(1), kTwo);
  table_.unmap_path(path(1), kOne);
  EXPECT_EQ(table_.find(path(1)), kTwo);
  table_.unmap_path(path(1), kTwo);
  EXPECT_FALSE(table_.find(path(1)));
}

TEST_F(DemuxTableTest, AUfragLeadsToItsSessionUntilRetired) {
  table_.map_ufrag("abcd", kOne);
  EXPECT_EQ(table_.find_ufrag("abcd"), kOne);
  EXPECT_FALSE(table_.find_ufrag("abc"));
  table_.unmap_ufrag("abcd", kTwo);
  EXPECT_EQ(table_.find_ufrag("abcd"), kOne);
  table_.unmap_ufrag("abcd", kOne);
  EXPECT_FALSE(table_.find_ufrag("abcd"));
}

TEST_F(DemuxTableTest, ForgettingASessionLeavesTheOthers) {
  table_.map_path(path(1), kOne);
  table_.map_path(path(2), kTwo);
  table_.map_ufrag("one", kOne);
  table_.map_ufrag("two", kTwo);
  EXPECT_EQ(table_.find(path(1)), kOne);
  table_.forget(kOne);
  EXPECT_FALSE(table_.find(path(1)));
  EXPECT_FALSE(table_.find_ufrag("one"));
  EXPECT_EQ(table_.find(path(2)), kTwo);
  EXPECT_EQ(table_.find_ufrag("two"), kTwo);
  EXPECT_EQ(table_.paths(), 1u);
}

}  // namespace
}  // namespace parley

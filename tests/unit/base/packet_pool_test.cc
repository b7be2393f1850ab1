#include "base/packet_pool.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(PacketPool, GivesUpToItsCeilingAndThenNull) {
  PacketPool pool(2);
  PacketRef a = pool.take(), b = pool.take();
  EXPECT_TRUE(a);
  EXPECT_TRUE(b);
  EXPECT_FALSE(pool.take());
  a = PacketRef();
  EXPECT_TRUE(pool.take());
}

TEST(PacketPool, ASlotComesBackWithItsLastReference) {
  PacketPool pool(4);
  {
    PacketRef a = pool.take();
    PacketRef b = a;
    EXPECT_FALSE(a.unique());
    a = PacketRef();
    EXPECT_TRUE(b.unique());
    EXPECT_EQ(pool.in_use(), 1u);
  }
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(PacketPool, CopyKeepsTheBytesAndRefusesTooMany) {
  PacketPool pool(1);
  const std::uint8_t bytes[] = {1, 2, 3};
  PacketRef a = pool.copy_of(bytes);
  ASSERT_TRUE(a);
  EXPECT_EQ(a.bytes()[2], 3);
  a = PacketRef();
  EXPECT_FALSE(pool.copy_of(std::vector<std::uint8_t>(PacketRef::kSlotSize + 1)));
  EXPECT_EQ(pool.in_use(), 0u);
}

}  // namespace
}  // namespace parley

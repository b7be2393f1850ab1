#include "io/destination_groups.h"

#include <gtest/gtest.h>

#include <map>

#include "base/rng.h"

namespace parley {
namespace {

Path path(std::uint16_t port) {
  return {.local = Address::v4({127, 0, 0, 1}, 7000), .remote = Address::v4({127, 0, 0, 1}, port)};
}

std::vector<std::vector<std::uint32_t>> sorted(DestinationGroups& groups, const std::vector<std::uint16_t>& ports) {
  Outbox outbox;
  for (const std::uint16_t port : ports) outbox.send(path(port), PacketRef());
  std::vector<std::vector<std::uint32_t>> out;
  for (const DestinationGroups::Group& group : groups.sort(outbox.items())) {
    std::vector<std::uint32_t>& items = out.emplace_back();
    for (std::uint32_t i = group.first; i != DestinationGroups::kEnd; i = groups.next(i)) items.push_back(i);
  }
  return out;
}

TEST(DestinationGroups, KeepsTheOrderWithinADestinationAndOfDestinations) {
  DestinationGroups groups;
  const std::vector<std::vector<std::uint32_t>> expected = {{0, 1, 4}, {2, 5}, {3}};
  EXPECT_EQ(sorted(groups, {9, 9, 8, 7, 9, 8}), expected);
}

TEST(DestinationGroups, RemembersNothingOfTheRoundBefore) {
  DestinationGroups groups;
  sorted(groups, {1, 2, 3});
  const std::vector<std::vector<std::uint32_t>> expected = {{0}, {1}};
  EXPECT_EQ(sorted(groups, {2, 1}), expected);
  EXPECT_TRUE(sorted(groups, {}).empty());
}

TEST(DestinationGroups, TellsOurOwnAddressesApart) {
  Outbox outbox;
  Path other = path(1);
  other.local = Address::v4({127, 0, 0, 2}, 7000);
  outbox.send(path(1), PacketRef());
  outbox.send(other, PacketRef());
  DestinationGroups groups;
  EXPECT_EQ(groups.sort(outbox.items()).size(), 2u);
}

TEST(DestinationGroups, AgreesWithAMapForAnyMixture) {
  DestinationGroups groups;
  Rng rng(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint16_t> ports(rng.below(300));
    for (std::uint16_t& port : ports) port = static_cast<std::uint16_t>(1 + rng.below(1 + rng.below(50)));

    std::map<std::uint16_t, std::vector<std::uint32_t>> expected;
    for (std::uint32_t i = 0; i < ports.size(); ++i) expected[ports[i]].push_back(i);
    const auto actual = sorted(groups, ports);
    ASSERT_EQ(actual.size(), expected.size());
    for (const auto& group : actual) ASSERT_EQ(group, expected[ports[group.front()]]);
  }
}

}  // namespace
}  // namespace parley

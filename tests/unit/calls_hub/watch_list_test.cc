#include "signaling/hub/watch_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace parley::signaling {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const call::SiteId kOak{"oak"};

ConnectionId line(std::uint64_t number) {
  return static_cast<ConnectionId>(number);
}

Card card(const std::string& member, bool shown = true) {
  return {{call::MemberId(member), "Name of " + member, {}}, shown};
}

std::set<ConnectionId> watchers(const WatchList& list, const std::string& member) {
  std::set<ConnectionId> found;
  if (const auto* watched = list.find({kOak, call::MemberId(member)})) {
    for (const auto& watcher : watched->watchers) found.insert(watcher.connection);
  }
  return found;
}

TEST(WatchList, FindsTheWatchersOfAMember) {
  WatchList list;
  list.watch(line(1), kOak, {card("ann"), card("bob")});
  list.watch(line(2), kOak, {card("bob")});
  EXPECT_EQ(watchers(list, "ann"), (std::set{line(1)}));
  EXPECT_EQ(watchers(list, "bob"), (std::set{line(1), line(2)}));
  EXPECT_THAT(watchers(list, "cid"), IsEmpty());
}

TEST(WatchList, ANewListReplacesTheOld) {
  WatchList list;
  list.watch(line(1), kOak, {card("ann"), card("bob")});
  list.watch(line(1), kOak, {card("cid")});
  EXPECT_EQ(list.links(), 1u);
  EXPECT_EQ(list.find({kOak, call::MemberId("ann")}), nullptr) << "forgotten with the last watcher";
}

TEST(WatchList, AMemberNamedTwiceCountsOnce) {
  WatchList list;
  list.watch(line(1), kOak, {card("ann"), card("bob"), card("ann")});
  EXPECT_EQ(list.links(), 2u);
  EXPECT_THAT(list.find({kOak, call::MemberId("ann")})->watchers, SizeIs(1));
}

TEST(WatchList, OneSiteIsApartFromAnother) {
  WatchList list;
  list.watch(line(1), kOak, {card("ann")});
  list.watch(line(2), call::SiteId("elm"), {card("ann")});
  EXPECT_EQ(watchers(list, "ann"), (std::set{line(1)}));
  const auto [first, last] = list.of_site(kOak);
  EXPECT_EQ(std::distance(first, last), 1);
}

TEST(WatchList, BothEndsOfEveryLinkAgreeAfterManyChanges) {
  std::mt19937 random(7);
  WatchList list;
  std::map<ConnectionId, std::map<std::string, bool>> model;
  for (int round = 0; round < 5'000; ++round) {
    const ConnectionId who = line(random() % 12);
    std::vector<Card> cards;
    std::map<std::string, bool> wish;
    for (std::size_t i = random() % 8; i > 0; --i) {
      const std::string name(1, static_cast<char>('a' + random() % 10));
      const bool shown = random() % 2 == 0;
      if (wish.try_emplace(name, shown).second) cards.push_back(card(name, shown));
    }
    list.watch(who, kOak, cards);
    model[who] = wish;

    std::size_t links = 0;
    for (const auto& [connection, watched] : model) {
      links += watched.size();
      for (const auto& [name, shown] : watched) {
        const auto* found = list.find({kOak, call::MemberId(name)});
        ASSERT_NE(found, nullptr) << "round " << round;
        const auto at = std::ranges::find(found->watchers, connection, &WatchList::Watcher::connection);
        ASSERT_NE(at, found->watchers.end()) << "round " << round;
        ASSERT_EQ(at->shown, shown) << "round " << round;
      }
    }
    ASSERT_EQ(list.links(), links) << "round " << round;
  }
  for (std::uint64_t each = 0; each < 12; ++each) list.forget(line(each));
  EXPECT_EQ(list.links(), 0u);
  const auto [first, last] = list.of_site(kOak);
  EXPECT_EQ(first, last);
}

}  // namespace
}  // namespace parley::signaling

#include "signaling/hub/watch_list.h"

#include <algorithm>

namespace parley::signaling {

void WatchList::watch(ConnectionId connection, const call::SiteId& site, const std::vector<Card>& cards) {
  forget(connection);
  if (cards.empty()) return;
  std::vector<Link>& list = lists_[connection];
  list.reserve(cards.size());
  for (const Card& card : cards) {
    const auto [to, is_new] = people_.try_emplace({site, card.person.member});
    Watched& watched = to->second;
    if (is_new) watched.person = card.person;
    // This connection's links are the latest: a repetition can only be the last of them.
    if (!watched.watchers.empty() && watched.watchers.back().connection == connection) continue;
    list.push_back({to, static_cast<std::uint32_t>(watched.watchers.size())});
    watched.watchers.push_back({connection, static_cast<std::uint32_t>(list.size() - 1), card.shown});
    ++links_;
  }
}

void WatchList::forget(ConnectionId connection) {
  const auto found = lists_.find(connection);
  if (found == lists_.end()) return;
  const std::vector<Link> list = std::move(found->second);
  lists_.erase(found);
  for (const Link& link : list) cut(link);
}

// The last watcher takes the free place, and its own end of the link learns of it.
void WatchList::cut(const Link& link) {
  std::vector<Watcher>& watchers = link.to->second.watchers;
  const Watcher last = watchers.back();
  watchers.pop_back();
  --links_;
  if (link.place < watchers.size()) {
    watchers[link.place] = last;
    lists_.at(last.connection)[last.slot].place = link.place;
  }
  if (watchers.empty()) people_.erase(link.to);
}

WatchList::Watched* WatchList::find(const MemberKey& who) {
  const auto found = people_.find(who);
  return found == people_.end() ? nullptr : &found->second;
}

const WatchList::Watched* WatchList::find(const MemberKey& who) const {
  const auto found = people_.find(who);
  return found == people_.end() ? nullptr : &found->second;
}

std::pair<WatchList::People::iterator, WatchList::People::iterator> WatchList::of_site(const call::SiteId& site) {
  const auto first = people_.lower_bound({site, {}});
  auto last = first;
  while (last != people_.end() && last->first.site == site) ++last;
  return {first, last};
}

}  // namespace parley::signaling

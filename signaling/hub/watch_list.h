// Whose cards are on which screens (R50): connections watch members, each link known from both ends, so that a page
// that goes, or scrolls, costs what it watched. Owned by Attendance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "signaling/hub/calls_ports.h"

namespace parley::signaling {

// A member as one viewer may see it. `shown`: takes calls and does not block the viewer; else it looks inactive.
struct Card {
  Person person;
  bool shown = false;
};

class WatchList {
 public:
  struct Watcher {
    ConnectionId connection{};
    std::uint32_t slot = 0;  // in the list of the connection
    bool shown = false;
  };
  // Somebody whom at least one connection watches.
  struct Watched {
    Person person;
    std::vector<Watcher> watchers;
  };
  using People = std::map<MemberKey, Watched>;

  // Replaces what the connection watched; a member named twice counts once. A person already known stays as it is.
  void watch(ConnectionId connection, const call::SiteId& site, const std::vector<Card>& cards);
  void forget(ConnectionId connection);

  Watched* find(const MemberKey& who);
  const Watched* find(const MemberKey& who) const;
  // All of one site.
  std::pair<People::iterator, People::iterator> of_site(const call::SiteId& site);
  std::size_t links() const { return links_; }

 private:
  struct Link {
    People::iterator to;
    std::uint32_t place = 0;  // among its watchers
  };

  void cut(const Link& link);

  People people_;
  std::unordered_map<ConnectionId, std::vector<Link>> lists_;
  std::size_t links_ = 0;
};

}  // namespace parley::signaling

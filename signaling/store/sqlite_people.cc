#include "signaling/store/sqlite_backend.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling::store {

Answer<PeopleView> SqliteBackend::read_people(const call::SiteId& site, const call::MemberId& viewer,
                                              const std::vector<call::MemberId>& members) {
  if (auto fault = fault_of(members)) return std::unexpected(std::move(*fault));
  PeopleView view;
  view.site = site_entry(site);
  for (const call::MemberId& member : members) {
    auto profile = profile_of(site, member);
    if (!profile) continue;
    Query blocks(db_, "SELECT 1 FROM blocks WHERE site = ? AND member = ? AND blocked = ?", site, member, viewer);
    view.people.push_back({std::move(*profile), blocks.next()});
  }
  return db_.result(std::move(view));
}

}  // namespace parley::signaling::store

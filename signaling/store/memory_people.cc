#include "signaling/store/memory_backend.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling::store {

Answer<PeopleView> MemoryBackend::read_people(const call::SiteId& site, const call::MemberId& viewer,
                                              const std::vector<call::MemberId>& members) {
  if (auto fault = fault_of(members)) return std::unexpected(std::move(*fault));
  PeopleView view;
  if (const auto at = sites_.find(site); at != sites_.end()) view.site = at->second;
  for (const call::MemberId& member : members) {
    const auto found = members_.find({site, member});
    if (found == members_.end()) continue;
    const auto blocks = blocked_.find({site, member});
    view.people.push_back({found->second, blocks != blocked_.end() && blocks->second.contains(viewer)});
  }
  return view;
}

}  // namespace parley::signaling::store

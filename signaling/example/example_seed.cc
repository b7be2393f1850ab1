#include "signaling/example/example_seed.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "signaling/example/example_members.h"

namespace parley::signaling {
namespace {

std::vector<store::MemberUpdate> missing_from(const std::vector<store::MemberProfile>& there) {
  std::vector<store::MemberUpdate> missing;
  for (const ExampleMember& each : kExampleMembers) {
    const auto same = [&](const store::MemberProfile& profile) { return profile.member.text() == each.member; };
    if (std::any_of(there.begin(), there.end(), same)) continue;
    missing.push_back({.member = call::MemberId(each.member),
                       .name = each.name,
                       .avatar = each.avatar,
                       .role = each.admin ? store::Role::kAdmin : store::Role::kMember});
  }
  return missing;
}

}  // namespace

store::Answer<ExampleSeeded> seed_example(store::StoreBackend& store, const ExampleSeed& seed,
                                          const store::Stamp& stamp) {
  const call::SiteId site{kExampleSite};
  ExampleSeeded seeded;

  auto entry = store.read_site(site);
  if (!entry) return std::unexpected(entry.error());
  if (entry->version == 0) {
    entry->settings.private_calls = seed.private_calls;
    store::AuditEntry audit{.site = site, .who = "server", .to = "created", .why = "example", .stamp = stamp};
    const auto written = store.put_site({.site = site, .settings = entry->settings, .audit = std::move(audit)});
    if (!written) return std::unexpected(written.error());
    seeded.site = true;
  }

  const auto there = store.list_members(site, call::MemberId{}, store::kMaxPage);
  if (!there) return std::unexpected(there.error());
  const auto missing = missing_from(*there);
  if (missing.empty()) return seeded;
  const auto added = store.upsert_members(site, missing);
  if (!added) return std::unexpected(added.error());
  seeded.members = missing.size();
  return seeded;
}

}  // namespace parley::signaling

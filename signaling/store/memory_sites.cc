#include "signaling/store/memory_backend.h"

#include <algorithm>

#include "signaling/store/store_rules.h"

namespace parley::signaling::store {

// ---- sites

Answer<SiteEntry> MemoryBackend::read_site(const call::SiteId& site) {
  const auto at = sites_.find(site);
  return at == sites_.end() ? SiteEntry{} : at->second;
}

Answer<Done> MemoryBackend::put_site(const SiteChange& change) {
  const auto at = sites_.find(change.site);
  if (auto fault = fault_of(change, at == sites_.end() ? 0 : at->second.version))
    return std::unexpected(std::move(*fault));
  SiteEntry& entry = sites_[change.site];
  entry.settings = change.settings;
  ++entry.version;
  add_audit(change.audit);
  return Done{};
}

Answer<std::vector<SiteRow>> MemoryBackend::list_sites(const call::SiteId& after, std::size_t limit) {
  std::vector<SiteRow> found;
  for (auto at = sites_.upper_bound(after); at != sites_.end() && found.size() < clipped(limit); ++at)
    found.push_back({at->first, at->second});
  return found;
}

Answer<Done> MemoryBackend::erase_site(const call::SiteId& site, const AuditEntry& last) {
  const auto unfinished = [&](std::uint64_t serial) { return calls_.at(serial).record.site == site; };
  if (std::ranges::any_of(unfinished_, unfinished))
    return std::unexpected(Failure{Fault::kInUse, "the site has an unfinished call"});
  for (auto at = calls_.begin(); at != calls_.end();) {
    const auto next = std::next(at);
    if (at->second.record.site == site) forget_call(at);
    at = next;
  }
  const auto by_pair = [&](const auto& entry) { return std::get<0>(entry.first) == site; };
  const auto of_site = [&](const auto& entry) { return entry.second.site == site; };
  std::erase_if(by_member_, by_pair);
  std::erase_if(member_rows_, by_pair);
  std::erase_if(pair_rows_, by_pair);
  std::erase_if(members_, by_pair);
  std::erase_if(blocked_, by_pair);
  std::erase_if(notifications_, by_pair);
  std::erase_if(threads_, by_pair);
  std::erase_if(outbox_, of_site);
  std::erase_if(audit_, of_site);
  webhooks_.erase(site);
  acknowledged_.erase(consumer_of(site));
  sites_.erase(site);
  add_audit(last);
  return Done{};
}

Answer<CallCounts> MemoryBackend::count_calls(const call::SiteId& site, WallTime since) {
  CallCounts counts;
  for (const auto& [serial, stored] : calls_) {
    const call::CallRecord& record = stored.record;
    if (record.site != site || stored.created < since) continue;
    ++counts.by_ring[static_cast<std::size_t>(record.ring)];
    ++counts.by_state[static_cast<std::size_t>(record.state)];
    counts.talked += record.talked;
  }
  return counts;
}

// ---- webhooks

Answer<Done> MemoryBackend::put_webhook(const WebhookChange& change) {
  if (auto fault = fault_of(change.hook)) return std::unexpected(std::move(*fault));
  const auto [at, is_new] = webhooks_.try_emplace(change.hook.site);
  if (is_new) acknowledged_[consumer_of(change.hook.site)] = next_outbox_ - 1;
  const std::uint64_t version = at->second.version + 1;
  at->second = change.hook;
  at->second.version = version;
  at->second.acknowledged = 0;
  add_audit(change.audit);
  return Done{};
}

Webhook MemoryBackend::with_place(Webhook hook) const {
  const auto at = acknowledged_.find(consumer_of(hook.site));
  if (at != acknowledged_.end()) hook.acknowledged = at->second;
  return hook;
}

Answer<std::optional<Webhook>> MemoryBackend::read_webhook(const call::SiteId& site) {
  const auto at = webhooks_.find(site);
  return at == webhooks_.end() ? std::nullopt : std::optional(with_place(at->second));
}

Answer<std::vector<Webhook>> MemoryBackend::read_webhooks(const call::SiteId& after, std::size_t limit) {
  std::vector<Webhook> found;
  for (auto at = webhooks_.upper_bound(after); at != webhooks_.end() && found.size() < clipped(limit); ++at)
    found.push_back(with_place(at->second));
  return found;
}

Answer<Done> MemoryBackend::erase_webhook(const call::SiteId& site, const AuditEntry& audit) {
  if (webhooks_.erase(site) == 0) return std::unexpected(Failure{Fault::kNotFound, "the site has no webhook"});
  acknowledged_.erase(consumer_of(site));
  add_audit(audit);
  return Done{};
}

// ---- members

Answer<std::optional<MemberProfile>> MemoryBackend::read_member(const call::SiteId& site,
                                                                const call::MemberId& member) {
  const auto at = members_.find({site, member});
  return at == members_.end() ? std::nullopt : std::optional(at->second);
}

Answer<std::vector<MemberProfile>> MemoryBackend::list_members(const call::SiteId& site, const call::MemberId& after,
                                                               std::size_t limit) {
  std::vector<MemberProfile> found;
  for (auto at = members_.upper_bound({site, after}); at != members_.end() && at->first.first == site; ++at) {
    if (found.size() == clipped(limit)) break;
    found.push_back(at->second);
  }
  return found;
}

Answer<std::vector<call::MemberId>> MemoryBackend::read_blocked(const call::SiteId& site,
                                                                const call::MemberId& member) {
  const auto at = blocked_.find({site, member});
  if (at == blocked_.end()) return std::vector<call::MemberId>{};
  return std::vector<call::MemberId>(at->second.begin(), at->second.end());
}

Answer<std::size_t> MemoryBackend::upsert_members(const call::SiteId& site, const std::vector<MemberUpdate>& updates) {
  if (auto fault = fault_of(updates)) return std::unexpected(std::move(*fault));
  std::size_t changed = 0;
  if (!updates.empty()) sites_.try_emplace(site);
  for (const MemberUpdate& update : updates) {
    const MemberKey key{site, update.member};
    MemberProfile& profile =
        members_.try_emplace(key, MemberProfile{.site = site, .member = update.member}).first->second;
    MemberProfile after = updated(profile, update);
    if (update.blocked) {
      std::set<call::MemberId> blocked(update.blocked->begin(), update.blocked->end());
      if (blocked_[key] != blocked) {
        if (after.version == profile.version) ++after.version;
        blocked_[key] = std::move(blocked);
      }
    }
    if (after.version != profile.version) ++changed;
    profile = std::move(after);
  }
  return changed;
}

Answer<Done> MemoryBackend::erase_member(const call::SiteId& site, const call::MemberId& member) {
  const MemberKey key{site, member};
  const std::set<std::uint64_t> mine = by_member_[key];
  if (std::ranges::any_of(mine, [&](std::uint64_t serial) { return unfinished_.contains(serial); })) {
    return std::unexpected(Failure{Fault::kInUse, "the member has an unfinished call"});
  }
  for (const std::uint64_t serial : mine) forget_call(calls_.find(serial));
  by_member_.erase(key);
  member_rows_.erase(key);
  members_.erase(key);
  blocked_.erase(key);
  for (auto& [owner, list] : blocked_) {
    if (owner.first == site) list.erase(member);
  }
  notifications_.erase(key);
  for (auto& [owner, list] : notifications_) {
    if (owner.first == site) std::erase_if(list, [&](const auto& entry) { return entry.second.from == member; });
  }
  const auto has_member = [&](const auto& entry) {
    const auto& [of_site, first, second] = entry.first;
    return of_site == site && (first == member || second == member);
  };
  std::erase_if(pair_rows_, has_member);
  std::erase_if(threads_, has_member);
  std::erase_if(outbox_, [&](const auto& entry) {
    const OutboxRow& row = entry.second;
    return row.site == site && (row.first == member || row.second == member);
  });
  for (auto& [serial, entry] : audit_) {
    if (entry.site == site && entry.by == member) entry.by = {};
  }
  return Done{};
}

}  // namespace parley::signaling::store

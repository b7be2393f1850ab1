#include "signaling/store/memory_backend.h"

#include <algorithm>

#include "signaling/store/store_rules.h"

namespace parley::signaling::store {
namespace {

std::optional<call::CallRecord> record_of(const StoredCall* found) {
  if (!found) return std::nullopt;
  return found->record;
}

}  // namespace

MemoryBackend::PairKey MemoryBackend::key_of(const call::SiteId& site, const call::MemberId& a,
                                             const call::MemberId& b) {
  return {site, std::min(a, b), std::max(a, b)};
}

const StoredCall* MemoryBackend::find(const std::optional<call::CallId>& id) const {
  if (!id) return nullptr;
  const auto at = serial_of_.find(*id);
  return at == serial_of_.end() ? nullptr : &calls_.at(at->second);
}

std::uint64_t MemoryBackend::profile_version(const MemberKey& key) const {
  const auto at = members_.find(key);
  return at == members_.end() ? 0 : at->second.version;
}

call::MemberRow MemoryBackend::row_of(const MemberKey& key) const {
  const auto at = member_rows_.find(key);
  return at == member_rows_.end() ? call::MemberRow{key.first, key.second, {}, {}, 0} : at->second;
}

// ---- calls

std::vector<Moved> MemoryBackend::moved_since(const Change& change) const {
  const call::CallRecord& record = change.record;
  const call::Persist& persist = change.persist;
  const MemberKey caller{record.site, record.caller};
  const MemberKey callee{record.site, record.callee};
  const StoredCall* before = find(record.id);
  std::vector<Moved> moved;
  if ((before ? before->record.version : 0) != persist.from) moved.push_back(Moved::kCall);
  if (!before && !record.request.empty() && by_request_.contains({record.site, record.caller, record.request})) {
    moved.push_back(Moved::kRequest);
  }
  const auto site = sites_.find(record.site);
  if (change.guards.site && *change.guards.site != (site == sites_.end() ? 0 : site->second.version))
    moved.push_back(Moved::kSite);
  if (change.guards.caller_profile && *change.guards.caller_profile != profile_version(caller)) {
    moved.push_back(Moved::kCallerProfile);
  }
  if (change.guards.callee_profile && *change.guards.callee_profile != profile_version(callee)) {
    moved.push_back(Moved::kCalleeProfile);
  }
  if (persist.pair) {
    const auto at = pair_rows_.find(key_of(record.site, record.caller, record.callee));
    if ((at == pair_rows_.end() ? 0 : at->second.version) + 1 != persist.pair->version) moved.push_back(Moved::kPair);
  }
  if (persist.caller_row && row_of(caller).version + 1 != persist.caller_row->version)
    moved.push_back(Moved::kCallerRow);
  if (persist.callee_row && row_of(callee).version + 1 != persist.callee_row->version)
    moved.push_back(Moved::kCalleeRow);
  return moved;
}

CommitAnswer MemoryBackend::commit(const Change& change) {
  if (auto fault = fault_of(change)) return std::unexpected(std::move(*fault));
  if (auto moved = moved_since(change); !moved.empty()) return std::unexpected(Conflict{std::move(moved)});
  const call::CallRecord& record = change.record;
  const call::Persist& persist = change.persist;
  const MemberKey caller{record.site, record.caller};
  const MemberKey callee{record.site, record.callee};

  const auto [known, is_new] = serial_of_.try_emplace(record.id, next_call_);
  const std::uint64_t serial = known->second;
  if (is_new) {
    ++next_call_;
    calls_[serial] = {record, serial, change.stamp.wall, change.stamp.wall};
    by_member_[caller].insert(serial);
    by_member_[callee].insert(serial);
    if (!record.request.empty()) by_request_[{record.site, record.caller, record.request}] = serial;
  } else {
    StoredCall& stored = calls_.at(serial);
    stored.record = record;
    stored.changed = change.stamp.wall;
  }
  if (is_unfinished(record)) {
    unfinished_.insert(serial);
  } else {
    unfinished_.erase(serial);
  }
  if (persist.pair) pair_rows_[key_of(record.site, record.caller, record.callee)] = *persist.pair;
  if (persist.caller_row) member_rows_[caller] = *persist.caller_row;
  if (persist.callee_row) member_rows_[callee] = *persist.callee_row;
  if (persist.missed_notice) add_notification(record, change.stamp.wall);
  for (const call::AuditLine& line : persist.audit) add_audit(audit_entry(record, line, change.stamp));
  add_outbox(record.id, call::pair_of(record.site, record.caller, record.callee), change.outbox, change.stamp.wall);
  return Done{};
}

Answer<std::optional<StoredCall>> MemoryBackend::read_call(const call::CallId& id) {
  const StoredCall* found = find(id);
  return found ? std::optional(*found) : std::nullopt;
}

Answer<std::vector<StoredCall>> MemoryBackend::calls_of(const call::SiteId& site, const call::MemberId& member,
                                                        Page page) {
  std::vector<StoredCall> found;
  const auto mine = by_member_.find({site, member});
  if (mine == by_member_.end()) return found;
  for (auto at = mine->second.lower_bound(page.before);
       at != mine->second.begin() && found.size() < clipped(page.limit);) {
    found.push_back(calls_.at(*--at));
  }
  return found;
}

Answer<std::vector<StoredCall>> MemoryBackend::unfinished_calls(std::uint64_t after_serial, std::size_t limit) {
  std::vector<StoredCall> found;
  for (auto at = unfinished_.upper_bound(after_serial); at != unfinished_.end() && found.size() < clipped(limit);
       ++at) {
    found.push_back(calls_.at(*at));
  }
  return found;
}

PairView MemoryBackend::pair_view(const call::SiteId& site, const call::MemberId& caller,
                                  const call::MemberId& callee) const {
  PairView view;
  if (const auto at = sites_.find(site); at != sites_.end()) view.site = at->second;
  if (const auto at = members_.find({site, caller}); at != members_.end()) view.caller = at->second;
  if (const auto at = members_.find({site, callee}); at != members_.end()) view.callee = at->second;
  if (const auto at = blocked_.find({site, callee}); at != blocked_.end())
    view.caller_blocked = at->second.contains(caller);
  view.caller_row = row_of({site, caller});
  view.callee_row = row_of({site, callee});
  const auto pair = pair_rows_.find(key_of(site, caller, callee));
  view.pair = pair == pair_rows_.end() ? call::pair_of(site, caller, callee) : pair->second;
  return view;
}

call::StartCounts MemoryBackend::starts_since(const StartQuery& query) const {
  call::StartCounts counts;
  const auto count = [&](const call::MemberId& member, auto&& each) {
    const auto mine = by_member_.find({query.site, member});
    if (mine == by_member_.end()) return;
    for (const std::uint64_t serial : mine->second) {
      const call::CallRecord& record = calls_.at(serial).record;
      if (record.started_at > query.counted_since) each(record);
    }
  };
  count(query.caller, [&](const call::CallRecord& record) {
    if (record.caller == query.caller) ++counts.by_caller;
    if (record.party_of(query.callee)) ++counts.by_pair;
  });
  count(query.callee, [&](const call::CallRecord& record) {
    if (record.callee == query.callee) ++counts.to_callee;
  });
  return counts;
}

Answer<PairView> MemoryBackend::read_pair(const call::SiteId& site, const call::MemberId& caller,
                                          const call::MemberId& callee) {
  return pair_view(site, caller, callee);
}

Answer<StartView> MemoryBackend::read_start(const StartQuery& query) {
  StartView view;
  view.two = pair_view(query.site, query.caller, query.callee);
  view.recent = starts_since(query);
  if (!query.request.empty()) {
    const auto same = by_request_.find({query.site, query.caller, query.request});
    if (same != by_request_.end()) view.same_request = calls_.at(same->second).record;
  }
  view.pair_ringing = record_of(find(view.two.pair.ringing));
  view.caller_ringing = record_of(find(view.two.caller_row.ringing_out));
  view.caller_inside = record_of(find(view.two.caller_row.inside));
  view.callee_inside = record_of(find(view.two.callee_row.inside));
  return view;
}

}  // namespace parley::signaling::store

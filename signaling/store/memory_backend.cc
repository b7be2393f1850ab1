#include "signaling/store/memory_backend.h"

#include <algorithm>

#include "signaling/store/store_rules.h"

namespace parley::signaling::store {
namespace {

// The page of a map by serial, newest first, of what `wanted` lets through.
template <class Value, class Wanted>
std::vector<Value> newest(const std::map<std::uint64_t, Value>& from, Page page, Wanted wanted) {
  std::vector<Value> found;
  for (auto at = from.lower_bound(page.before); at != from.begin() && found.size() < clipped(page.limit);) {
    --at;
    if (wanted(at->second)) found.push_back(at->second);
  }
  return found;
}

template <class Value>
std::vector<Value> newest(const std::map<std::uint64_t, Value>& from, Page page) {
  return newest(from, page, [](const Value&) { return true; });
}

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
  for (const OutboxDraft& draft : change.outbox) {
    outbox_[next_outbox_] = {next_outbox_, record.site, record.id, draft, change.stamp.wall};
    ++next_outbox_;
  }
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

// ---- sites and members

Answer<SiteEntry> MemoryBackend::read_site(const call::SiteId& site) {
  const auto at = sites_.find(site);
  return at == sites_.end() ? SiteEntry{} : at->second;
}

Answer<Done> MemoryBackend::put_site(const SiteChange& change) {
  SiteEntry& entry = sites_[change.site];
  entry.settings = change.settings;
  ++entry.version;
  add_audit(change.audit);
  return Done{};
}

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
  for (auto& [serial, entry] : audit_) {
    if (entry.site == site && entry.by == member) entry.by = {};
  }
  return Done{};
}

// ---- notifications and messages

void MemoryBackend::add_notification(const call::CallRecord& record, WallTime at) {
  auto& mine = notifications_[{record.site, record.callee}];
  if (std::ranges::any_of(mine, [&](const auto& entry) { return entry.second.call == record.id; })) return;
  mine[next_notification_] = {next_notification_, record.site, record.callee, record.caller,
                              record.id,          at,          false,         false};
  ++next_notification_;
  if (mine.size() > kMaxNotifications) mine.erase(mine.begin());
}

Answer<std::vector<Notification>> MemoryBackend::notifications_of(const call::SiteId& site,
                                                                  const call::MemberId& member, Which which,
                                                                  Page page) {
  const auto mine = notifications_.find({site, member});
  if (mine == notifications_.end()) return std::vector<Notification>{};
  return newest(mine->second, page, [&](const Notification& entry) {
    return which == Which::kAll || (which == Which::kUnread ? !entry.read : !entry.delivered);
  });
}

Answer<std::size_t> MemoryBackend::mark_notifications(const call::SiteId& site, const call::MemberId& member,
                                                      const std::vector<call::CallId>& keys, Mark mark) {
  if (auto fault = fault_of(keys)) return std::unexpected(std::move(*fault));
  std::size_t changed = 0;
  const auto mine = notifications_.find({site, member});
  if (mine == notifications_.end()) return changed;
  for (auto& [serial, entry] : mine->second) {
    if (std::ranges::find(keys, entry.call) == keys.end()) continue;
    const Notification before = entry;
    entry.delivered = true;
    if (mark == Mark::kRead) entry.read = true;
    if (entry != before) ++changed;
  }
  return changed;
}

Answer<Message> MemoryBackend::append_message(const MessageDraft& draft) {
  if (auto fault = fault_of(draft)) return std::unexpected(std::move(*fault));
  auto& thread = threads_[key_of(draft.site, draft.from, draft.to)];
  if (!draft.key.empty()) {
    const auto same = std::ranges::find_if(thread, [&](const auto& entry) {
      return entry.second.said.from == draft.from && entry.second.said.key == draft.key;
    });
    if (same != thread.end()) return same->second;
  }
  if (thread.size() >= kMaxThread)
    return std::unexpected(Failure{Fault::kLimit, "the two have written as much as may be"});
  if (draft.call && !find(draft.call))
    return std::unexpected(Failure{Fault::kNotFound, "a message about an unknown call"});
  const Message message{next_message_++, draft};
  thread[message.serial] = message;
  return message;
}

Answer<std::vector<Message>> MemoryBackend::read_thread(const call::SiteId& site, const call::MemberId& a,
                                                        const call::MemberId& b, Page page) {
  const auto thread = threads_.find(key_of(site, a, b));
  if (thread == threads_.end()) return std::vector<Message>{};
  return newest(thread->second, page);
}

// ---- audit, outbox, clock

void MemoryBackend::add_audit(AuditEntry entry) {
  entry.serial = next_audit_++;
  audit_[entry.serial] = std::move(entry);
}

Answer<Done> MemoryBackend::append_audit(const AuditEntry& entry) {
  add_audit(entry);
  return Done{};
}

Answer<std::vector<AuditEntry>> MemoryBackend::read_audit(const call::SiteId& site, Page page) {
  return newest(audit_, page, [&](const AuditEntry& entry) { return entry.site == site; });
}

Answer<std::vector<OutboxRow>> MemoryBackend::read_outbox(const std::string& consumer, std::size_t limit) {
  const auto known = acknowledged_.find(consumer);
  std::vector<OutboxRow> found;
  for (auto at = outbox_.upper_bound(known == acknowledged_.end() ? 0 : known->second); at != outbox_.end(); ++at) {
    if (found.size() == clipped(limit)) break;
    found.push_back(at->second);
  }
  return found;
}

Answer<Done> MemoryBackend::ack_outbox(const std::string& consumer, std::uint64_t serial) {
  if (serial >= next_outbox_)
    return std::unexpected(Failure{Fault::kNotFound, "an acknowledgement of what was never sent"});
  std::uint64_t& last = acknowledged_[consumer];
  last = std::max(last, serial);
  return Done{};
}

Answer<std::optional<call::ClockRow>> MemoryBackend::read_clock() {
  return clock_;
}

Answer<Done> MemoryBackend::put_clock(const call::ClockRow& row) {
  clock_ = row;
  return Done{};
}

// ---- what goes

void MemoryBackend::forget_call(std::map<std::uint64_t, StoredCall>::iterator at) {
  const auto& [serial, stored] = *at;
  const call::CallRecord& record = stored.record;
  serial_of_.erase(record.id);
  by_request_.erase({record.site, record.caller, record.request});
  for (const call::MemberId* member : {&record.caller, &record.callee}) {
    const auto mine = by_member_.find({record.site, *member});
    if (mine != by_member_.end()) mine->second.erase(serial);
  }
  if (const auto thread = threads_.find(key_of(record.site, record.caller, record.callee)); thread != threads_.end()) {
    for (auto& [id, message] : thread->second) {
      if (message.said.call == record.id) message.said.call.reset();
    }
  }
  calls_.erase(at);
}

Answer<Purged> MemoryBackend::purge(const Retention& retention) {
  Purged purged;
  const auto drop = [&](auto& from, std::size_t& count, const auto& is_old) {
    for (auto at = from.begin(); at != from.end();) {
      if (!is_old(at->second)) {
        ++at;
      } else if (count == kPurgeBatch) {
        purged.more = true;
        return;
      } else {
        at = from.erase(at);
        ++count;
      }
    }
  };
  if (retention.calls) {
    for (auto at = calls_.begin(); at != calls_.end();) {
      const auto next = std::next(at);
      const bool old = at->second.changed < *retention.calls && !is_unfinished(at->second.record);
      if (old && purged.calls == kPurgeBatch) {
        purged.more = true;
        break;
      }
      if (old) {
        forget_call(at);
        ++purged.calls;
      }
      at = next;
    }
  }
  if (retention.audit) drop(audit_, purged.audit, [&](const AuditEntry& e) { return e.stamp.wall < *retention.audit; });
  if (retention.outbox) drop(outbox_, purged.outbox, [&](const OutboxRow& e) { return e.at < *retention.outbox; });
  for (auto& [key, list] : notifications_) {
    if (!retention.notifications) break;
    drop(list, purged.notifications, [&](const Notification& e) { return e.at < *retention.notifications; });
  }
  for (auto& [key, list] : threads_) {
    if (!retention.messages) break;
    drop(list, purged.messages, [&](const Message& e) { return e.said.at < *retention.messages; });
  }
  return purged;
}

std::function<Answer<Done>()> MemoryBackend::backup(const std::filesystem::path&) {
  return [] { return Answer<Done>(std::unexpected(Failure{Fault::kUnsupported, "memory keeps no backup"})); };
}

}  // namespace parley::signaling::store

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

}  // namespace

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

Answer<std::size_t> MemoryBackend::count_unread(const call::SiteId& site, const call::MemberId& member) {
  const auto mine = notifications_.find({site, member});
  if (mine == notifications_.end()) return std::size_t{0};
  return static_cast<std::size_t>(
      std::ranges::count_if(mine->second, [](const auto& entry) { return !entry.second.read; }));
}

Answer<Message> MemoryBackend::append_message(const MessageDraft& draft) {
  if (auto fault = fault_of(draft)) return std::unexpected(std::move(*fault));
  auto& thread = threads_[key_of(draft.site, draft.from, draft.to)];
  if (!draft.key.empty()) {
    const auto same = std::ranges::find_if(thread, [&](const auto& entry) {
      return entry.second.said.from == draft.from && entry.second.said.key == draft.key;
    });
    if (same != thread.end()) return Message{same->first, same->second.said, true};
  }
  if (thread.size() >= kMaxThread)
    return std::unexpected(Failure{Fault::kLimit, "the two have written as much as may be"});
  if (draft.call && !find(draft.call))
    return std::unexpected(Failure{Fault::kNotFound, "a message about an unknown call"});
  Message message{next_message_++, draft, false};
  message.said.outbox.clear();
  thread[message.serial] = message;
  add_outbox(draft.call, call::pair_of(draft.site, draft.from, draft.to), draft.outbox, draft.at);
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

void MemoryBackend::add_outbox(const std::optional<call::CallId>& call, const call::PairRow& two,
                               const std::vector<OutboxDraft>& drafts, WallTime at) {
  for (const OutboxDraft& draft : drafts) {
    outbox_[next_outbox_] = {next_outbox_, two.site, call, two.first, two.second, draft, at};
    ++next_outbox_;
  }
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

Answer<OutboxNews> MemoryBackend::outbox_news(std::uint64_t after) {
  std::set<call::SiteId> sites;
  for (auto at = outbox_.upper_bound(after); at != outbox_.end(); ++at) sites.insert(at->second.site);
  return OutboxNews{next_outbox_ - 1, {sites.begin(), sites.end()}};
}

Answer<std::vector<OutboxRow>> MemoryBackend::events_after(const call::SiteId& site, std::uint64_t after,
                                                           std::size_t limit) {
  std::vector<OutboxRow> found;
  for (auto at = outbox_.upper_bound(after); at != outbox_.end() && found.size() < clipped(limit); ++at) {
    if (at->second.site == site) found.push_back(at->second);
  }
  return found;
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

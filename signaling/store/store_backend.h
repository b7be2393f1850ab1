// What a back end of the store does, blocking, on one thread at a time: every member is one transaction and either
// happens or does not. CallStore (call_store.h) puts it on its thread; memory_backend.h and sqlite_backend.h fill it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "signaling/call/deadline_line.h"
#include "signaling/store/store_types.h"

namespace parley::signaling::store {

class StoreBackend {
 public:
  virtual ~StoreBackend() = default;

  // Compare-and-set: record, rows, notification, audit and outbox together, or a Conflict and nothing.
  virtual CommitAnswer commit(const Change& change) = 0;

  virtual Answer<std::optional<StoredCall>> read_call(const call::CallId& id) = 0;
  virtual Answer<std::vector<StoredCall>> calls_of(const call::SiteId& site, const call::MemberId& member,
                                                   Page page) = 0;
  // Ringing or open, in the order of their starts: those with deadlines to come.
  virtual Answer<std::vector<StoredCall>> unfinished_calls(std::uint64_t after_serial, std::size_t limit) = 0;
  virtual Answer<PairView> read_pair(const call::SiteId& site, const call::MemberId& caller,
                                     const call::MemberId& callee) = 0;
  virtual Answer<StartView> read_start(const StartQuery& query) = 0;

  virtual Answer<SiteEntry> read_site(const call::SiteId& site) = 0;
  virtual Answer<Done> put_site(const SiteChange& change) = 0;
  // By name, after `after`: those with settings or members.
  virtual Answer<std::vector<SiteRow>> list_sites(const call::SiteId& after, std::size_t limit) = 0;
  // Everything of it: members, calls, messages, notifications, events, webhook and audit, of which `last` alone stays.
  // kInUse while a call of the site is unfinished.
  virtual Answer<Done> erase_site(const call::SiteId& site, const AuditEntry& last) = 0;
  // Those begun since.
  virtual Answer<CallCounts> count_calls(const call::SiteId& site, WallTime since) = 0;
  virtual Answer<std::optional<MemberProfile>> read_member(const call::SiteId& site, const call::MemberId& member) = 0;
  // By name of the member's id, after `after`.
  virtual Answer<std::vector<MemberProfile>> list_members(const call::SiteId& site, const call::MemberId& after,
                                                          std::size_t limit) = 0;
  virtual Answer<std::vector<call::MemberId>> read_blocked(const call::SiteId& site, const call::MemberId& member) = 0;
  // Those of `members` that there are, in the order asked for, and the site, as one moment has them. Up to kMaxPage.
  virtual Answer<PeopleView> read_people(const call::SiteId& site, const call::MemberId& viewer,
                                         const std::vector<call::MemberId>& members) = 0;
  // How many changed by it; the same again changes none.
  virtual Answer<std::size_t> upsert_members(const call::SiteId& site, const std::vector<MemberUpdate>& updates) = 0;
  // Profile, blocks, rows, calls, notifications and messages; the audit keeps its lines without the name. kInUse while
  // a call of the member is unfinished.
  virtual Answer<Done> erase_member(const call::SiteId& site, const call::MemberId& member) = 0;

  virtual Answer<std::vector<Notification>> notifications_of(const call::SiteId& site, const call::MemberId& member,
                                                             Which which, Page page) = 0;
  virtual Answer<std::size_t> mark_notifications(const call::SiteId& site, const call::MemberId& member,
                                                 const std::vector<call::CallId>& keys, Mark mark) = 0;
  virtual Answer<std::size_t> count_unread(const call::SiteId& site, const call::MemberId& member) = 0;
  virtual Answer<Message> append_message(const MessageDraft& draft) = 0;
  virtual Answer<std::vector<Message>> read_thread(const call::SiteId& site, const call::MemberId& a,
                                                   const call::MemberId& b, Page page) = 0;

  virtual Answer<Done> append_audit(const AuditEntry& entry) = 0;
  virtual Answer<std::vector<AuditEntry>> read_audit(const call::SiteId& site, Page page) = 0;
  // What the consumer has not acknowledged, oldest first.
  virtual Answer<std::vector<OutboxRow>> read_outbox(const std::string& consumer, std::size_t limit) = 0;
  // Up to and with `serial`; never backwards.
  virtual Answer<Done> ack_outbox(const std::string& consumer, std::uint64_t serial) = 0;
  // Of which sites there are events after `after`, by name.
  virtual Answer<OutboxNews> outbox_news(std::uint64_t after) = 0;
  // Of one site, oldest first, whatever anybody acknowledged.
  virtual Answer<std::vector<OutboxRow>> events_after(const call::SiteId& site, std::uint64_t after,
                                                      std::size_t limit) = 0;
  // A site's first webhook begins with the events to come: its consumer (consumer_of) is put at the outbox' end.
  virtual Answer<Done> put_webhook(const WebhookChange& change) = 0;
  virtual Answer<std::optional<Webhook>> read_webhook(const call::SiteId& site) = 0;
  // By name of the site, after `after`.
  virtual Answer<std::vector<Webhook>> read_webhooks(const call::SiteId& after, std::size_t limit) = 0;
  // And its consumer's place. kNotFound: there was none.
  virtual Answer<Done> erase_webhook(const call::SiteId& site, const AuditEntry& audit) = 0;
  virtual Answer<std::optional<call::ClockRow>> read_clock() = 0;
  virtual Answer<Done> put_clock(const call::ClockRow& row) = 0;
  virtual Answer<Purged> purge(const Retention& retention) = 0;

  // Runs requests to this back end that were asked for at once, as one step to the disk: what each would have done
  // alone, and one wait for all. False: none of it happened, and each is to be asked anew by itself.
  virtual bool together(const std::function<void()>& requests) {
    requests();
    return true;
  }

  // Work that writes a copy of what is stored to `path`, to be run on any thread while the back end goes on.
  virtual std::function<Answer<Done>()> backup(const std::filesystem::path& path) = 0;
};

}  // namespace parley::signaling::store

// The store in memory: for tests, and for a server that may forget. As strict as the others, as durable as the process.
// memory_backend.cc has the calls and what members are told, memory_sites.cc sites and members, memory_logs.cc the
// rest.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "signaling/store/store_backend.h"

namespace parley::signaling::store {

class MemoryBackend : public StoreBackend {
 public:
  CommitAnswer commit(const Change& change) override;

  Answer<std::optional<StoredCall>> read_call(const call::CallId& id) override;
  Answer<std::vector<StoredCall>> calls_of(const call::SiteId& site, const call::MemberId& member, Page page) override;
  Answer<std::vector<StoredCall>> unfinished_calls(std::uint64_t after_serial, std::size_t limit) override;
  Answer<PairView> read_pair(const call::SiteId& site, const call::MemberId& caller,
                             const call::MemberId& callee) override;
  Answer<StartView> read_start(const StartQuery& query) override;

  Answer<SiteEntry> read_site(const call::SiteId& site) override;
  Answer<Done> put_site(const SiteChange& change) override;
  Answer<std::vector<SiteRow>> list_sites(const call::SiteId& after, std::size_t limit) override;
  Answer<Done> erase_site(const call::SiteId& site, const AuditEntry& last) override;
  Answer<CallCounts> count_calls(const call::SiteId& site, WallTime since) override;
  Answer<std::optional<MemberProfile>> read_member(const call::SiteId& site, const call::MemberId& member) override;
  Answer<std::vector<MemberProfile>> list_members(const call::SiteId& site, const call::MemberId& after,
                                                  std::size_t limit) override;
  Answer<std::vector<call::MemberId>> read_blocked(const call::SiteId& site, const call::MemberId& member) override;
  Answer<PeopleView> read_people(const call::SiteId& site, const call::MemberId& viewer,
                                 const std::vector<call::MemberId>& members) override;
  Answer<std::size_t> upsert_members(const call::SiteId& site, const std::vector<MemberUpdate>& updates) override;
  Answer<Done> erase_member(const call::SiteId& site, const call::MemberId& member) override;

  Answer<std::vector<Notification>> notifications_of(const call::SiteId& site, const call::MemberId& member,
                                                     Which which, Page page) override;
  Answer<std::size_t> mark_notifications(const call::SiteId& site, const call::MemberId& member,
                                         const std::vector<call::CallId>& keys, Mark mark) override;
  Answer<std::size_t> count_unread(const call::SiteId& site, const call::MemberId& member) override;
  Answer<Message> append_message(const MessageDraft& draft) override;
  Answer<std::vector<Message>> read_thread(const call::SiteId& site, const call::MemberId& a, const call::MemberId& b,
                                           Page page) override;

  Answer<Done> append_audit(const AuditEntry& entry) override;
  Answer<std::vector<AuditEntry>> read_audit(const call::SiteId& site, Page page) override;
  Answer<std::vector<OutboxRow>> read_outbox(const std::string& consumer, std::size_t limit) override;
  Answer<Done> ack_outbox(const std::string& consumer, std::uint64_t serial) override;
  Answer<OutboxNews> outbox_news(std::uint64_t after) override;
  Answer<std::vector<OutboxRow>> events_after(const call::SiteId& site, std::uint64_t after,
                                              std::size_t limit) override;
  Answer<Done> put_webhook(const WebhookChange& change) override;
  Answer<std::optional<Webhook>> read_webhook(const call::SiteId& site) override;
  Answer<std::vector<Webhook>> read_webhooks(const call::SiteId& after, std::size_t limit) override;
  Answer<Done> erase_webhook(const call::SiteId& site, const AuditEntry& audit) override;
  Answer<std::optional<call::ClockRow>> read_clock() override;
  Answer<Done> put_clock(const call::ClockRow& row) override;
  Answer<Purged> purge(const Retention& retention) override;
  std::function<Answer<Done>()> backup(const std::filesystem::path& path) override;

 private:
  using MemberKey = std::pair<call::SiteId, call::MemberId>;
  using PairKey = std::tuple<call::SiteId, call::MemberId, call::MemberId>;
  using RequestKey = std::tuple<call::SiteId, call::MemberId, call::RequestId>;

  static PairKey key_of(const call::SiteId& site, const call::MemberId& a, const call::MemberId& b);
  const StoredCall* find(const std::optional<call::CallId>& id) const;
  std::vector<Moved> moved_since(const Change& change) const;
  std::uint64_t profile_version(const MemberKey& key) const;
  call::MemberRow row_of(const MemberKey& key) const;
  PairView pair_view(const call::SiteId& site, const call::MemberId& caller, const call::MemberId& callee) const;
  call::StartCounts starts_since(const StartQuery& query) const;
  Webhook with_place(Webhook hook) const;
  void add_audit(AuditEntry entry);
  void add_outbox(const std::optional<call::CallId>& call, const call::PairRow& two,
                  const std::vector<OutboxDraft>& drafts, WallTime at);
  void add_notification(const call::CallRecord& record, WallTime at);
  void forget_call(std::map<std::uint64_t, StoredCall>::iterator at);

  std::map<std::uint64_t, StoredCall> calls_;
  std::map<call::CallId, std::uint64_t> serial_of_;
  std::map<RequestKey, std::uint64_t> by_request_;
  std::map<MemberKey, std::set<std::uint64_t>> by_member_;
  std::set<std::uint64_t> unfinished_;
  std::map<MemberKey, call::MemberRow> member_rows_;
  std::map<PairKey, call::PairRow> pair_rows_;
  std::map<call::SiteId, SiteEntry> sites_;
  std::map<call::SiteId, Webhook> webhooks_;
  std::map<MemberKey, MemberProfile> members_;
  std::map<MemberKey, std::set<call::MemberId>> blocked_;
  std::map<MemberKey, std::map<std::uint64_t, Notification>> notifications_;
  std::map<PairKey, std::map<std::uint64_t, Message>> threads_;
  std::map<std::uint64_t, AuditEntry> audit_;
  std::map<std::uint64_t, OutboxRow> outbox_;
  std::map<std::string, std::uint64_t> acknowledged_;
  std::optional<call::ClockRow> clock_;
  std::uint64_t next_call_ = 1, next_notification_ = 1, next_message_ = 1, next_audit_ = 1, next_outbox_ = 1;
};

}  // namespace parley::signaling::store

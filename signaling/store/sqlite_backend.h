// The store in one SQLite file: write-ahead log, synchronous=FULL, so that what was answered survives a kill and a loss
// of power. sqlite_calls.cc has the calls, sqlite_sites.cc sites and their webhooks, sqlite_members.cc
// the members, sqlite_logs.cc the rest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "signaling/store/sqlite_db.h"
#include "signaling/store/sqlite_files.h"
#include "signaling/store/store_backend.h"

namespace parley::signaling::store {

struct SqliteOptions {
  std::filesystem::path path;
  // The file's ceiling, in pages of 4 KiB; 0: the disk's.
  std::uint32_t max_pages = 0;
  WallTime now{};  // noted beside a migration
};

class SqliteBackend final : public StoreBackend {
 public:
  // Checks the file, brings its schema up to date and keeps it to this process.
  static Answer<std::unique_ptr<SqliteBackend>> open(const SqliteOptions& options);

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
  bool together(const std::function<void()>& requests) override;
  std::function<Answer<Done>()> backup(const std::filesystem::path& path) override;

 private:
  SqliteBackend(FileLock lock, std::unique_ptr<Database> db, std::filesystem::path path)
      : lock_(std::move(lock)), file_(std::move(db)), db_(*file_), path_(std::move(path)) {}

  std::vector<Moved> moved_since(const Change& change);
  void write_call(const Change& change);
  void write_rows(const Change& change);
  void add_notification(const call::CallRecord& record, WallTime at);
  void add_audit(const AuditEntry& entry);
  void add_outbox(const std::optional<call::CallId>& call, const call::PairRow& two,
                  const std::vector<OutboxDraft>& drafts, WallTime at);

  std::optional<call::CallRecord> record_of(const std::optional<call::CallId>& id);
  SiteEntry site_entry(const call::SiteId& site);
  // So that a site with members but without settings is listed too.
  void note_site(const call::SiteId& site);
  bool has_unfinished(const call::SiteId& site);
  std::optional<MemberProfile> profile_of(const call::SiteId& site, const call::MemberId& member);
  call::MemberRow row_of(const call::SiteId& site, const call::MemberId& member);
  PairView pair_view(const call::SiteId& site, const call::MemberId& caller, const call::MemberId& callee);
  call::StartCounts starts_since(const StartQuery& query);
  std::vector<call::MemberId> blocked_by(const call::SiteId& site, const call::MemberId& member);

  FileLock lock_;
  std::unique_ptr<Database> file_;
  Database& db_;
  std::filesystem::path path_;
};

}  // namespace parley::signaling::store

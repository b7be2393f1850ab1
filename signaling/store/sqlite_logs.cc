#include <algorithm>
#include <string>

#include "signaling/store/sqlite_backend.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling::store {

// ---- notifications

void SqliteBackend::add_notification(const call::CallRecord& record, WallTime at) {
  Query(db_,
        "INSERT INTO notifications (site, member, sender, call, at, delivered, read) VALUES (?, ?, ?, ?, ?, 0, 0) "
        "ON CONFLICT (call) DO NOTHING",
        record.site, record.callee, record.caller, record.id, at)
      .run();
  Query(db_,
        "DELETE FROM notifications WHERE site = ?1 AND member = ?2 AND serial <= (SELECT serial FROM notifications "
        "WHERE site = ?1 AND member = ?2 ORDER BY serial DESC LIMIT 1 OFFSET ?3)",
        record.site, record.callee, kMaxNotifications)
      .run();
}

Answer<std::vector<Notification>> SqliteBackend::notifications_of(const call::SiteId& site,
                                                                  const call::MemberId& member, Which which,
                                                                  Page page) {
  std::string text =
      "SELECT serial, site, member, sender, call, at, delivered, read FROM notifications WHERE site = ? AND member = ?";
  if (which == Which::kUnread) text += " AND read = 0";
  if (which == Which::kUndelivered) text += " AND delivered = 0";
  Query query(db_, text + " AND serial < ? ORDER BY serial DESC LIMIT ?", site, member, before_of(page),
              clipped(page.limit));
  std::vector<Notification> found;
  while (query.next()) {
    Notification& n = found.emplace_back();
    query.get(n.serial, n.site, n.member, n.from, n.call, n.at, n.delivered, n.read);
  }
  return db_.result(std::move(found));
}

Answer<std::size_t> SqliteBackend::mark_notifications(const call::SiteId& site, const call::MemberId& member,
                                                      const std::vector<call::CallId>& keys, Mark mark) {
  if (auto fault = fault_of(keys)) return std::unexpected(std::move(*fault));
  std::size_t changed = 0;
  const bool read = mark == Mark::kRead;
  Transaction all(db_);
  for (const call::CallId& key : keys) {
    changed += static_cast<std::size_t>(
        Query(db_,
              "UPDATE notifications SET delivered = 1, read = max(read, ?4) WHERE call = ?3 AND "
              "site = ?1 AND member = ?2 AND (delivered = 0 OR read < ?4)",
              site, member, key, read)
            .run());
  }
  return all.finish(changed);
}

Answer<std::size_t> SqliteBackend::count_unread(const call::SiteId& site, const call::MemberId& member) {
  Query query(db_, "SELECT count(*) FROM notifications WHERE site = ? AND member = ? AND read = 0", site, member);
  const auto count = query.next() ? query.get<std::size_t>() : 0;
  return db_.result(count);
}

// ---- messages

namespace {

const std::string kMessage =
    "SELECT serial, site, sender, iif(sender = first, second, first), call, key, text, at FROM messages ";

Message message_in(Query& query) {
  Message found;
  MessageDraft& said = found.said;
  query.get(found.serial, said.site, said.from, said.to, said.call, said.key, said.text, said.at);
  return found;
}

}  // namespace

Answer<Message> SqliteBackend::append_message(const MessageDraft& draft) {
  if (auto fault = fault_of(draft)) return std::unexpected(std::move(*fault));
  const call::PairRow pair = call::pair_of(draft.site, draft.from, draft.to);
  Transaction all(db_);
  if (!draft.key.empty()) {
    Query same(db_, kMessage + "WHERE site = ? AND first = ? AND second = ? AND sender = ? AND key = ? AND key <> ''",
               draft.site, pair.first, pair.second, draft.from, draft.key);
    if (same.next()) {
      Message found = message_in(same);
      found.repeated = true;
      return db_.result(std::move(found));
    }
  }
  {
    Query count(db_, "SELECT count(*) FROM messages WHERE site = ? AND first = ? AND second = ?", draft.site,
                pair.first, pair.second);
    if (count.next() && count.get<std::uint64_t>() >= kMaxThread) {
      return std::unexpected(Failure{Fault::kLimit, "the two have written as much as may be"});
    }
  }
  if (draft.call) {
    Query known(db_, "SELECT 1 FROM calls WHERE id = ?", *draft.call);
    if (!known.next() && !db_.failed())
      return std::unexpected(Failure{Fault::kNotFound, "a message about an unknown call"});
  }
  Query(db_, "INSERT INTO messages (site, first, second, sender, call, key, text, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        draft.site, pair.first, pair.second, draft.from, draft.call, draft.key, draft.text, draft.at)
      .run();
  Message message{db_.last_serial(), draft, false};
  message.said.outbox.clear();
  add_outbox(draft.call, pair, draft.outbox, draft.at);
  return all.finish(std::move(message));
}

Answer<std::vector<Message>> SqliteBackend::read_thread(const call::SiteId& site, const call::MemberId& a,
                                                        const call::MemberId& b, Page page) {
  const call::PairRow pair = call::pair_of(site, a, b);
  Query query(db_, kMessage + "WHERE site = ? AND first = ? AND second = ? AND serial < ? ORDER BY serial DESC LIMIT ?",
              site, pair.first, pair.second, before_of(page), clipped(page.limit));
  std::vector<Message> found;
  while (query.next()) found.push_back(message_in(query));
  return db_.result(std::move(found));
}

// ---- audit

void SqliteBackend::add_audit(const AuditEntry& entry) {
  Query(db_,
        "INSERT INTO audit (site, call, who, by_member, was, became, why, refused, at, wall) VALUES (?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?)",
        entry.site, entry.call, entry.who, entry.by, entry.from, entry.to, entry.why, entry.refused, entry.stamp.at,
        entry.stamp.wall)
      .run();
}

Answer<Done> SqliteBackend::append_audit(const AuditEntry& entry) {
  Transaction all(db_);
  add_audit(entry);
  return all.finish(Done{});
}

Answer<std::vector<AuditEntry>> SqliteBackend::read_audit(const call::SiteId& site, Page page) {
  Query query(db_,
              "SELECT serial, site, call, who, by_member, was, became, why, refused, at, wall FROM audit "
              "WHERE site = ? AND serial < ? ORDER BY serial DESC LIMIT ?",
              site, before_of(page), clipped(page.limit));
  std::vector<AuditEntry> found;
  while (query.next()) {
    AuditEntry& e = found.emplace_back();
    query.get(e.serial, e.site, e.call, e.who, e.by, e.from, e.to, e.why, e.refused, e.stamp.at, e.stamp.wall);
  }
  return db_.result(std::move(found));
}

// ---- outbox

namespace {

const std::string kEvent = "SELECT serial, site, call, first, second, topic, body, at FROM outbox ";

std::vector<OutboxRow> events_in(Query& query) {
  std::vector<OutboxRow> found;
  while (query.next()) {
    OutboxRow& row = found.emplace_back();
    query.get(row.serial, row.site, row.call, row.first, row.second, row.what.topic, row.what.body, row.at);
  }
  return found;
}

}  // namespace

void SqliteBackend::add_outbox(const std::optional<call::CallId>& call, const call::PairRow& two,
                               const std::vector<OutboxDraft>& drafts, WallTime at) {
  for (const OutboxDraft& draft : drafts) {
    Query(db_, "INSERT INTO outbox (site, call, first, second, topic, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)", two.site,
          call, two.first, two.second, draft.topic, draft.body, at)
        .run();
  }
}

Answer<std::vector<OutboxRow>> SqliteBackend::read_outbox(const std::string& consumer, std::size_t limit) {
  Query query(db_,
              kEvent +
                  "WHERE serial > ifnull((SELECT serial FROM outbox_cursors WHERE consumer = ?), 0) "
                  "ORDER BY serial LIMIT ?",
              consumer, clipped(limit));
  auto found = events_in(query);
  return db_.result(std::move(found));
}

Answer<std::vector<OutboxRow>> SqliteBackend::events_after(const call::SiteId& site, std::uint64_t after,
                                                           std::size_t limit) {
  Query query(db_, kEvent + "WHERE site = ? AND serial > ? ORDER BY serial LIMIT ?", site,
              std::min(after, Page{}.before), clipped(limit));
  auto found = events_in(query);
  return db_.result(std::move(found));
}

Answer<OutboxNews> SqliteBackend::outbox_news(std::uint64_t after) {
  OutboxNews news;
  if (Query last(db_, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"); last.next()) last.get(news.end);
  // The usual answer is that there is nothing new.
  if (after >= news.end) return db_.result(std::move(news));
  Query query(db_, "SELECT DISTINCT site FROM outbox NOT INDEXED WHERE serial > ? ORDER BY site", after);
  while (query.next()) news.sites.push_back(query.get<call::SiteId>());
  return db_.result(std::move(news));
}

Answer<Done> SqliteBackend::ack_outbox(const std::string& consumer, std::uint64_t serial) {
  Transaction all(db_);
  {
    Query last(db_, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'");
    if (serial > (last.next() ? last.get<std::uint64_t>() : 0) && !db_.failed()) {
      return std::unexpected(Failure{Fault::kNotFound, "an acknowledgement of what was never sent"});
    }
  }
  Query(db_, "INSERT INTO outbox_cursors VALUES (?, ?) ON CONFLICT DO UPDATE SET serial = max(serial, excluded.serial)",
        consumer, serial)
      .run();
  return all.finish(Done{});
}

// ---- clock

Answer<std::optional<call::ClockRow>> SqliteBackend::read_clock() {
  std::optional<call::ClockRow> found;
  Query query(db_, "SELECT boot_id, boot, wall, line FROM clock");
  if (query.next()) {
    call::ClockRow& row = found.emplace();
    query.get(row.reading.boot_id, row.reading.boot, row.reading.wall, row.line);
  }
  return db_.result(std::move(found));
}

Answer<Done> SqliteBackend::put_clock(const call::ClockRow& row) {
  Transaction all(db_);
  Query(db_, "INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?, ?)", row.reading.boot_id, row.reading.boot,
        row.reading.wall, row.line)
      .run();
  return all.finish(Done{});
}

// ---- what goes

Answer<Purged> SqliteBackend::purge(const Retention& retention) {
  Purged purged;
  Transaction all(db_);
  const auto drop = [&](const std::optional<WallTime>& before, const std::string& table, const std::string& is_old) {
    if (!before) return std::size_t{0};
    const std::string old = "SELECT serial FROM " + table + " WHERE " + is_old + " LIMIT ?";
    const auto count = static_cast<std::size_t>(
        Query(db_, "DELETE FROM " + table + " WHERE serial IN (" + old + ")", *before, kPurgeBatch).run());
    Query rest(db_, old, *before, 1);
    if (rest.next()) purged.more = true;
    return count;
  };
  purged.calls = drop(retention.calls, "calls", "changed < ? AND state NOT IN ('ringing', 'open')");
  purged.audit = drop(retention.audit, "audit", "wall < ?");
  purged.notifications = drop(retention.notifications, "notifications", "at < ?");
  purged.messages = drop(retention.messages, "messages", "at < ?");
  purged.outbox = drop(retention.outbox, "outbox", "at < ?");
  return all.finish(purged);
}

}  // namespace parley::signaling::store

#include <array>
#include <string>

#include "signaling/store/sqlite_backend.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling::store {
namespace {

const std::string kSettings =
    "SELECT private_calls, messenger, messenger_by_platform, ring, lifetime, busy, on_disable, second_tab, "
    "starts_by_caller, starts_by_pair, starts_to_callee, version, site FROM sites ";

SiteRow site_in(Query& query) {
  SiteRow row;
  call::SiteSettings& s = row.entry.settings;
  query.get(s.private_calls, s.messenger, s.messenger_by_platform, s.ring, s.lifetime);
  query.get_number(s.busy);
  query.get_number(s.on_disable);
  query.get_number(s.second_tab);
  query.get(s.per_minute.by_caller, s.per_minute.by_pair, s.per_minute.to_callee, row.entry.version, row.site);
  // Never written: the defaults of this program, not of the one that noted the site.
  if (row.entry.version == 0) row.entry.settings = {};
  return row;
}

const std::string kHook =
    "SELECT site, url, secrets, version, ifnull((SELECT serial FROM outbox_cursors WHERE consumer = 'webhook:' || "
    "site), "
    "0) FROM webhooks ";

Webhook hook_in(Query& query) {
  Webhook hook;
  query.get(hook.site, hook.url);
  query.read(hook.secrets);
  query.get(hook.version, hook.acknowledged);
  return hook;
}

void put_settings(Database& db, const call::SiteId& site, const SiteEntry& entry, const std::string& verb) {
  const call::SiteSettings& s = entry.settings;
  Query(db, verb + " INTO sites VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", site, s.private_calls, s.messenger,
        s.messenger_by_platform, s.ring, s.lifetime, number_of(s.busy), number_of(s.on_disable),
        number_of(s.second_tab), s.per_minute.by_caller, s.per_minute.by_pair, s.per_minute.to_callee, entry.version)
      .run();
}

}  // namespace

// ---- settings

SiteEntry SqliteBackend::site_entry(const call::SiteId& site) {
  Query query(db_, kSettings + "WHERE site = ?", site);
  return query.next() ? site_in(query).entry : SiteEntry{};
}

void SqliteBackend::note_site(const call::SiteId& site) {
  put_settings(db_, site, {}, "INSERT OR IGNORE");
}

Answer<SiteEntry> SqliteBackend::read_site(const call::SiteId& site) {
  return db_.result(site_entry(site));
}

Answer<Done> SqliteBackend::put_site(const SiteChange& change) {
  Transaction all(db_);
  const std::uint64_t version = site_entry(change.site).version;
  if (auto fault = fault_of(change, version)) return std::unexpected(std::move(*fault));
  put_settings(db_, change.site, {change.settings, version + 1}, "INSERT OR REPLACE");
  add_audit(change.audit);
  return all.finish(Done{});
}

Answer<std::vector<SiteRow>> SqliteBackend::list_sites(const call::SiteId& after, std::size_t limit) {
  std::vector<SiteRow> found;
  Query query(db_, kSettings + "WHERE site > ? ORDER BY site LIMIT ?", after, clipped(limit));
  while (query.next()) found.push_back(site_in(query));
  return db_.result(std::move(found));
}

bool SqliteBackend::has_unfinished(const call::SiteId& site) {
  Query open(db_, "SELECT 1 FROM calls WHERE state IN ('ringing', 'open') AND site = ?", site);
  return open.next();
}

Answer<Done> SqliteBackend::erase_site(const call::SiteId& site, const AuditEntry& last) {
  Transaction all(db_);
  if (has_unfinished(site)) return std::unexpected(Failure{Fault::kInUse, "the site has an unfinished call"});
  for (const char* table : {"messages", "calls", "notifications", "pair_rows", "member_rows", "blocks", "members",
                            "outbox", "webhooks", "audit", "sites"}) {
    Query(db_, std::string("DELETE FROM ") + table + " WHERE site = ?", site).run();
  }
  Query(db_, "DELETE FROM outbox_cursors WHERE consumer = ?", consumer_of(site)).run();
  add_audit(last);
  return all.finish(Done{});
}

// ---- counts

Answer<CallCounts> SqliteBackend::count_calls(const call::SiteId& site, WallTime since) {
  CallCounts counts;
  Query query(db_,
              "SELECT ring, state, count(*), sum(talked) FROM calls WHERE site = ? AND created >= ? "
              "GROUP BY ring, state",
              site, since);
  while (query.next()) {
    call::Ring ring{};
    call::State state{};
    std::uint64_t count = 0;
    call::CallSpan talked{0};
    query.get(ring, state, count, talked);
    counts.by_ring[static_cast<std::size_t>(ring)] += count;
    counts.by_state[static_cast<std::size_t>(state)] += count;
    counts.talked += talked;
  }
  return db_.result(counts);
}

// ---- webhooks

Answer<Done> SqliteBackend::put_webhook(const WebhookChange& change) {
  const Webhook& hook = change.hook;
  if (auto fault = fault_of(hook)) return std::unexpected(std::move(*fault));
  Transaction all(db_);
  std::uint64_t version = 0;
  {
    Query before(db_, "SELECT version FROM webhooks WHERE site = ?", hook.site);
    if (before.next()) version = before.get<std::uint64_t>();
  }
  if (version == 0) {
    Query(db_,
          "INSERT OR REPLACE INTO outbox_cursors "
          "VALUES (?, ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0))",
          consumer_of(hook.site))
        .run();
  }
  Query(db_, "INSERT OR REPLACE INTO webhooks VALUES (?, ?, ?, ?)", hook.site, hook.url,
        std::string_view(joined(hook.secrets)), version + 1)
      .run();
  add_audit(change.audit);
  return all.finish(Done{});
}

Answer<std::optional<Webhook>> SqliteBackend::read_webhook(const call::SiteId& site) {
  Query query(db_, kHook + "WHERE site = ?", site);
  auto found = query.next() ? std::optional(hook_in(query)) : std::nullopt;
  return db_.result(std::move(found));
}

Answer<std::vector<Webhook>> SqliteBackend::read_webhooks(const call::SiteId& after, std::size_t limit) {
  std::vector<Webhook> found;
  Query query(db_, kHook + "WHERE site > ? ORDER BY site LIMIT ?", after, clipped(limit));
  while (query.next()) found.push_back(hook_in(query));
  return db_.result(std::move(found));
}

Answer<Done> SqliteBackend::erase_webhook(const call::SiteId& site, const AuditEntry& audit) {
  Transaction all(db_);
  if (Query(db_, "DELETE FROM webhooks WHERE site = ?", site).run() == 0 && !db_.failed())
    return std::unexpected(Failure{Fault::kNotFound, "the site has no webhook"});
  Query(db_, "DELETE FROM outbox_cursors WHERE consumer = ?", consumer_of(site)).run();
  add_audit(audit);
  return all.finish(Done{});
}

}  // namespace parley::signaling::store

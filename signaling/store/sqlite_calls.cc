#include <algorithm>
#include <string>

#include "signaling/store/call_columns.h"
#include "signaling/store/sqlite_backend.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling::store {
namespace {

// The texts of the statements, from the one list of columns.
struct CallSql {
  std::string select = "SELECT serial, created, changed";
  std::string insert = "INSERT INTO calls (created, changed";
  std::string update = "UPDATE calls SET changed = ?";

  CallSql() {
    std::string values = ") VALUES (?, ?";
    call::CallRecord any;
    each_column(any, [&](const std::string& name, const auto&) {
      select += ", " + name;
      insert += ", " + name;
      values += ", ?";
      if (name != "id") update += ", " + name + " = ?";
    });
    select += " FROM calls ";
    insert += values + ")";
    update += " WHERE id = ?";
  }
};

const CallSql& sql() {
  static const CallSql texts;
  return texts;
}

StoredCall call_in(Query& query) {
  StoredCall found;
  query.get(found.serial, found.created, found.changed);
  each_column(found.record, [&](const std::string&, auto& field) { query.read(field); });
  return found;
}

std::vector<StoredCall> calls_in(Query& query) {
  std::vector<StoredCall> found;
  while (query.next()) found.push_back(call_in(query));
  return found;
}

std::optional<StoredCall> one_call_in(Query& query) {
  return query.next() ? std::optional(call_in(query)) : std::nullopt;
}

}  // namespace

// ---- one transition

CommitAnswer SqliteBackend::commit(const Change& change) {
  if (auto fault = fault_of(change)) return std::unexpected(std::move(*fault));
  Transaction all(db_);
  if (auto moved = moved_since(change); !moved.empty() && !db_.failed())
    return std::unexpected(Conflict{std::move(moved)});
  write_call(change);
  write_rows(change);
  if (change.persist.missed_notice) add_notification(change.record, change.stamp.wall);
  for (const call::AuditLine& line : change.persist.audit) add_audit(audit_entry(change.record, line, change.stamp));
  add_outbox(change.record.id, call::pair_of(change.record.site, change.record.caller, change.record.callee),
             change.outbox, change.stamp.wall);
  if (auto done = all.finish(Done{}); !done) return std::unexpected(std::move(done.error()));
  return Done{};
}

std::vector<Moved> SqliteBackend::moved_since(const Change& change) {
  const call::CallRecord& record = change.record;
  const call::Persist& persist = change.persist;
  std::vector<Moved> moved;
  const auto version = [&](const std::string& text, const auto&... key) {
    Query query(db_, text, key...);
    return query.next() ? query.get<std::uint64_t>() : std::uint64_t{0};
  };
  const auto expect = [&](std::uint64_t found, std::uint64_t wanted, Moved what) {
    if (found != wanted) moved.push_back(what);
  };
  const std::string profile = "SELECT version FROM members WHERE site = ? AND member = ?";
  const std::string member_row = "SELECT version FROM member_rows WHERE site = ? AND member = ?";

  const std::uint64_t stored = version("SELECT version FROM calls WHERE id = ?", record.id);
  expect(stored, persist.from, Moved::kCall);
  if (stored == 0 && !record.request.empty()) {
    expect(version("SELECT 1 FROM calls WHERE site = ? AND caller = ? AND request = ? AND request <> ''", record.site,
                   record.caller, record.request),
           0, Moved::kRequest);
  }
  const Guards& guards = change.guards;
  if (guards.site) expect(version("SELECT version FROM sites WHERE site = ?", record.site), *guards.site, Moved::kSite);
  if (guards.caller_profile)
    expect(version(profile, record.site, record.caller), *guards.caller_profile, Moved::kCallerProfile);
  if (guards.callee_profile)
    expect(version(profile, record.site, record.callee), *guards.callee_profile, Moved::kCalleeProfile);
  if (const auto& row = persist.pair) {
    expect(version("SELECT version FROM pair_rows WHERE site = ? AND first = ? AND second = ?", row->site, row->first,
                   row->second),
           row->version - 1, Moved::kPair);
  }
  if (const auto& row = persist.caller_row)
    expect(version(member_row, row->site, row->member), row->version - 1, Moved::kCallerRow);
  if (const auto& row = persist.callee_row)
    expect(version(member_row, row->site, row->member), row->version - 1, Moved::kCalleeRow);
  return moved;
}

void SqliteBackend::write_call(const Change& change) {
  const call::CallRecord& record = change.record;
  if (change.persist.from == 0) {
    Query insert(db_, sql().insert, change.stamp.wall, change.stamp.wall);
    each_column(record, [&](const std::string&, const auto& field) { insert.bind(field); });
    insert.run();
    return;
  }
  Query update(db_, sql().update, change.stamp.wall);
  each_column(record, [&](const std::string& name, const auto& field) {
    if (name != "id") update.bind(field);
  });
  update.bind(record.id);
  update.run();
}

void SqliteBackend::write_rows(const Change& change) {
  for (const auto& row : {change.persist.caller_row, change.persist.callee_row}) {
    if (!row) continue;
    Query(db_, "INSERT OR REPLACE INTO member_rows (site, member, ringing_out, inside, version) VALUES (?, ?, ?, ?, ?)",
          row->site, row->member, row->ringing_out, row->inside, row->version)
        .run();
  }
  if (const auto& row = change.persist.pair) {
    Query(db_, "INSERT OR REPLACE INTO pair_rows (site, first, second, ringing, version) VALUES (?, ?, ?, ?, ?)",
          row->site, row->first, row->second, row->ringing, row->version)
        .run();
  }
}

// ---- reading calls

Answer<std::optional<StoredCall>> SqliteBackend::read_call(const call::CallId& id) {
  Query query(db_, sql().select + "WHERE id = ?", id);
  auto found = one_call_in(query);
  return db_.result(std::move(found));
}

Answer<std::vector<StoredCall>> SqliteBackend::calls_of(const call::SiteId& site, const call::MemberId& member,
                                                        Page page) {
  // Each half goes along an index of its own; nobody calls oneself, so no call is in both.
  static const std::string kMine = "SELECT * FROM (" + sql().select +
                                   "WHERE site = ?1 AND caller = ?2 AND serial < ?3 " +
                                   "ORDER BY serial DESC LIMIT ?4) UNION ALL SELECT * FROM (" + sql().select +
                                   "WHERE site = ?1 AND callee = ?2 AND serial < ?3 ORDER BY serial DESC LIMIT ?4) " +
                                   "ORDER BY serial DESC LIMIT ?4";
  Query query(db_, kMine, site, member, before_of(page), clipped(page.limit));
  auto found = calls_in(query);
  return db_.result(std::move(found));
}

Answer<std::vector<StoredCall>> SqliteBackend::unfinished_calls(std::uint64_t after_serial, std::size_t limit) {
  Query query(db_, sql().select + "WHERE state IN ('ringing', 'open') AND serial > ? ORDER BY serial LIMIT ?",
              after_serial, clipped(limit));
  auto found = calls_in(query);
  return db_.result(std::move(found));
}

std::optional<call::CallRecord> SqliteBackend::record_of(const std::optional<call::CallId>& id) {
  if (!id) return std::nullopt;
  Query query(db_, sql().select + "WHERE id = ?", *id);
  auto found = one_call_in(query);
  return found ? std::optional(std::move(found->record)) : std::nullopt;
}

// ---- what a step is made from

call::MemberRow SqliteBackend::row_of(const call::SiteId& site, const call::MemberId& member) {
  call::MemberRow row{site, member, {}, {}, 0};
  Query query(db_, "SELECT ringing_out, inside, version FROM member_rows WHERE site = ? AND member = ?", site, member);
  if (query.next()) query.get(row.ringing_out, row.inside, row.version);
  return row;
}

PairView SqliteBackend::pair_view(const call::SiteId& site, const call::MemberId& caller,
                                  const call::MemberId& callee) {
  PairView view;
  view.site = site_entry(site);
  view.caller = profile_of(site, caller);
  view.callee = profile_of(site, callee);
  {
    Query query(db_, "SELECT 1 FROM blocks WHERE site = ? AND member = ? AND blocked = ?", site, callee, caller);
    view.caller_blocked = query.next();
  }
  view.caller_row = row_of(site, caller);
  view.callee_row = row_of(site, callee);
  view.pair = call::pair_of(site, caller, callee);
  Query query(db_, "SELECT ringing, version FROM pair_rows WHERE site = ? AND first = ? AND second = ?", site,
              view.pair.first, view.pair.second);
  if (query.next()) query.get(view.pair.ringing, view.pair.version);
  return view;
}

call::StartCounts SqliteBackend::starts_since(const StartQuery& query) {
  const auto count = [&](const std::string& where, const auto&... key) {
    Query counted(db_, "SELECT count(*) FROM calls WHERE site = ? AND " + where + " AND started_at > ?", query.site,
                  key..., query.counted_since);
    return counted.next() ? counted.get<std::uint32_t>() : 0;
  };
  const std::string both = "caller = ? AND callee = ?";
  return {.by_caller = count("caller = ?", query.caller),
          .by_pair = count(both, query.caller, query.callee) + count(both, query.callee, query.caller),
          .to_callee = count("callee = ?", query.callee)};
}

// Several reads are one moment: this process alone has the file, and its requests come one by one.
Answer<PairView> SqliteBackend::read_pair(const call::SiteId& site, const call::MemberId& caller,
                                          const call::MemberId& callee) {
  return db_.result(pair_view(site, caller, callee));
}

Answer<StartView> SqliteBackend::read_start(const StartQuery& query) {
  StartView view;
  view.two = pair_view(query.site, query.caller, query.callee);
  view.recent = starts_since(query);
  if (!query.request.empty()) {
    Query same(db_, sql().select + "WHERE site = ? AND caller = ? AND request = ? AND request <> ''", query.site,
               query.caller, query.request);
    if (auto found = one_call_in(same)) view.same_request = std::move(found->record);
  }
  view.pair_ringing = record_of(view.two.pair.ringing);
  view.caller_ringing = record_of(view.two.caller_row.ringing_out);
  view.caller_inside = record_of(view.two.caller_row.inside);
  view.callee_inside = record_of(view.two.callee_row.inside);
  return db_.result(std::move(view));
}

}  // namespace parley::signaling::store

#include "signaling/store/sqlite_schema.h"

#include <array>
#include <string>

#include "signaling/store/sqlite_files.h"

namespace parley::signaling::store {
namespace {

struct Migration {
  const char* name;
  const char* sql;
};

constexpr const char* kCalls = R"(
CREATE TABLE calls (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  created INTEGER NOT NULL, changed INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE, site TEXT NOT NULL, caller TEXT NOT NULL, callee TEXT NOT NULL,
  origin TEXT NOT NULL, request TEXT NOT NULL,
  started_at INTEGER NOT NULL, ring_ends_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  ring TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, answered_at INTEGER, ended_at INTEGER,
  caller_media TEXT, caller_tab TEXT, caller_device TEXT, caller_inside TEXT,
  caller_entered_at INTEGER, caller_entries INTEGER NOT NULL,
  caller_left_at INTEGER, caller_entry_overdue INTEGER NOT NULL,
  callee_media TEXT, callee_tab TEXT, callee_device TEXT, callee_inside TEXT,
  callee_entered_at INTEGER, callee_entries INTEGER NOT NULL,
  callee_left_at INTEGER, callee_entry_overdue INTEGER NOT NULL,
  carriers TEXT NOT NULL, caller_lost_at INTEGER, ring_shown INTEGER NOT NULL, dismissed TEXT NOT NULL,
  callee_busy INTEGER NOT NULL, missed_notice INTEGER NOT NULL,
  both_since INTEGER, talked INTEGER NOT NULL, both_were_inside INTEGER NOT NULL, warnings INTEGER NOT NULL,
  version INTEGER NOT NULL, event_seq INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX calls_by_request ON calls (site, caller, request) WHERE request <> '';
CREATE INDEX calls_by_caller ON calls (site, caller, serial);
CREATE INDEX calls_by_callee ON calls (site, callee, serial);
CREATE INDEX calls_by_caller_start ON calls (site, caller, started_at);
CREATE INDEX calls_by_callee_start ON calls (site, callee, started_at);
CREATE INDEX calls_unfinished ON calls (serial) WHERE state IN ('ringing', 'open');
CREATE INDEX calls_by_age ON calls (changed);
CREATE INDEX calls_by_site ON calls (site, created);

CREATE TABLE member_rows (
  site TEXT NOT NULL, member TEXT NOT NULL, ringing_out TEXT, inside TEXT, version INTEGER NOT NULL,
  PRIMARY KEY (site, member)
) STRICT, WITHOUT ROWID;
CREATE TABLE pair_rows (
  site TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, ringing TEXT, version INTEGER NOT NULL,
  PRIMARY KEY (site, first, second)
) STRICT, WITHOUT ROWID;
CREATE INDEX pair_rows_by_second ON pair_rows (site, second);

CREATE TABLE sites (
  site TEXT PRIMARY KEY, private_calls INTEGER NOT NULL, messenger INTEGER NOT NULL,
  messenger_by_platform INTEGER NOT NULL, ring INTEGER NOT NULL, lifetime INTEGER NOT NULL, busy INTEGER NOT NULL, on_disable INTEGER NOT NULL, second_tab INTEGER NOT NULL,
  starts_by_caller INTEGER NOT NULL, starts_by_pair INTEGER NOT NULL, starts_to_callee INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE members (
  site TEXT NOT NULL, member TEXT NOT NULL, name TEXT NOT NULL, avatar TEXT NOT NULL, role INTEGER NOT NULL,
  messenger INTEGER NOT NULL, takes_calls INTEGER NOT NULL, deactivated INTEGER NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (site, member)
) STRICT, WITHOUT ROWID;
CREATE TABLE blocks (
  site TEXT NOT NULL, member TEXT NOT NULL, blocked TEXT NOT NULL,
  PRIMARY KEY (site, member, blocked),
  FOREIGN KEY (site, member) REFERENCES members (site, member) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_by_blocked ON blocks (site, blocked);

CREATE TABLE notifications (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL, member TEXT NOT NULL, sender TEXT NOT NULL, call TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
  delivered INTEGER NOT NULL, read INTEGER NOT NULL
) STRICT;
CREATE INDEX notifications_by_member ON notifications (site, member, serial);
CREATE INDEX notifications_by_sender ON notifications (site, sender);
CREATE INDEX notifications_by_age ON notifications (at);

CREATE TABLE audit (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL, call TEXT, who TEXT NOT NULL, by_member TEXT NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL,
  why TEXT NOT NULL, refused TEXT NOT NULL, at INTEGER NOT NULL, wall INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_by_site ON audit (site, serial);
CREATE INDEX audit_by_member ON audit (site, by_member);
CREATE INDEX audit_by_age ON audit (wall);

CREATE TABLE clock (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  boot_id TEXT NOT NULL, boot INTEGER NOT NULL, wall INTEGER NOT NULL, line INTEGER NOT NULL
) STRICT;
)";

constexpr const char* kMessagesAndOutbox = R"(
CREATE TABLE messages (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, sender TEXT NOT NULL,
  call TEXT REFERENCES calls (id) ON DELETE SET NULL,
  key TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_pair ON messages (site, first, second, serial);
CREATE INDEX messages_by_second ON messages (site, second);
CREATE UNIQUE INDEX messages_by_key ON messages (site, first, second, sender, key) WHERE key <> '';
CREATE INDEX messages_by_call ON messages (call);
CREATE INDEX messages_by_age ON messages (at);

CREATE TABLE outbox (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL, call TEXT, first TEXT NOT NULL, second TEXT NOT NULL,
  topic TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_site ON outbox (site, serial);
CREATE INDEX outbox_by_age ON outbox (at);
CREATE TABLE webhooks (
  site TEXT PRIMARY KEY, url TEXT NOT NULL, secrets TEXT NOT NULL, version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox_cursors (consumer TEXT PRIMARY KEY, serial INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)";

constexpr std::array<Migration, 2> kMigrations = {{{"calls", kCalls}, {"messages and outbox", kMessagesAndOutbox}}};

}  // namespace

int newest_schema() {
  return static_cast<int>(kMigrations.size());
}

Answer<int> schema_of(Database& db) {
  int found = 0;
  if (Query exists(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'"); exists.next()) {
    Query last(db, "SELECT ifnull(max(number), 0) FROM migrations");
    if (last.next()) found = static_cast<int>(last.get<std::int64_t>());
  }
  return db.result(found);
}

Answer<Done> migrate(Database& db, const std::filesystem::path& path, WallTime now) {
  const Answer<int> found = schema_of(db);
  if (!found) return std::unexpected(found.error());
  if (*found > newest_schema()) {
    return std::unexpected(Failure{Fault::kWrongSchema, path.string() + " has schema " + std::to_string(*found) +
                                                            ", and this program knows up to " +
                                                            std::to_string(newest_schema())});
  }
  for (int number = *found + 1; number <= newest_schema(); ++number) {
    if (*found > 0) {
      auto kept = copy_database(db, path.string() + ".schema-" + std::to_string(number - 1));
      if (!kept) return kept;
    }
    const Migration& migration = kMigrations.at(static_cast<std::size_t>(number - 1));
    Transaction step(db);
    if (number == 1)
      db.run("CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT");
    db.run(migration.sql);
    Query(db, "INSERT INTO migrations VALUES (?, ?, ?)", number, std::string_view(migration.name), now).run();
    if (auto done = step.finish(Done{}); !done) return done;
  }
  return Done{};
}

}  // namespace parley::signaling::store

#include "signaling/store/sqlite_backend.h"

#include <string>

#include "signaling/store/sqlite_schema.h"

namespace parley::signaling::store {
namespace {

// Sets a pragma and reads it back: a build of SQLite may refuse one without a word.
bool pragma(Database& db, const std::string& name, const std::string& value, const std::string& reads) {
  db.ask("PRAGMA " + name + " = " + value);
  const std::string now = db.ask("PRAGMA " + name);
  if (!db.failed() && now != reads) db.fail(Failure{Fault::kIo, "sqlite leaves " + name + " at " + now});
  return !db.failed();
}

}  // namespace

Answer<std::unique_ptr<SqliteBackend>> SqliteBackend::open(const SqliteOptions& options) {
  auto lock = FileLock::take(options.path);
  if (!lock) return std::unexpected(lock.error());
  auto file = Database::open(options.path, Database::Access::kReadWrite);
  if (!file) return std::unexpected(file.error());
  Database& db = **file;

  // Before anything is written: is it whole, and is it ours?
  const std::string check = db.ask("PRAGMA quick_check(1)");
  if (auto failure = db.take_failure()) return std::unexpected(std::move(*failure));
  if (check != "ok") return std::unexpected(Failure{Fault::kCorrupt, options.path.string() + " is damaged: " + check});
  if (const Answer<int> schema = schema_of(db); !schema || *schema > newest_schema()) {
    if (auto refused = migrate(db, options.path, options.now); !refused) return std::unexpected(refused.error());
  }

  pragma(db, "journal_mode", "WAL", "wal") && pragma(db, "synchronous", "FULL", "2") &&
      pragma(db, "foreign_keys", "ON", "1");
  if (options.max_pages > 0) db.ask("PRAGMA max_page_count = " + std::to_string(options.max_pages));
  if (auto failure = db.take_failure()) return std::unexpected(std::move(*failure));
  if (auto migrated = migrate(db, options.path, options.now); !migrated) return std::unexpected(migrated.error());
  return std::unique_ptr<SqliteBackend>(new SqliteBackend(std::move(*lock), std::move(*file), options.path));
}

bool SqliteBackend::together(const std::function<void()>& requests) {
  Batch batch(db_);
  requests();
  return batch.finish();
}

std::function<Answer<Done>()> SqliteBackend::backup(const std::filesystem::path& path) {
  // A connection of its own: it reads one moment of the file while this one goes on writing.
  return [from = path_, to = path]() -> Answer<Done> {
    auto source = Database::open(from, Database::Access::kReadOnly);
    if (!source) return std::unexpected(source.error());
    return copy_database(**source, to);
  };
}

}  // namespace parley::signaling::store

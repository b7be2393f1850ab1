#include "signaling/store/sqlite_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "signaling/store/sqlite_schema.h"

namespace parley::signaling::store {
namespace {

namespace fs = std::filesystem;

Failure io_failure(const std::string& what, const fs::path& path) {
  return {errno == ENOSPC ? Fault::kDiskFull : Fault::kIo,
          "can't " + what + ' ' + path.string() + ": " + std::strerror(errno)};
}

Answer<Done> sync_path(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::unexpected(io_failure("open", path));
  const bool synced = ::fsync(file) == 0;
  Answer<Done> done = Done{};
  if (!synced) done = std::unexpected(io_failure("sync", path));
  ::close(file);
  return done;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path beside(const fs::path& path, const char* suffix) {
  return path.string() + suffix;
}

Answer<Done> rename_path(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return std::unexpected(io_failure("rename", from));
  return Done{};
}

Answer<Done> copy_pages(Database& from, const fs::path& to) {
  auto target = Database::open(to, Database::Access::kReadWrite);
  if (!target) return std::unexpected(target.error());
  Database& db = **target;
  // All pages in one step: one moment of the source, and no writer in between makes it begin again.
  sqlite3_backup* copy = sqlite3_backup_init(db.handle(), "main", from.handle(), "main");
  if (!copy) {
    db.fail(sqlite3_errcode(db.handle()));
    return db.result(Done{});
  }
  const int stepped = sqlite3_backup_step(copy, -1);
  sqlite3_backup_finish(copy);
  if (stepped != SQLITE_DONE) db.fail(stepped);
  // One plain file, without a log beside it.
  if (!db.failed()) db.ask("PRAGMA journal_mode = DELETE");
  return db.result(Done{});
}

}  // namespace

Answer<FileLock> FileLock::take(const fs::path& path) {
  const fs::path lock = beside(path, ".lock");
  const int file = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return std::unexpected(io_failure("open", lock));
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return FileLock(file);
  const Failure why = errno == EWOULDBLOCK ? Failure{Fault::kInUse, path.string() + " is in use by another process"}
                                           : io_failure("lock", lock);
  ::close(file);
  return std::unexpected(why);
}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

Answer<Done> copy_database(Database& from, const fs::path& to) {
  const fs::path unfinished = beside(to, ".unfinished");
  std::error_code ignored;
  fs::remove(unfinished, ignored);
  Answer<Done> done = copy_pages(from, unfinished);
  if (done) done = sync_path(unfinished);
  if (done) done = rename_path(unfinished, to);
  if (done) done = sync_path(folder_of(to));
  if (!done) fs::remove(unfinished, ignored);
  for (const char* suffix : {"-wal", "-shm", "-journal"}) fs::remove(beside(unfinished, suffix), ignored);
  return done;
}

Answer<Done> back_up_store(const fs::path& from, const fs::path& to) {
  std::error_code ignored;
  if (fs::equivalent(from, to, ignored)) {
    return std::unexpected(Failure{Fault::kInvalid, to.string() + " is the store itself"});
  }
  auto source = Database::open(from, Database::Access::kReadOnly);
  if (!source) return std::unexpected(source.error());
  const Answer<int> schema = schema_of(**source);
  if (!schema) return std::unexpected(schema.error());
  if (*schema == 0) return std::unexpected(Failure{Fault::kWrongSchema, from.string() + " is not a store"});
  return copy_database(**source, to);
}

Answer<Done> restore_store(const fs::path& from, const fs::path& to) {
  auto lock = FileLock::take(to);
  if (!lock) return std::unexpected(lock.error());
  auto source = Database::open(from, Database::Access::kReadOnly);
  if (!source) return std::unexpected(source.error());
  const std::string integrity = (*source)->ask("PRAGMA integrity_check");
  if (auto failure = (*source)->take_failure()) return std::unexpected(std::move(*failure));
  if (integrity != "ok") return std::unexpected(Failure{Fault::kCorrupt, from.string() + " is damaged: " + integrity});
  const Answer<int> schema = schema_of(**source);
  if (!schema) return std::unexpected(schema.error());
  if (*schema == 0) return std::unexpected(Failure{Fault::kWrongSchema, from.string() + " is not a store"});
  if (*schema > newest_schema()) {
    return std::unexpected(Failure{Fault::kWrongSchema, from.string() + " has schema " + std::to_string(*schema) +
                                                            ", and this program knows up to " +
                                                            std::to_string(newest_schema())});
  }
  const fs::path arrived = beside(to, ".arrived");
  if (auto copied = copy_database(**source, arrived); !copied) return copied;
  // The old log goes first and along: SQLite would take it for the new file's.
  for (const char* suffix : {"-wal", "", "-shm"}) {
    const fs::path old = beside(to, suffix);
    if (!fs::exists(old)) continue;
    if (auto moved = rename_path(old, beside(to, ".replaced").string() + suffix); !moved) return moved;
  }
  if (auto moved = rename_path(arrived, to); !moved) return moved;
  return sync_path(folder_of(to));
}

}  // namespace parley::signaling::store

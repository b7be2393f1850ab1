#include "signaling/store/sqlite_db.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace parley::signaling::store {
namespace {

Fault fault_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return Fault::kDiskFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Fault::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Fault::kInUse;
    case SQLITE_TOOBIG: return Fault::kLimit;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return Fault::kInvalid;
    default: return Fault::kIo;
  }
}

}  // namespace

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += std::to_string(text.size()) + ':' + text;
  return all;
}

std::optional<std::vector<std::string>> split(std::string_view text) {
  std::vector<std::string> texts;
  while (!text.empty()) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || digits >= text.size() || text[digits] != ':' || text.size() - digits - 1 < size)
      return std::nullopt;
    texts.emplace_back(text.substr(digits + 1, size));
    text.remove_prefix(digits + 1 + size);
  }
  return texts;
}

Answer<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, Access access) {
  const bool writes = access == Access::kReadWrite;
  if (writes) {
    // SQLite would create it for the whole group to read.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
      return std::unexpected(Failure{Fault::kIo, "can't open " + path.string() + ": " + std::strerror(errno)});
    ::close(file);
  }
  auto db = std::unique_ptr<Database>(new Database);
  sqlite3* handle = nullptr;
  const int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  db->handle_.reset(handle);
  if (code != SQLITE_OK) {
    return std::unexpected(Failure{fault_of(code), "can't open " + path.string() + ": " + sqlite3_errstr(code)});
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5'000);
  return db;
}

bool Database::run(const std::string& sql) {
  if (failed()) return false;
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
  return code == SQLITE_OK;
}

std::string Database::ask(const std::string& sql) {
  Query query(*this, sql);
  return query.next() ? query.get<std::string>() : std::string();
}

void Database::fail(int code) {
  fail(Failure{fault_of(code), std::string("sqlite: ") + sqlite3_errmsg(handle_.get())});
}

void Database::fail(Failure failure) {
  if (!failure_) failure_ = std::move(failure);
}

std::optional<Failure> Database::take_failure() {
  return std::exchange(failure_, std::nullopt);
}

sqlite3_stmt* Database::prepared(const std::string& sql) {
  if (failed()) return nullptr;
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return known->second.get();
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.c_str(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
    return nullptr;
  }
  statements_[sql].reset(statement);
  return statement;
}

// ---- transactions

Transaction::Transaction(Database& db) : db_(db), within_(db.in_batch_), open_(false) {
  // Outside of a transaction a savepoint would begin one, and so outlive its batch.
  if (within_ && !db_.in_transaction()) db_.fail(Failure{Fault::kIo, "the requests before took this one along"});
  open_ = db_.run(within_ ? "SAVEPOINT part" : "BEGIN IMMEDIATE");
}

void Transaction::keep() {
  if (!db_.failed() && db_.run(within_ ? "RELEASE part" : "COMMIT")) open_ = false;
}

void Transaction::roll_back() {
  // SQLite may have rolled back by itself, and an error of the rollback says nothing new.
  if (open_ && db_.in_transaction()) {
    sqlite3_exec(db_.handle(), within_ ? "ROLLBACK TO part; RELEASE part" : "ROLLBACK", nullptr, nullptr, nullptr);
  }
  open_ = false;
}

Batch::Batch(Database& db) : db_(db) {
  db_.run("BEGIN IMMEDIATE");
  db_.take_failure();
  db_.in_batch_ = true;
}

Batch::~Batch() {
  db_.in_batch_ = false;
  if (db_.in_transaction()) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Batch::finish() {
  // A part that could not even be rolled back by itself took those before it along.
  const bool kept = db_.in_transaction() && db_.run("COMMIT");
  db_.take_failure();
  return kept;
}

Query::~Query() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::next() {
  if (!statement_ || db_.failed()) return false;
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) db_.fail(code);
  return code == SQLITE_ROW;
}

std::int64_t Query::run() {
  next();
  return db_.failed() ? 0 : db_.changes();
}

void Query::bind(std::int64_t value) {
  if (!statement_) return;
  const int code = sqlite3_bind_int64(statement_, ++parameter_, value);
  if (code != SQLITE_OK) db_.fail(code);
}

void Query::bind(std::string_view value) {
  if (!statement_) return;
  // A null pointer would bind NULL, where an empty text is meant.
  const char* text = value.data() ? value.data() : "";
  const int code = sqlite3_bind_text(statement_, ++parameter_, text, static_cast<int>(value.size()), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) db_.fail(code);
}

void Query::bind_null() {
  if (!statement_) return;
  const int code = sqlite3_bind_null(statement_, ++parameter_);
  if (code != SQLITE_OK) db_.fail(code);
}

void Query::read(std::int64_t& value) {
  value = number();
}
void Query::read(std::string& value) {
  value = text();
}

std::int64_t Query::number() {
  return statement_ ? sqlite3_column_int64(statement_, column_++) : 0;
}

std::string Query::text() {
  if (!statement_) return {};
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_));
  ++column_;
  return bytes ? std::string(bytes, size) : std::string();
}

bool Query::is_null() const {
  return !statement_ || sqlite3_column_type(statement_, column_) == SQLITE_NULL;
}

}  // namespace parley::signaling::store

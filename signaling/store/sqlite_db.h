// One SQLite connection in our words: typed values in and out, statements prepared once, and the first error kept until
// it is asked for, so that a transaction reads as its steps and is judged once at its end. Nothing here knows a table.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "signaling/store/store_types.h"

namespace parley::signaling::store {

// Lists of short texts in one column: "3:abc2:de".
std::string joined(const std::vector<std::string>& texts);
std::optional<std::vector<std::string>> split(std::string_view text);

template <class Enum>
std::int64_t number_of(Enum value) {
  return static_cast<std::int64_t>(value);
}

class Database {
 public:
  enum class Access : std::uint8_t { kReadOnly, kReadWrite };

  // A new file is readable by its owner alone, and so are the files that SQLite puts beside it.
  static Answer<std::unique_ptr<Database>> open(const std::filesystem::path& path, Access access);

  // One or several statements without values.
  bool run(const std::string& sql);
  // The one value of a question such as a pragma; empty if there is none.
  std::string ask(const std::string& sql);
  std::int64_t changes() const { return sqlite3_changes64(handle_.get()); }
  std::uint64_t last_serial() const { return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(handle_.get())); }
  sqlite3* handle() { return handle_.get(); }

  void fail(int code);
  void fail(Failure failure);
  bool failed() const { return failure_.has_value(); }
  // Between BEGIN and its end. SQLite may roll back a transaction by itself, at a full disk for one.
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  std::optional<Failure> take_failure();

  // The value, or what went wrong on the way to it.
  template <class T>
  Answer<T> result(T value) {
    if (auto failure = take_failure()) return std::unexpected(std::move(*failure));
    return value;
  }

 private:
  friend class Query;
  friend class Transaction;
  friend class Batch;
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  Database() = default;
  sqlite3_stmt* prepared(const std::string& sql);

  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
  std::optional<Failure> failure_;
  bool in_batch_ = false;
};

// All or nothing: BEGIN IMMEDIATE, and at the end COMMIT if nothing failed; within a Batch a savepoint of it. Without
// finish() nothing of it stays.
class Transaction {
 public:
  explicit Transaction(Database& db);
  ~Transaction() { roll_back(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  template <class T>
  Answer<T> finish(T value) {
    keep();
    roll_back();
    return db_.result(std::move(value));
  }

 private:
  void keep();
  void roll_back();

  Database& db_;
  const bool within_;
  bool open_;
};

// Several transactions under one COMMIT, and so under one wait for the disk.
class Batch {
 public:
  explicit Batch(Database& db);
  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // False: nothing of the batch stays, whatever its parts were told.
  bool finish();

 private:
  Database& db_;
};

// A statement with its values. One at a time per text; next() steps to a row, get() takes the next columns of it.
class Query {
 public:
  template <class... Values>
  explicit Query(Database& db, const std::string& sql, const Values&... values)
      : db_(db), statement_(db.prepared(sql)) {
    (bind(values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool next();
  // For a statement without rows: how many rows it changed.
  std::int64_t run();

  template <class... Values>
  void get(Values&... values) {
    (read(values), ...);
  }
  // Enumerations that are stored by their number: their order is part of the schema.
  template <class Enum>
  void get_number(Enum& value) {
    value = static_cast<Enum>(number());
  }
  template <class T>
  T get() {
    T value{};
    read(value);
    return value;
  }

  void bind(std::int64_t value);
  void bind(std::string_view value);
  void bind_null();
  template <class T>
    requires std::is_unsigned_v<T> || std::is_same_v<T, int>
  void bind(T value) {
    bind(static_cast<std::int64_t>(value));
  }
  template <class Tag>
  void bind(const call::TextId<Tag>& id) {
    bind(std::string_view(id.text()));
  }
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(const call::CallId& id) { bind(std::string_view(id.text())); }
  void bind(const call::Origin& origin) { bind(std::string_view(origin.text())); }
  void bind(call::CallTime time) { bind(call::ms_of(time)); }
  void bind(call::CallSpan span) { bind(static_cast<std::int64_t>(span.count())); }
  void bind(WallTime time) { bind(static_cast<std::int64_t>(time.time_since_epoch().count())); }
  void bind(call::Media value) { bind(call::to_string(value)); }
  void bind(call::Ring value) { bind(call::to_string(value)); }
  void bind(call::State value) { bind(call::to_string(value)); }
  void bind(call::Reason value) { bind(call::to_string(value)); }
  template <class T>
  void bind(const std::optional<T>& value) {
    if (value) return bind(*value);
    bind_null();
  }
  template <class Tag>
  void bind(const std::vector<call::TextId<Tag>>& ids) {
    std::vector<std::string> texts;
    for (const auto& id : ids) texts.push_back(id.text());
    bind(std::string_view(joined(texts)));
  }

  void read(std::int64_t& value);
  void read(std::string& value);
  void read(bool& value) { value = number() != 0; }
  template <class T>
    requires(std::is_unsigned_v<T> && !std::is_same_v<T, bool>)
  void read(T& value) {
    value = static_cast<T>(number());
  }
  template <class Tag>
  void read(call::TextId<Tag>& id) {
    id = call::TextId<Tag>(text());
  }
  void read(call::CallId& id) { parsed(call::CallId::parse(text()), id); }
  void read(call::Origin& origin) { parsed(call::Origin::parse(text()), origin); }
  void read(call::CallTime& time) { time = call::call_time(number()); }
  void read(call::CallSpan& span) { span = call::CallSpan(number()); }
  void read(WallTime& time) { time = WallTime(std::chrono::milliseconds(number())); }
  void read(call::Media& value) { parsed(call::parse_media(text()), value); }
  void read(call::Ring& value) { parsed(call::parse_ring(text()), value); }
  void read(call::State& value) { parsed(call::parse_state(text()), value); }
  void read(call::Reason& value) { parsed(call::parse_reason(text()), value); }
  template <class T>
  void read(std::optional<T>& value) {
    if (is_null()) {
      ++column_;
      return value.reset();
    }
    read(value.emplace());
  }
  void read(std::vector<std::string>& texts) { parsed(split(text()), texts); }
  template <class Tag>
  void read(std::vector<call::TextId<Tag>>& ids) {
    std::vector<std::string> texts;
    read(texts);
    ids.clear();
    for (std::string& each : texts) ids.emplace_back(std::move(each));
  }

 private:
  std::int64_t number();
  std::string text();
  bool is_null() const;
  template <class T>
  void parsed(std::optional<T> found, T& value) {
    if (found)
      value = std::move(*found);
    else
      db_.fail(Failure{Fault::kCorrupt, "a stored value has a form that this program does not write"});
  }

  Database& db_;
  sqlite3_stmt* statement_;
  int parameter_ = 0;
  int column_ = 0;
};

}  // namespace parley::signaling::store

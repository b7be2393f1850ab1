// What the SQLite back end promises beyond the suite: that it is there after a restart, a kill, a full disk, a new
// version of the program and a restored backup.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <thread>

#include "signaling/store/call_store.h"
#include "signaling/store/sqlite_schema.h"
#include "unit/store/store_fixture.h"

namespace parley::signaling::store::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const call::MemberId kAnn{"ann"}, kBob{"bob"};

std::unique_ptr<Database> peek(const fs::path& path) {
  auto db = Database::open(path, Database::Access::kReadWrite);
  EXPECT_TRUE(db);
  return std::move(*db);
}

// Every row of every table, as text.
std::string contents(const fs::path& path) {
  const auto db = peek(path);
  std::string all, tables;
  const auto add = [](void* to, int columns, char** values, char**) {
    for (int i = 0; i < columns; ++i) (static_cast<std::string*>(to)->append(values[i] ? values[i] : "NULL")) += '|';
    *static_cast<std::string*>(to) += '\n';
    return 0;
  };
  sqlite3_exec(db->handle(), "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", add, &tables,
               nullptr);
  for (std::size_t at = 0; at < tables.size(); at = tables.find('\n', at) + 1) {
    const std::string table = tables.substr(at, tables.find('|', at) - at);
    all += table + ":\n";
    sqlite3_exec(db->handle(), ("SELECT * FROM " + table).c_str(), add, &all, nullptr);
  }
  return all;
}

std::string ask(const fs::path& path, const std::string& sql) {
  return peek(path)->ask(sql);
}

mode_t mode_of(const fs::path& path) {
  struct stat found{};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A little of everything.
void fill(StoreBackend& store) {
  ASSERT_TRUE(
      store.upsert_members(kSite, {{.member = kAnn, .name = "Ann", .blocked = std::vector{call::MemberId("cid")}},
                                   {.member = kBob, .name = "Bob"}}));
  ASSERT_TRUE(
      store.put_site({kSite, {.private_calls = true}, {.site = kSite, .who = "admin", .why = "private_calls"}}));
  ASSERT_TRUE(store.commit(start_of(1, "ann", "bob")));
  ASSERT_TRUE(store.commit(missed(store.read_call(call_id(1)).value()->record)));
  Change full;
  full.record = full_record(2);
  ASSERT_TRUE(store.commit(full));
  ASSERT_TRUE(store.append_message({.site = kSite, .from = kAnn, .to = kBob, .call = call_id(1), .text = "hello"}));
  ASSERT_TRUE(store.ack_outbox("hook", 1));
  ASSERT_TRUE(
      store.put_clock({{"boot", std::chrono::milliseconds(1), std::chrono::milliseconds(2)}, call::call_time(3)}));
}

// ---- opening

TEST(SqliteStore, IsTheSameAfterARestart) {
  const Folder folder;
  auto store = open_sqlite(folder / "calls.db");
  fill(*store);
  const std::string before = contents(folder / "calls.db");
  store.reset();
  store = open_sqlite(folder / "calls.db");
  EXPECT_EQ(contents(folder / "calls.db"), before);
  EXPECT_EQ(store->read_call(call_id(2)).value()->record, full_record(2));
  EXPECT_EQ(store->notifications_of(kSite, kBob, Which::kUndelivered, {}).value().size(), 1u);
  EXPECT_THAT(moved(store->commit(start_of(3, "ann", "bob"))), testing::ElementsAre(Moved::kPair, Moved::kCallerRow))
      << "versions go on where they were";
}

TEST(SqliteStore, IsReadableByItsOwnerAlone) {
  const Folder folder;
  const auto store = open_sqlite(folder / "calls.db");
  fill(*store);
  for (const char* name : {"calls.db", "calls.db-wal", "calls.db-shm", "calls.db.lock"})
    EXPECT_EQ(mode_of(folder / name), 0600u) << name;
  ASSERT_TRUE(store->backup(folder / "copy.db")());
  EXPECT_EQ(mode_of(folder / "copy.db"), 0600u);
}

TEST(SqliteStore, BeginsWithoutACopyOfNothing) {
  const Folder folder;
  open_sqlite(folder / "calls.db");
  EXPECT_FALSE(fs::exists(folder / "calls.db.schema-1"));
}

TEST(SqliteStore, OpensForOneProcessAtATime) {
  const Folder folder;
  auto first = open_sqlite(folder / "calls.db");
  const auto second = SqliteBackend::open({.path = folder / "calls.db"});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, Fault::kInUse);
  first.reset();
  EXPECT_TRUE(open_sqlite(folder / "calls.db"));
}

TEST(SqliteStore, RefusesANewerSchemaAndNamesBoth) {
  const Folder folder;
  fill(*open_sqlite(folder / "calls.db"));
  ASSERT_TRUE(peek(folder / "calls.db")->run("INSERT INTO migrations VALUES (99, 'from the future', 0)"));
  const std::string before = contents(folder / "calls.db");
  const auto opened = SqliteBackend::open({.path = folder / "calls.db"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::kWrongSchema);
  EXPECT_THAT(opened.error().text, HasSubstr("99"));
  EXPECT_THAT(opened.error().text, HasSubstr("up to " + std::to_string(newest_schema())));
  EXPECT_EQ(contents(folder / "calls.db"), before);
}

TEST(SqliteStore, RefusesAFileThatIsNone) {
  const Folder folder;
  write_file(folder / "calls.db", std::string(10'000, 'x'));
  const auto opened = SqliteBackend::open({.path = folder / "calls.db"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::kCorrupt);
  EXPECT_EQ(text_of(folder / "calls.db"), std::string(10'000, 'x')) << "left as it was";
}

TEST(SqliteStore, RefusesADamagedFile) {
  const Folder folder;
  fill(*open_sqlite(folder / "calls.db"));
  std::string bytes = text_of(folder / "calls.db");
  ASSERT_GT(bytes.size(), 10u * 4'096);
  // All but the first page, which tells what the file is.
  for (std::size_t at = 4'096; at < bytes.size(); at += 64) bytes[at] = static_cast<char>(bytes[at] ^ 0x5a);
  write_file(folder / "calls.db", bytes);
  const auto opened = SqliteBackend::open({.path = folder / "calls.db"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::kCorrupt);
}

TEST(SqliteStore, SaysThatItsFolderIsMissing) {
  const Folder folder;
  const auto opened = SqliteBackend::open({.path = folder / "nowhere" / "calls.db"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::kIo);
}

TEST(SqliteStore, BringsAStoreOfTheSchemaBeforeUpToDateAndKeepsACopy) {
  const Folder folder;
  ASSERT_TRUE(peek(folder / "calls.db")->run(text_of(fs::path(PARLEY_TEST_DATA) / "store/schema_1.sql")));
  const std::string before = contents(folder / "calls.db");
  const auto opened = SqliteBackend::open({.path = folder / "calls.db", .now = wall(77)});
  ASSERT_TRUE(opened) << opened.error().text;
  SqliteBackend& store = **opened;
  EXPECT_EQ(ask(folder / "calls.db", "SELECT max(number) FROM migrations"), std::to_string(newest_schema()));
  EXPECT_EQ(store.read_call(call_id(2)).value()->record, full_record(2));
  EXPECT_EQ(store.read_call(call_id(1)).value()->record.ring, call::Ring::kMissed);
  EXPECT_EQ(store.notifications_of(kSite, kBob, Which::kUnread, {}).value().size(), 1u);
  EXPECT_TRUE(store.read_site(kSite).value().settings.private_calls);
  EXPECT_EQ(store.read_member(kSite, kAnn).value()->name, "Ann");
  EXPECT_EQ(store.read_clock().value()->line, call::call_time(3));
  EXPECT_TRUE(store.append_message({.site = kSite, .from = kAnn, .to = kBob, .call = call_id(1), .text = "new"}));
  EXPECT_EQ(contents(folder / "calls.db.schema-1"), before);
  EXPECT_EQ(mode_of(folder / "calls.db.schema-1"), 0600u);
}

TEST(SqliteStore, MakesTheSameSchemaByMigrationAsAnew) {
  const Folder folder;
  ASSERT_TRUE(peek(folder / "old.db")->run(text_of(fs::path(PARLEY_TEST_DATA) / "store/schema_1.sql")));
  ASSERT_TRUE(open_sqlite(folder / "old.db"));
  ASSERT_TRUE(open_sqlite(folder / "new.db"));
  const std::string schema =
      "SELECT group_concat(name || replace(replace(ifnull(sql, ''), char(10), ''), ' ', '')) FROM "
      "(SELECT * FROM sqlite_schema ORDER BY name)";
  EXPECT_EQ(ask(folder / "old.db", schema), ask(folder / "new.db", schema));
}

TEST(SqliteStore, StaysAtItsSchemaWhenAStepFails) {
  const Folder folder;
  ASSERT_TRUE(peek(folder / "calls.db")->run(text_of(fs::path(PARLEY_TEST_DATA) / "store/schema_1.sql")));
  // In the way of the last table of the step.
  ASSERT_TRUE(peek(folder / "calls.db")->run("CREATE TABLE outbox_cursors (x)"));
  const std::string before = contents(folder / "calls.db");
  EXPECT_FALSE(SqliteBackend::open({.path = folder / "calls.db"}));
  EXPECT_EQ(contents(folder / "calls.db"), before);
  ASSERT_TRUE(peek(folder / "calls.db")->run("DROP TABLE outbox_cursors"));
  EXPECT_TRUE(open_sqlite(folder / "calls.db"));
}

// ---- a disk that refuses

TEST(SqliteStore, AnswersThatTheDiskIsFullAndWritesNothingByHalves) {
  const Folder folder;
  auto store = SqliteBackend::open({.path = folder / "calls.db", .max_pages = 80}).value();
  std::uint64_t number = 0;
  CommitAnswer answer = Done{};
  while (answer) {
    ASSERT_LT(number, 10'000u);
    Change change = lone_call(number++, "ann", "bob");
    change.persist.missed_notice = true;
    answer = store->commit(change);
  }
  EXPECT_EQ(std::get<Failure>(answer.error()).fault, Fault::kDiskFull);
  const std::string held = std::to_string(number - 1);
  for (const char* table : {"calls", "audit", "notifications", "outbox"}) {
    EXPECT_EQ(ask(folder / "calls.db", std::string("SELECT count(*) FROM ") + table), held) << table;
  }
  EXPECT_TRUE(store->read_call(call_id(0)).value()) << "reading goes on";
  store.reset();
  EXPECT_TRUE(open_sqlite(folder / "calls.db")->commit(lone_call(number, "ann", "bob")))
      << "with room again, so does writing";
}

TEST(SqliteStore, OutlivesAWriteThatTheSystemRefuses) {
  const Folder folder;
  const auto store = open_sqlite(folder / "calls.db");
  ASSERT_TRUE(store->commit(lone_call(0, "ann", "bob")));
  rlimit normal{};
  ::getrlimit(RLIMIT_FSIZE, &normal);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = normal;
  tight.rlim_cur = fs::file_size(folder / "calls.db-wal") + 100'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  std::uint64_t number = 1;
  CommitAnswer answer = Done{};
  while (answer && number < 10'000) answer = store->commit(lone_call(number++, "ann", "bob"));
  ::setrlimit(RLIMIT_FSIZE, &normal);
  std::signal(SIGXFSZ, before);
  ASSERT_FALSE(answer);
  EXPECT_THAT(std::get<Failure>(answer.error()).fault, testing::AnyOf(Fault::kIo, Fault::kDiskFull));
  EXPECT_FALSE(store->read_call(call_id(number - 1)).value());
  EXPECT_TRUE(store->commit(lone_call(number - 1, "ann", "bob")));
  EXPECT_EQ(ask(folder / "calls.db", "SELECT count(*) FROM calls"),
            ask(folder / "calls.db", "SELECT count(*) FROM audit"));
}

// ---- killed

struct Report {
  std::uint64_t number;
  std::uint64_t version;
};

// A process that commits and tells, until it is killed.
[[noreturn]] void commit_and_tell(const fs::path& path, std::uint64_t from, int pipe) {
  auto store = SqliteBackend::open({.path = path});
  if (!store) ::_exit(1);
  for (std::uint64_t number = from;; ++number) {
    const Change start = lone_call(number, "ann", "bob");
    const Change end = missed(start.record);
    for (const Change* change : {&start, &end}) {
      if (!(*store)->commit(*change)) ::_exit(2);
      const Report report{number, change->record.version};
      if (::write(pipe, &report, sizeof report) != sizeof report) ::_exit(3);
    }
  }
}

TEST(SqliteStore, KeepsEveryReportedCommitThroughAKillAndDoublesNone) {
  const Folder folder;
  const fs::path path = folder / "calls.db";
  std::map<std::uint64_t, std::uint64_t> reported;
  std::uint64_t from = 0;
  for (int round = 0; round < 25; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      commit_and_tell(path, from, ends[1]);
    }
    ::close(ends[1]);
    // The kill finds it somewhere in the commits that follow.
    Report report{};
    for (int seen = 0; ::read(ends[0], &report, sizeof report) == sizeof report; ++seen) {
      reported[report.number] = report.version;
      if (seen == round) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << WEXITSTATUS(status);

    const auto store = open_sqlite(path);
    for (const auto& [number, version] : reported) {
      const auto found = store->read_call(call_id(number)).value();
      ASSERT_TRUE(found) << "lost call " << number;
      EXPECT_GE(found->record.version, version);
    }
    // At most the one commit that could not be told any more is there besides; the next process goes on after it.
    from = reported.rbegin()->first + 2;
    const std::string unreported = "SELECT count(*) FROM calls WHERE version > 0";
    EXPECT_LE(std::stoull(ask(path, unreported)), reported.size() + static_cast<std::size_t>(round) + 1);
    EXPECT_EQ(ask(path, "SELECT count(*) FROM audit"), ask(path, "SELECT sum(version) FROM calls"));
    EXPECT_EQ(ask(path, "SELECT count(*) FROM outbox"), ask(path, "SELECT count(*) FROM calls"));
    EXPECT_EQ(ask(path, "SELECT count(*) FROM notifications"),
              ask(path, "SELECT count(*) FROM calls WHERE version = 2"));
    EXPECT_EQ(ask(path, "SELECT count(*) FROM (SELECT call FROM audit GROUP BY call, why HAVING count(*) > 1)"), "0");
  }
  EXPECT_EQ(ask(path, "PRAGMA integrity_check"), "ok");
  RecordProperty("reported", std::to_string(reported.size()));
}

// ---- backup and restore

TEST(SqliteStore, RestoresABackupToTheSame) {
  const Folder folder;
  auto store = open_sqlite(folder / "calls.db");
  fill(*store);
  ASSERT_TRUE(store->backup(folder / "copy.db")());
  const std::string then = contents(folder / "calls.db");
  ASSERT_TRUE(store->commit(lone_call(9, "ann", "bob")));
  store.reset();
  const std::string later = contents(folder / "calls.db");
  const auto restored = restore_store(folder / "copy.db", folder / "calls.db");
  ASSERT_TRUE(restored) << restored.error().text;
  EXPECT_TRUE(open_sqlite(folder / "calls.db"));
  EXPECT_EQ(contents(folder / "calls.db"), then);
  EXPECT_EQ(contents(folder / "calls.db.replaced"), later) << "what was there stays beside it";
}

TEST(SqliteStore, RestoresIntoAnEmptyPlace) {
  const Folder folder;
  fill(*open_sqlite(folder / "calls.db"));
  ASSERT_TRUE(restore_store(folder / "calls.db", folder / "other.db"));
  EXPECT_EQ(contents(folder / "other.db"), contents(folder / "calls.db"));
}

TEST(SqliteStore, BacksUpOneMomentWhileItIsWrittenTo) {
  const Folder folder;
  CallStore store(open_sqlite(folder / "calls.db"), [](auto task) { task(); }, CallStore::Runs::kOnItsThread);
  std::atomic<std::uint64_t> committed = 0;
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::uint64_t number = 0; !stop.stop_requested(); ++number) {
      std::promise<bool> done;
      store.commit(lone_call(number, "ann", "bob"),
                   [&](const CommitAnswer& answer) { done.set_value(answer.has_value()); });
      if (done.get_future().get()) ++committed;
    }
  });
  const auto backup = [&](const fs::path& to) {
    std::promise<Answer<Done>> done;
    store.backup(to, [&](const auto& answer) { done.set_value(answer); });
    return done.get_future().get();
  };
  while (committed < 20) std::this_thread::yield();
  for (const char* name : {"one.db", "two.db", "one.db"}) {
    const std::uint64_t before = committed;
    const auto answer = backup(folder / name);
    ASSERT_TRUE(answer) << answer.error().text;
    const std::string count = ask(folder / name, "SELECT count(*) FROM calls");
    EXPECT_GE(std::stoull(count), before);
    EXPECT_EQ(ask(folder / name, "SELECT count(*) FROM audit"), count);
    EXPECT_EQ(ask(folder / name, "SELECT count(*) FROM outbox"), count);
    EXPECT_EQ(ask(folder / name, "SELECT max(serial) FROM calls"), count) << "without a gap";
  }
  writer.request_stop();
  writer.join();
  store.close();
  EXPECT_EQ(ask(folder / "calls.db", "SELECT count(*) FROM calls"), std::to_string(committed));
}

TEST(SqliteStore, DoesNotRestoreUnderARunningServer) {
  const Folder folder;
  const auto store = open_sqlite(folder / "calls.db");
  fill(*store);
  ASSERT_TRUE(store->backup(folder / "copy.db")());
  EXPECT_EQ(restore_store(folder / "copy.db", folder / "calls.db").error().fault, Fault::kInUse);
  EXPECT_TRUE(store->read_call(call_id(1)).value());
}

TEST(SqliteStore, DoesNotRestoreWhatIsDamagedNewerOrNoStore) {
  const Folder folder;
  fill(*open_sqlite(folder / "calls.db"));
  const std::string before = contents(folder / "calls.db");
  write_file(folder / "noise.db", std::string(8'192, 'x'));
  EXPECT_EQ(restore_store(folder / "noise.db", folder / "calls.db").error().fault, Fault::kCorrupt);
  ASSERT_TRUE(peek(folder / "other.db")->run("CREATE TABLE something (x)"));
  EXPECT_EQ(restore_store(folder / "other.db", folder / "calls.db").error().fault, Fault::kWrongSchema);
  ASSERT_TRUE(open_sqlite(folder / "newer.db"));
  ASSERT_TRUE(peek(folder / "newer.db")->run("INSERT INTO migrations VALUES (99, '', 0)"));
  EXPECT_EQ(restore_store(folder / "newer.db", folder / "calls.db").error().fault, Fault::kWrongSchema);
  EXPECT_EQ(restore_store(folder / "absent.db", folder / "calls.db").error().fault, Fault::kIo);
  EXPECT_EQ(contents(folder / "calls.db"), before);
}

TEST(SqliteStore, LeavesNothingHalfWrittenOfABackupThatFails) {
  const Folder folder;
  const auto store = open_sqlite(folder / "calls.db");
  fill(*store);
  EXPECT_FALSE(store->backup(folder / "nowhere" / "copy.db")());
  EXPECT_TRUE(store->commit(lone_call(9, "ann", "bob")));
}

// ---- lists in a column

TEST(JoinedTexts, ComeBackAsTheyWere) {
  for (const std::vector<std::string>& texts : std::vector<std::vector<std::string>>{
           {}, {""}, {"", ""}, {"a"}, {"3:abc", ":", "12"}, {std::string("\0x", 2)}}) {
    EXPECT_EQ(split(joined(texts)), texts);
  }
}

TEST(JoinedTexts, AreNotReadBeyondTheirEnd) {
  for (const char* bad : {"1", "1:", "2:a", ":", "x:a", "-1:a", "1:ab", "99999999999999999999:a"})
    EXPECT_FALSE(split(bad)) << bad;
}

}  // namespace
}  // namespace parley::signaling::store::test

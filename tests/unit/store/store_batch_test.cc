// Requests that wait together reach the disk together: one wait for all, each whole or not at all, and nobody is
// answered before the disk has it.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <semaphore>
#include <thread>

#include "signaling/store/call_store.h"
#include "unit/store/store_fixture.h"

namespace parley::signaling::store::test {
namespace {

namespace fs = std::filesystem;

// SQLite's files, with the waits for the disk counted, and refused when told to. Stands before the usual ones as long
// as it lives.
class WatchedDisk {
 public:
  WatchedDisk() {
    below_ = sqlite3_vfs_find(nullptr);
    vfs_ = *below_;
    vfs_.zName = "watched";
    vfs_.szOsFile += static_cast<int>(sizeof(File));
    vfs_.xOpen = &WatchedDisk::open;
    the_ = this;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~WatchedDisk() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(below_, 1);
    the_ = nullptr;
  }
  WatchedDisk(const WatchedDisk&) = delete;
  WatchedDisk& operator=(const WatchedDisk&) = delete;

  std::atomic<std::uint64_t> log_syncs = 0;
  std::atomic<int> refuse = 0;  // how many of the next

 private:
  // Before the file of the level below: what that one's methods are, with one of them exchanged.
  struct File {
    sqlite3_file base;
    sqlite3_io_methods methods;
    bool is_log;
    sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };

  template <auto Method>
  struct Pass;
  template <class R, class... A, R (*sqlite3_io_methods::*Method)(sqlite3_file*, A...)>
  struct Pass<Method> {
    static R call(sqlite3_file* file, A... arguments) {
      sqlite3_file* inner = reinterpret_cast<File*>(file)->inner();
      return (inner->pMethods->*Method)(inner, arguments...);
    }
  };

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* mine = reinterpret_cast<File*>(file);
    std::memset(mine, 0, sizeof *mine);
    sqlite3_vfs* below = the_->below_;
    const int code = below->xOpen(below, name, mine->inner(), flags, out);
    if (!mine->inner()->pMethods) return code;
    mine->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    sqlite3_io_methods& m = mine->methods;
    m.iVersion = 2;
    m.xClose = Pass<&sqlite3_io_methods::xClose>::call;
    m.xRead = Pass<&sqlite3_io_methods::xRead>::call;
    m.xWrite = Pass<&sqlite3_io_methods::xWrite>::call;
    m.xTruncate = Pass<&sqlite3_io_methods::xTruncate>::call;
    m.xSync = &WatchedDisk::sync;
    m.xFileSize = Pass<&sqlite3_io_methods::xFileSize>::call;
    m.xLock = Pass<&sqlite3_io_methods::xLock>::call;
    m.xUnlock = Pass<&sqlite3_io_methods::xUnlock>::call;
    m.xCheckReservedLock = Pass<&sqlite3_io_methods::xCheckReservedLock>::call;
    m.xFileControl = Pass<&sqlite3_io_methods::xFileControl>::call;
    m.xSectorSize = Pass<&sqlite3_io_methods::xSectorSize>::call;
    m.xDeviceCharacteristics = Pass<&sqlite3_io_methods::xDeviceCharacteristics>::call;
    m.xShmMap = Pass<&sqlite3_io_methods::xShmMap>::call;
    m.xShmLock = Pass<&sqlite3_io_methods::xShmLock>::call;
    m.xShmBarrier = Pass<&sqlite3_io_methods::xShmBarrier>::call;
    m.xShmUnmap = Pass<&sqlite3_io_methods::xShmUnmap>::call;
    mine->base.pMethods = &m;
    return code;
  }
  static int sync(sqlite3_file* file, int flags) {
    auto* mine = reinterpret_cast<File*>(file);
    if (mine->is_log) {
      ++the_->log_syncs;
      if (the_->refuse > 0 && the_->refuse-- > 0) return SQLITE_IOERR_FSYNC;
    }
    return mine->inner()->pMethods->xSync(mine->inner(), flags);
  }

  static inline WatchedDisk* the_ = nullptr;
  sqlite3_vfs* below_ = nullptr;
  sqlite3_vfs vfs_{};
};

std::uint64_t count_of(const fs::path& path, const std::string& table) {
  const auto db = Database::open(path, Database::Access::kReadWrite);
  return db ? std::stoull((*db)->ask("SELECT count(*) FROM " + table)) : 0;
}

// A store whose thread stands still until it is let go, so that what is asked meanwhile waits together.
class HeldStore {
 public:
  explicit HeldStore(std::unique_ptr<StoreBackend> backend, std::size_t batch = 64)
      : store_(std::move(backend),
               [this](std::function<void()> task) {
                 if (first_.exchange(false)) {
                   held_.release();
                   go_.acquire();
                 }
                 task();
                 answered_.release();
               },
               CallStore::Runs::kOnItsThread, {.batch = batch}) {
    store_.read_clock([](const auto&) {});
    held_.acquire();
  }
  CallStore* operator->() { return &store_; }
  void go(std::size_t answers) {
    go_.release();
    for (std::size_t i = 0; i <= answers; ++i) answered_.acquire();
  }

 private:
  std::atomic<bool> first_ = true;
  std::binary_semaphore held_{0}, go_{0};
  std::counting_semaphore<> answered_{0};
  CallStore store_;
};

TEST(StoreBatch, WaitsOnceForTheDiskForAllThatWaitTogether) {
  const Folder folder;
  WatchedDisk disk;
  HeldStore store(open_sqlite(folder / "calls.db"));
  std::size_t done = 0;
  for (std::uint64_t i = 0; i < 64; ++i)
    store->commit(lone_call(i, "ann", "bob"), [&](const CommitAnswer& answer) { done += answer.has_value(); });
  const std::uint64_t before = disk.log_syncs;
  store.go(64);
  EXPECT_EQ(done, 64u);
  EXPECT_EQ(disk.log_syncs - before, 1u);
  EXPECT_EQ(count_of(folder / "calls.db", "calls"), 64u);
}

TEST(StoreBatch, IsBounded) {
  const Folder folder;
  WatchedDisk disk;
  HeldStore store(open_sqlite(folder / "calls.db"), 10);
  for (std::uint64_t i = 0; i < 40; ++i) store->commit(lone_call(i, "ann", "bob"), [](const auto&) {});
  const std::uint64_t before = disk.log_syncs;
  store.go(40);
  EXPECT_EQ(disk.log_syncs - before, 4u);
}

TEST(StoreBatch, WaitsForTheDiskAtEachCommitThatComesAlone) {
  const Folder folder;
  WatchedDisk disk;
  const auto store = open_sqlite(folder / "calls.db");
  const std::uint64_t before = disk.log_syncs;
  for (std::uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(store->commit(lone_call(i, "ann", "bob")));
  EXPECT_EQ(disk.log_syncs - before, 5u);
}

TEST(StoreBatch, AnswersNobodyBeforeOthersCanReadIt) {
  const Folder folder;
  const fs::path path = folder / "calls.db";
  HeldStore store(open_sqlite(path));
  std::size_t early = 0;
  for (std::uint64_t i = 0; i < 30; ++i) {
    store->commit(lone_call(i, "ann", "bob"), [&](const auto&) { early += count_of(path, "calls") != 30; });
    store->read_call(call_id(i), [&](const auto& found) {
      EXPECT_TRUE(found.value());
      early += count_of(path, "calls") != 30;
    });
  }
  store.go(60);
  EXPECT_EQ(early, 0u);
}

TEST(StoreBatch, LetsALoserLoseAlone) {
  const Folder folder;
  HeldStore store(open_sqlite(folder / "calls.db"));
  std::vector<std::vector<Moved>> lost;
  const auto note = [&](const CommitAnswer& answer) { lost.push_back(moved(answer)); };
  store->commit(start_of(1, "ann", "bob"), note);
  store->commit(start_of(2, "bob", "ann"), note);
  store->commit(start_of(3, "cid", "dan"), note);
  Change late = missed(start_of(1, "ann", "bob").record);
  store->commit(late, note);
  store->commit(late, note);
  store.go(5);
  EXPECT_THAT(lost, testing::ElementsAre(testing::IsEmpty(), testing::ElementsAre(Moved::kPair), testing::IsEmpty(),
                                         testing::IsEmpty(), testing::ElementsAre(Moved::kCall)));
  EXPECT_EQ(count_of(folder / "calls.db", "calls"), 2u);
  EXPECT_EQ(count_of(folder / "calls.db", "audit"), 3u);
  EXPECT_EQ(count_of(folder / "calls.db", "outbox"), 2u);
  EXPECT_EQ(count_of(folder / "calls.db", "notifications"), 1u);
}

// The memory back end knows no batches: the same requests, the same answers, and the same in the end.
TEST(StoreBatch, AnswersAsIfOneCameAfterTheOther) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Folder folder;
    HeldStore batched(open_sqlite(folder / "calls.db"));
    HeldStore plain(std::make_unique<MemoryBackend>());
    std::mt19937 random(seed);
    const auto any = [&](unsigned of) { return random() % of; };
    const std::vector<std::string> names = {"ann", "bob", "cid"};
    std::vector<std::string> said[2];
    std::size_t asked = 0;
    for (std::size_t i = 0; i < 200; ++i) {
      const std::string caller = names[any(3)];
      const std::string callee = names[any(3)];
      const std::uint64_t number = any(20);
      Change change = any(2) ? start_of(number, caller, callee) : missed(start_of(number, caller, callee).record);
      if (any(3) == 0) change.persist.caller_row.reset();
      if (any(3) == 0) change.persist.pair.reset();
      const MessageDraft draft{kSite,           call::MemberId(caller), call::MemberId(callee),
                               call_id(number), std::to_string(any(9)), "hello",
                               wall(1)};
      const auto what = any(4);
      for (int side = 0; side < 2; ++side) {
        HeldStore& store = side == 0 ? batched : plain;
        std::vector<std::string>& to = said[side];
        const auto told = [&to](std::string text) { to.push_back(std::move(text)); };
        if (what == 0) {
          store->append_message(draft, [told](const auto& answer) {
            told(answer ? std::to_string(answer->serial) : std::string(to_string(answer.error().fault)));
          });
        } else if (what == 1) {
          store->read_call(call_id(number), [told](const auto& answer) {
            told(answer.value() ? std::to_string((*answer)->record.version) : "none");
          });
        } else {
          store->commit(change, [told](const CommitAnswer& answer) {
            std::string text = answer ? "done" : "not";
            for (const Moved each : moved(answer)) text += ' ' + std::string(to_string(each));
            told(text);
          });
        }
      }
      ++asked;
    }
    std::vector<OutboxRow> rows[2];
    batched->read_outbox("", kMaxPage, [&](const auto& answer) { rows[0] = answer.value(); });
    plain->read_outbox("", kMaxPage, [&](const auto& answer) { rows[1] = answer.value(); });
    batched.go(asked + 1);
    plain.go(asked + 1);
    EXPECT_EQ(said[0], said[1]) << "seed " << seed;
    EXPECT_EQ(rows[0], rows[1]) << "seed " << seed;
    EXPECT_THAT(said[0], testing::AllOf(testing::Contains("done"), testing::Contains("not call"),
                                        testing::Contains("not_found"), testing::Contains("none")));
  }
}

// ---- a disk that refuses

TEST(StoreBatch, TriesOneByOneWhenTheDiskRefusedThemTogether) {
  const Folder folder;
  WatchedDisk disk;
  HeldStore store(open_sqlite(folder / "calls.db"));
  std::size_t done = 0;
  for (std::uint64_t i = 0; i < 10; ++i)
    store->commit(lone_call(i, "ann", "bob"), [&](const CommitAnswer& answer) { done += answer.has_value(); });
  disk.refuse = 1;
  store.go(10);
  EXPECT_EQ(done, 10u);
  EXPECT_EQ(count_of(folder / "calls.db", "calls"), 10u);
  EXPECT_EQ(count_of(folder / "calls.db", "audit"), 10u) << "and nothing twice";
}

TEST(StoreBatch, TellsEveryoneWhenTheDiskKeepsRefusing) {
  const Folder folder;
  WatchedDisk disk;
  HeldStore store(open_sqlite(folder / "calls.db"));
  std::vector<Fault> faults;
  for (std::uint64_t i = 0; i < 10; ++i) {
    store->commit(lone_call(i, "ann", "bob"), [&](const CommitAnswer& answer) {
      if (!answer) faults.push_back(std::get<Failure>(answer.error()).fault);
    });
  }
  disk.refuse = 1'000;
  store.go(10);
  EXPECT_EQ(faults, std::vector<Fault>(10, Fault::kIo));
  EXPECT_EQ(count_of(folder / "calls.db", "calls"), 0u);
}

TEST(StoreBatch, KeepsWhatFitsOnAFullDiskAndRefusesTheRest) {
  const Folder folder;
  HeldStore store(SqliteBackend::open({.path = folder / "calls.db", .max_pages = 70}).value());
  std::size_t done = 0, full = 0, other = 0;
  constexpr std::uint64_t kAsked = 600;
  for (std::uint64_t i = 0; i < kAsked; ++i) {
    store->commit(lone_call(i, "ann", "bob"), [&](const CommitAnswer& answer) {
      const Failure* failure = answer ? nullptr : std::get_if<Failure>(&answer.error());
      ++(answer ? done : failure && failure->fault == Fault::kDiskFull ? full : other);
    });
  }
  store.go(kAsked);
  EXPECT_GT(done, 0u);
  EXPECT_GT(full, 0u);
  EXPECT_EQ(other, 0u);
  for (const char* table : {"calls", "audit", "outbox"}) EXPECT_EQ(count_of(folder / "calls.db", table), done) << table;
}

// ---- killed

struct Report {
  std::uint64_t number;
  std::uint64_t version;
};

// A process with many commits on the way at a time that tells of each when it is answered, until it is killed.
[[noreturn]] void commit_many_and_tell(const fs::path& path, std::uint64_t from, int pipe) {
  std::counting_semaphore<> free(16);
  auto opened = SqliteBackend::open({.path = path});
  if (!opened) ::_exit(1);
  CallStore store(std::move(*opened), [](auto task) { task(); }, CallStore::Runs::kOnItsThread);
  for (std::uint64_t number = from;; ++number) {
    const Change start = lone_call(number, "ann", "bob");
    for (const Change& change : {start, missed(start.record)}) {
      free.acquire();
      store.commit(change, [&free, pipe, report = Report{number, change.record.version}](const CommitAnswer& answer) {
        if (!answer) ::_exit(2);
        if (::write(pipe, &report, sizeof report) != sizeof report) ::_exit(3);
        free.release();
      });
    }
  }
}

TEST(StoreBatch, KeepsEveryReportedCommitThroughAKillAndNoneByHalves) {
  const Folder folder;
  const fs::path path = folder / "calls.db";
  std::map<std::uint64_t, std::uint64_t> reported;
  std::uint64_t from = 0;
  for (int round = 0; round < 15; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      commit_many_and_tell(path, from, ends[1]);
    }
    ::close(ends[1]);
    Report report{};
    for (int seen = 0; ::read(ends[0], &report, sizeof report) == sizeof report; ++seen) {
      reported[report.number] = report.version;
      if (seen == 7 * round) ::kill(child, SIGKILL);
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
    from = reported.rbegin()->first + 20;
    const auto db = Database::open(path, Database::Access::kReadWrite);
    const auto ask = [&](const std::string& sql) { return (*db)->ask(sql); };
    EXPECT_EQ(ask("SELECT count(*) FROM audit"), ask("SELECT sum(version) FROM calls"));
    EXPECT_EQ(ask("SELECT count(*) FROM outbox"), ask("SELECT count(*) FROM calls"));
    EXPECT_EQ(ask("SELECT count(*) FROM notifications"), ask("SELECT count(*) FROM calls WHERE version = 2"));
    EXPECT_EQ(ask("PRAGMA integrity_check"), "ok");
  }
}

// ---- figures

// Commits in a second, `outstanding` of them on the way at a time.
double rate(std::size_t outstanding, std::size_t batch) {
  const Folder folder;
  std::counting_semaphore<> free(static_cast<std::ptrdiff_t>(outstanding));
  CallStore store(open_sqlite(folder / "calls.db"), [](auto task) { task(); }, CallStore::Runs::kOnItsThread,
                  {.batch = batch});
  const auto begun = std::chrono::steady_clock::now();
  std::uint64_t count = 0;
  for (; std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(200); ++count) {
    free.acquire();
    store.commit(lone_call(count, "ann" + std::to_string(count), "bob"), [&](const CommitAnswer& answer) {
      EXPECT_TRUE(answer);
      free.release();
    });
  }
  store.close();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return static_cast<double>(count) / took.count();
}

TEST(StoreBatch, TellsItsFigures) {
  for (const std::size_t outstanding : {1u, 16u, 64u}) {
    const double alone = rate(outstanding, 1);
    const double together = rate(outstanding, 64);
    std::printf("%zu outstanding: %.0f commits/s one by one, %.0f together\n", outstanding, alone, together);
    RecordProperty("one_by_one_" + std::to_string(outstanding), static_cast<int>(alone));
    RecordProperty("together_" + std::to_string(outstanding), static_cast<int>(together));
  }
}

}  // namespace
}  // namespace parley::signaling::store::test

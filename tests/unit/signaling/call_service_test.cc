// The store's life within a process: opened, taken up, noted, closed; and what the operator is told when it can't be.
#include "signaling/call_service.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <uv.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "signaling/crash_probe.h"
#include "signaling/store/sqlite_backend.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;

const call::SiteId kOak{"oak"};

struct NoLines : Lines, CallRooms {
  void say(ConnectionId, const CallServerMessage&, std::string_view) override {}
  void refuse(ConnectionId, const Error&, std::string_view) override {}
  void hang_up(ConnectionId, CloseCode, std::string_view) override {}
  void remove(const CallEntry&, call::RemoveReason) override {}
};

class CallServiceTest : public testing::Test {
 protected:
  CallServiceTest() {
    uv_loop_init(&loop_);
    std::string name = (std::filesystem::temp_directory_path() / "call-service-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    options_.database = folder_ / "data" / "parley.db";
  }
  ~CallServiceTest() override {
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "something was left on the loop";
    std::filesystem::remove_all(folder_);
  }

  Result<std::unique_ptr<CallService>> start(MachineClock& clock) {
    const LogSink log = [this](LogLevel, std::string_view text) { log_.emplace_back(text); };
    return CallService::start(options_, &loop_, lines_, lines_, clock, log);
  }
  std::unique_ptr<store::SqliteBackend> open_file() {
    auto opened = store::SqliteBackend::open({.path = options_.database});
    EXPECT_TRUE(opened) << opened.error().text;
    return std::move(opened).value();
  }
  template <class Done>
  void turn_until(Done done) {
    while (!done()) uv_run(&loop_, UV_RUN_ONCE);
  }

  uv_loop_t loop_{};
  std::filesystem::path folder_;
  CallOptions options_;
  NoLines lines_;
  std::vector<std::string> log_;
};

// A ring of a minute, begun at a moment of the line.
store::Change ringing(call::CallTime at) {
  store::Change change;
  call::CallRecord& record = change.record;
  record.id = *call::CallId::parse("0123456789abcdef0123456789abcdef");
  record.site = kOak;
  record.caller = call::MemberId("ada");
  record.callee = call::MemberId("bob");
  record.started_at = at;
  record.ring_ends_at = at + 60s;
  record.expires_at = at + 2h;
  record.version = 1;
  change.persist.caller_row = call::MemberRow{kOak, record.caller, record.id, std::nullopt, 1};
  change.persist.pair = call::pair_of(kOak, record.caller, record.callee);
  change.persist.pair->ringing = record.id;
  change.persist.pair->version = 1;
  return change;
}

TEST_F(CallServiceTest, MakesItsFolderAndFileAndClosesThem) {
  MachineClock clock;
  auto service = start(clock);
  ASSERT_TRUE(service) << service.error().message;
  EXPECT_TRUE(std::filesystem::exists(options_.database));
  (*service)->stop();
  (*service)->stop();
  open_file();
}

TEST_F(CallServiceTest, RefusesAFileThatIsInUseAndNamesIt) {
  MachineClock clock;
  auto first = start(clock);
  ASSERT_TRUE(first);
  MachineClock other;
  const auto second = start(other);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kEnvironment);
  EXPECT_EQ(second.error().message,
            "the store of private calls: " + options_.database.string() + " is in use by another process");
}

TEST_F(CallServiceTest, RefusesADamagedFile) {
  std::filesystem::create_directories(options_.database.parent_path());
  std::ofstream(options_.database) << std::string(8192, 'x');
  MachineClock clock;
  const auto service = start(clock);
  ASSERT_FALSE(service);
  EXPECT_TRUE(service.error().message.starts_with("the store of private calls: ")) << service.error().message;
}

TEST_F(CallServiceTest, R41_TheLineGoesOnWhereTheLastProcessNotedIt) {
  call::CallTime before;
  {
    MachineClock clock;
    auto service = start(clock);
    ASSERT_TRUE(service);
    before = clock.now().line;
  }
  {
    const auto file = open_file();
    auto row = file->read_clock().value().value();
    EXPECT_GE(row.line, before);
    // As if an hour had passed in this boot, and the calendar had been put back.
    row.reading.boot -= 1h;
    row.reading.wall += 100h;
    ASSERT_TRUE(file->put_clock(row));
  }
  MachineClock clock;
  auto service = start(clock);
  ASSERT_TRUE(service);
  EXPECT_GE(clock.now().line, before + 1h);
  EXPECT_LT(clock.now().line, before + 1h + 10min);
}

TEST_F(CallServiceTest, R41_AfterARebootTheCalendarSaysWhatPassed) {
  {
    MachineClock clock;
    ASSERT_TRUE(start(clock));
  }
  call::CallTime noted;
  {
    const auto file = open_file();
    auto row = file->read_clock().value().value();
    row.reading.boot_id = "another boot";
    row.reading.wall -= 30min;
    noted = row.line;
    ASSERT_TRUE(file->put_clock(row));
  }
  MachineClock clock;
  ASSERT_TRUE(start(clock));
  EXPECT_GE(clock.now().line, noted + 30min);
  EXPECT_LT(clock.now().line, noted + 40min);
}

TEST_F(CallServiceTest, R41_TheTimeIsNotedEveryFiveSeconds) {
  MachineClock clock;
  auto service = start(clock);
  ASSERT_TRUE(service);
  const auto noted = [&] {
    std::optional<call::ClockRow> row;
    (*service)->store().read_clock([&](const auto& answer) { row = answer.value(); });
    turn_until([&] { return row.has_value(); });
    return row->line;
  };
  Now now = clock.now();
  (*service)->tick(now);
  const auto first = noted();
  // The machine's time must have moved, or the same row could be a new one.
  turn_until([&] { return clock.now().line > first; });
  now.steady += 4s;
  (*service)->tick(now);
  EXPECT_EQ(noted(), first);
  now.steady += 1s;
  (*service)->tick(now);
  EXPECT_GT(noted(), first);
}

TEST_F(CallServiceTest, R40_ARingThatRanOutWithoutAProcessIsMissedBeforeTheFirstConnection) {
  {
    MachineClock clock;
    ASSERT_TRUE(start(clock));
  }
  {
    const auto file = open_file();
    ASSERT_TRUE(file->upsert_members(kOak, {{.member = call::MemberId("ada")}, {.member = call::MemberId("bob")}}));
    auto row = file->read_clock().value().value();
    ASSERT_TRUE(file->commit(ringing(row.line)));
    row.reading.boot -= 2min;
    row.reading.wall -= 2min;
    ASSERT_TRUE(file->put_clock(row));
  }
  MachineClock clock;
  auto service = start(clock);
  ASSERT_TRUE(service) << service.error().message;
  EXPECT_EQ(log_.back(), "unfinished private calls taken up: 1");
  (*service)->stop();

  const auto file = open_file();
  const auto call = file->read_call(ringing({}).record.id).value().value();
  EXPECT_EQ(call.record.ring, call::Ring::kMissed);
  EXPECT_EQ(call.record.reason, call::Reason::kTimeout);
  EXPECT_EQ(file->notifications_of(kOak, call::MemberId("bob"), store::Which::kAll, {}).value().size(), 1u);
}

TEST_F(CallServiceTest, ThrowsAwayWhatIsOlderThanItIsToBeKept) {
  options_.retention.audit = std::chrono::days(10);
  const auto put = [&](store::SqliteBackend& file, const char* why, std::chrono::days age) {
    store::AuditEntry entry;
    entry.site = kOak;
    entry.who = "server";
    entry.why = why;
    entry.stamp.wall = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) - age;
    ASSERT_TRUE(file.append_audit(entry));
  };
  std::filesystem::create_directories(options_.database.parent_path());
  {
    const auto file = open_file();
    // More than one request takes.
    file->together([&] {
      for (std::size_t i = 0; i < store::kPurgeBatch + 10; ++i) put(*file, "old", std::chrono::days(11));
    });
    put(*file, "young", std::chrono::days(9));
  }
  MachineClock clock;
  auto service = start(clock);
  ASSERT_TRUE(service);
  (*service)->tick(clock.now());
  std::vector<store::AuditEntry> left;
  do {
    std::optional<store::Answer<std::vector<store::AuditEntry>>> answer;
    (*service)->store().read_audit(kOak, {}, [&](auto entries) { answer = std::move(entries); });
    turn_until([&] { return answer.has_value(); });
    left = answer->value();
  } while (left.size() != 1);
  EXPECT_EQ(left[0].why, "young");
}

TEST_F(CallServiceTest, FinishesWhatIsUnderWayBeforeItStops) {
  MachineClock clock;
  auto service = start(clock);
  ASSERT_TRUE(service);
  int answered = 0;
  for (int i = 0; i < 50; ++i) {
    (*service)->store().append_audit({.site = kOak, .who = "server", .why = "late"},
                                     [&](const auto& done) { answered += done.has_value() ? 1 : 0; });
  }
  (*service)->stop();
  EXPECT_EQ(answered, 50);
  EXPECT_EQ(open_file()->read_audit(kOak, {.limit = 200}).value().size(), 50u);
}

TEST(CrashProbe, TakesNothingButItsTwoForms) {
  const auto read = [](const char* text) {
    ::setenv("PARLEY_DIE_AT", text, 1);
    const auto point = crash_point();
    ::unsetenv("PARLEY_DIE_AT");
    return point;
  };
  EXPECT_FALSE(crash_point());
  EXPECT_EQ(read("before:12")->moment, store::CommitMoment::kBefore);
  EXPECT_EQ(read("before:12")->number, 12u);
  EXPECT_EQ(read("after:1")->moment, store::CommitMoment::kAfter);
  for (const char* wrong : {"", "12", "before", "before:", "before:x", "after:1x", "during:1", "after:-1"}) {
    EXPECT_FALSE(read(wrong)) << wrong;
  }
}

TEST(CrashProbe, DiesAtItsCommitAndNoOther) {
  const auto probe = crash_at({store::CommitMoment::kAfter, 3});
  probe(store::CommitMoment::kBefore, 3);
  probe(store::CommitMoment::kAfter, 2);
  EXPECT_EXIT(probe(store::CommitMoment::kAfter, 3), testing::KilledBySignal(SIGKILL), "");
}

}  // namespace
}  // namespace parley::signaling

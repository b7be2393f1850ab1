#include "signaling/call_service.h"

#include <uv.h>

#include <optional>
#include <utility>

#include "signaling/crash_probe.h"
#include "signaling/identity/secret.h"
#include "signaling/store/sqlite_backend.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;

constexpr auto kClockInterval = 5s;
constexpr auto kPurgeInterval = 1h;
// Together with the rest of an orderly stop it stays below the process's own patience.
constexpr auto kStopLimit = 2s;
constexpr auto kNoLimit = 24h;
constexpr std::uint64_t kPageBytes = 4096;

Error environment(const store::Failure& failure) {
  return {ErrorCode::kEnvironment, "the store of private calls: " + failure.text};
}

std::optional<store::WallTime> older_than(std::optional<std::chrono::days> age, store::WallTime now) {
  return age ? std::optional(now - *age) : std::nullopt;
}

}  // namespace

CallService::CallService(const CallOptions& options, uv_loop_s* loop, MachineClock& clock, LogSink log)
    : options_(options), loop_(loop), clock_(clock), log_(std::move(log)), tasks_(loop) {}

CallService::~CallService() {
  stop();
}

Result<std::unique_ptr<CallService>> CallService::start(const CallOptions& options, uv_loop_s* loop, Lines& lines,
                                                        CallRooms& rooms, MachineClock& clock, LogSink log) {
  std::unique_ptr<CallService> service(new CallService(options, loop, clock, std::move(log)));
  if (auto opened = service->open(); !opened) return std::unexpected(opened.error());
  if (auto recovered = service->recover(lines, rooms); !recovered) return std::unexpected(recovered.error());
  return service;
}

Result<void> CallService::open() {
  std::error_code ignored;
  if (options_.database.has_parent_path())
    std::filesystem::create_directories(options_.database.parent_path(), ignored);
  auto backend =
      store::SqliteBackend::open({.path = options_.database,
                                  .max_pages = static_cast<std::uint32_t>(options_.max_database_bytes / kPageBytes),
                                  .now = clock_.now().calendar});
  if (!backend) return std::unexpected(environment(backend.error()));
  const auto row = (*backend)->read_clock();
  if (!row) return std::unexpected(environment(row.error()));
  clock_.resume(*row);
  last_alive_ = *row ? (*row)->last_alive() : clock_.now().line;
  // From here on the line can be continued, also if this process dies in its first seconds.
  if (const auto written = (*backend)->put_clock(clock_.row()); !written) {
    return std::unexpected(environment(written.error()));
  }
  if (options_.prepare) {
    const Now now = clock_.now();
    const auto prepared = options_.prepare(**backend, {now.line, now.calendar});
    if (!prepared) return std::unexpected(environment(prepared.error()));
  }
  store_ = std::make_unique<store::CallStore>(
      std::move(*backend), [this](std::function<void()> task) { tasks_.post(std::move(task)); },
      store::CallStore::Runs::kOnItsThread);
  if (const auto point = crash_point()) {
    log(LogLevel::kWarning, "PARLEY_DIE_AT is set: this process will kill itself");
    store_->watch_commits(crash_at(*point));
  }
  return {};
}

// R40
Result<void> CallService::recover(Lines& lines, CallRooms& rooms) {
  hub_ = std::make_unique<CallsHub>(CallsHubWiring{.store = *store_,
                                                   .lines = lines,
                                                   .rooms = rooms,
                                                   .limits = options_.attendance,
                                                   .clock = [this] { return clock_.now(); },
                                                   .random_hex = random_hex,
                                                   .log = log_});
  std::optional<Result<std::size_t>> recovered;
  hub_->recover(last_alive_, [&](Result<std::size_t> count) { recovered = std::move(count); });
  run_until([&] { return recovered.has_value(); }, kNoLimit);
  if (!recovered) return std::unexpected(Error{ErrorCode::kEnvironment, "the store of private calls does not answer"});
  if (!*recovered) {
    return std::unexpected(
        Error{ErrorCode::kEnvironment, "private calls can't be taken up: " + recovered->error().message});
  }
  if (**recovered > 0) log(LogLevel::kInfo, "unfinished private calls taken up: " + std::to_string(**recovered));
  return {};
}

void CallService::run_until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  // Wakes the loop often enough for the limit to be seen.
  auto* const beat = new uv_timer_t;
  uv_timer_init(loop_, beat);
  uv_timer_start(beat, [](uv_timer_t*) {}, 20, 20);
  while (!done() && std::chrono::steady_clock::now() < deadline) uv_run(loop_, UV_RUN_ONCE);
  uv_close(reinterpret_cast<uv_handle_t*>(beat),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
}

void CallService::tick(Now now) {
  if (now.steady >= clock_due_) {
    clock_due_ = now.steady + kClockInterval;
    write_clock();
  }
  if (now.steady >= purge_due_) {
    purge_due_ = now.steady + kPurgeInterval;
    purge();
  }
}

// R41
void CallService::write_clock() {
  if (clock_under_way_) return;
  clock_under_way_ = true;
  store_->put_clock(clock_.row(), [this](const store::Answer<store::Done>& done) {
    clock_under_way_ = false;
    if (!done && !clock_failed_)
      log(LogLevel::kError, "the clock of private calls can't be stored: " + done.error().text);
    clock_failed_ = !done;
  });
}

// In parts, so that calls get their turn in between.
void CallService::purge() {
  const auto now = clock_.now().calendar;
  const RetentionDays& keep = options_.retention;
  const store::Retention older{.calls = older_than(keep.calls, now),
                               .audit = older_than(keep.audit, now),
                               .notifications = older_than(keep.notifications, now),
                               .messages = older_than(keep.messages, now),
                               .outbox = older_than(keep.outbox, now)};
  store_->purge(older, [this](const store::Answer<store::Purged>& purged) {
    if (!purged) return log(LogLevel::kError, "what is old can't be thrown away: " + purged.error().text);
    if (purged->more) purge();
  });
}

void CallService::stop() {
  if (store_ == nullptr) return tasks_.close();
  // What the end of the connections set going.
  run_until([this] { return hub_ == nullptr || hub_->busy() == 0; }, kStopLimit);
  write_clock();
  store_->close();
  tasks_.run();
  hub_.reset();
  store_.reset();
  tasks_.close();
}

void CallService::log(LogLevel level, const std::string& text) const {
  if (log_) log_(level, text);
}

}  // namespace parley::signaling

// Private calls of this process: the store's file and thread, the hub of calls, the row that carries the deadline clock
// over a restart, and what is thrown away by age. Made by Service before the first connection; on the control thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "parley/error.h"
#include "parley/log.h"
#include "signaling/hub/calls_hub.h"
#include "signaling/loop_tasks.h"
#include "signaling/machine_clock.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

// How long what is finished is kept; none: for ever.
struct RetentionDays {
  std::optional<std::chrono::days> calls{90};
  std::optional<std::chrono::days> audit{365};
  std::optional<std::chrono::days> notifications{90};
  std::optional<std::chrono::days> messages{365};
  std::optional<std::chrono::days> outbox{14};
};

// Writes what must be in the store before anything is served.
using PrepareStore = std::function<store::Answer<store::Done>(store::StoreBackend&, const store::Stamp&)>;

struct CallOptions {
  bool enabled = true;
  std::filesystem::path database;
  std::uint64_t max_database_bytes = 0;  // 0: the disk's
  AttendanceLimits attendance;
  RetentionDays retention;
  PrepareStore prepare;  // none: nothing
};

class CallService {
 public:
  // Opens the store, lets `clock` go on from it, and takes up what an earlier process left unfinished; runs the loop
  // until that is done. Refuses with a sentence for the operator.
  static Result<std::unique_ptr<CallService>> start(const CallOptions& options, uv_loop_s* loop, Lines& lines,
                                                    CallRooms& rooms, MachineClock& clock, LogSink log);
  ~CallService();

  CallsHub& hub() { return *hub_; }
  store::CallStore& store() { return *store_; }

  void tick(Now now);
  // After the hub's connections have ended: lets commits that are under way finish, notes the time, closes the store.
  // Idempotent.
  void stop();

 private:
  CallService(const CallOptions& options, uv_loop_s* loop, MachineClock& clock, LogSink log);
  Result<void> open();
  Result<void> recover(Lines& lines, CallRooms& rooms);
  void run_until(const std::function<bool()>& done, std::chrono::milliseconds limit);
  void write_clock();
  void purge();
  void log(LogLevel level, const std::string& text) const;

  const CallOptions options_;
  uv_loop_s* loop_;
  MachineClock& clock_;
  const LogSink log_;
  LoopTasks tasks_;
  std::unique_ptr<store::CallStore> store_;
  std::unique_ptr<CallsHub> hub_;
  call::CallTime last_alive_{};
  std::chrono::steady_clock::time_point clock_due_{};
  std::chrono::steady_clock::time_point purge_due_{};
  bool clock_under_way_ = false;
  bool clock_failed_ = false;
};

}  // namespace parley::signaling

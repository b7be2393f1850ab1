// One queue of inputs per call. Each input: the record and the facts are read, the machine steps, the step is
// committed, and only then acted upon. A lost commit reads and steps again. What the store can't do now is answered to
// those who wait; what has happened all the same stays in the queue and is tried again. On the control thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "parley/log.h"
#include "signaling/call/call_inputs.h"
#include "signaling/hub/call_key.h"
#include "signaling/hub/call_step.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/lifeline.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

struct CallJob {
  enum class Kind : std::uint8_t {
    kMove,    // somebody waits for the answer, and hears of a failure
    kReport,  // of tabs: kept over failures, dropped where there are too many
    kFact,    // kept until it is committed
    kWake,    // a failure arms the call's timer instead
  };
  Kind kind = Kind::kMove;
  std::optional<Seat> seat;  // who moves
  // What happened, as the record has it. None: the call is not for whoever asks.
  std::function<std::optional<call::Input>(const call::CallRecord&)> input;
  // After everything that follows from the step. Of a move or a wake.
  std::function<void(CallResult<const CallStep*>)> then;
};

// What the mover is told when the store fails, or refuses for now.
Error store_unavailable();

class CallRunner {
 public:
  static constexpr std::size_t kMaxMoves = 64;     // of one call
  static constexpr std::size_t kMaxReports = 128;  // of one call
  static constexpr int kMaxAttempts = 16;

  struct Wiring {
    store::CallStore& store;
    const Tabs& tabs;
    std::function<Now()> clock;
    std::function<void(const CallStep&)> act;
    std::function<void(const CallKey&)> gone;                   // there is no such call in the store
    std::function<void(const CallKey&, call::CallTime)> retry;  // wake the call then
    LogSink log;
  };
  explicit CallRunner(Wiring wiring) : wiring_(std::move(wiring)) {}

  void push(const call::CallId& call, CallJob job);
  // Inputs that wait or are under way.
  std::size_t jobs() const { return jobs_; }

 private:
  struct Queue {
    std::deque<CallJob> jobs;
    std::size_t moves = 0;
    std::size_t reports = 0;
    bool running = false;
    int attempts = 0;  // of the first job
    int failures = 0;  // in a row
  };

  void next(const CallKey& key);
  void read(const CallKey& key);
  void found(const CallKey& key, store::Answer<std::optional<store::StoredCall>> answer);
  void absent(const CallKey& key, bool no_such_call);
  void step(const CallKey& key, const store::StoredCall& stored, const call::Input& input, store::PairView two);
  void commit(const CallKey& key, CallStep step);
  void done(const CallKey& key, const CallStep& step);
  void failed(const CallKey& key, std::string_view why, bool closed = false);
  CallJob take(Queue& queue);
  void complain(const CallKey& key, std::string_view why);

  Wiring wiring_;
  std::unordered_map<CallKey, Queue> queues_;
  std::size_t jobs_ = 0;
  std::optional<call::CallTime> complained_;
  Lifeline lifeline_;
};

}  // namespace parley::signaling

// Starts calls: reads, asks the machine, commits; if somebody was first it reads again. What follows is done as after
// any other step.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "parley/log.h"
#include "signaling/call/start.h"
#include "signaling/hub/call_step.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/lifeline.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

class CallStarter {
 public:
  static constexpr std::size_t kMaxAtOnce = 512;
  static constexpr std::size_t kMaxOfMember = 8;
  static constexpr int kMaxAttempts = 16;
  static constexpr call::CallSpan kCounted{60'000};  // R45

  using Then = std::function<void(CallResult<CallAnswer>)>;
  struct Wiring {
    store::CallStore& store;
    const Tabs& tabs;
    std::function<Now()> clock;
    std::function<std::string(std::size_t bytes)> random_hex;
    std::function<void(const CallStep&)> act;
    std::function<void(const MemberKey&, call::RefusalCode, Now)> refused;
    std::function<void(const call::CallId&, const Seat&)> begun;  // a new call rings; its caller's seat
    LogSink log;
  };
  explicit CallStarter(Wiring wiring) : wiring_(std::move(wiring)) {}

  void start(const Seat& seat, const CallStart& wish, Then then);
  std::size_t under_way() const { return under_way_; }

 private:
  struct Starting {
    Seat seat;
    CallStart wish;
    Then then;
    call::CallId id;
    int attempts = 0;
  };
  using Ref = std::shared_ptr<Starting>;

  void read(const Ref& starting);
  void decide(const Ref& starting, store::StartView view);
  void commit(const Ref& starting, Taken taken, CallStep step);
  void committed(const Ref& starting, Taken taken, const CallStep& step);
  void join_same(const Ref& starting, CallStep step);
  void show(const Ref& starting, Taken taken, const call::CallId& id);
  void failed(const Ref& starting, std::string_view why);
  void answer(const Ref& starting, CallResult<CallAnswer> result);

  Wiring wiring_;
  std::map<MemberKey, std::size_t> of_member_;
  std::size_t under_way_ = 0;
  Lifeline lifeline_;
};

}  // namespace parley::signaling

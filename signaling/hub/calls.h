// Runs the call machine: reads the record and the facts, steps, commits, and only then acts (docs/private-calls.md).
// One input at a time per call; a lost commit reads again and steps again. Sans-I/O: the store answers by tasks, time
// comes from `clock`. On the control thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "parley/log.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/presence/presence.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

struct CallsWiring {
  store::CallStore& store;
  Tabs& tabs;
  CallRooms& rooms;
  std::function<Now()> clock;
  std::function<std::string(std::size_t bytes)> random_hex;  // of a generator that can't be guessed
  LogSink log;
};

class Calls : public CallDoor, public TabWatcher {
 public:
  template <class T>
  using Then = std::function<void(CallResult<T>)>;

  explicit Calls(CallsWiring wiring);
  ~Calls() override;

  // Once, before the first request: what an earlier process left unfinished goes on (R40). The number of calls.
  void recover(call::CallTime last_alive, std::function<void(Result<std::size_t>)> done);

  void start(const Seat& seat, const CallStart& wish, Then<CallAnswer> then);
  void choose(const Seat& seat, const CallChoose& wish, Then<CallAnswer> then);
  void act(const Seat& seat, const CallAct& wish, Then<CallAnswer> then);
  void ticket(const Seat& seat, const call::CallId& call, Then<TicketNote> then);
  void details(const Seat& seat, const call::CallId& call, Then<DetailsNote> then);
  // Of a page of calls that were read for this member: what the desk shows as history.
  void history(const Seat& seat, std::optional<std::uint64_t> before, Then<CallHistoryAnswer> then);
  // What a tab that attends must know: ringing or open, newest first.
  void snapshots(const Seat& seat, std::function<void(std::vector<SnapshotNote>)> then);

  void enter(const Grant& grant, const std::string& ticket, const call::TabId& tab,
             std::function<void(Result<Admission>)> then) override;
  void left(const CallEntry& entry) override;
  void tab_connected(const Seat& seat) override;
  void tab_closed(const Seat& seat, bool signed_out) override;
  void tab_gone(const MemberKey& who) override;

  // Stored facts have changed: what is unfinished there is woken.
  void site_changed(const call::SiteId& site);
  void member_changed(const MemberKey& who);
  void terminate(const call::CallId& call, Then<SnapshotNote> then);

  // Due deadlines. Several times a second.
  void tick();
  // Unfinished calls, and inputs that are under way: for statistics and for an orderly stop.
  std::size_t unfinished() const;
  std::size_t busy() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::signaling

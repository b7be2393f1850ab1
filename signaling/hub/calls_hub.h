// Private calls as one thing for the hub and for REST: leads each message of a call connection to attendance, calls or
// desk, and changed facts to all three. Routes only; the rules are elsewhere. On the control thread.
#pragma once

#include <functional>
#include <memory>

#include "signaling/hub/attendance.h"
#include "signaling/hub/calls.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/desk.h"

namespace parley::signaling {

struct CallsHubWiring {
  store::CallStore& store;
  Lines& lines;
  CallRooms& rooms;
  AttendanceLimits limits;
  std::function<Now()> clock;
  std::function<std::string(std::size_t bytes)> random_hex;
  LogSink log;
};

class CallsHub : public CallsFront, public CallsControl {
 public:
  explicit CallsHub(CallsHubWiring wiring);
  ~CallsHub() override;

  void request(ConnectionId from, const Grant& grant, const std::string& id, const CallClientMessage& message,
               Now now) override;
  void pong(ConnectionId from, Now now) override;
  void closed(ConnectionId from, Now now) override;
  void tick(Now now) override;

  void site_changed(const call::SiteId& site) override;
  void member_changed(const MemberKey& who) override;
  void member_interacted(const MemberKey& who) override;
  void terminate(const call::CallId& call, std::function<void(CallResult<SnapshotNote>)> then) override;
  void message_stored(const call::SiteId& site, const MessageNote& message) override;

  CallDoor& door();
  // Before the first connection: R40.
  void recover(call::CallTime last_alive, std::function<void(Result<std::size_t>)> done);
  std::size_t unfinished() const;
  std::size_t busy() const;
  std::size_t tabs() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::signaling

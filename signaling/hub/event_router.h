// One Observer for the library, many owners of sessions: leads each event to whoever owns the session. An event that
// comes while its session is still being joined waits until somebody adopts the session.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "parley/events.h"

namespace parley::signaling {

class EventRouter : public Observer {
 public:
  // Around Server::join: begin, join, then adopt or abandon.
  void begin_join();
  void adopt(SessionId session, Observer& owner);
  void abandon_join();
  void forget(SessionId session);

  // The last event of a session, Closed, also ends the ownership.
  void on_event(SessionId to, const RoomEvent& event) override;

  std::size_t sessions() const { return owners_.size(); }

 private:
  std::unordered_map<SessionId, Observer*> owners_;
  bool joining_ = false;
  std::vector<std::pair<SessionId, RoomEvent>> early_;
};

}  // namespace parley::signaling

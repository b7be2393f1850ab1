// What one participant should know of its room by now, folded from the events: what a resumed connection is told.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "parley/events.h"
#include "parley/server.h"
#include "signaling/protocol/messages.h"

namespace parley::signaling {

class SessionView {
 public:
  SessionView() = default;
  explicit SessionView(const Joined& joined);

  void apply(const RoomEvent& event);

  std::vector<MemberInfo> members() const;
  std::vector<TrackInfo> tracks() const;
  std::vector<BoundSlot> slots() const;
  // Connected is told once; a client that resumes must not wait for it.
  bool connected() const { return connected_; }

 private:
  std::map<SessionId, MemberInfo> members_;
  std::map<TrackId, TrackInfo> tracks_;
  std::map<std::string, TrackInfo> slots_;
  bool connected_ = false;
};

}  // namespace parley::signaling

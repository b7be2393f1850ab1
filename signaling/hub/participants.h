// The hub's seats: one per media session, with the connection that holds it or may come back to it, and for a private
// call the entry that it stands for. Found by session, by resume secret, or by entry. Used by the hub alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "parley/events.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/connection.h"
#include "signaling/hub/session_view.h"
#include "signaling/identity/grant.h"

namespace parley::signaling {

struct Participant {
  Grant grant;
  std::string member;
  std::string room;                // as its client knows it; of a call, the call's id
  std::optional<CallEntry> entry;  // of a call's room
  std::string resume;
  SessionView view;
  std::optional<ConnectionId> line;  // none: the connection is lost, and may come back until `until`
  std::chrono::steady_clock::time_point until;
  bool holding = false;  // an answer is being made; what happens meanwhile is told after it
  std::vector<RoomEvent> held;
};

class Participants {
 public:
  // Draws the resume secret.
  Participant& add(SessionId session, Participant seat);
  Participant* find(SessionId session);
  Participant* find_by_secret(std::string_view secret, SessionId& session);
  std::optional<SessionId> find_entry(const CallEntry& entry) const;
  std::optional<Participant> take(SessionId session);

  // Whose token has run out; whose connection did not come back.
  std::vector<SessionId> expired(std::chrono::sys_seconds wall) const;
  std::vector<SessionId> abandoned(std::chrono::steady_clock::time_point now) const;
  std::vector<SessionId> all() const;
  std::size_t size() const { return seats_.size(); }

 private:
  using EntryKey = std::tuple<std::string, call::Party, std::uint32_t>;

  std::map<SessionId, Participant> seats_;
  std::map<EntryKey, SessionId> entries_;
};

}  // namespace parley::signaling

// The messages of the WebSocket protocol as values; docs/websocket.md describes them, codec.h turns them into JSON and
// back.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "parley/error.h"
#include "parley/events.h"
#include "parley/server.h"
#include "parley/types.h"
#include "signaling/protocol/call_messages.h"

namespace parley::signaling {

// What a client may say.
struct AuthMessage {
  std::string token;
};
struct JoinMessage {
  std::string room;    // empty: the ticket says which
  std::string ticket;  // into a private call's room, with the tab that asked for it
  std::string tab;
  std::string name;
  std::optional<std::string> offer;
  std::vector<TrackNote> tracks;
  std::string publisher;
  std::string resume;
};
struct OfferMessage {
  std::string sdp;
  std::vector<TrackNote> tracks;
};
struct MuteMessage {
  std::string slot;
  bool muted = false;
};
struct RefreshMessage {
  std::string token;
};
struct LeaveMessage {};

using ClientMessage =
    std::variant<AuthMessage, JoinMessage, OfferMessage, MuteMessage, RefreshMessage, LeaveMessage, CallClientMessage>;

struct ClientRequest {
  std::string id;  // empty: none
  ClientMessage message;
};

// What the server says.
struct IceServer {
  std::vector<std::string> urls;
  std::string username;
  std::string credential;
};
struct BoundSlot {
  std::string slot;
  TrackInfo track;
};
struct AuthenticatedMessage {
  std::string member;
  std::string room;  // empty: the token binds none
  bool publish = false;
  bool subscribe = false;
  std::chrono::sys_seconds expires_at{};
};
struct JoinedMessage {
  SessionId session{};
  std::string member;
  std::string room;
  std::string resume;
  std::vector<MemberInfo> members;
  std::vector<TrackInfo> tracks;
  std::vector<BoundSlot> slots;
  std::vector<IceServer> ice_servers;
  std::optional<std::string> answer;
};
struct AnswerMessage {
  std::string sdp;
};
struct MutedMessage {
  std::string slot;
  bool muted = false;
};

// The library's events and errors are messages as they are. Those of private calls are CallServerMessage.
using ServerMessage = std::variant<AuthenticatedMessage, JoinedMessage, AnswerMessage, MutedMessage, RoomEvent, Error>;

}  // namespace parley::signaling

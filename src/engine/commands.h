// What the control thread asks of a worker's engine, as values that travel by mailbox.
// Order matters and is kept per worker: a track is published before it is bound, unbound before it ends.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "parley/events.h"
#include "parley/types.h"
#include "session/session_params.h"

namespace parley {

enum class RoomId : std::uint64_t {};

struct AddSession {
  SessionId session{};
  RoomId room{};
  SessionParams params;
};
// The whole of the newly negotiated state; the session finds the difference itself. Changed ICE credentials mean a
// restart.
struct UpdateSession {
  SessionId session{};
  SessionParams params;
};
// WHIP's and WHEP's PATCH: new credentials on both sides, nothing else.
struct RestartIce {
  SessionId session{};
  IceCredentials local;
  IceCredentials remote;
};
// Says BYE and close_notify where it can, then forgets. Its tracks and bindings go with it. Answered by no event.
struct RemoveSession {
  SessionId session{};
};
// The session's m-line `mid` is a track of its room from now on.
struct PublishTrack {
  SessionId session{};
  TrackId track{};
  std::string mid;
  bool muted = false;
};
struct UnpublishTrack {
  TrackId track{};
};
struct MuteTrack {
  TrackId track{};
  bool muted = false;
};
// The slot `mid` of the session carries this track from now on; whatever it carried before is unbound by that.
struct BindSlot {
  SessionId session{};
  std::string mid;
  TrackId track{};
};
struct UnbindSlot {
  SessionId session{};
  std::string mid;
};

using Command = std::variant<AddSession, UpdateSession, RestartIce, RemoveSession, PublishTrack, UnpublishTrack,
                             MuteTrack, BindSlot, UnbindSlot>;

// What an engine reports. `kSessionEnded` comes once, and the engine has forgotten the session by then.
struct SessionConnected {
  SessionId session{};
};
struct SessionSuspect {
  SessionId session{};
  bool suspect = false;
};
struct SessionEnded {
  SessionId session{};
  CloseReason reason{};
};
// The first packet of a binding was forwarded; `rtp_timestamp` is on the slot's own line.
struct SlotStarted {
  SessionId session{};
  std::string mid;
  TrackId track{};
  std::uint32_t rtp_timestamp = 0;
};
// The publisher sends a codec that the slot's answer does not have. Reported once per binding.
struct SlotCodecUnsupported {
  SessionId session{};
  std::string mid;
  TrackId track{};
};

using EngineEvent = std::variant<SessionConnected, SessionSuspect, SessionEnded, SlotStarted, SlotCodecUnsupported>;

}  // namespace parley

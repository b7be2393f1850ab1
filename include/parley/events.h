// What the library tells its user. Delivered on the control thread, one at a time, in the order in which things
// happened in a room, and never from within a call of the user's, except for the last ones, which stop() delivers.
// on_event() may call the server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "parley/types.h"

namespace parley {

enum class CloseReason : std::uint8_t {
  kLeft,        // the participant asked
  kReplaced,    // the same member joined again (newest wins)
  kRemoved,     // an operator or the room's rules
  kIceTimeout,  // no consent for 30 s (RFC 7675), or never connected
  kDtlsFailed,  // bad fingerprint, handshake failure or timeout
  kDtlsClosed,  // the peer sent close_notify
  kTokenExpired,
  kSignalingLost,  // the signaling connection went and did not come back
  kShutdown,
};
// As APIs and logs show it.
constexpr std::string_view to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::kLeft: return "left";
    case CloseReason::kReplaced: return "replaced";
    case CloseReason::kRemoved: return "removed";
    case CloseReason::kIceTimeout: return "ice_timeout";
    case CloseReason::kDtlsFailed: return "dtls_failed";
    case CloseReason::kDtlsClosed: return "dtls_closed";
    case CloseReason::kTokenExpired: return "token_expired";
    case CloseReason::kSignalingLost: return "signaling_lost";
    case CloseReason::kShutdown: return "shutdown";
  }
  return "";
}

enum class UnbindReason : std::uint8_t {
  kTrackEnded,
  kMemberLeft,
  kReassigned,        // another track took the slot
  kCodecUnsupported,  // the publisher's codec is not in the slot's answer
  kSlotClosed,
};
constexpr std::string_view to_string(UnbindReason reason) {
  switch (reason) {
    case UnbindReason::kTrackEnded: return "track_ended";
    case UnbindReason::kMemberLeft: return "member_left";
    case UnbindReason::kReassigned: return "reassigned";
    case UnbindReason::kCodecUnsupported: return "codec_unsupported";
    case UnbindReason::kSlotClosed: return "slot_closed";
  }
  return "";
}

// To everyone else in the room.
struct MemberJoined {
  MemberInfo member;
};
struct MemberLeft {
  MemberInfo member;
  CloseReason reason{};
};
struct TrackPublished {
  TrackInfo track;
};
struct TrackEnded {
  TrackInfo track;
};
struct TrackMuted {
  TrackInfo track;  // track.muted says which way
};

// To the one session that is concerned.
struct Connected {};  // ICE and DTLS are up
struct PathSuspect {
  bool suspect = false;  // consent is older than 7 s, or is fresh again
};
struct SlotBound {
  std::string slot;  // the m-line's mid
  TrackInfo track;
  std::uint32_t rtp_timestamp = 0;  // of the first packet the slot carries of this track, on the slot's own line
};
struct SlotUnbound {
  std::string slot;
  TrackInfo track;
  UnbindReason reason{};
};
// The last event of a session.
struct Closed {
  CloseReason reason{};
};

using RoomEvent = std::variant<MemberJoined, MemberLeft, TrackPublished, TrackEnded, TrackMuted, Connected, PathSuspect,
                               SlotBound, SlotUnbound, Closed>;

// One event for one session: an event that concerns a room is delivered once per session in it.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_event(SessionId to, const RoomEvent& event) = 0;
};

}  // namespace parley

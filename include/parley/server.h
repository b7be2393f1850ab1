// The media server as a library: rooms, sessions, offers and answers on top; ICE, DTLS, SRTP and forwarding below.
//
// Threads: a Server is made, used and destroyed on one thread, the control thread, whose libuv loop it is given. It
// starts its media workers on threads of their own; what they report comes back as events on the control thread.
//
// The server always answers, never offers: a client's sending m-lines are tracks, its `recvonly` and `sendrecv` m-lines
// are slots, and the server binds tracks to slots by events, without renegotiation.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/config.h"
#include "parley/error.h"
#include "parley/events.h"
#include "parley/log.h"
#include "parley/stats.h"
#include "parley/types.h"

struct uv_loop_s;

namespace parley {

struct JoinRequest {
  std::string room;    // 1..640 bytes; made when the first participant joins, gone with the last
  std::string member;  // 1..128 bytes; a second join of the same member replaces the first
  std::string name;    // to show; up to 128 bytes of UTF-8
  Permissions permissions;
  // Receive only this member's tracks; empty: the room's, by priority.
  std::string only_publisher;
};

struct Joined {
  SessionId session{};
  std::vector<MemberInfo> members;  // the others
  std::vector<TrackInfo> tracks;    // theirs
};

// What the client says of a sending m-line beside the SDP. A track without a note: camera or microphone by kind,
// unmuted.
struct TrackNote {
  std::string mid;
  TrackSource source{};
  bool muted = false;
};

struct Negotiated {
  std::string answer;     // SDP
  std::string ice_ufrag;  // ours: it changes with each ICE restart, so it serves as an ETag
};

// RFC 9725 §4.3.2: the ICE part of an SDP, as PATCH carries it.
struct IceRestart {
  std::string ufrag;  // the client's new credentials
  std::string pwd;
};
struct IceRestarted {
  std::string ufrag;  // ours
  std::string pwd;
  std::vector<std::string> candidates;  // candidate-attribute values, without "a="
};

class Server {
 public:
  // Fails, with a sentence, when a key is wrong or the machine refuses (port in use, no memory).
  static Result<std::unique_ptr<Server>> start(const Config& config, uv_loop_s* control_loop, Observer& observer,
                                               LogSink log);
  virtual ~Server() = default;

  virtual Result<Joined> join(const JoinRequest& request) = 0;
  // The first offer of a session, or a re-offer: adds slots and tracks, stops tracks, restarts ICE. A refused offer
  // changes nothing.
  virtual Result<Negotiated> negotiate(SessionId session, std::string_view offer,
                                       const std::vector<TrackNote>& notes) = 0;
  virtual Result<IceRestarted> restart_ice(SessionId session, const IceRestart& restart) = 0;
  // Mute is told to the room and enforced here: a muted track is not forwarded.
  virtual Result<void> set_muted(SessionId session, std::string_view mid, bool muted) = 0;
  // Ends a session; no-op for one that is gone. The others are told; the session itself gets Closed.
  virtual void leave(SessionId session, CloseReason reason) = 0;

  // Where clients reach each worker: "192.0.2.1:7000", ... For the log and for tests.
  virtual std::vector<std::string> addresses() const = 0;
  // The worker a room was placed on; an error if there is no such room.
  virtual Result<unsigned> worker_of(std::string_view room) const = 0;
  // Asks the workers and calls back on the control thread.
  virtual void collect_stats(std::function<void(ServerStats)> done) = 0;
  // False once stop() was called.
  virtual bool ready() const = 0;
  // Refuses new joins, ends every session with kShutdown, stops the workers. Idempotent; the destructor calls it. The
  // loop needs one more turn to close what it held for the server; until stop() a running server keeps the loop alive.
  virtual void stop() = 0;
};

}  // namespace parley

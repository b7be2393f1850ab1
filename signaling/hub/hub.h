// WebSocket connections on one side, sessions of a parley::Server and private calls on the other: authentication,
// joining, resuming, timeouts and bounds, as docs/websocket.md tells them. What is said about calls it hands to a
// CallsFront, and joins by ticket it asks a CallDoor for. Sans-I/O: bytes come in by receive(), time by argument,
// connections are a port. Lives on the control thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/log.h"
#include "parley/server.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/connection.h"
#include "signaling/hub/event_router.h"
#include "signaling/hub/participants.h"
#include "signaling/hub/token_bucket.h"
#include "signaling/identity/token.h"
#include "signaling/now.h"
#include "signaling/protocol/codec.h"

namespace parley::signaling {

struct HubLimits {
  std::chrono::milliseconds auth_timeout{5'000};
  std::chrono::milliseconds resume_window{20'000};
  std::chrono::milliseconds ping_interval{30'000};
  std::chrono::milliseconds silence_limit{75'000};  // two pings unanswered, and some
  Backlog max_backlog{500, 1024 * 1024};
  Allowance messages{20, 60};
};

class Hub : public Observer, public Lines, public CallRooms {
 public:
  Hub(Server& server, EventRouter& router, KeyRing keys, std::vector<IceServer> ice_servers, HubLimits limits,
      LogSink log);

  // Private calls, before the first connection; without them every message about calls is refused.
  void serve_calls(CallsFront& front, CallDoor& door);

  // The connection lives until closed() is called for it; the hub forgets it when it has closed it itself.
  ConnectionId open(Connection& connection, Now now);
  void receive(ConnectionId id, std::string_view text, Now now);
  void pong(ConnectionId id, Now now);
  void closed(ConnectionId id, Now now);
  // A few times a second.
  void tick(Now now);
  void on_event(SessionId to, const RoomEvent& event) override;
  // Everybody is told, and every connection closed.
  void shutdown();

  // For private calls. What these close is told to the front at the hub's next turn, never inside the call.
  void say(ConnectionId to, const CallServerMessage& message, std::string_view request) override;
  void refuse(ConnectionId to, const Error& error, std::string_view request) override;
  void hang_up(ConnectionId id, CloseCode code, std::string_view reason) override;
  void remove(const CallEntry& entry, call::RemoveReason reason) override;

  // The largest message this connection may send now: until it has shown a token, not much more than a token.
  std::size_t message_limit(ConnectionId id) const;
  std::size_t connections() const { return lines_.size(); }
  std::size_t participants() const { return participants_.size(); }

 private:
  using Point = std::chrono::steady_clock::time_point;

  struct Line {
    Connection* port = nullptr;
    std::optional<Grant> grant;
    std::optional<SessionId> session;
    bool entering = false;  // a ticket is being looked at
    bool calls = false;     // it speaks of private calls, and never has a session
    Point opened;
    Point heard;
    Point pinged;
    TokenBucket messages;
  };
  // The hub's dealings with one event of the outside. What calls must hear is collected, and told when the outermost
  // ends: neither the media server nor the calls are called into twice at a time.
  class Turn {
   public:
    explicit Turn(Hub& hub) : hub_(hub) { ++hub_.turns_; }
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Hub& hub_;
  };

  void handle(ConnectionId id, const std::string& request, const AuthMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const RefreshMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const JoinMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const OfferMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const MuteMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const LeaveMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const CallClientMessage& message, Now now);

  void enter(ConnectionId id, const std::string& request, const JoinMessage& message);
  void admit(ConnectionId id, const std::string& request, const JoinMessage& message, const Admission& admission);
  void join(ConnectionId id, const std::string& request, const JoinMessage& message, const JoinRequest& wish,
            Participant seat);
  void resume(ConnectionId id, const std::string& request, const JoinMessage& message);
  Result<std::optional<std::string>> answer_to(SessionId session, const std::optional<std::string>& offer,
                                               const std::vector<TrackNote>& notes);
  void release(SessionId session);
  void deliver(SessionId session, const RoomEvent& event);
  void drop(SessionId session, CloseReason reason);
  std::optional<Participant> take_out(SessionId session);
  void settle();

  Line* line(ConnectionId id);
  Participant* participant_of(ConnectionId id);
  AuthenticatedMessage authenticated(const Grant& grant) const;
  void say(ConnectionId id, const ServerMessage& message, std::string_view request = {});
  void send(ConnectionId id, std::string text);
  void refuse(ConnectionId id, const std::string& request, ErrorCode code, std::string sentence);
  void lost(ConnectionId id, Line line);
  void log(LogLevel level, const std::string& text) const;

  Server& server_;
  EventRouter& router_;
  KeyRing keys_;
  std::vector<IceServer> ice_servers_;
  HubLimits limits_;
  LogSink log_;
  Now now_{};
  std::uint64_t next_id_ = 1;
  std::map<ConnectionId, Line> lines_;
  Participants participants_;

  CallsFront* front_ = nullptr;
  CallDoor* door_ = nullptr;
  int turns_ = 0;
  std::vector<CallEntry> ended_;    // the door is to be told
  std::vector<ConnectionId> gone_;  // the front is to be told
};

}  // namespace parley::signaling

// WebSocket connections on one side, sessions of a parley::Server on the other: authentication, joining, resuming,
// timeouts and bounds, as docs/websocket.md tells them. Sans-I/O: bytes come in by receive(), time by argument,
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
#include "signaling/hub/connection.h"
#include "signaling/hub/event_router.h"
#include "signaling/hub/session_view.h"
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

class Hub : public Observer {
 public:
  Hub(Server& server, EventRouter& router, KeyRing keys, std::vector<IceServer> ice_servers, HubLimits limits,
      LogSink log);

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
    Point opened;
    Point heard;
    Point pinged;
    TokenBucket messages;
  };
  struct Participant {
    Grant grant;
    std::string member;
    std::string room;
    std::string resume;
    SessionView view;
    std::optional<ConnectionId> line;  // none: the connection is lost, and may come back until `until`
    Point until;
    bool holding = false;  // an answer is being made; what happens meanwhile is told after it
    std::vector<RoomEvent> held;
  };

  void handle(ConnectionId id, const std::string& request, const AuthMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const RefreshMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const JoinMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const OfferMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const MuteMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const LeaveMessage& message, Now now);
  void handle(ConnectionId id, const std::string& request, const CallClientMessage& message, Now now);

  void join(ConnectionId id, const std::string& request, const JoinMessage& message);
  void resume(ConnectionId id, const std::string& request, const JoinMessage& message);
  Participant* participant_by_secret(std::string_view secret, SessionId& session);
  Result<std::optional<std::string>> answer_to(SessionId session, const std::optional<std::string>& offer,
                                               const std::vector<TrackNote>& notes);
  void release(SessionId session);
  void deliver(SessionId session, const RoomEvent& event);
  void drop(SessionId session, CloseReason reason);

  Line* line(ConnectionId id);
  Participant* participant(SessionId session);
  Participant* participant_of(ConnectionId id);
  AuthenticatedMessage authenticated(const Grant& grant) const;
  void say(ConnectionId id, const ServerMessage& message, std::string_view request = {});
  void refuse(ConnectionId id, const std::string& request, ErrorCode code, std::string sentence);
  void hang_up(ConnectionId id, CloseCode code, std::string_view reason);
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
  std::map<SessionId, Participant> participants_;
};

}  // namespace parley::signaling

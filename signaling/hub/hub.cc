#include "signaling/hub/hub.h"

#include <utility>
#include <variant>

#include "signaling/hub/room_names.h"
#include "signaling/identity/secret.h"
#include "signaling/protocol/names.h"

namespace parley::signaling {
namespace {

// A token and the JSON around it.
constexpr std::size_t kMaxFirstMessage = kMaxTokenBytes + 512;
constexpr const char* kNoCalls = "there are no private calls on this server";
constexpr const char* kNotForCalls = "private calls are for a member's token that binds no room";

std::string member_of(const Grant& grant) {
  return grant.member.empty() ? "service-" + random_hex(4) : grant.member;
}

CloseReason close_reason(call::RemoveReason reason) {
  if (reason == call::RemoveReason::kReplaced) return CloseReason::kReplaced;
  return reason == call::RemoveReason::kLeft ? CloseReason::kLeft : CloseReason::kRemoved;
}

}  // namespace

Hub::Hub(Server& server, EventRouter& router, KeyRing keys, std::vector<IceServer> ice_servers, HubLimits limits,
         LogSink log)
    : server_(server),
      router_(router),
      keys_(std::move(keys)),
      ice_servers_(std::move(ice_servers)),
      limits_(limits),
      log_(std::move(log)) {}

Hub::Turn::~Turn() {
  if (hub_.turns_ == 1) hub_.settle();
  --hub_.turns_;
}

void Hub::settle() {
  while (!ended_.empty() || !gone_.empty()) {
    for (const CallEntry& entry : std::exchange(ended_, {})) door_->left(entry);
    for (const ConnectionId id : std::exchange(gone_, {})) front_->closed(id, now_);
  }
}

void Hub::serve_calls(CallsFront& front, CallDoor& door) {
  front_ = &front;
  door_ = &door;
}

ConnectionId Hub::open(Connection& connection, Now now) {
  now_ = now;
  const auto id = static_cast<ConnectionId>(next_id_++);
  Line line;
  line.port = &connection;
  line.opened = line.heard = line.pinged = now.steady;
  lines_.emplace(id, std::move(line));
  return id;
}

std::size_t Hub::message_limit(ConnectionId id) const {
  const auto it = lines_.find(id);
  return it != lines_.end() && it->second.grant ? kMaxFrameBytes : kMaxFirstMessage;
}

void Hub::receive(ConnectionId id, std::string_view text, Now now) {
  const Turn turn(*this);
  now_ = now;
  Line* const from = line(id);
  if (from == nullptr) return;
  from->heard = now.steady;

  // Too much, or too often?
  if (text.size() > message_limit(id)) return hang_up(id, CloseCode::kTooBig, "message too large");
  if (!from->messages.take(limits_.messages, now.steady)) {
    refuse(id, {}, ErrorCode::kTooMany, "too many messages; slow down");
    return hang_up(id, CloseCode::kPolicy, "too many messages");
  }

  // A message we know?
  const auto decoded = decode_request(text);
  if (!decoded) {
    say(id, decoded.error().error, decoded.error().id);
    if (decoded.error().malformed) hang_up(id, CloseCode::kPolicy, "not this protocol");
    return;
  }

  // The token comes first.
  const bool is_auth = std::holds_alternative<AuthMessage>(decoded->message);
  if (!from->grant && !is_auth) {
    refuse(id, decoded->id, ErrorCode::kUnauthorized, "the first message must be auth, with a token");
    return hang_up(id, CloseCode::kPolicy, "no token");
  }
  std::visit([&](const auto& message) { handle(id, decoded->id, message, now); }, decoded->message);
}

void Hub::handle(ConnectionId id, const std::string& request, const AuthMessage& message, Now now) {
  Line* const from = line(id);
  if (from->grant) return refuse(id, request, ErrorCode::kConflict, "this connection is authenticated; use refresh");
  auto grant = read_token(message.token, keys_, now.wall);
  if (!grant) {
    say(id, grant.error(), request);
    return hang_up(id, CloseCode::kPolicy, "bad token");
  }
  if (grant->member.empty()) grant->member = member_of(*grant);
  from->grant = *grant;
  say(id, authenticated(*grant), request);
}

void Hub::handle(ConnectionId id, const std::string& request, const RefreshMessage& message, Now now) {
  Line* const from = line(id);
  auto fresh = read_token(message.token, keys_, now.wall);
  if (!fresh) {
    say(id, fresh.error(), request);
    return hang_up(id, CloseCode::kPolicy, "bad token");
  }
  const Grant& held = *from->grant;
  if (fresh->service && fresh->member.empty()) fresh->member = held.member;
  const bool same = fresh->site == held.site && fresh->member == held.member && fresh->room == held.room &&
                    fresh->service == held.service;
  if (!same) return refuse(id, request, ErrorCode::kForbidden, "a fresh token must name the same member and room");
  if (fresh->publish != held.publish || fresh->subscribe != held.subscribe) {
    return refuse(id, request, ErrorCode::kForbidden,
                  "a fresh token can't change what is allowed; leave and join again");
  }
  from->grant = *fresh;
  if (Participant* self = participant_of(id)) self->grant = *fresh;
  say(id, authenticated(*fresh), request);
}

void Hub::handle(ConnectionId id, const std::string& request, const JoinMessage& message, Now) {
  const Line& from = *line(id);
  const Grant& grant = *from.grant;
  if (from.session) return refuse(id, request, ErrorCode::kConflict, "this connection has joined a room already");
  if (from.entering) return refuse(id, request, ErrorCode::kConflict, "this connection is joining already");
  if (from.calls)
    return refuse(id, request, ErrorCode::kConflict, "this connection is for calls; rooms have their own");
  if (!message.ticket.empty()) return enter(id, request, message);

  // A call's room was allowed by its ticket: what the token says of rooms is not asked again. Nor where a session is
  // not there any more: whoever comes back after a restart must hear that, and ask for a ticket.
  SessionId session{};
  const Participant* const earlier = participants_.find_by_secret(message.resume, session);
  if (message.resume.empty() || (earlier != nullptr && !earlier->entry)) {
    if (!grant.allows_room(message.room)) {
      return refuse(id, request, ErrorCode::kForbidden, "the token is for another room");
    }
    if (!grant.publish && !grant.subscribe) {
      return refuse(id, request, ErrorCode::kForbidden, "the token allows neither publishing nor subscribing");
    }
  }
  if (!message.resume.empty()) return resume(id, request, message);

  JoinRequest wish;
  wish.room = media_room(grant, message.room);
  wish.member = grant.member;
  wish.name = message.name;
  wish.permissions = grant.permissions();
  wish.only_publisher = message.publisher;
  Participant seat;
  seat.grant = grant;
  seat.member = grant.member;
  seat.room = message.room;
  join(id, request, message, wish, std::move(seat));
}

// The door answers when the entry is committed; by then the connection may be gone.
void Hub::enter(ConnectionId id, const std::string& request, const JoinMessage& message) {
  Line& from = *line(id);
  if (door_ == nullptr) return refuse(id, request, ErrorCode::kUnavailable, kNoCalls);
  if (!from.grant->allows_calls()) return refuse(id, request, ErrorCode::kForbidden, kNotForCalls);
  from.entering = true;
  const Grant grant = *from.grant;
  door_->enter(grant, message.ticket, call::TabId(message.tab),
               [this, id, request, message](const Result<Admission>& admission) {
                 const Turn turn(*this);
                 if (Line* const waiting = line(id)) waiting->entering = false;
                 if (!admission) return say(id, admission.error(), request);
                 admit(id, request, message, *admission);
               });
}

void Hub::admit(ConnectionId id, const std::string& request, const JoinMessage& message, const Admission& admission) {
  const Line* const from = line(id);
  if (from == nullptr || from->session) return ended_.push_back(admission.entry);
  JoinRequest wish;
  wish.room = admission.room;
  wish.member = admission.person.member.text();
  wish.name = admission.person.name;
  wish.permissions = {true, true};
  Participant seat;
  seat.grant = *from->grant;
  seat.member = wish.member;
  seat.room = admission.entry.call.text();
  seat.entry = admission.entry;
  join(id, request, message, wish, std::move(seat));
}

void Hub::join(ConnectionId id, const std::string& request, const JoinMessage& message, const JoinRequest& wish,
               Participant seat) {
  router_.begin_join();
  const auto joined = server_.join(wish);
  if (!joined) {
    router_.abandon_join();
    if (seat.entry) ended_.push_back(*seat.entry);
    return say(id, joined.error(), request);
  }

  // A seat first, so that no event is lost; what happens while the offer is answered is told after `joined`.
  const SessionId session = joined->session;
  seat.view = SessionView(*joined);
  seat.line = id;
  seat.holding = true;
  const Participant& self = participants_.add(session, std::move(seat));
  // The same member's earlier session may have had this very connection's place; it has none: one session per
  // connection.
  line(id)->session = session;
  JoinedMessage reply{session,        self.member, self.room,    self.resume, joined->members,
                      joined->tracks, {},          ice_servers_, {}};
  router_.adopt(session, *this);

  auto answer = answer_to(session, message.offer, message.tracks);
  if (!answer) {
    line(id)->session.reset();
    drop(session, CloseReason::kLeft);
    return say(id, answer.error(), request);
  }
  reply.answer = std::move(*answer);
  say(id, reply, request);
  release(session);
}

void Hub::resume(ConnectionId id, const std::string& request, const JoinMessage& message) {
  SessionId session{};
  Participant* const self = participants_.find_by_secret(message.resume, session);
  const Grant& grant = *line(id)->grant;
  const bool same_person = self != nullptr && self->grant.site == grant.site && self->room == message.room &&
                           (self->member == grant.member || (grant.service && self->grant.service)) &&
                           (!self->entry || grant.allows_calls());
  if (!same_person) return refuse(id, request, ErrorCode::kNotFound, "there is no such session to resume; join anew");
  const bool same_rights = grant.publish == self->grant.publish && grant.subscribe == self->grant.subscribe;
  if (!same_rights && !self->entry) {
    return refuse(id, request, ErrorCode::kForbidden, "the token allows something else than the session's; join anew");
  }

  // The old connection may still look alive: a client knows first that it is gone.
  if (self->line) {
    const ConnectionId old = *self->line;
    line(old)->session.reset();
    hang_up(old, CloseCode::kPolicy, "resumed elsewhere");
  }
  self->line = id;
  self->grant = grant;
  line(id)->session = session;
  self->holding = true;

  JoinedMessage reply{session,
                      self->member,
                      self->room,
                      self->resume,
                      self->view.members(),
                      self->view.tracks(),
                      self->view.slots(),
                      ice_servers_,
                      {}};
  auto answer = answer_to(session, message.offer, message.tracks);
  if (answer) reply.answer = std::move(*answer);
  say(id, reply, request);
  if (self->view.connected()) say(id, RoomEvent(Connected{}));
  if (!answer) say(id, answer.error(), request);
  release(session);
}

Result<std::optional<std::string>> Hub::answer_to(SessionId session, const std::optional<std::string>& offer,
                                                  const std::vector<TrackNote>& notes) {
  if (!offer) return std::nullopt;
  auto negotiated = server_.negotiate(session, *offer, notes);
  if (!negotiated) return std::unexpected(negotiated.error());
  return std::move(negotiated->answer);
}

void Hub::handle(ConnectionId id, const std::string& request, const OfferMessage& message, Now) {
  Participant* const self = participant_of(id);
  if (self == nullptr) return refuse(id, request, ErrorCode::kConflict, "join a room before offering");
  const SessionId session = *line(id)->session;
  self->holding = true;
  auto answer = answer_to(session, message.sdp, message.tracks);
  if (answer) {
    say(id, AnswerMessage{std::move(**answer)}, request);
  } else {
    say(id, answer.error(), request);
  }
  release(session);
}

void Hub::handle(ConnectionId id, const std::string& request, const MuteMessage& message, Now) {
  if (participant_of(id) == nullptr) return refuse(id, request, ErrorCode::kConflict, "join a room before muting");
  const auto done = server_.set_muted(*line(id)->session, message.slot, message.muted);
  if (!done) return say(id, done.error(), request);
  say(id, MutedMessage{message.slot, message.muted}, request);
}

void Hub::handle(ConnectionId id, const std::string& request, const LeaveMessage&, Now) {
  // In a room, the session's own last event says goodbye; outside, we do.
  if (participant_of(id) != nullptr) return server_.leave(*line(id)->session, CloseReason::kLeft);
  say(id, RoomEvent(Closed{CloseReason::kLeft}), request);
  hang_up(id, CloseCode::kNormal, "left");
}

void Hub::handle(ConnectionId id, const std::string& request, const CallClientMessage& message, Now now) {
  Line& from = *line(id);
  if (front_ == nullptr) return refuse(id, request, ErrorCode::kUnavailable, kNoCalls);
  if (!from.grant->allows_calls()) return refuse(id, request, ErrorCode::kForbidden, kNotForCalls);
  if (from.session || from.entering) {
    return refuse(id, request, ErrorCode::kConflict, "this connection is for a room; calls have their own");
  }
  from.calls = true;
  const Grant grant = *from.grant;
  front_->request(id, grant, request, message, now);
}

void Hub::on_event(SessionId to, const RoomEvent& event) {
  const Turn turn(*this);
  Participant* const self = participants_.find(to);
  if (self == nullptr) return;
  self->view.apply(event);
  if (self->holding) {
    self->held.push_back(event);
    return;
  }
  deliver(to, event);
}

void Hub::deliver(SessionId session, const RoomEvent& event) {
  const Participant* const self = participants_.find(session);
  if (self == nullptr) return;
  const auto to = self->line;
  if (to) say(*to, event);
  const auto* closed = std::get_if<Closed>(&event);
  if (closed == nullptr) return;

  // The last event: seat and connection go together.
  take_out(session);
  if (!to) return;
  if (Line* last = line(*to)) last->session.reset();
  const bool shutdown = closed->reason == CloseReason::kShutdown;
  hang_up(*to, shutdown ? CloseCode::kGoingAway : CloseCode::kNormal, wire_name(closed->reason));
}

void Hub::release(SessionId session) {
  Participant* const self = participants_.find(session);
  if (self == nullptr) return;
  self->holding = false;
  const auto held = std::exchange(self->held, {});
  for (const RoomEvent& event : held) deliver(session, event);
}

// Ends a session whose end nobody is to be told about here.
void Hub::drop(SessionId session, CloseReason reason) {
  take_out(session);
  router_.forget(session);
  server_.leave(session, reason);
}

// The one way out of a seat, so that the end of each entry is told once.
std::optional<Participant> Hub::take_out(SessionId session) {
  auto seat = participants_.take(session);
  if (seat && seat->entry) ended_.push_back(*seat->entry);
  return seat;
}

void Hub::remove(const CallEntry& entry, call::RemoveReason reason) {
  const Turn turn(*this);
  if (const auto session = participants_.find_entry(entry)) server_.leave(*session, close_reason(reason));
}

void Hub::pong(ConnectionId id, Now now) {
  const Turn turn(*this);
  now_ = now;
  Line* const from = line(id);
  if (from == nullptr) return;
  from->heard = now.steady;
  if (from->calls) front_->pong(id, now);
}

void Hub::closed(ConnectionId id, Now now) {
  const Turn turn(*this);
  now_ = now;
  const auto it = lines_.find(id);
  if (it == lines_.end()) return;
  const Line gone = std::move(it->second);
  lines_.erase(it);
  lost(id, gone);
}

void Hub::lost(ConnectionId id, Line gone) {
  if (gone.calls) gone_.push_back(id);
  if (!gone.session) return;
  Participant* const self = participants_.find(*gone.session);
  if (self == nullptr || self->line != id) return;
  self->line.reset();
  self->until = now_.steady + limits_.resume_window;
}

void Hub::tick(Now now) {
  const Turn turn(*this);
  now_ = now;
  // Connections: no token in time, a token that has run out, silence, the next ping.
  std::vector<ConnectionId> ids;
  for (const auto& [id, line] : lines_) ids.push_back(id);
  for (const ConnectionId id : ids) {
    Line* const each = line(id);
    if (each == nullptr) continue;
    if (!each->grant) {
      if (now.steady - each->opened >= limits_.auth_timeout) {
        refuse(id, {}, ErrorCode::kUnauthorized, "no token came in time");
        hang_up(id, CloseCode::kPolicy, "no token in time");
      }
    } else if (!each->session && each->grant->expires_at <= now.wall) {
      refuse(id, {}, ErrorCode::kUnauthorized, "the token has expired");
      hang_up(id, CloseCode::kPolicy, "token expired");
    } else if (now.steady - each->heard >= limits_.silence_limit) {
      hang_up(id, CloseCode::kGoingAway, "no answer to pings");
    } else if (now.steady - each->pinged >= limits_.ping_interval) {
      each->pinged = now.steady;
      each->port->ping();
    }
  }

  // Sessions: an expired token, a connection that did not come back.
  for (const SessionId session : participants_.expired(now.wall)) server_.leave(session, CloseReason::kTokenExpired);
  for (const SessionId session : participants_.abandoned(now.steady)) drop(session, CloseReason::kSignalingLost);
  if (front_ != nullptr) front_->tick(now);
}

void Hub::shutdown() {
  const Turn turn(*this);
  while (!lines_.empty()) {
    const ConnectionId id = lines_.begin()->first;
    if (const auto session = lines_.begin()->second.session) {
      say(id, RoomEvent(Closed{CloseReason::kShutdown}));
      take_out(*session);
      router_.forget(*session);
    }
    hang_up(id, CloseCode::kGoingAway, "shutting down");
  }
  for (const SessionId session : participants_.all()) take_out(session);
}

Hub::Line* Hub::line(ConnectionId id) {
  const auto it = lines_.find(id);
  return it == lines_.end() ? nullptr : &it->second;
}

Participant* Hub::participant_of(ConnectionId id) {
  const Line* const from = line(id);
  return from != nullptr && from->session ? participants_.find(*from->session) : nullptr;
}

AuthenticatedMessage Hub::authenticated(const Grant& grant) const {
  return {grant.member, grant.room, grant.publish, grant.subscribe, grant.expires_at};
}

void Hub::say(ConnectionId id, const ServerMessage& message, std::string_view request) {
  if (line(id) != nullptr) send(id, encode(message, request));
}

void Hub::say(ConnectionId to, const CallServerMessage& message, std::string_view request) {
  if (line(to) != nullptr) send(to, encode(message, request));
}

void Hub::send(ConnectionId id, std::string text) {
  Connection& port = *line(id)->port;
  port.send(std::move(text));
  const Backlog backlog = port.backlog();
  if (backlog.messages <= limits_.max_backlog.messages && backlog.bytes <= limits_.max_backlog.bytes) return;
  log(LogLevel::kWarning, "a WebSocket client reads too slowly; its connection is closed");
  hang_up(id, CloseCode::kGoingAway, "reading too slowly");
}

void Hub::refuse(ConnectionId to, const Error& error, std::string_view request) {
  say(to, error, request);
}

void Hub::refuse(ConnectionId id, const std::string& request, ErrorCode code, std::string sentence) {
  say(id, Error{code, std::move(sentence)}, request);
}

void Hub::hang_up(ConnectionId id, CloseCode code, std::string_view reason) {
  const auto it = lines_.find(id);
  if (it == lines_.end()) return;
  const Line gone = std::move(it->second);
  lines_.erase(it);
  gone.port->close(code, reason);
  lost(id, gone);
}

void Hub::log(LogLevel level, const std::string& text) const {
  if (log_) log_(level, text);
}

}  // namespace parley::signaling

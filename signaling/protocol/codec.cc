#include "signaling/protocol/codec.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "signaling/identity/names.h"
#include "signaling/identity/token.h"
#include "signaling/protocol/call_codec.h"
#include "signaling/protocol/fields.h"
#include "signaling/protocol/names.h"
#include "signaling/protocol/overloaded.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

// Depth is counted before the parser builds anything.
bool deeper_than(std::string_view text, std::size_t limit) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

std::vector<TrackNote> notes_of(Fields& fields) {
  std::vector<TrackNote> notes;
  const json* list = fields.list("tracks", kMaxNotes);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const json& entry = (*list)[i];
    const std::string where = "tracks[" + std::to_string(i) + "]";
    if (!entry.is_object()) {
      fields.complain(where, "must be an object");
      return notes;
    }
    Fields of(entry, where);
    TrackNote note;
    note.mid = of.text("mid", kMaxMidBytes);
    const auto source = track_source(of.text("source", kMaxName));
    if (!source) of.complain("source", "must be microphone, camera, screen or screen_audio");
    note.source = source.value_or(TrackSource{});
    note.muted = of.optional_flag("muted");
    if (of.error()) {
      fields.complain(*of.error());
      return notes;
    }
    notes.push_back(std::move(note));
  }
  return notes;
}

std::optional<ClientMessage> message_of(std::string_view type, Fields& fields) {
  if (type == "auth") return AuthMessage{fields.text("token", kMaxTokenBytes)};
  if (type == "refresh") return RefreshMessage{fields.text("token", kMaxTokenBytes)};
  if (type == "leave") return LeaveMessage{};
  if (type == "mute") {
    MuteMessage mute;
    mute.slot = fields.text("slot", kMaxMidBytes);
    mute.muted = fields.flag("muted");
    return mute;
  }
  if (type == "offer") {
    OfferMessage offer;
    offer.sdp = fields.text("sdp", kMaxSdpBytes);
    offer.tracks = notes_of(fields);
    return offer;
  }
  if (type == "join") {
    JoinMessage join;
    if (fields.has("ticket")) {
      join.ticket = fields.random_word("ticket");
      join.tab = fields.random_word("tab");
      if (fields.has("room")) fields.complain("room", "can't stand beside a ticket");
    } else {
      join.room = fields.identifier("room");
      join.resume = fields.optional_text("resume", kMaxName).value_or(std::string());
    }
    join.name = fields.optional_name("name");
    join.offer = fields.optional_text("offer", kMaxSdpBytes);
    join.tracks = notes_of(fields);
    join.publisher = fields.optional_name("publisher");
    return join;
  }
  return read_call_message(type, fields);
}

json json_of(const MemberInfo& member) {
  return {{"session", number(member.session)}, {"member", member.member}, {"name", member.name}};
}

json json_of(const TrackInfo& track) {
  return {{"track", number(track.track)},  {"session", number(track.session)},  {"member", track.member},
          {"kind", to_string(track.kind)}, {"source", to_string(track.source)}, {"muted", track.muted}};
}

json json_of(const BoundSlot& bound) {
  return {{"slot", bound.slot}, {"track", json_of(bound.track)}};
}

json json_of(const IceServer& server) {
  json object = {{"urls", server.urls}};
  if (!server.username.empty()) object["username"] = server.username;
  if (!server.credential.empty()) object["credential"] = server.credential;
  return object;
}

json json_of(const TrackNote& note) {
  return {{"mid", note.mid}, {"source", to_string(note.source)}, {"muted", note.muted}};
}

template <class T>
json list_of(const std::vector<T>& values) {
  json list = json::array();
  for (const T& value : values) list.push_back(json_of(value));
  return list;
}

json json_of(const RoomEvent& event) {
  return std::visit(
      Overloaded{
          [](const MemberJoined& e) {
            json object = json_of(e.member);
            object["type"] = "member_joined";
            return object;
          },
          [](const MemberLeft& e) {
            return json{{"type", "member_left"},
                        {"session", number(e.member.session)},
                        {"member", e.member.member},
                        {"reason", wire_name(e.reason)}};
          },
          [](const TrackPublished& e) { return json{{"type", "track_published"}, {"track", json_of(e.track)}}; },
          [](const TrackEnded& e) { return json{{"type", "track_ended"}, {"track", json_of(e.track)}}; },
          [](const TrackMuted& e) { return json{{"type", "track_muted"}, {"track", json_of(e.track)}}; },
          [](const Connected&) { return json{{"type", "connected"}}; },
          [](const PathSuspect& e) { return json{{"type", "path_suspect"}, {"suspect", e.suspect}}; },
          [](const SlotBound& e) {
            return json{{"type", "slot_bound"},
                        {"slot", e.slot},
                        {"track", json_of(e.track)},
                        {"rtp_timestamp", e.rtp_timestamp}};
          },
          [](const SlotUnbound& e) {
            return json{{"type", "slot_unbound"},
                        {"slot", e.slot},
                        {"track", json_of(e.track)},
                        {"reason", wire_name(e.reason)}};
          },
          [](const Closed& e) { return json{{"type", "closed"}, {"reason", wire_name(e.reason)}}; },
      },
      event);
}

json json_of(const JoinedMessage& m) {
  json object = {{"type", "joined"},
                 {"session", number(m.session)},
                 {"member", m.member},
                 {"room", m.room},
                 {"resume", m.resume},
                 {"members", list_of(m.members)},
                 {"tracks", list_of(m.tracks)},
                 {"slots", list_of(m.slots)},
                 {"ice_servers", list_of(m.ice_servers)}};
  if (m.answer) object["answer"] = *m.answer;
  return object;
}

// Sentences may quote what a stranger sent: bytes that are not UTF-8 are replaced, never thrown about.
std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::expected<ClientRequest, DecodeError> decode_request(std::string_view text) {
  const auto malformed = [](const char* sentence) {
    return std::unexpected(DecodeError{{ErrorCode::kBadRequest, sentence}, {}, true});
  };
  if (text.size() > kMaxFrameBytes) return malformed("the message is longer than 576 KiB");
  if (deeper_than(text, kMaxDepth)) return malformed("the message is nested deeper than 8 levels");
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return malformed("a message must be one JSON object");

  Fields head(object, "message");
  ClientRequest request;
  request.id = head.optional_text("id", kMaxIdBytes).value_or(std::string());
  const std::string type = head.text("type", kMaxName);
  if (head.error()) return std::unexpected(DecodeError{*head.error(), request.id, false});

  Fields fields(object, type);
  auto message = message_of(type, fields);
  if (!message) {
    return std::unexpected(
        DecodeError{{ErrorCode::kBadRequest, "message.type is not one this server knows"}, request.id, false});
  }
  if (fields.error()) return std::unexpected(DecodeError{*fields.error(), request.id, false});
  request.message = std::move(*message);
  return request;
}

std::string encode(const ClientRequest& request) {
  json object = std::visit(
      Overloaded{
          [](const AuthMessage& m) { return json{{"type", "auth"}, {"token", m.token}}; },
          [](const RefreshMessage& m) { return json{{"type", "refresh"}, {"token", m.token}}; },
          [](const LeaveMessage&) { return json{{"type", "leave"}}; },
          [](const MuteMessage& m) { return json{{"type", "mute"}, {"slot", m.slot}, {"muted", m.muted}}; },
          [](const OfferMessage& m) { return json{{"type", "offer"}, {"sdp", m.sdp}, {"tracks", list_of(m.tracks)}}; },
          [](const JoinMessage& m) {
            json join = {{"type", "join"}};
            if (!m.room.empty()) join["room"] = m.room;
            if (!m.ticket.empty()) join["ticket"] = m.ticket;
            if (!m.tab.empty()) join["tab"] = m.tab;
            if (!m.name.empty()) join["name"] = m.name;
            if (m.offer) join["offer"] = *m.offer;
            if (!m.tracks.empty()) join["tracks"] = list_of(m.tracks);
            if (!m.publisher.empty()) join["publisher"] = m.publisher;
            if (!m.resume.empty()) join["resume"] = m.resume;
            return join;
          },
          [](const CallClientMessage& m) { return call_json(m); },
      },
      request.message);
  if (!request.id.empty()) object["id"] = request.id;
  return text_of(object);
}

std::string encode(const ServerMessage& message, std::string_view id) {
  json object = std::visit(
      Overloaded{
          [](const AuthenticatedMessage& m) {
            return json{{"type", "authenticated"},
                        {"member", m.member},
                        {"room", m.room.empty() ? json() : json(m.room)},
                        {"publish", m.publish},
                        {"subscribe", m.subscribe},
                        {"expires_at", m.expires_at.time_since_epoch().count()}};
          },
          [](const JoinedMessage& m) { return json_of(m); },
          [](const AnswerMessage& m) { return json{{"type", "answer"}, {"sdp", m.sdp}}; },
          [](const MutedMessage& m) { return json{{"type", "muted"}, {"slot", m.slot}, {"muted", m.muted}}; },
          [](const RoomEvent& event) { return json_of(event); },
          [](const Error& error) {
            return json{{"type", "error"}, {"code", wire_name(error.code)}, {"message", error.message}};
          },
      },
      message);
  if (!id.empty()) object["id"] = id;
  return text_of(object);
}

std::string encode(const CallServerMessage& message, std::string_view id) {
  json object = call_json(message);
  if (!id.empty()) object["id"] = id;
  return text_of(object);
}

}  // namespace parley::signaling

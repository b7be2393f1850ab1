#include "signaling/protocol/call_codec.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "signaling/identity/names.h"
#include "signaling/protocol/call_words.h"
#include "signaling/protocol/overloaded.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

constexpr std::size_t kCallIdLength = 32;

// ---- what clients say

call::CallId call_id_of(Fields& fields, const char* name) {
  const auto id = call::CallId::parse(fields.text(name, kCallIdLength));
  if (!id) fields.complain(name, "must be the id of a call");
  return id.value_or(call::CallId());
}

call::Media media_of(Fields& fields) {
  const auto media = call::parse_media(fields.text("media", kMaxName));
  if (!media) fields.complain("media", "must be audio or video");
  return media.value_or(call::Media::kAudio);
}

call::Origin origin_of(Fields& fields) {
  const auto origin = call::Origin::parse(fields.text("origin", kMaxName));
  if (!origin) fields.complain("origin", "must be a place that the protocol names, or other: with a label");
  return origin.value_or(call::Origin());
}

// Lines and tabs may be in a message, nothing else that steers a terminal.
bool is_message_text(std::string_view text) {
  const auto is_good = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\r' || c == '\t';
  };
  return is_utf8(text) && std::ranges::all_of(text, is_good);
}

std::string message_text_of(Fields& fields) {
  std::string text = fields.text("text", kMaxMessageBytes);
  if (text.empty()) fields.complain("text", "must not be empty");
  if (!is_message_text(text)) fields.complain("text", "must be UTF-8 without control characters but line breaks");
  return text;
}

// A list of texts, each read by `parse`; what it refuses is complained of as `what`.
template <class T, class Parse>
std::vector<T> list_of(Fields& fields, const char* name, std::size_t max, const char* what, Parse parse) {
  std::vector<T> values;
  const json* list = fields.list(name, max);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const json& entry = (*list)[i];
    std::optional<T> value;
    if (entry.is_string()) value = parse(entry.get_ref<const std::string&>());
    if (!value) {
      fields.complain(std::string(name) + "[" + std::to_string(i) + "]", what);
      return {};
    }
    values.push_back(std::move(*value));
  }
  return values;
}

std::optional<call::MemberId> parse_member(const std::string& text) {
  return is_identifier(text) ? std::optional(call::MemberId(text)) : std::nullopt;
}

MessageSend message_send_of(Fields& fields) {
  MessageSend send;
  send.to = call::MemberId(fields.identifier("to"));
  send.text = message_text_of(fields);
  if (fields.has("call")) send.call = call_id_of(fields, "call");
  send.key = fields.optional_random_word("key");
  return send;
}

// ---- what the server says

json ms(WallMs time) {
  return time.time_since_epoch().count();
}
json ms(SpanMs span) {
  return span.count();
}
json ms(std::optional<WallMs> time) {
  return time ? ms(*time) : json();
}
json media_json(std::optional<call::Media> media) {
  return media ? json(call::to_string(*media)) : json();
}

template <class T, class Write>
json array_of(const std::vector<T>& values, Write write) {
  json list = json::array();
  for (const T& value : values) list.push_back(write(value));
  return list;
}

// The place of the next page, if there is one.
json with_page(json object, std::optional<std::uint64_t> before) {
  if (before) object["before"] = *before;
  return object;
}

json person_json(const Person& person) {
  return {{"member", person.member.text()}, {"name", person.name}, {"avatar", person.avatar}};
}

json state_json(const PersonState& state) {
  json object = person_json(state.person);
  object["active"] = state.active;
  object["callable"] = state.callable;
  return object;
}

json site_json(const SiteNote& site) {
  return {{"site", site.site.text()},
          {"private_calls", site.private_calls},
          {"messenger", site.messenger},
          {"messenger_kind", wire_name(site.messenger_kind)}};
}

json snapshot_json(const SnapshotNote& note) {
  return {{"call", note.id.text()},
          {"seq", note.seq},
          {"you", call::to_string(note.you)},
          {"caller", person_json(note.caller)},
          {"callee", person_json(note.callee)},
          {"origin", note.origin.text()},
          {"ring", call::to_string(note.outcome)},
          {"reason", call::to_string(note.reason)},
          {"state", call::to_string(note.state)},
          {"started_at", ms(note.started_at)},
          {"expires_at", ms(note.expires_at)},
          {"ring_left", ms(note.ring_left)},
          {"left", ms(note.left)},
          {"your_media", media_json(note.your_media)},
          {"their_media", media_json(note.their_media)},
          {"you_inside", note.you_inside},
          {"they_inside", note.they_inside},
          {"your_tab", note.your_tab ? json(note.your_tab->text()) : json()},
          {"busy", note.busy},
          {"put_away", note.put_away},
          {"message_offered", note.message_offered},
          {"can_rejoin", note.can_rejoin}};
}

json details_json(const DetailsNote& note) {
  return {{"call", note.id.text()},
          {"caller", person_json(note.caller)},
          {"callee", person_json(note.callee)},
          {"origin", note.origin.text()},
          {"started_at", ms(note.started_at)},
          {"answered_at", ms(note.answered_at)},
          {"last_left_at", ms(note.last_left_at)},
          {"talked", ms(note.talked)},
          {"caller_media", media_json(note.caller_media)},
          {"callee_media", media_json(note.callee_media)},
          {"ring", call::to_string(note.outcome)},
          {"reason", call::to_string(note.reason)},
          {"state", call::to_string(note.state)},
          {"expires_at", ms(note.expires_at)},
          {"left", ms(note.left)},
          {"can_rejoin", note.can_rejoin},
          {"message_offered", note.message_offered}};
}

json notification_json(const NotificationNote& note) {
  return {{"serial", note.serial}, {"call", note.call.text()}, {"from", person_json(note.from)},
          {"at", ms(note.at)},     {"read", note.read},        {"message_offered", note.message_offered}};
}

json message_json(const MessageNote& note) {
  json object = {{"serial", note.serial}, {"from", note.from.text()},
                 {"to", note.to.text()},  {"call", note.call ? json(note.call->text()) : json()},
                 {"text", note.text},     {"at", ms(note.at)}};
  if (!note.key.empty()) object["key"] = note.key;
  return object;
}

// What an event has beside the call as it stands.
json event_json(const CallEvent& note) {
  json object = {{"type", wire_name(note.event)},
                 {"call", note.snapshot.id.text()},
                 {"seq", note.seq},
                 {"at", ms(note.at)},
                 {"snapshot", snapshot_json(note.snapshot)}};
  std::visit(Overloaded{
                 [&](const call::RingStopped& e) { object["reason"] = call::to_string(e.reason); },
                 [&](const call::RingEnded& e) {
                   object["ring"] = call::to_string(e.ring);
                   object["reason"] = call::to_string(e.reason);
                   object["after"] = wire_name(e.after);
                 },
                 [&](const call::CouldNotConnect& e) { object["party"] = call::to_string(e.party); },
                 [&](const call::BackInCall& e) { object["party"] = call::to_string(e.party); },
                 [&](const call::ClosingSoon& e) { object["left"] = ms(e.left); },
                 [&](const call::CallClosed& e) {
                   object["state"] = call::to_string(e.state);
                   object["reason"] = call::to_string(e.reason);
                 },
                 [&](const call::DetailsReady& e) {
                   object["party"] = call::to_string(e.left);
                   object["details"] = note.details ? details_json(*note.details) : json();
                 },
                 [](const auto&) {},
             },
             note.event);
  return object;
}

json attending_json(const Attending& m) {
  return {{"type", "attending"},
          {"you", person_json(m.you)},
          {"admin", m.admin},
          {"messenger", m.messenger},
          {"takes_calls", m.takes_calls},
          {"site", site_json(m.site)},
          {"at", ms(m.at)},
          {"calls", array_of(m.calls, snapshot_json)},
          {"notifications", array_of(m.notifications, notification_json)},
          {"unread", m.unread}};
}

}  // namespace

std::optional<CallClientMessage> read_call_message(std::string_view type, Fields& fields) {
  if (type == "attend") {
    Attend attend;
    attend.tab = call::TabId(fields.random_word("tab"));
    attend.device = call::DeviceId(fields.random_word("device"));
    attend.opened = fields.flag("opened");
    return attend;
  }
  if (type == "interacted") return Interacted{};
  if (type == "sign_out") return SignOut{};
  if (type == "watch") {
    return Watch{list_of<call::MemberId>(fields, "members", kMaxWatched, "must be a member", parse_member)};
  }
  if (type == "call_start") {
    CallStart start;
    start.member = call::MemberId(fields.identifier("member"));
    start.origin = origin_of(fields);
    start.request = call::RequestId(fields.random_word("request"));
    return start;
  }
  if (type == "call_choose" || type == "call_accept") {
    CallChoose choose;
    choose.call = call_id_of(fields, "call");
    choose.media = media_of(fields);
    choose.accept = type == "call_accept";
    return choose;
  }
  if (const auto move = call_move(type)) return CallAct{call_id_of(fields, "call"), *move};
  if (type == "call_ticket") return CallTicket{call_id_of(fields, "call")};
  if (type == "call_details") return CallDetailsWish{call_id_of(fields, "call")};
  if (type == "calls") return CallHistory{fields.optional_serial("before")};
  if (type == "notifications") {
    NotificationsWish wish;
    wish.unread_only = fields.optional_flag("unread");
    wish.before = fields.optional_serial("before");
    return wish;
  }
  if (type == "mark_read") {
    const auto parse = [](const std::string& text) { return call::CallId::parse(text); };
    return MarkRead{list_of<call::CallId>(fields, "calls", kMaxMarked, "must be the id of a call", parse)};
  }
  if (type == "message_send") return message_send_of(fields);
  if (type == "thread") {
    ThreadWish wish;
    wish.with = call::MemberId(fields.identifier("with"));
    wish.before = fields.optional_serial("before");
    return wish;
  }
  return std::nullopt;
}

json call_json(const CallClientMessage& message) {
  const auto text_of = [](const auto& id) { return id.text(); };
  return std::visit(
      Overloaded{
          [](const Attend& m) {
            return json{{"type", "attend"}, {"tab", m.tab.text()}, {"device", m.device.text()}, {"opened", m.opened}};
          },
          [](const Interacted&) { return json{{"type", "interacted"}}; },
          [](const SignOut&) { return json{{"type", "sign_out"}}; },
          [&](const Watch& m) { return json{{"type", "watch"}, {"members", array_of(m.members, text_of)}}; },
          [](const CallStart& m) {
            return json{{"type", "call_start"},
                        {"member", m.member.text()},
                        {"origin", m.origin.text()},
                        {"request", m.request.text()}};
          },
          [](const CallAct& m) { return json{{"type", wire_name(m.move)}, {"call", m.call.text()}}; },
          [](const CallChoose& m) {
            return json{{"type", m.accept ? "call_accept" : "call_choose"},
                        {"call", m.call.text()},
                        {"media", call::to_string(m.media)}};
          },
          [](const CallTicket& m) { return json{{"type", "call_ticket"}, {"call", m.call.text()}}; },
          [](const CallDetailsWish& m) { return json{{"type", "call_details"}, {"call", m.call.text()}}; },
          [](const CallHistory& m) { return with_page({{"type", "calls"}}, m.before); },
          [](const NotificationsWish& m) {
            return with_page({{"type", "notifications"}, {"unread", m.unread_only}}, m.before);
          },
          [&](const MarkRead& m) { return json{{"type", "mark_read"}, {"calls", array_of(m.calls, text_of)}}; },
          [](const MessageSend& m) {
            json object = {{"type", "message_send"}, {"to", m.to.text()}, {"text", m.text}};
            if (m.call) object["call"] = m.call->text();
            if (!m.key.empty()) object["key"] = m.key;
            return object;
          },
          [](const ThreadWish& m) { return with_page({{"type", "thread"}, {"with", m.with.text()}}, m.before); },
      },
      message);
}

json call_json(const CallServerMessage& message) {
  return std::visit(
      Overloaded{
          [](const Attending& m) { return attending_json(m); },
          [](const Watching& m) { return json{{"type", "watching"}, {"members", array_of(m.members, state_json)}}; },
          [](const PresenceNote& m) { return json{{"type", "presence"}, {"member", state_json(m.member)}}; },
          [](const SiteChangedNote& m) { return json{{"type", "site_changed"}, {"site", site_json(m.site)}}; },
          [](const YouChangedNote& m) {
            return json{{"type", "you_changed"},
                        {"you", person_json(m.you)},
                        {"admin", m.admin},
                        {"messenger", m.messenger},
                        {"takes_calls", m.takes_calls}};
          },
          [](const CallAnswer& m) {
            return json{{"type", "call"},
                        {"taken", wire_name(m.taken)},
                        {"settled", m.settled},
                        {"snapshot", snapshot_json(m.snapshot)}};
          },
          [](const CallEvent& m) { return event_json(m); },
          [](const TicketNote& m) {
            return json{{"type", "ticket"}, {"call", m.call.text()}, {"ticket", m.ticket}, {"until", ms(m.until)}};
          },
          [](const CallDetailsAnswer& m) {
            return json{{"type", "call_details"}, {"details", details_json(m.details)}};
          },
          [](const CallHistoryAnswer& m) {
            return with_page({{"type", "calls"}, {"calls", array_of(m.calls, details_json)}}, m.before);
          },
          [](const NotificationsAnswer& m) {
            return with_page(
                {{"type", "notifications"}, {"items", array_of(m.items, notification_json)}, {"unread", m.unread}},
                m.before);
          },
          [](const NotificationEvent& m) {
            return json{{"type", "notification"}, {"item", notification_json(m.item)}, {"unread", m.unread}};
          },
          [](const Marked& m) { return json{{"type", "marked"}, {"unread", m.unread}}; },
          [](const MessageAnswer& m) { return json{{"type", "message"}, {"message", message_json(m.message)}}; },
          [](const MessageEvent& m) {
            return json{
                {"type", "message_received"}, {"message", message_json(m.message)}, {"from", person_json(m.from)}};
          },
          [](const ThreadAnswer& m) {
            return with_page({{"type", "thread"},
                              {"with", person_json(m.with)},
                              {"usable", m.usable},
                              {"messages", array_of(m.messages, message_json)}},
                             m.before);
          },
          [](const AttendanceClosed& m) {
            return json{{"type", "attendance_closed"}, {"reason", wire_name(m.reason)}};
          },
          [](const RefusalNote& m) {
            return json{{"type", "error"}, {"code", call::to_string(m.code)}, {"message", sentence_of(m.code)}};
          },
      },
      message);
}

}  // namespace parley::signaling

#include "signaling/protocol/call_codec.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "signaling/protocol/call_words.h"
#include "signaling/protocol/codec.h"
#include "support/json_schema.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

const char* const kCall = "0123456789abcdef0123456789abcdef";
const call::CallId kCallId = *call::CallId::parse(kCall);
const WallMs kStart{std::chrono::milliseconds(1'800'000'000'000)};
const Person kAda{call::MemberId("ada"), "Ada <b>", "https://pictures.example/ada"};
const Person kBob{call::MemberId("bob"), "Bob", ""};

test::JsonSchema schema() {
  return test::JsonSchema(json::parse(std::ifstream(PARLEY_SOURCE_DIR "/docs/websocket.schema.json")));
}

SnapshotNote full_snapshot() {
  SnapshotNote note;
  note.id = kCallId;
  note.seq = 7;
  note.you = call::Party::kCallee;
  note.caller = kAda;
  note.callee = kBob;
  note.origin = *call::Origin::parse("other:side_bar");
  note.outcome = call::Ring::kAccepted;
  note.reason = call::Reason::kNone;
  note.state = call::State::kOpen;
  note.started_at = kStart;
  note.expires_at = kStart + std::chrono::hours(2);
  note.ring_left = SpanMs(30'000);
  note.left = SpanMs(7'200'000);
  note.your_media = call::Media::kAudio;
  note.their_media = call::Media::kVideo;
  note.you_inside = true;
  note.your_tab = call::TabId("tab-0001");
  note.can_rejoin = true;
  return note;
}

DetailsNote full_details() {
  DetailsNote note;
  note.id = kCallId;
  note.caller = kAda;
  note.callee = kBob;
  note.started_at = kStart;
  note.answered_at = kStart + SpanMs(4'000);
  note.last_left_at = kStart + SpanMs(9'000);
  note.talked = SpanMs(5'000);
  note.caller_media = call::Media::kVideo;
  note.callee_media = call::Media::kAudio;
  note.outcome = call::Ring::kAccepted;
  note.state = call::State::kCompleted;
  note.expires_at = kStart + std::chrono::hours(2);
  return note;
}

SnapshotNote bare_snapshot() {
  SnapshotNote note;
  note.id = kCallId;
  return note;
}

std::vector<CallServerMessage> every_server_message() {
  const NotificationNote missed{4, kCallId, kAda, kStart, false, true};
  const MessageNote written{9, kAda.member, kBob.member, kCallId, "hello\nthere", kStart, "key-0001"};
  const MessageNote bare{10, kAda.member, kBob.member, std::nullopt, "x", kStart, ""};
  const SiteNote site{call::SiteId("oak"), true, true, MessengerKind::kPlatform};
  DetailsNote unanswered;
  unanswered.id = kCallId;

  std::vector<CallServerMessage> all{
      Attending{kBob, true, false, false, site, kStart, {full_snapshot(), bare_snapshot()}, {missed}, 3},
      Attending{},
      Watching{{{kAda, true, true}, {kBob, false, false}}},
      PresenceNote{{kAda, true, false}},
      SiteChangedNote{SiteNote{}},
      YouChangedNote{kAda, false, true, true},
      TicketNote{kCallId, "0123456789abcdef", kStart},
      CallDetailsAnswer{full_details()},
      CallDetailsAnswer{unanswered},
      CallHistoryAnswer{{full_details()}, 12},
      CallHistoryAnswer{},
      NotificationsAnswer{{missed}, 1, 4},
      NotificationsAnswer{},
      NotificationEvent{missed, 1},
      Marked{2},
      MessageAnswer{written},
      MessageEvent{bare, kAda},
      ThreadAnswer{kBob, true, {written, bare}, 9},
      ThreadAnswer{kBob, false, {}, {}},
  };
  for (int i = 0; i <= static_cast<int>(Taken::kJoin); ++i) {
    all.emplace_back(CallAnswer{static_cast<Taken>(i), i % 2 == 0, full_snapshot()});
  }
  for (int i = 0; i <= static_cast<int>(AttendanceEnd::kDeactivated); ++i) {
    all.emplace_back(AttendanceClosed{static_cast<AttendanceEnd>(i)});
  }
  for (int i = 0; i <= static_cast<int>(call::RefusalCode::kTooManyDevices); ++i) {
    all.emplace_back(RefusalNote{static_cast<call::RefusalCode>(i)});
  }

  std::vector<call::Event> events{call::RingStarted{},
                                  call::Answered{},
                                  call::CouldNotConnect{call::Party::kCallee},
                                  call::PresenceChanged{},
                                  call::BackInCall{call::Party::kCaller},
                                  call::ClosingSoon{call::CallSpan(300'000)},
                                  call::DetailsReady{call::Party::kCaller},
                                  call::SnapshotReady{},
                                  call::Settled{}};
  for (int i = 0; i <= static_cast<int>(call::StopReason::kWithdrawn); ++i) {
    events.emplace_back(call::RingStopped{static_cast<call::StopReason>(i)});
  }
  for (int i = 0; i <= static_cast<int>(call::Ring::kWithdrawn); ++i) {
    const auto after = i % 2 == 0 ? call::AfterRing::kOfferMessage : call::AfterRing::kCloseDialogs;
    events.emplace_back(call::RingEnded{static_cast<call::Ring>(i), call::Reason::kTimeout, after});
  }
  for (int i = 0; i <= static_cast<int>(call::State::kEnded); ++i) {
    events.emplace_back(call::CallClosed{static_cast<call::State>(i), call::Reason::kExpired});
  }
  for (int i = 0; i <= static_cast<int>(call::Reason::kExpired); ++i) {
    events.emplace_back(call::CallClosed{call::State::kEnded, static_cast<call::Reason>(i)});
  }
  for (const call::Event& event : events) {
    std::optional<DetailsNote> details;
    if (std::holds_alternative<call::DetailsReady>(event)) details = full_details();
    all.emplace_back(CallEvent{event, 7, kStart, full_snapshot(), details});
  }
  return all;
}

std::vector<std::string> accepted_requests() {
  const std::string call = std::string("\"call\":\"") + kCall + "\"";
  return {
      R"({"type":"join","ticket":"0123456789abcdef","tab":"tab-0001"})",
      R"({"type":"join","ticket":"0123456789abcdef","tab":"tab-0001","name":"x","offer":"v=0","tracks":[{"mid":"0","source":"camera"}]})",
      R"({"type":"attend","tab":"tab-0001","device":"device_1","opened":true,"id":"1"})",
      R"({"type":"interacted"})",
      R"({"type":"sign_out"})",
      R"({"type":"watch","members":["ada","Ünal"]})",
      R"({"type":"watch","members":[]})",
      R"({"type":"watch"})",
      R"({"type":"call_start","member":"ada","origin":"other:side_bar","request":"req-00001"})",
      R"({"type":"call_start","member":"ada","origin":"profile","request":"req-00001"})",
      R"({"type":"call_choose","media":"audio",)" + call + "}",
      R"({"type":"call_accept","media":"video",)" + call + "}",
      R"({"type":"call_decline",)" + call + "}",
      R"({"type":"call_cancel",)" + call + "}",
      R"({"type":"call_dismiss",)" + call + "}",
      R"({"type":"call_ring_shown",)" + call + "}",
      R"({"type":"call_leave",)" + call + "}",
      R"({"type":"call_ticket",)" + call + "}",
      R"({"type":"call_details",)" + call + "}",
      R"({"type":"calls"})",
      R"({"type":"calls","before":9007199254740991})",
      R"({"type":"notifications"})",
      R"({"type":"notifications","unread":true,"before":3})",
      R"({"type":"mark_read","calls":[]})",
      std::string(R"({"type":"mark_read","calls":[")") + kCall + "\"]}",
      R"({"type":"message_send","to":"bob","text":"hello\nthere"})",
      R"({"type":"message_send","to":"bob","text":"hello","key":"key-0001",)" + call + "}",
      R"({"type":"thread","with":"bob"})",
      R"({"type":"thread","with":"bob","before":0})",
  };
}

const std::vector<std::pair<std::string, std::string>>& refused_requests() {
  static const std::vector<std::pair<std::string, std::string>> kAll{
      {R"({"type":"join","ticket":"0123456789abcdef"})", "join.tab is missing"},
      {R"({"type":"join","ticket":"short","tab":"tab-0001"})", "join.ticket must be 8 to 64 letters, digits, - and _"},
      {R"({"type":"join","ticket":"0123456789abcdef","tab":"tab-0001","room":"hall"})",
       "join.room can't stand beside a ticket"},
      {R"({"type":"attend","device":"device_1","opened":true})", "attend.tab is missing"},
      {R"({"type":"attend","tab":"tab 0001","device":"device_1","opened":true})",
       "attend.tab must be 8 to 64 letters, digits, - and _"},
      {R"({"type":"attend","tab":"tab-0001","device":"device_1"})", "attend.opened is missing"},
      {R"({"type":"watch","members":"ada"})", "watch.members must be a list"},
      {R"({"type":"watch","members":["ada",""]})", "watch.members[1] must be a member"},
      {R"({"type":"watch","members":[7]})", "watch.members[0] must be a member"},
      {R"({"type":"call_start","member":"","origin":"profile","request":"req-00001"})",
       "call_start.member must not be empty"},
      {R"({"type":"call_start","member":"ada","origin":"other:Side","request":"req-00001"})",
       "call_start.origin must be a place that the protocol names, or other: with a label"},
      {R"({"type":"call_start","member":"ada","origin":"profile"})", "call_start.request is missing"},
      {R"({"type":"call_choose","call":"0123456789ABCDEF0123456789abcdef","media":"audio"})",
       "call_choose.call must be the id of a call"},
      {std::string(R"({"type":"call_accept","media":"both","call":")") + kCall + "\"}",
       "call_accept.media must be audio or video"},
      {R"({"type":"call_leave"})", "call_leave.call is missing"},
      {R"({"type":"calls","before":-1})", "calls.before must be a whole number"},
      {R"({"type":"calls","before":9007199254740992})", "calls.before must be a whole number"},
      {R"({"type":"calls","before":1.5})", "calls.before must be a whole number"},
      {R"({"type":"notifications","unread":1})", "notifications.unread must be true or false"},
      {R"({"type":"mark_read","calls":["x"]})", "mark_read.calls[0] must be the id of a call"},
      {R"({"type":"message_send","to":"bob","text":""})", "message_send.text must not be empty"},
      {R"({"type":"message_send","to":"bob","text":"hi","key":"k"})",
       "message_send.key must be 8 to 64 letters, digits, - and _"},
      {R"({"type":"message_send","to":"bob","text":"hi","call":"x"})", "message_send.call must be the id of a call"},
      {R"({"type":"thread"})", "thread.with is missing"},
  };
  return kAll;
}

TEST(CallCodec, EveryMessageOfTheServerIsInTheSchema) {
  const auto against = schema();
  for (const CallServerMessage& message : every_server_message()) {
    for (const char* id : {"", "7"}) {
      const std::string text = encode(message, id);
      EXPECT_EQ(against.complaint("server_message", json::parse(text)), "") << text;
    }
  }
}

TEST(CallCodec, AcceptsWhatTheSchemaAccepts) {
  const auto against = schema();
  for (const std::string& text : accepted_requests()) {
    EXPECT_EQ(against.complaint("client_message", json::parse(text)), "") << text;
    EXPECT_TRUE(decode_request(text)) << text;
  }
}

TEST(CallCodec, RefusesWhatTheSchemaRefusesAndSaysWhy) {
  const auto against = schema();
  for (const auto& [text, sentence] : refused_requests()) {
    EXPECT_NE(against.complaint("client_message", json::parse(text)), "") << text;
    const auto decoded = decode_request(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().error.message, sentence) << text;
    EXPECT_FALSE(decoded.error().malformed) << text;
  }
}

// Each type of message has an accepted example above: a type that the schema has and the test forgot is found.
TEST(CallCodec, TheExamplesCoverEveryTypeOfTheSchema) {
  std::set<std::string> seen;
  const auto note = [&](const json& object) { seen.insert(object.at("type").get<std::string>()); };
  for (const std::string& text : accepted_requests()) note(json::parse(text));
  for (const CallServerMessage& message : every_server_message()) note(json::parse(encode(message)));
  const std::set<std::string> of_rooms{
      "auth",   "join",          "offer",       "mute",        "refresh",         "leave",        "joined",
      "answer", "authenticated", "muted",       "member_left", "slot_bound",      "connected",    "member_joined",
      "closed", "slot_unbound",  "track_ended", "error",       "track_published", "path_suspect", "track_muted"};

  const json root = json::parse(std::ifstream(PARLEY_SOURCE_DIR "/docs/websocket.schema.json"));
  for (const auto& [name, definition] : root.at("$defs").items()) {
    if (!name.starts_with("client_") && !name.starts_with("server_")) continue;
    if (!definition.contains("properties")) continue;
    const std::string type = definition.at("properties").at("type").at("const");
    EXPECT_TRUE(seen.contains(type) || of_rooms.contains(type)) << name;
  }
}

TEST(CallCodec, ReadsBackWhatItWrites) {
  for (const std::string& text : accepted_requests()) {
    const auto first = decode_request(text);
    ASSERT_TRUE(first);
    const std::string written = encode(*first);
    const auto second = decode_request(written);
    ASSERT_TRUE(second) << written;
    EXPECT_EQ(encode(*second), written);
  }
}

TEST(CallCodec, ReadsEachFieldToItsPlace) {
  const auto message = [](const std::string& text) {
    return std::get<CallClientMessage>(decode_request(text).value().message);
  };
  const auto attend =
      std::get<Attend>(message(R"({"type":"attend","tab":"tab-0001","device":"device_1","opened":true})"));
  EXPECT_EQ(attend.tab.text(), "tab-0001");
  EXPECT_EQ(attend.device.text(), "device_1");
  EXPECT_TRUE(attend.opened);

  const auto start =
      std::get<CallStart>(message(R"({"type":"call_start","member":"ada","origin":"mention","request":"req-00001"})"));
  EXPECT_EQ(start.member.text(), "ada");
  EXPECT_EQ(start.origin.text(), "mention");
  EXPECT_EQ(start.request.text(), "req-00001");

  const std::string call = std::string(",\"call\":\"") + kCall + "\"}";
  const auto accept = std::get<CallChoose>(message(R"({"type":"call_accept","media":"video")" + call));
  EXPECT_TRUE(accept.accept);
  EXPECT_EQ(accept.media, call::Media::kVideo);
  EXPECT_EQ(accept.call, kCallId);
  EXPECT_FALSE(std::get<CallChoose>(message(R"({"type":"call_choose","media":"audio")" + call)).accept);
  EXPECT_EQ(std::get<CallAct>(message(R"({"type":"call_dismiss")" + call)).move, CallMove::kDismiss);
  EXPECT_EQ(std::get<CallAct>(message(R"({"type":"call_leave")" + call)).move, CallMove::kLeave);

  const auto send =
      std::get<MessageSend>(message(R"({"type":"message_send","to":"bob","text":"hi","key":"key-0001")" + call));
  EXPECT_EQ(send.to.text(), "bob");
  EXPECT_EQ(send.text, "hi");
  EXPECT_EQ(send.key, "key-0001");
  EXPECT_EQ(send.call, kCallId);
  EXPECT_EQ(std::get<ThreadWish>(message(R"({"type":"thread","with":"bob","before":5})")).before, 5u);
}

TEST(CallCodec, BoundsWhatAStrangerMaySay) {
  const auto code = [](const std::string& text) {
    const auto decoded = decode_request(text);
    return decoded ? std::optional<ErrorCode>() : decoded.error().error.code;
  };
  const auto tab = [](std::size_t length) {
    return R"({"type":"attend","device":"device_1","opened":false,"tab":")" + std::string(length, 't') + "\"}";
  };
  EXPECT_EQ(code(tab(7)), ErrorCode::kBadRequest);
  EXPECT_EQ(code(tab(8)), std::nullopt);
  EXPECT_EQ(code(tab(64)), std::nullopt);
  EXPECT_EQ(code(tab(65)), ErrorCode::kTooLarge);

  const auto text = [](std::size_t length) {
    return R"({"type":"message_send","to":"bob","text":")" + std::string(length, 'x') + "\"}";
  };
  EXPECT_EQ(code(text(4000)), std::nullopt);
  EXPECT_EQ(code(text(4001)), ErrorCode::kTooLarge);
  EXPECT_EQ(code(R"({"type":"message_send","to":"bob","text":"\u0000"})"), ErrorCode::kBadRequest);

  const auto many = [](const char* head, const std::string& entry, int count) {
    std::string list = head;
    for (int i = 0; i < count; ++i) list += std::string(i > 0 ? ",\"" : "\"") + entry + "\"";
    return list + "]}";
  };
  EXPECT_EQ(code(many(R"({"type":"watch","members":[)", "ada", 200)), std::nullopt);
  EXPECT_EQ(code(many(R"({"type":"watch","members":[)", "ada", 201)), ErrorCode::kTooLarge);
  EXPECT_EQ(code(many(R"({"type":"mark_read","calls":[)", kCall, 200)), std::nullopt);
  EXPECT_EQ(code(many(R"({"type":"mark_read","calls":[)", kCall, 201)), ErrorCode::kTooLarge);
  EXPECT_EQ(code(R"({"type":"thread","with":")" + std::string(129, 'a') + "\"}"), ErrorCode::kTooLarge);
}

TEST(CallCodec, ARefusalIsAnErrorWithASentenceToShow) {
  for (int i = 0; i <= static_cast<int>(call::RefusalCode::kTooManyDevices); ++i) {
    const auto refusal = static_cast<call::RefusalCode>(i);
    const json object = json::parse(encode(CallServerMessage(RefusalNote{refusal}), "r1"));
    EXPECT_EQ(object.at("type"), "error");
    EXPECT_EQ(object.at("code"), call::to_string(refusal));
    EXPECT_EQ(object.at("id"), "r1");
    EXPECT_TRUE(object.at("message").get<std::string>().ends_with(".")) << object;
  }
}

TEST(CallCodec, TheKeyOfAMessageIsLeftOutWhereThereIsNone) {
  const MessageNote bare{10, kAda.member, kBob.member, std::nullopt, "x", kStart, ""};
  const json object = json::parse(encode(CallServerMessage(MessageEvent{bare, kAda})));
  EXPECT_FALSE(object.at("message").contains("key"));
  EXPECT_TRUE(object.at("message").at("call").is_null());
  EXPECT_EQ(object.at("message").at("at"), 1'800'000'000'000);
}

TEST(CallCodec, NeverWritesWhatIsNotUtf8) {
  Person broken = kAda;
  broken.name = "A\xff";
  const std::string text = encode(CallServerMessage(YouChangedNote{broken, false, true, true}));
  EXPECT_TRUE(json::accept(text)) << text;
}

}  // namespace
}  // namespace parley::signaling

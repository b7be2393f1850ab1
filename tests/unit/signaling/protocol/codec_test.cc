#include "signaling/protocol/codec.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "signaling/protocol/rest.h"
#include "support/json_schema.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

test::JsonSchema schema() {
  return test::JsonSchema(json::parse(std::ifstream(PARLEY_SOURCE_DIR "/docs/websocket.schema.json")));
}

const TrackInfo kTrack{static_cast<TrackId>(7), static_cast<SessionId>(3), "ada",
                       TrackKind::kVideo,       TrackSource::kScreen,      true};
const MemberInfo kMember{static_cast<SessionId>(3), "ada", "Ada"};

std::vector<ServerMessage> every_server_message() {
  JoinedMessage joined{static_cast<SessionId>(9),
                       "bob",
                       "hall",
                       "9.secret",
                       {kMember},
                       {kTrack},
                       {{"4", kTrack}},
                       {{{"turn:turn.example"}, "user", "pass"}, {{"stun:stun.example"}, {}, {}}},
                       "v=0"};
  std::vector<ServerMessage> all{
      AuthenticatedMessage{"ada", "hall", true, false, std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))},
      AuthenticatedMessage{"ada", "", true, false, {}},
      joined,
      JoinedMessage{},
      AnswerMessage{"v=0"},
      MutedMessage{"0", true},
      RoomEvent(MemberJoined{kMember}),
      RoomEvent(TrackPublished{kTrack}),
      RoomEvent(TrackEnded{kTrack}),
      RoomEvent(TrackMuted{kTrack}),
      RoomEvent(Connected{}),
      RoomEvent(PathSuspect{true}),
      RoomEvent(SlotBound{"4", kTrack, 0xffffffff}),
  };
  for (int reason = 0; reason <= static_cast<int>(CloseReason::kShutdown); ++reason) {
    all.emplace_back(RoomEvent(Closed{static_cast<CloseReason>(reason)}));
    all.emplace_back(RoomEvent(MemberLeft{kMember, static_cast<CloseReason>(reason)}));
  }
  for (int reason = 0; reason <= static_cast<int>(UnbindReason::kSlotClosed); ++reason) {
    all.emplace_back(RoomEvent(SlotUnbound{"4", kTrack, static_cast<UnbindReason>(reason)}));
  }
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    all.emplace_back(Error{static_cast<ErrorCode>(code), "a sentence"});
  }
  return all;
}

std::vector<std::string> accepted_requests() {
  return {
      R"({"type":"auth","token":"a.b.c","id":"1"})",
      R"({"type":"join","room":"hall"})",
      R"({"type":"join","room":"hall","name":"Ada","offer":"v=0","tracks":[{"mid":"0","source":"microphone","muted":true},
          {"mid":"1","source":"screen_audio"}],"publisher":"bob","resume":"9.secret","id":"join","later":{"ignored":1}})",
      R"({"type":"offer","sdp":"v=0"})",
      R"({"type":"offer","sdp":"v=0","tracks":[{"mid":"0","source":"camera"}]})",
      R"({"type":"mute","slot":"0","muted":false})",
      R"({"type":"refresh","token":"a.b.c"})",
      R"({"type":"leave"})",
  };
}

const std::vector<std::pair<std::string, std::string>>& refused_requests() {
  static const std::vector<std::pair<std::string, std::string>> kAll{
      {R"({"room":"hall"})", "message.type is missing"},
      {R"({"type":7})", "message.type must be a string"},
      {R"({"type":"dance"})", "message.type is not one this server knows"},
      {R"({"type":"auth"})", "auth.token is missing"},
      {R"({"type":"auth","token":5})", "auth.token must be a string"},
      {R"({"type":"join"})", "join.room is missing"},
      {R"({"type":"join","room":""})", "join.room must not be empty"},
      {R"({"type":"join","room":"hall","tracks":{}})", "join.tracks must be a list"},
      {R"({"type":"join","room":"hall","tracks":[5]})", "join.tracks[0] must be an object"},
      {R"({"type":"offer","sdp":"v=0","tracks":[{"mid":"0","source":"moon"}]})",
       "tracks[0].source must be microphone, camera, screen or screen_audio"},
      {R"({"type":"offer","sdp":"v=0","tracks":[{"source":"camera"}]})", "tracks[0].mid is missing"},
      {R"({"type":"offer","sdp":"v=0","tracks":[{"mid":"0","source":"camera","muted":1}]})",
       "tracks[0].muted must be true or false"},
      {R"({"type":"mute","slot":"0"})", "mute.muted is missing"},
      {R"({"type":"mute","slot":"0","muted":"yes"})", "mute.muted must be true or false"},
  };
  return kAll;
}

TEST(Codec, EveryMessageOfTheServerIsInTheSchema) {
  const auto against = schema();
  for (const ServerMessage& message : every_server_message()) {
    for (const char* id : {"", "7"}) {
      const std::string text = encode(message, id);
      EXPECT_EQ(against.complaint("server_message", json::parse(text)), "") << text;
    }
  }
}

TEST(Codec, AcceptsWhatTheSchemaAccepts) {
  const auto against = schema();
  for (const std::string& text : accepted_requests()) {
    EXPECT_EQ(against.complaint("client_message", json::parse(text)), "") << text;
    EXPECT_TRUE(decode_request(text)) << text;
  }
}

TEST(Codec, RefusesWhatTheSchemaRefusesAndSaysWhy) {
  const auto against = schema();
  for (const auto& [text, sentence] : refused_requests()) {
    EXPECT_NE(against.complaint("client_message", json::parse(text)), "") << text;
    const auto decoded = decode_request(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().error.message, sentence) << text;
    EXPECT_FALSE(decoded.error().malformed) << text;
  }
}

TEST(Codec, TheSchemaCheckerItselfFindsFaults) {
  const auto against = schema();
  EXPECT_NE(against.complaint("server_message", json{{"type", "muted"}, {"slot", "0"}}), "");
  EXPECT_NE(against.complaint("server_message", json{{"type", "connected"}, {"more", 1}}), "");
  EXPECT_NE(against.complaint("server_message", json{{"type", "path_suspect"}, {"suspect", 1}}), "");
}

TEST(Codec, ReadsBackWhatItWrites) {
  for (const std::string& text : accepted_requests()) {
    const auto first = decode_request(text);
    ASSERT_TRUE(first);
    const std::string written = encode(*first);
    const auto second = decode_request(written);
    ASSERT_TRUE(second) << written;
    EXPECT_EQ(encode(*second), written);
  }
}

TEST(Codec, RepeatsTheIdOfARefusedRequest) {
  const auto decoded = decode_request(R"({"type":"mute","id":"m1"})");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().id, "m1");
}

TEST(Codec, TakesWhatIsNotOneObjectForAnotherProtocol) {
  for (const char* text : {"", "hello", "[]", "7", "null", "{", R"({"type":"leave"} {})", "{\"type\":\"le\xff\"}"}) {
    const auto decoded = decode_request(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_TRUE(decoded.error().malformed) << text;
  }
}

TEST(Codec, BoundsDepthLengthAndNumber) {
  std::string deep = R"({"type":"leave","x":)" + std::string(8, '[') + std::string(8, ']') + "}";
  EXPECT_FALSE(decode_request(deep));
  deep = R"({"type":"leave","x":)" + std::string(7, '[') + std::string(7, ']') + "}";
  EXPECT_TRUE(decode_request(deep));
  EXPECT_TRUE(decode_request(R"({"type":"leave","x":"[[[[[[[[[[[[[[[[\"[[["})"));

  const auto code = [](const std::string& text) {
    const auto decoded = decode_request(text);
    return decoded ? std::optional<ErrorCode>() : decoded.error().error.code;
  };
  EXPECT_EQ(code(R"({"type":"auth","token":")" + std::string(8192, 'a') + "\"}"), std::nullopt);
  EXPECT_EQ(code(R"({"type":"auth","token":")" + std::string(8193, 'a') + "\"}"), ErrorCode::kTooLarge);
  EXPECT_EQ(code(R"({"type":"offer","sdp":")" + std::string(512 * 1024, 'a') + "\"}"), std::nullopt);
  EXPECT_EQ(code(R"({"type":"offer","sdp":")" + std::string(512 * 1024 + 1, 'a') + "\"}"), ErrorCode::kTooLarge);
  EXPECT_EQ(code(R"({"type":"leave","id":")" + std::string(65, 'a') + "\"}"), ErrorCode::kTooLarge);
  std::string notes;
  for (int i = 0; i < 129; ++i) notes += std::string(i > 0 ? "," : "") + R"({"mid":"0","source":"camera"})";
  EXPECT_EQ(code(R"({"type":"offer","sdp":"v=0","tracks":[)" + notes + "]}"), ErrorCode::kTooLarge);
}

TEST(Codec, NeverWritesWhatIsNotUtf8) {
  const std::string text = encode(Error{ErrorCode::kBadSdp, "line \xff is wrong"});
  EXPECT_TRUE(json::accept(text)) << text;
}

TEST(Rest, DemoTokenRequestNeedsARoom) {
  EXPECT_TRUE(read_demo_token_request(R"({"room":"hall","name":"Ada"})"));
  EXPECT_TRUE(read_demo_token_request(R"({"room":"hall"})"));
  for (const char* body : {"", "[]", "{}", R"({"room":7})", R"({"room":""})", R"({"room":"hall","name":7})"}) {
    EXPECT_FALSE(read_demo_token_request(body)) << body;
  }
}

}  // namespace
}  // namespace parley::signaling

#include "signaling/hub/hub.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/signaling/fake_connection.h"
#include "unit/signaling/fake_server.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

using test::FakeConnection;

class HubTest : public testing::Test {
 protected:
  HubTest() { server_.observer = &events_; }

  std::string token(const std::string& member, const std::string& room = {}, std::chrono::seconds ttl = 3600s,
                    bool publish = true) {
    Grant grant;
    grant.member = member;
    grant.room = room;
    grant.publish = publish;
    grant.subscribe = true;
    grant.expires_at = now_.wall + ttl;
    return write_token(grant, key_, now_.wall);
  }
  void pass(std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 250ms) {
      now_.steady += std::min(left, std::chrono::milliseconds(250));
      elapsed_ += std::min(left, std::chrono::milliseconds(250));
      now_.wall = kStart + std::chrono::duration_cast<std::chrono::seconds>(elapsed_);
      hub_.tick(now_);
    }
  }
  void open(FakeConnection& connection) { connection.id = hub_.open(connection, now_); }
  void say(FakeConnection& connection, const json& message) { hub_.receive(connection.id, message.dump(), now_); }
  void enter(FakeConnection& connection, const std::string& member, const std::string& room = "hall") {
    open(connection);
    say(connection, {{"type", "auth"}, {"token", token(member)}});
    say(connection, {{"type", "join"}, {"room", room}, {"name", "Name of " + member}});
    ASSERT_EQ(connection.last().at("type"), "joined") << connection.last();
  }
  SessionId session_of(const FakeConnection& connection) {
    for (const json& each : connection.said) {
      if (each.at("type") == "joined") return static_cast<SessionId>(each.at("session").get<std::uint64_t>());
    }
    return {};
  }

  static constexpr std::chrono::sys_seconds kStart{1'800'000'000s};
  Now now_{std::chrono::steady_clock::time_point(1000s), kStart};
  std::chrono::milliseconds elapsed_{0};
  SigningKey key_{std::string(32, 'k')};
  test::FakeServer server_;
  EventRouter events_;
  Hub hub_{server_, events_, key_, {{{"stun:stun.example"}, {}, {}}}, {}, {}};
  TrackInfo track_{static_cast<TrackId>(5), static_cast<SessionId>(99), "bob",
                   TrackKind::kVideo,       TrackSource::kCamera,       false};
};

TEST_F(HubTest, AuthenticatesThenJoinsThenAnswers) {
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada", "hall")}, {"id", "1"}});
  EXPECT_EQ(ada.last().at("type"), "authenticated");
  EXPECT_EQ(ada.last().at("id"), "1");
  EXPECT_EQ(ada.last().at("room"), "hall");
  say(ada, {{"type", "join"}, {"room", "hall"}, {"offer", "v=0 offer"}, {"id", "2"}});
  EXPECT_EQ(ada.last().at("type"), "joined");
  EXPECT_EQ(ada.last().at("id"), "2");
  EXPECT_EQ(ada.last().at("answer"), "v=0\r\nanswer\r\n");
  EXPECT_EQ(ada.last().at("ice_servers")[0].at("urls")[0], "stun:stun.example");
  EXPECT_EQ(server_.sessions.begin()->second.offers.at(0), "v=0 offer");
  say(ada, {{"type", "offer"}, {"sdp", "v=0 more"}, {"id", "3"}});
  EXPECT_EQ(ada.last().at("type"), "answer");
  say(ada, {{"type", "mute"}, {"slot", "0"}, {"muted", true}});
  EXPECT_EQ(ada.last(), (json{{"type", "muted"}, {"slot", "0"}, {"muted", true}}));
  EXPECT_EQ(server_.mutes.at(0), (std::pair<std::string, bool>{"0", true}));
}

TEST_F(HubTest, ClosesAConnectionThatShowsNoTokenInTime) {
  FakeConnection silent;
  open(silent);
  pass(4750ms);
  EXPECT_TRUE(silent.open());
  pass(250ms);
  EXPECT_EQ(silent.last().at("code"), "unauthorized");
  EXPECT_EQ(silent.closes, std::vector{CloseCode::kPolicy});
  EXPECT_EQ(hub_.connections(), 0u);
}

TEST_F(HubTest, WantsTheTokenFirst) {
  FakeConnection eager;
  open(eager);
  say(eager, {{"type", "join"}, {"room", "hall"}, {"id", "x"}});
  EXPECT_EQ(eager.last().at("code"), "unauthorized");
  EXPECT_EQ(eager.last().at("id"), "x");
  EXPECT_FALSE(eager.open());
  EXPECT_TRUE(server_.sessions.empty());
}

TEST_F(HubTest, ClosesOnABadToken) {
  FakeConnection forger;
  open(forger);
  say(forger, {{"type", "auth"}, {"token", "a.b.c"}});
  EXPECT_EQ(forger.last().at("code"), "unauthorized");
  EXPECT_EQ(forger.closes, std::vector{CloseCode::kPolicy});
}

TEST_F(HubTest, ReadsLittleBeforeTheToken) {
  FakeConnection large;
  open(large);
  EXPECT_LT(hub_.message_limit(large.id), 10'000u);
  hub_.receive(large.id, std::string(20'000, ' '), now_);
  EXPECT_EQ(large.closes, std::vector{CloseCode::kTooBig});
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada")}});
  EXPECT_EQ(hub_.message_limit(ada.id), kMaxFrameBytes);
}

TEST_F(HubTest, KeepsATokenToItsRoomAndItsRights) {
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada", "hall", 3600s, false)}});
  say(ada, {{"type", "join"}, {"room", "cellar"}});
  EXPECT_EQ(ada.last().at("code"), "forbidden");
  EXPECT_TRUE(ada.open());
  say(ada, {{"type", "join"}, {"room", "hall"}});
  ASSERT_EQ(server_.sessions.size(), 1u);
  EXPECT_FALSE(server_.sessions.begin()->second.request.permissions.publish);
  EXPECT_TRUE(server_.sessions.begin()->second.request.permissions.subscribe);
  say(ada, {{"type", "join"}, {"room", "hall"}});
  EXPECT_EQ(ada.last().at("code"), "conflict");
}

TEST_F(HubTest, TellsEachOfTheOthers) {
  FakeConnection ada, bob;
  enter(ada, "ada");
  enter(bob, "bob");
  EXPECT_EQ(bob.last().at("members")[0].at("member"), "ada");
  EXPECT_EQ(ada.last().at("type"), "member_joined");
  EXPECT_EQ(ada.last().at("name"), "Name of bob");
  say(bob, {{"type", "leave"}});
  EXPECT_EQ(bob.last().at("reason"), "left");
  EXPECT_EQ(bob.closes, std::vector{CloseCode::kNormal});
  EXPECT_EQ(ada.last().at("type"), "member_left");
  EXPECT_EQ(hub_.participants(), 1u);
}

TEST_F(HubTest, NewestConnectionOfAMemberWins) {
  FakeConnection first, second;
  enter(first, "ada");
  enter(second, "ada");
  EXPECT_EQ(first.last(), (json{{"type", "closed"}, {"reason", "replaced"}}));
  EXPECT_EQ(first.closes, std::vector{CloseCode::kNormal});
  EXPECT_TRUE(second.open());
  EXPECT_EQ(hub_.participants(), 1u);
}

TEST_F(HubTest, TellsJoinedBeforeAnythingThatHappenedMeanwhile) {
  server_.during_join = {{static_cast<SessionId>(1), TrackPublished{track_}}};
  server_.during_negotiate = {SlotBound{"4", track_, 1234}};
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada")}});
  say(ada, {{"type", "join"}, {"room", "hall"}, {"offer", "v=0"}});
  EXPECT_EQ(ada.types(), (std::vector<std::string>{"authenticated", "joined", "track_published", "slot_bound"}));
}

TEST_F(HubTest, LeavesNobodyBehindWhenTheFirstOfferIsRefused) {
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada")}});
  server_.refuse_offers = Error{ErrorCode::kBadSdp, "no fingerprint"};
  say(ada, {{"type", "join"}, {"room", "hall"}, {"offer", "v=0"}, {"id", "j"}});
  EXPECT_EQ(ada.last(), (json{{"type", "error"}, {"code", "bad_sdp"}, {"message", "no fingerprint"}, {"id", "j"}}));
  EXPECT_EQ(server_.live(), 0u);
  EXPECT_EQ(hub_.participants(), 0u);
  EXPECT_EQ(events_.sessions(), 0u);
  server_.refuse_offers.reset();
  say(ada, {{"type", "join"}, {"room", "hall"}, {"offer", "v=0"}});
  EXPECT_EQ(ada.last().at("type"), "joined");
}

TEST_F(HubTest, GivesBackErrorsOfTheServer) {
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada")}});
  server_.next_error = Error{ErrorCode::kTooMany, "the room is full"};
  say(ada, {{"type", "join"}, {"room", "hall"}, {"id", "j"}});
  EXPECT_EQ(ada.last(), (json{{"type", "error"}, {"code", "too_many"}, {"message", "the room is full"}, {"id", "j"}}));
  EXPECT_TRUE(ada.open());
  say(ada, {{"type", "join"}, {"room", "hall"}});
  server_.next_error = Error{ErrorCode::kBadSdp, "line 3: no"};
  say(ada, {{"type", "offer"}, {"sdp", "v=1"}});
  EXPECT_EQ(ada.last().at("code"), "bad_sdp");
  server_.next_error = Error{ErrorCode::kNotFound, "no such line"};
  say(ada, {{"type", "mute"}, {"slot", "9"}, {"muted", true}});
  EXPECT_EQ(ada.last().at("code"), "not_found");
  EXPECT_EQ(server_.live(), 1u);
}

TEST_F(HubTest, ResumesALostSessionWithWhatIsTrueByNow) {
  FakeConnection ada, bob;
  enter(ada, "ada");
  enter(bob, "bob");
  const SessionId session = session_of(ada);
  const std::string secret = ada.said.at(1).at("resume");
  events_.on_event(session, Connected{});
  events_.on_event(session, TrackPublished{track_});
  hub_.closed(ada.id, now_);
  pass(19'000ms);
  track_.muted = true;
  events_.on_event(session, SlotBound{"4", track_, 1});
  events_.on_event(session, TrackMuted{track_});

  FakeConnection again;
  open(again);
  say(again, {{"type", "auth"}, {"token", token("ada")}});
  say(again, {{"type", "join"}, {"room", "hall"}, {"resume", secret}});
  const json joined = again.said.at(1);
  ASSERT_EQ(joined.at("type"), "joined") << joined;
  EXPECT_EQ(joined.at("session"), number(session));
  EXPECT_EQ(joined.at("resume"), secret);
  EXPECT_EQ(joined.at("members").size(), 1u);
  EXPECT_EQ(joined.at("tracks")[0].at("muted"), true);
  EXPECT_EQ(joined.at("slots")[0].at("slot"), "4");
  EXPECT_EQ(again.last().at("type"), "connected");
  EXPECT_TRUE(server_.left.empty());
  pass(30'000ms);
  EXPECT_EQ(server_.live(), 2u);
}

TEST_F(HubTest, EndsALostSessionAfterTwentySeconds) {
  FakeConnection ada;
  enter(ada, "ada");
  const std::string secret = ada.last().at("resume");
  hub_.closed(ada.id, now_);
  pass(19'750ms);
  EXPECT_EQ(server_.live(), 1u);
  pass(500ms);
  ASSERT_EQ(server_.left.size(), 1u);
  EXPECT_EQ(server_.left[0].second, CloseReason::kSignalingLost);
  FakeConnection late;
  open(late);
  say(late, {{"type", "auth"}, {"token", token("ada")}});
  say(late, {{"type", "join"}, {"room", "hall"}, {"resume", secret}});
  EXPECT_EQ(late.last().at("code"), "not_found");
  EXPECT_TRUE(late.open());
  say(late, {{"type", "join"}, {"room", "hall"}});
  EXPECT_EQ(late.last().at("type"), "joined");
}

TEST_F(HubTest, ResumesOnlyForTheSamePersonWithTheWholeSecret) {
  FakeConnection ada;
  enter(ada, "ada");
  const std::string secret = ada.last().at("resume");
  const auto try_as = [&](const std::string& member, const std::string& guess, const std::string& room) {
    FakeConnection other;
    open(other);
    say(other, {{"type", "auth"}, {"token", token(member)}});
    say(other, {{"type", "join"}, {"room", room}, {"resume", guess}});
    const std::string answer = other.last().value("code", "joined");
    hub_.closed(other.id, now_);
    return answer;
  };
  EXPECT_EQ(try_as("eve", secret, "hall"), "not_found");
  EXPECT_EQ(try_as("ada", secret.substr(0, secret.size() - 1), "hall"), "not_found");
  EXPECT_EQ(try_as("ada", secret, "cellar"), "not_found");
  EXPECT_EQ(try_as("ada", "", "hall"), "joined");
  EXPECT_EQ(try_as("ada", "99999999999999999999999.x", "hall"), "not_found");
}

TEST_F(HubTest, AResumedSessionLeavesItsOldConnection) {
  FakeConnection old, fresh;
  enter(old, "ada");
  open(fresh);
  say(fresh, {{"type", "auth"}, {"token", token("ada")}});
  say(fresh, {{"type", "join"}, {"room", "hall"}, {"resume", old.last().at("resume")}});
  EXPECT_EQ(fresh.last().at("type"), "joined");
  EXPECT_EQ(old.closes, std::vector{CloseCode::kPolicy});
  hub_.closed(old.id, now_);
  pass(25'000ms);
  EXPECT_EQ(server_.live(), 1u);
}

TEST_F(HubTest, ATokenThatRunsOutEndsTheSession) {
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada", {}, 10s)}});
  say(ada, {{"type", "join"}, {"room", "hall"}});
  pass(9'750ms);
  EXPECT_TRUE(ada.open());
  pass(250ms);
  EXPECT_EQ(ada.last(), (json{{"type", "closed"}, {"reason", "token_expired"}}));
  EXPECT_FALSE(ada.open());
  EXPECT_EQ(server_.live(), 0u);
}

TEST_F(HubTest, AFreshTokenLetsTheSessionGoOn) {
  FakeConnection ada;
  open(ada);
  say(ada, {{"type", "auth"}, {"token", token("ada", {}, 10s)}});
  say(ada, {{"type", "join"}, {"room", "hall"}});
  say(ada, {{"type", "refresh"}, {"token", token("ada", {}, 60s)}});
  EXPECT_EQ(ada.last().at("type"), "authenticated");
  pass(20'000ms);
  EXPECT_TRUE(ada.open());
  say(ada, {{"type", "refresh"}, {"token", token("bob")}});
  EXPECT_EQ(ada.last().at("code"), "forbidden");
  say(ada, {{"type", "refresh"}, {"token", token("ada", {}, 60s, false)}});
  EXPECT_EQ(ada.last().at("code"), "forbidden");
  pass(41'000ms);
  EXPECT_FALSE(ada.open());
}

TEST_F(HubTest, PingsEveryThirtySecondsAndGivesUpOnSilence) {
  FakeConnection ada, mute;
  enter(ada, "ada");
  enter(mute, "bob");
  for (int i = 0; i < 6; ++i) {
    pass(15'000ms);
    hub_.pong(ada.id, now_);
  }
  EXPECT_EQ(ada.pings, 3);
  EXPECT_TRUE(ada.open());
  EXPECT_FALSE(mute.open());
  EXPECT_EQ(mute.pings, 2);
}

TEST_F(HubTest, ClosesAClientThatReadsTooSlowlyButKeepsItsSession) {
  FakeConnection ada, bob;
  enter(ada, "ada");
  ada.behind = {501, 10};
  enter(bob, "bob");
  EXPECT_EQ(ada.closes, std::vector{CloseCode::kGoingAway}) << "a code after which a client comes back and resumes";
  EXPECT_EQ(server_.live(), 2u);
  EXPECT_EQ(hub_.participants(), 2u);
}

TEST_F(HubTest, LimitsTheRateOfMessages) {
  FakeConnection ada;
  enter(ada, "ada");
  for (int i = 0; i < 57; ++i) say(ada, {{"type", "mute"}, {"slot", "0"}, {"muted", true}});
  EXPECT_TRUE(ada.open());
  for (int i = 0; i < 3; ++i) say(ada, {{"type", "mute"}, {"slot", "0"}, {"muted", true}});
  EXPECT_EQ(ada.last().at("code"), "too_many");
  EXPECT_FALSE(ada.open());
}

TEST_F(HubTest, HangsUpOnAnotherProtocolButExplainsAWrongField) {
  FakeConnection ada;
  enter(ada, "ada");
  say(ada, {{"type", "dance"}, {"id", "d"}});
  EXPECT_EQ(ada.last().at("code"), "bad_request");
  EXPECT_EQ(ada.last().at("id"), "d");
  EXPECT_TRUE(ada.open());
  hub_.receive(ada.id, "hello", now_);
  EXPECT_FALSE(ada.open());
}

TEST_F(HubTest, GoesAwayWithEveryoneAtShutdown) {
  FakeConnection ada, waiting;
  enter(ada, "ada");
  open(waiting);
  server_.stop();
  hub_.shutdown();
  EXPECT_EQ(ada.last(), (json{{"type", "closed"}, {"reason", "shutdown"}}));
  EXPECT_EQ(ada.closes, std::vector{CloseCode::kGoingAway});
  EXPECT_EQ(waiting.closes, std::vector{CloseCode::kGoingAway});
  EXPECT_EQ(hub_.connections(), 0u);
  EXPECT_EQ(hub_.participants(), 0u);
}

TEST_F(HubTest, NamesAServiceThatNamesNobody) {
  Grant grant;
  grant.service = grant.publish = grant.subscribe = true;
  grant.expires_at = now_.wall + 1h;
  FakeConnection robot;
  open(robot);
  say(robot, {{"type", "auth"}, {"token", write_token(grant, key_, now_.wall)}});
  const std::string name = robot.last().at("member");
  EXPECT_TRUE(name.starts_with("service-")) << name;
  say(robot, {{"type", "join"}, {"room", "any"}});
  EXPECT_EQ(robot.last().at("member"), name);
  say(robot, {{"type", "refresh"}, {"token", write_token(grant, key_, now_.wall)}});
  EXPECT_EQ(robot.last().at("member"), name);
}

}  // namespace
}  // namespace parley::signaling

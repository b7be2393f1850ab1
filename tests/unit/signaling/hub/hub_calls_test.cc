// The hub's part in private calls: who may speak of them on which connection, and the way in and out of a call's room.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "signaling/http/ice_fragment.h"
#include "signaling/http/media_sessions.h"
#include "signaling/hub/hub.h"
#include "signaling/hub/room_names.h"
#include "unit/signaling/fake_connection.h"
#include "unit/signaling/fake_server.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::FakeConnection;

const call::CallId kCall = *call::CallId::parse("0123456789abcdef0123456789abcdef");
const char* const kTicket = "fedcba9876543210";

struct FakeFront : CallsFront {
  struct Asked {
    ConnectionId from;
    std::string member;
    std::string id;
    CallClientMessage message;
  };
  std::vector<Asked> asked;
  std::vector<ConnectionId> pongs;
  std::vector<ConnectionId> gone;
  int ticks = 0;
  std::function<void(ConnectionId)> on_request;
  bool inside_a_line = false;  // a call of Lines has not returned
  bool told_inside = false;

  void request(ConnectionId from, const Grant& grant, const std::string& id, const CallClientMessage& message,
               Now) override {
    asked.push_back({from, grant.member, id, message});
    if (on_request) on_request(from);
  }
  void pong(ConnectionId from, Now) override { pongs.push_back(from); }
  void closed(ConnectionId from, Now) override {
    told_inside |= inside_a_line;
    gone.push_back(from);
  }
  void tick(Now) override { ++ticks; }
};

struct FakeDoor : CallDoor {
  struct Knock {
    std::string member;
    std::string ticket;
    std::string tab;
    std::function<void(Result<Admission>)> then;
  };
  std::vector<Knock> knocks;
  std::vector<CallEntry> gone;
  std::function<void()> on_left;

  void enter(const Grant& grant, const std::string& ticket, const call::TabId& tab,
             std::function<void(Result<Admission>)> then) override {
    knocks.push_back({grant.member, ticket, tab.text(), std::move(then)});
  }
  void left(const CallEntry& entry) override {
    gone.push_back(entry);
    if (on_left) on_left();
  }
  void admit(std::size_t knock, std::uint32_t entry, call::Party party = call::Party::kCaller) {
    const std::string member = knocks.at(knock).member;
    knocks.at(knock).then(
        Admission{{kCall, party, entry}, call_room(kCall), {call::MemberId(member), "Name of " + member, ""}});
  }
};

class HubCallsTest : public testing::Test {
 protected:
  HubCallsTest() {
    server_.observer = &events_;
    hub_.serve_calls(front_, door_);
  }

  std::string token(Grant grant) {
    grant.expires_at = now_.wall + ttl_;
    return write_token(grant, key_, now_.wall);
  }
  static Grant member(const std::string& name) {
    Grant grant;
    grant.member = name;
    return grant;
  }
  void open(FakeConnection& connection, const Grant& grant) {
    connection.id = hub_.open(connection, now_);
    say(connection, {{"type", "auth"}, {"token", token(grant)}});
  }
  void say(FakeConnection& connection, const json& message) { hub_.receive(connection.id, message.dump(), now_); }
  void knock(FakeConnection& connection, json more = json::object()) {
    json join = {{"type", "join"}, {"ticket", kTicket}, {"tab", "tab-0001"}, {"id", "j"}};
    join.update(more);
    say(connection, join);
  }
  void attend(FakeConnection& connection) {
    say(connection, {{"type", "attend"}, {"tab", "tab-0001"}, {"device", "device-1"}, {"opened", true}, {"id", "a"}});
  }
  // A member in the call's room.
  void enter(FakeConnection& connection, const std::string& name, std::uint32_t entry,
             call::Party party = call::Party::kCaller) {
    open(connection, member(name));
    knock(connection);
    door_.admit(door_.knocks.size() - 1, entry, party);
    ASSERT_EQ(connection.last().at("type"), "joined") << connection.last();
  }
  void pass(std::chrono::seconds time) {
    now_.steady += time;
    now_.wall += time;
    hub_.tick(now_);
  }
  std::size_t in_calls_room() const {
    std::size_t count = 0;
    for (const auto& [id, session] : server_.sessions) {
      if (session.live && session.request.room == call_room(kCall)) ++count;
    }
    return count;
  }

  std::chrono::seconds ttl_{3600};
  Now now_{std::chrono::steady_clock::time_point(1000s), std::chrono::sys_seconds(1'800'000'000s)};
  SigningKey key_{std::string(32, 'k')};
  test::FakeServer server_;
  EventRouter events_;
  FakeFront front_;
  FakeDoor door_;
  Hub hub_{server_, events_, key_, {}, {}, {}};
};

TEST_F(HubCallsTest, HandsOverWhatAMemberSaysOfCalls) {
  FakeConnection ada;
  open(ada, member("ada"));
  attend(ada);
  ASSERT_EQ(front_.asked.size(), 1u);
  EXPECT_EQ(front_.asked[0].from, ada.id);
  EXPECT_EQ(front_.asked[0].member, "ada");
  EXPECT_EQ(front_.asked[0].id, "a");
  EXPECT_EQ(std::get<Attend>(front_.asked[0].message).device.text(), "device-1");
  hub_.say(ada.id, CallServerMessage(Marked{3}), "a");
  EXPECT_EQ(ada.last(), (json{{"type", "marked"}, {"unread", 3}, {"id", "a"}}));
  hub_.refuse(ada.id, Error{ErrorCode::kUnavailable, "not now"}, "b");
  EXPECT_EQ(ada.last().at("code"), "unavailable");

  hub_.pong(ada.id, now_);
  EXPECT_EQ(front_.pongs, std::vector{ada.id});
  pass(1s);
  EXPECT_EQ(front_.ticks, 1);
  hub_.closed(ada.id, now_);
  EXPECT_EQ(front_.gone, std::vector{ada.id});
}

TEST_F(HubCallsTest, TellsTheFrontOfItsOwnConnectionsOnly) {
  FakeConnection ada;
  open(ada, member("ada"));
  hub_.pong(ada.id, now_);
  hub_.closed(ada.id, now_);
  EXPECT_TRUE(front_.pongs.empty());
  EXPECT_TRUE(front_.gone.empty());
}

TEST_F(HubCallsTest, WithoutCallsRefusesWhatIsSaidOfThem) {
  Hub hub(server_, events_, key_, {}, {}, {});
  FakeConnection ada;
  ada.id = hub.open(ada, now_);
  hub.receive(ada.id, json{{"type", "auth"}, {"token", token(member("ada"))}}.dump(), now_);
  hub.receive(ada.id, R"({"type":"interacted","id":"1"})", now_);
  EXPECT_EQ(ada.last().at("code"), "unavailable");
  hub.receive(ada.id, R"({"type":"join","ticket":"fedcba9876543210","tab":"tab-0001","id":"2"})", now_);
  EXPECT_EQ(ada.last().at("code"), "unavailable");
  EXPECT_TRUE(ada.open());
}

TEST_F(HubCallsTest, R23_CallsAreForMembersWithoutARoom) {
  Grant bound = member("ada");
  bound.room = "hall";
  bound.publish = bound.subscribe = true;
  Grant service = member("ada");
  service.service = service.publish = service.subscribe = true;
  Grant robot;
  robot.service = true;
  for (const Grant& grant : {bound, service, robot}) {
    FakeConnection other;
    open(other, grant);
    attend(other);
    EXPECT_EQ(other.last().at("code"), "forbidden");
    knock(other);
    EXPECT_EQ(other.last().at("code"), "forbidden");
  }
  EXPECT_TRUE(front_.asked.empty());
  EXPECT_TRUE(door_.knocks.empty());
}

TEST_F(HubCallsTest, OneConnectionIsForCallsOrForARoom) {
  Grant both = member("ada");
  both.publish = both.subscribe = true;
  FakeConnection calls;
  open(calls, both);
  attend(calls);
  say(calls, {{"type", "join"}, {"room", "hall"}});
  EXPECT_EQ(calls.last().at("code"), "conflict");
  knock(calls);
  EXPECT_EQ(calls.last().at("code"), "conflict");

  FakeConnection room;
  open(room, both);
  say(room, {{"type", "join"}, {"room", "hall"}});
  attend(room);
  EXPECT_EQ(room.last().at("code"), "conflict");

  FakeConnection waiting;
  open(waiting, both);
  knock(waiting);
  attend(waiting);
  EXPECT_EQ(waiting.last().at("code"), "conflict");
  knock(waiting);
  EXPECT_EQ(waiting.last().at("code"), "conflict");
  say(waiting, {{"type", "join"}, {"room", "hall"}});
  EXPECT_EQ(waiting.last().at("code"), "conflict");
  EXPECT_EQ(door_.knocks.size(), 1u);
  EXPECT_EQ(front_.asked.size(), 1u);
}

TEST_F(HubCallsTest, ATicketLeadsIntoTheCallsRoomUnderTheMembersName) {
  FakeConnection ada, bob;
  open(ada, member("ada"));
  knock(ada, {{"offer", "v=0 offer"}, {"name", "Somebody else"}});
  ASSERT_EQ(door_.knocks.size(), 1u);
  EXPECT_EQ(door_.knocks[0].ticket, kTicket);
  EXPECT_EQ(door_.knocks[0].tab, "tab-0001");
  EXPECT_TRUE(server_.sessions.empty()) << "nobody is in before the entry is committed";

  door_.admit(0, 1);
  const json joined = ada.last();
  EXPECT_EQ(joined.at("type"), "joined");
  EXPECT_EQ(joined.at("id"), "j");
  EXPECT_EQ(joined.at("room"), kCall.text());
  EXPECT_EQ(joined.at("answer"), "v=0\r\nanswer\r\n");
  const JoinRequest& wish = server_.sessions.begin()->second.request;
  EXPECT_EQ(wish.room, call_room(kCall));
  EXPECT_EQ(wish.member, "ada");
  EXPECT_EQ(wish.name, "Name of ada");
  EXPECT_TRUE(wish.permissions.publish && wish.permissions.subscribe);

  enter(bob, "bob", 1, call::Party::kCallee);
  EXPECT_EQ(ada.last().at("type"), "member_joined");
  EXPECT_EQ(ada.last().at("name"), "Name of bob");
  say(ada, {{"type", "mute"}, {"slot", "0"}, {"muted", true}});
  EXPECT_EQ(ada.last().at("type"), "muted");
}

TEST_F(HubCallsTest, ARefusalAtTheDoorLeavesTheConnectionFree) {
  FakeConnection ada;
  open(ada, member("ada"));
  knock(ada);
  door_.knocks[0].then(std::unexpected(Error{ErrorCode::kNotFound, "no such call"}));
  EXPECT_EQ(ada.last(), (json{{"type", "error"}, {"code", "not_found"}, {"message", "no such call"}, {"id", "j"}}));
  knock(ada);
  door_.admit(1, 1);
  EXPECT_EQ(ada.last().at("type"), "joined");
  EXPECT_TRUE(door_.gone.empty());
}

TEST_F(HubCallsTest, AnEntryWhoseConnectionIsGoneIsGivenBack) {
  FakeConnection ada;
  open(ada, member("ada"));
  knock(ada);
  hub_.closed(ada.id, now_);
  door_.admit(0, 4);
  EXPECT_EQ(door_.gone, (std::vector<CallEntry>{{kCall, call::Party::kCaller, 4}}));
  EXPECT_EQ(server_.live(), 0u);
}

TEST_F(HubCallsTest, AnEntryThatTheMediaServerRefusesIsGivenBack) {
  FakeConnection ada;
  open(ada, member("ada"));
  knock(ada);
  server_.next_error = Error{ErrorCode::kTooMany, "the server is full"};
  door_.admit(0, 1);
  EXPECT_EQ(ada.last().at("code"), "too_many");
  EXPECT_EQ(door_.gone.size(), 1u);

  knock(ada, {{"offer", "v=0"}});
  server_.refuse_offers = Error{ErrorCode::kBadSdp, "no fingerprint"};
  door_.admit(1, 2);
  EXPECT_EQ(ada.last().at("code"), "bad_sdp");
  EXPECT_EQ(server_.live(), 0u);
  ASSERT_EQ(door_.gone.size(), 2u);
  EXPECT_EQ(door_.gone[1].entry, 2u);
}

TEST_F(HubCallsTest, TheEndOfASessionIsToldToTheDoorOnceWhateverItsReason) {
  const auto ends = [&](const std::function<void(FakeConnection&)>& end) {
    door_.gone.clear();
    FakeConnection ada;
    enter(ada, "ada", 7);
    end(ada);
    hub_.closed(ada.id, now_);
    pass(30s);
    EXPECT_EQ(in_calls_room(), 0u);
    return door_.gone == std::vector<CallEntry>{{kCall, call::Party::kCaller, 7}};
  };
  EXPECT_TRUE(ends([&](FakeConnection& ada) { say(ada, {{"type", "leave"}}); }));
  EXPECT_TRUE(ends([&](FakeConnection&) {})) << "a lost connection that did not come back";
  EXPECT_TRUE(
      ends([&](FakeConnection&) { server_.leave(static_cast<SessionId>(server_.last), CloseReason::kIceTimeout); }));
  EXPECT_TRUE(ends([&](FakeConnection&) {
    hub_.remove({kCall, call::Party::kCaller, 7}, call::RemoveReason::kExpired);
    hub_.remove({kCall, call::Party::kCaller, 7}, call::RemoveReason::kExpired);
  }));
  EXPECT_TRUE(ends([&](FakeConnection&) { pass(3600s); })) << "a token that ran out";
  EXPECT_TRUE(ends([&](FakeConnection&) {
    hub_.shutdown();
    server_.stop();
    server_.is_ready = true;
  }));
}

TEST_F(HubCallsTest, TheCallPutsSomebodyOutAndSaysWhy) {
  const auto told = [&](call::RemoveReason reason) {
    FakeConnection ada;
    enter(ada, "ada", 7);
    hub_.remove({kCall, call::Party::kCaller, 7}, reason);
    EXPECT_EQ(in_calls_room(), 0u);
    EXPECT_FALSE(ada.open());
    return ada.last().at("reason").get<std::string>();
  };
  EXPECT_EQ(told(call::RemoveReason::kReplaced), "replaced");
  EXPECT_EQ(told(call::RemoveReason::kLeft), "left");
  EXPECT_EQ(told(call::RemoveReason::kExpired), "removed");
  EXPECT_EQ(told(call::RemoveReason::kTerminated), "removed");
  EXPECT_EQ(told(call::RemoveReason::kDeactivated), "removed");
  EXPECT_EQ(told(call::RemoveReason::kRingOver), "removed");
}

TEST_F(HubCallsTest, PutsOutNobodyWhoseEntryIsAnother) {
  FakeConnection ada;
  enter(ada, "ada", 7);
  hub_.remove({kCall, call::Party::kCaller, 6}, call::RemoveReason::kReplaced);
  hub_.remove({kCall, call::Party::kCallee, 7}, call::RemoveReason::kReplaced);
  EXPECT_EQ(in_calls_room(), 1u);
  EXPECT_TRUE(ada.open());
}

TEST_F(HubCallsTest, R33_ALaterEntryOfTheMemberReplacesTheEarlier) {
  FakeConnection first, second;
  enter(first, "ada", 1);
  enter(second, "ada", 2);
  EXPECT_EQ(first.last(), (json{{"type", "closed"}, {"reason", "replaced"}}));
  EXPECT_EQ(door_.gone, (std::vector<CallEntry>{{kCall, call::Party::kCaller, 1}}));
  EXPECT_EQ(in_calls_room(), 1u);
  hub_.remove({kCall, call::Party::kCaller, 1}, call::RemoveReason::kReplaced);
  EXPECT_TRUE(second.open());
}

TEST_F(HubCallsTest, TheDoorMayCallBackWhileItIsTold) {
  FakeConnection ada, bob;
  enter(ada, "ada", 1);
  enter(bob, "bob", 1, call::Party::kCallee);
  door_.on_left = [&] { hub_.remove({kCall, call::Party::kCallee, 1}, call::RemoveReason::kRingOver); };
  say(ada, {{"type", "leave"}});
  EXPECT_EQ(in_calls_room(), 0u);
  EXPECT_EQ(door_.gone.size(), 2u);
  EXPECT_EQ(bob.last().at("reason"), "removed");
}

// After a restart nobody is known: a page must hear that it is too late, not that its token is no good.
TEST_F(HubCallsTest, R40_ASessionThatIsNotThereAnyMoreIsNotFoundWhateverTheTokenAllows) {
  FakeConnection ada;
  open(ada, member("ada"));
  say(ada, {{"type", "join"}, {"room", kCall.text()}, {"resume", "7.0123456789abcdef"}});
  EXPECT_EQ(ada.last().value("code", "joined"), "not_found");
}

TEST_F(HubCallsTest, ASessionOfACallIsResumedLikeAnother) {
  FakeConnection ada;
  enter(ada, "ada", 1);
  const std::string secret = ada.last().at("resume");
  hub_.closed(ada.id, now_);
  pass(10s);
  const auto try_as = [&](const Grant& grant, const std::string& room) {
    FakeConnection again;
    open(again, grant);
    say(again, {{"type", "join"}, {"room", room}, {"resume", secret}});
    const std::string answer = again.last().value("code", "joined");
    hub_.closed(again.id, now_);
    return answer;
  };
  Grant bound = member("ada");
  bound.room = kCall.text();
  Grant service = member("ada");
  service.service = true;
  Grant elsewhere = member("ada");
  elsewhere.site = "oak";
  EXPECT_EQ(try_as(member("eve"), kCall.text()), "not_found");
  EXPECT_EQ(try_as(bound, kCall.text()), "not_found");
  EXPECT_EQ(try_as(service, kCall.text()), "not_found");
  EXPECT_EQ(try_as(elsewhere, kCall.text()), "not_found");
  EXPECT_EQ(try_as(member("ada"), "hall"), "not_found");
  EXPECT_EQ(try_as(member("ada"), kCall.text()), "joined");
  EXPECT_TRUE(door_.gone.empty());
  pass(21s);
  EXPECT_EQ(door_.gone.size(), 1u);
}

TEST_F(HubCallsTest, TheFrontIsToldOfAnEndAfterWhatItSaidHasReturned) {
  FakeConnection ada;
  open(ada, member("ada"));
  attend(ada);
  ada.behind = {501, 10};
  front_.inside_a_line = true;
  hub_.say(ada.id, CallServerMessage(Marked{}), {});
  front_.inside_a_line = false;
  EXPECT_FALSE(ada.open());
  EXPECT_TRUE(front_.gone.empty());
  pass(1s);
  EXPECT_EQ(front_.gone, std::vector{ada.id});

  FakeConnection bob;
  open(bob, member("bob"));
  front_.on_request = [&](ConnectionId from) {
    front_.inside_a_line = true;
    hub_.hang_up(from, CloseCode::kNormal, "signed out");
    front_.inside_a_line = false;
  };
  attend(bob);
  EXPECT_EQ(front_.gone, (std::vector{ada.id, bob.id}));
  EXPECT_FALSE(front_.told_inside);
}

TEST_F(HubCallsTest, ASilentConnectionOfCallsEnds) {
  FakeConnection ada;
  open(ada, member("ada"));
  attend(ada);
  pass(80s);
  EXPECT_FALSE(ada.open());
  EXPECT_EQ(front_.gone, std::vector{ada.id});
}

// Whatever a token and its bearer name as a room: nobody comes into the room of a call, and the one who is in it sees
// nobody come.
TEST_F(HubCallsTest, R23_NoTokenOnAnyWayInSpellsACallsRoom) {
  FakeConnection ada;
  enter(ada, "ada", 1);
  const std::size_t said = ada.said.size();
  MediaSessions media(server_, events_, key_, {});

  const std::vector<std::string> rooms{
      kCall.text(), call_room(kCall), "/" + call_room(kCall), "../call/" + kCall.text(), "%2e%2e/" + call_room(kCall),
      "hall"};
  for (const std::string& site :
       {std::string("default"), std::string("call"), std::string("../call"), std::string("/")}) {
    for (const std::string& room : rooms) {
      Grant any = member("eve");
      any.site = site;
      any.publish = any.subscribe = true;
      Grant bound = any;
      bound.room = room;
      Grant service = any;
      service.service = true;
      service.member.clear();
      Grant as_ada = any;
      as_ada.member = "ada";
      for (const Grant& grant : {any, bound, service, as_ada}) {
        FakeConnection eve;
        open(eve, grant);
        say(eve, {{"type", "join"}, {"room", room}, {"name", "Eve"}, {"offer", "v=0"}});
        ASSERT_EQ(eve.last().at("type"), "joined") << eve.last();
        EXPECT_EQ(in_calls_room(), 1u) << site << " " << room;

        HttpRequest request;
        request.method = "POST";
        request.headers["content-type"] = kSdpType;
        request.headers["authorization"] = "Bearer " + token(grant);
        request.body = "v=0\r\na=ice-ufrag:cli1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n";
        EXPECT_EQ(media.create(Ingest::kPublish, room, request, now_).status, 201);
        EXPECT_EQ(in_calls_room(), 1u) << site << " " << room;
        request.body = "v=0\r\na=ice-ufrag:cli1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\n";
        EXPECT_EQ(media.create(Ingest::kSubscribe, room, request, now_).status, 201);
        EXPECT_EQ(in_calls_room(), 1u) << site << " " << room;
        hub_.closed(eve.id, now_);
      }
    }
  }
  EXPECT_EQ(ada.said.size(), said);
}

}  // namespace
}  // namespace parley::signaling

#include "unit/rest/site_fixture.h"
#include "unit/store/store_fixture.h"

namespace parley::signaling {
namespace {

using test::body_of;
using test::json;
using testing::ElementsAre;
using testing::SizeIs;

class CallsRest : public test::SiteFixture {
 protected:
  call::CallId add_call(std::uint64_t number, const std::string& caller, const std::string& callee,
                        const std::string& site = "oak") {
    store::Change change = store::test::lone_call(number, caller, callee, 100'000);
    change.record.site = call::SiteId(site);
    change.record.request = call::RequestId();
    change.persist.caller_row.reset();
    change.outbox = {{"call.started", json{{"call", change.record.id.text()}}.dump()}};
    change.stamp.wall = now_.calendar;
    commit(change);
    return change.record.id;
  }
  call::CallId add_missed(std::uint64_t number, const std::string& caller, const std::string& callee,
                          bool cancelled = false) {
    const call::CallId id = add_call(number, caller, callee);
    store::Change change = store::test::missed(find(id)->record, 130'000);
    if (cancelled) change.record.ring = call::Ring::kCancelled;
    change.stamp.wall = now_.calendar;
    commit(change);
    return id;
  }
  void commit(const store::Change& change) {
    store_.commit(change, [](const store::CommitAnswer& done) { ASSERT_TRUE(done); });
    drain();
  }
  std::optional<store::StoredCall> find(const call::CallId& id) {
    return stored<std::optional<store::StoredCall>>([&](auto& store, auto then) { store.read_call(id, then); });
  }
  std::string at(const call::CallId& id, const std::string& more = "") {
    return "/v1/sites/oak/calls/" + id.text() + more;
  }
  std::vector<std::string> ids_of(const json& page) {
    std::vector<std::string> ids;
    for (const json& each : page["calls"]) ids.push_back(each["call"]);
    return ids;
  }
};

TEST_F(CallsRest, R37_ACallIsToldWithItsTimesAndItsOutcome) {
  const call::CallId id = add_missed(1, "ada", "bob");
  const json seen = body_of(ask("GET", at(id), member("bob")));
  EXPECT_EQ(seen["call"], id.text());
  EXPECT_EQ(seen["site"], "oak");
  EXPECT_EQ(seen["caller"], "ada");
  EXPECT_EQ(seen["callee"], "bob");
  EXPECT_EQ(seen["origin"], "site_directory");
  EXPECT_EQ(seen["ring"], "missed");
  EXPECT_EQ(seen["state"], "ended");
  EXPECT_EQ(seen["reason"], "timeout");
  EXPECT_EQ(seen["started_at"], 1'800'000'000'000);
  EXPECT_EQ(seen["ended_at"], 1'800'000'030'000);
  EXPECT_EQ(seen["expires_at"], 1'800'007'200'000);
  EXPECT_EQ(seen["answered_at"], nullptr);
  EXPECT_EQ(seen["talked"], 0);
  EXPECT_EQ(seen["caller_media"], nullptr);
}

TEST_F(CallsRest, WhatTheCallerCancelledTheCalleeMayHaveMissed) {
  const call::CallId id = add_missed(1, "ada", "bob", true);
  EXPECT_EQ(body_of(ask("GET", at(id), member("bob")))["ring"], "missed");
  EXPECT_EQ(body_of(ask("GET", at(id), member("ada")))["ring"], "cancelled");
  EXPECT_EQ(body_of(ask("GET", at(id), service()))["ring"], "cancelled");
}

TEST_F(CallsRest, R23_AnybodyElseGetsTheAnswerForNoSuchCallAdministratorsIncluded) {
  const call::CallId id = add_call(1, "bob", "eve");
  const call::CallId elsewhere = add_call(2, "ada", "bob", "elm");
  const HttpResponse none = ask("GET", at(store::test::call_id(99)), member("ada"));
  EXPECT_EQ(none.status, 404);
  for (const auto& [path, bearer] :
       std::vector<std::pair<std::string, std::string>>{{at(id), member("ada")},
                                                        {at(elsewhere), member("ada")},
                                                        {at(elsewhere), service()},
                                                        {"/v1/sites/oak/calls/nonsense", member("ada")},
                                                        {"/v1/sites/oak/calls/nonsense", service()}}) {
    const HttpResponse answer = ask("GET", path, bearer);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body, none.body) << path;
    EXPECT_EQ(answer.headers, none.headers) << path;
  }
  EXPECT_EQ(ask("POST", at(elsewhere, "/terminate"), service()).status, 404);
  EXPECT_THAT(control_.said, SizeIs(0));
}

TEST_F(CallsRest, MembersReadTheirOwnAndThePlatformThoseOfAMember) {
  const auto one = add_call(1, "ada", "bob"), two = add_call(2, "bob", "eve"), three = add_call(3, "ada", "eve");
  EXPECT_THAT(ids_of(body_of(ask("GET", "/v1/sites/oak/calls", member("bob")))), ElementsAre(two.text(), one.text()));
  EXPECT_THAT(ids_of(body_of(ask("GET", "/v1/sites/oak/calls?member=eve", service()))),
              ElementsAre(three.text(), two.text()));
  EXPECT_EQ(ask("GET", "/v1/sites/oak/calls?member=bob", member("bob")).status, 200);
  EXPECT_EQ(ask("GET", "/v1/sites/oak/calls?member=bob", member("ada")).status, 403);
  EXPECT_EQ(ask("GET", "/v1/sites/oak/calls", service()).status, 400);
}

TEST_F(CallsRest, ComeInPagesNewestFirst) {
  std::vector<std::string> made;
  for (std::uint64_t i = 1; i <= 5; ++i) made.push_back(add_call(i, "ada", "bob").text());
  const json first = body_of(ask("GET", "/v1/sites/oak/calls?limit=3", member("bob")));
  EXPECT_THAT(ids_of(first), ElementsAre(made[4], made[3], made[2]));
  const json rest = body_of(ask("GET", "/v1/sites/oak/calls?limit=3&before=" + first["before"].dump(), member("bob")));
  EXPECT_THAT(ids_of(rest), ElementsAre(made[1], made[0]));
  EXPECT_FALSE(rest.contains("before"));
  EXPECT_EQ(ask("GET", "/v1/sites/oak/calls?before=x", member("bob")).status, 400);
}

TEST_F(CallsRest, R48_ThePlatformCutsACallAndALineSaysByWhoseKey) {
  const call::CallId id = add_call(1, "ada", "bob");
  EXPECT_EQ(ask("POST", at(id, "/terminate"), member("ada")).status, 403);
  EXPECT_THAT(control_.said, SizeIs(0));
  const HttpResponse cut = ask("POST", at(id, "/terminate"), service());
  EXPECT_EQ(cut.status, 200);
  EXPECT_EQ(body_of(cut)["call"], id.text());
  EXPECT_THAT(control_.said, ElementsAre("terminate " + id.text()));
  const auto line = audit("oak").front();
  EXPECT_EQ(line.who, "service:oak-1");
  EXPECT_EQ(line.call, id);
  EXPECT_EQ(line.why, "terminate");
}

TEST_F(CallsRest, ARefusedCutIsToldInTheRulesWords) {
  const call::CallId id = add_call(1, "ada", "bob");
  control_.on_terminate = [](const call::CallId&) { return std::unexpected(CallFault(call::RefusalCode::kCallOver)); };
  const HttpResponse over = ask("POST", at(id, "/terminate"), service());
  EXPECT_EQ(over.status, 409);
  EXPECT_EQ(body_of(over)["code"], "call_over");
  control_.on_terminate = [](const call::CallId&) {
    return std::unexpected(CallFault(Error{ErrorCode::kUnavailable, "later"}));
  };
  EXPECT_EQ(ask("POST", at(id, "/terminate"), service()).status, 503);
}

TEST_F(CallsRest, R42_MissedCallsWaitUntilTheyAreRead) {
  const auto one = add_missed(1, "ada", "bob"), two = add_missed(2, "eve", "bob");
  add_missed(3, "bob", "eve");
  json page = body_of(ask("GET", "/v1/sites/oak/notifications", member("bob")));
  ASSERT_THAT(page["items"], SizeIs(2));
  EXPECT_EQ(page["unread"], 2);
  EXPECT_EQ(page["items"][0]["call"], two.text());
  EXPECT_EQ(page["items"][0]["from"], json({{"member", "eve"}, {"name", "Eve"}, {"avatar", ""}}));
  EXPECT_EQ(page["items"][0]["read"], false);

  EXPECT_EQ(
      body_of(ask("POST", "/v1/sites/oak/notifications/read", member("bob"), {{"calls", {one.text()}}}))["unread"], 1);
  page = body_of(ask("GET", "/v1/sites/oak/notifications?unread=true", member("bob")));
  ASSERT_THAT(page["items"], SizeIs(1));
  EXPECT_EQ(page["items"][0]["call"], two.text());
  EXPECT_EQ(body_of(ask("POST", "/v1/sites/oak/notifications/read", member("bob")))["unread"], 0);
  EXPECT_EQ(body_of(ask("GET", "/v1/sites/oak/notifications", member("eve")))["unread"], 1) << "hers stay";
}

TEST_F(CallsRest, NotificationsAreTheMembersOwn) {
  add_missed(1, "ada", "bob");
  EXPECT_EQ(ask("GET", "/v1/sites/oak/notifications?member=bob", member("ada")).status, 403);
  EXPECT_EQ(ask("GET", "/v1/sites/oak/notifications", service()).status, 400);
  EXPECT_THAT(body_of(ask("GET", "/v1/sites/oak/notifications?member=bob", service()))["items"], SizeIs(1));
  EXPECT_EQ(ask("POST", "/v1/sites/oak/notifications/read", service()).status, 403);
  for (const json& bad : {json{{"calls", {"x"}}}, json{{"calls", json::array()}}, json{{"call", "x"}}, json{1}}) {
    EXPECT_EQ(ask("POST", "/v1/sites/oak/notifications/read", member("bob"), bad).status, 400) << bad;
  }
}

TEST_F(CallsRest, AllOfManyAreMarkedAtOnce) {
  for (std::uint64_t i = 1; i <= 450; ++i) add_missed(i, "ada", "bob");
  EXPECT_EQ(body_of(ask("GET", "/v1/sites/oak/notifications", member("bob")))["unread"], 450);
  EXPECT_EQ(body_of(ask("POST", "/v1/sites/oak/notifications/read", member("bob"), json::object()))["unread"], 0);
}

TEST_F(CallsRest, ThePlatformMakesTokensForItsMembersThatHoldNoRoom) {
  const HttpResponse made = ask("POST", "/v1/sites/oak/tokens", service(), {{"member", "bob"}, {"ttl", 60}});
  ASSERT_EQ(made.status, 201);
  const auto grant = read_token(body_of(made)["token"].get<std::string>(), keys_, now_.wall);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->site, "oak");
  EXPECT_EQ(grant->member, "bob");
  EXPECT_TRUE(grant->allows_calls());
  EXPECT_FALSE(grant->publish || grant->subscribe || grant->service);
  EXPECT_EQ(grant->expires_at, now_.wall + std::chrono::seconds(60));
  EXPECT_EQ(body_of(made)["expires_at"], 1'800'000'060'000);
  EXPECT_EQ(ask("GET", "/v1/sites/oak", body_of(made)["token"]).status, 200);
}

TEST_F(CallsRest, NoTokenIsMadeForStrangersOrForLong) {
  for (const char* who : {"gone", "stranger"}) {
    EXPECT_EQ(ask("POST", "/v1/sites/oak/tokens", service(), {{"member", who}}).status, 404) << who;
  }
  for (const json& bad : {json{{"member", "bob"}, {"ttl", 86'401}}, json{{"member", "bob"}, {"ttl", 0}}, json::object(),
                          json{{"member", "bob"}, {"service", true}}, json{{"member", 7}}}) {
    EXPECT_EQ(ask("POST", "/v1/sites/oak/tokens", service(), bad).status, 400) << bad;
  }
  EXPECT_EQ(ask("POST", "/v1/sites/oak/tokens", member("ada"), {{"member", "ada"}}).status, 403);
}

TEST_F(CallsRest, R48_TheAuditIsThePlatforms) {
  const call::CallId id = add_call(1, "ada", "bob");
  const json page = body_of(ask("GET", "/v1/sites/oak/audit?limit=1", service()));
  ASSERT_THAT(page["entries"], SizeIs(1));
  EXPECT_EQ(page["entries"][0]["call"], id.text());
  EXPECT_EQ(page["entries"][0]["who"], "caller");
  EXPECT_EQ(page["entries"][0]["by"], "ada");
  EXPECT_EQ(page["entries"][0]["why"], "start");
  EXPECT_EQ(page["entries"][0]["at"], 1'800'000'000'000);
  ASSERT_TRUE(page.contains("before"));
  EXPECT_EQ(body_of(ask("GET", "/v1/sites/oak/audit?before=" + page["before"].dump(), service()))["entries"][0]["call"],
            nullptr);
  EXPECT_EQ(ask("GET", "/v1/sites/oak/audit", member("ada")).status, 403);
}

TEST_F(CallsRest, EventsAreTheTokensOwnSites) {
  const auto one = add_call(1, "ada", "bob");
  add_call(2, "ada", "bob", "elm");
  const auto three = add_call(3, "ada", "eve");
  json page = body_of(ask("GET", "/v1/events?limit=1", service()));
  ASSERT_THAT(page["events"], SizeIs(1));
  EXPECT_EQ(page["events"][0]["topic"], "call.started");
  EXPECT_EQ(page["events"][0]["data"]["call"], one.text());
  page = body_of(ask("GET", "/v1/events?after=" + page["after"].dump(), service()));
  ASSERT_THAT(page["events"], SizeIs(1));
  EXPECT_EQ(page["events"][0]["data"]["call"], three.text());
  const json end = body_of(ask("GET", "/v1/events?after=" + page["after"].dump(), service()));
  EXPECT_THAT(end["events"], SizeIs(0));
  EXPECT_EQ(end["after"], page["after"]);
  EXPECT_EQ(ask("GET", "/v1/events", member("ada")).status, 403);
  EXPECT_EQ(ask("GET", "/v1/events?after=x", service()).status, 400);
  EXPECT_EQ(ask("GET", "/v1/events", token(grant_of("ash", ""), own_)).status, 404) << "a site that is not there";
}

TEST_F(CallsRest, ErasingWaitsForACallThatIsUnfinished) {
  const call::CallId id = add_call(1, "ada", "bob");
  EXPECT_EQ(ask("DELETE", "/v1/sites/oak/members/bob", service()).status, 409);
  EXPECT_TRUE(profile("oak", "bob"));
  commit(store::test::missed(find(id)->record));
  EXPECT_EQ(ask("DELETE", "/v1/sites/oak/members/bob", service()).status, 204);
}

}  // namespace
}  // namespace parley::signaling

#include "unit/rest/site_fixture.h"

namespace parley::signaling {
namespace {

using test::body_of;
using test::header;
using test::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SiteSettingsRest : public test::SiteFixture {};

TEST_F(SiteSettingsRest, R2_ANewSiteHasTheToggleOff) {
  const json site = body_of(ask("GET", "/v1/sites/oak", member("bob")));
  EXPECT_EQ(site["private_calls"], false);
  EXPECT_EQ(site["messenger"], true);
  EXPECT_EQ(site["messenger_kind"], "builtin");
  EXPECT_EQ(site["calls"]["ring"], 30);
  EXPECT_EQ(site["calls"]["lifetime"], 7200);
  EXPECT_EQ(site["calls"]["per_minute"]["to_callee"], 20);
}

TEST_F(SiteSettingsRest, R2_AdministratorsAndTheirPlatformTurnTheToggle) {
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak", member("ada"), {{"private_calls", true}}).status, 200);
  EXPECT_TRUE(site_entry("oak").settings.private_calls);
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak", service(), {{"private_calls", false}}).status, 200);
  EXPECT_FALSE(site_entry("oak").settings.private_calls);
  EXPECT_THAT(control_.said, ElementsAre("site oak", "site oak"));
}

TEST_F(SiteSettingsRest, R2_R48_AnyOtherWriteIsRefusedChangesNothingAndHasALine) {
  const auto before = audit("oak").size();
  Grant in_a_room = grant_of("oak", "ada");
  in_a_room.room = "hall";
  std::size_t lines = before;
  for (const auto& [bearer, status] : std::vector<std::pair<std::string, int>>{{member("bob"), 403},
                                                                               {member("gone"), 403},
                                                                               {member("nobody"), 403},
                                                                               {member("ada", "elm"), 404},
                                                                               {service("elm"), 404}}) {
    EXPECT_EQ(ask("PATCH", "/v1/sites/oak", bearer, {{"private_calls", true}}).status, status);
    const auto after = audit("oak");
    ASSERT_EQ(after.size(), ++lines);
    EXPECT_EQ(after[0].why, "site_settings");
    EXPECT_NE(after[0].refused, "");
  }
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak", token(in_a_room, own_), {{"private_calls", true}}).status, 403);
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak", "", {{"private_calls", true}}).status, 401);
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak", "a.b.c", {{"private_calls", true}}).status, 401);
  EXPECT_FALSE(site_entry("oak").settings.private_calls);
  EXPECT_EQ(site_entry("oak").version, 1u);
  EXPECT_THAT(control_.said, IsEmpty());
}

TEST_F(SiteSettingsRest, R48_AChangeHasOneLineWithWhoFromToAndWhy) {
  ask("PATCH", "/v1/sites/oak", member("ada"), {{"private_calls", true}, {"calls", {{"ring", 45}}}});
  auto line = audit("oak").front();
  EXPECT_EQ(line.who, "admin");
  EXPECT_EQ(line.by, call::MemberId("ada"));
  EXPECT_EQ(line.from, "ring=30 private_calls=false");
  EXPECT_EQ(line.to, "ring=45 private_calls=true");
  EXPECT_EQ(line.why, "site_settings");
  EXPECT_EQ(line.refused, "");
  EXPECT_EQ(line.stamp.wall, now_.calendar);
  ask("PATCH", "/v1/sites/oak", service(), {{"private_calls", false}});
  line = audit("oak").front();
  EXPECT_EQ(line.who, "service:oak-1");
  EXPECT_TRUE(line.by.empty());
}

TEST_F(SiteSettingsRest, R48_AFloodOfRefusedWritesFillsNoLog) {
  int refused = 0, limited = 0;
  for (int i = 0; i < 100; ++i) {
    const int status = ask("PATCH", "/v1/sites/oak", member("bob"), {{"private_calls", true}}).status;
    ++(status == 403 ? refused : limited);
    EXPECT_TRUE(status == 403 || status == 429) << status;
  }
  EXPECT_EQ(refused, 20);
  EXPECT_LE(audit("oak").size(), 21u);
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak", member("eve"), {{"private_calls", true}}).status, 403) << "another's own";
}

TEST_F(SiteSettingsRest, WhatIsNotNamedStays) {
  ask("PATCH", "/v1/sites/oak", service(),
      {{"messenger", false},
       {"messenger_kind", "platform"},
       {"calls",
        {{"ring", 10},
         {"lifetime", 60},
         {"busy", "reject"},
         {"on_disable", "terminate"},
         {"second_tab", "refuse"},
         {"per_minute", {{"by_pair", 2}}}}}});
  ask("PATCH", "/v1/sites/oak", service(), {{"private_calls", true}});
  const call::SiteSettings s = site_entry("oak").settings;
  EXPECT_TRUE(s.private_calls);
  EXPECT_FALSE(s.messenger);
  EXPECT_TRUE(s.messenger_by_platform);
  EXPECT_EQ(s.ring, std::chrono::seconds(10));
  EXPECT_EQ(s.lifetime, std::chrono::seconds(60));
  EXPECT_EQ(s.busy, call::BusyPolicy::kReject);
  EXPECT_EQ(s.on_disable, call::OnDisable::kTerminate);
  EXPECT_EQ(s.second_tab, call::SecondTab::kRefuse);
  EXPECT_EQ(s.per_minute.by_caller, 10u);
  EXPECT_EQ(s.per_minute.by_pair, 2u);
}

TEST_F(SiteSettingsRest, ValuesOutsideTheirRangeAndUnknownKeysChangeNothing) {
  for (const char* body :
       {R"({"private_calls":1})", R"({"private_calls":null})", R"({"calls":{"ring":9}})", R"({"calls":{"ring":121}})",
        R"({"calls":{"ring":30.5}})", R"({"calls":{"lifetime":7201}})",
        R"({"calls":{"lifetime":18446744073709551615}})", R"({"calls":{"busy":"always"}})", R"({"calls":[]})",
        R"({"calls":{"per_minute":{"by_pair":0}}})", R"({"messenger_kind":"pigeon"})",
        R"({"private_cals":true,"messenger":false})", R"({"calls":{"rings":30}})", "[]", "{", "", "null"}) {
    HttpRequest asked = request("PATCH", "/v1/sites/oak", service());
    asked.body = body;
    const HttpResponse answer = ask(asked);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(body_of(answer)["code"], "bad_request") << body;
  }
  EXPECT_EQ(site_entry("oak").version, 1u);
}

TEST_F(SiteSettingsRest, IfMatchGuardsWhatWasRead) {
  const HttpResponse read = ask("GET", "/v1/sites/oak", service());
  ASSERT_EQ(header(read, "ETag"), "\"1\"");
  HttpRequest asked = request("PATCH", "/v1/sites/oak", service(), {{"private_calls", true}});
  asked.headers["if-match"] = "\"1\"";
  const HttpResponse changed = ask(asked);
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(header(changed, "ETag"), "\"2\"");
  EXPECT_EQ(body_of(changed)["version"], 2);
  asked.body = R"({"private_calls":false})";
  EXPECT_EQ(ask(asked).status, 412);
  EXPECT_TRUE(site_entry("oak").settings.private_calls);
}

TEST_F(SiteSettingsRest, TwoPatchesAtOnceLoseNothing) {
  HttpResponse first, second;
  api_->handle(request("PATCH", "/v1/sites/oak", service(), {{"private_calls", true}}),
               [&](HttpResponse response) { first = std::move(response); });
  api_->handle(request("PATCH", "/v1/sites/oak", member("ada"), {{"messenger", false}}),
               [&](HttpResponse response) { second = std::move(response); });
  drain();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(second.status, 200);
  EXPECT_TRUE(site_entry("oak").settings.private_calls);
  EXPECT_FALSE(site_entry("oak").settings.messenger);
  EXPECT_EQ(site_entry("oak").version, 3u);
}

TEST_F(SiteSettingsRest, WhatChangesNothingIsNoChange) {
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak", service(), {{"private_calls", false}}).status, 200);
  EXPECT_EQ(site_entry("oak").version, 1u);
  EXPECT_THAT(control_.said, IsEmpty());
}

TEST_F(SiteSettingsRest, AnUnknownSiteAndAForeignOneAreOneAnswer) {
  const HttpResponse foreign = ask("GET", "/v1/sites/elm", service("oak"));
  const HttpResponse unknown = ask("GET", "/v1/sites/birch", service("oak"));
  const HttpResponse never_made = ask("GET", "/v1/sites/ash", token(grant_of("ash", ""), own_));
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.body, unknown.body);
  EXPECT_EQ(foreign.body, never_made.body);
  EXPECT_EQ(foreign.headers, unknown.headers);
}

TEST_F(SiteSettingsRest, PathsAndMethodsThatAreNotThereSaySo) {
  EXPECT_EQ(ask("GET", "/v1/sites/", service()).status, 404);
  EXPECT_EQ(ask("GET", "/v1/sites/oak/", service()).status, 404);
  EXPECT_EQ(ask("GET", "/v1/sites/oak/nothing", service()).status, 404);
  EXPECT_EQ(ask("GET", "/v1/sites//members", service()).status, 404);
  const HttpResponse wrong = ask("DELETE", "/v1/sites/oak", service());
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "GET, PATCH, OPTIONS");
  const HttpResponse preflight = ask("OPTIONS", "/v1/sites/oak", "");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(header(preflight, "Allow"), "GET, PATCH, OPTIONS");
}

TEST_F(SiteSettingsRest, AnAnswerThatComesAfterTheEndIsForNobody) {
  bool answered = false;
  api_->handle(request("GET", "/v1/sites/oak", service()), [&](const HttpResponse&) { answered = true; });
  api_.reset();
  drain();
  EXPECT_FALSE(answered);
}

TEST_F(SiteSettingsRest, AClosedStoreIsUnavailable) {
  store_.close();
  const HttpResponse answer = ask("GET", "/v1/sites/oak", service());
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(header(answer, "Retry-After"), "");
}

// Every route, with a key that may not sign for the site, with a token of another site, and with a bare member's.
TEST_F(SiteSettingsRest, R2_AKeyOfOneSiteOpensNoRouteOfAnother) {
  SigningKey forged = elm_;
  const std::string cross_signed = token(grant_of("oak", ""), forged);
  const std::string cross_member = token(grant_of("oak", "ada"), forged);
  for (const RestRoute& route : SiteApi::routes()) {
    std::string path = route.path;
    for (const auto& [name, value] :
         std::map<std::string, std::string>{{"{site}", "oak"}, {"{member}", "bob"}, {"{call}", std::string(32, 'a')}}) {
      if (const auto at = path.find(name); at != path.npos) path.replace(at, name.size(), value);
    }
    const std::string what = std::string(route.method) + " " + path;
    EXPECT_EQ(ask(route.method, path, cross_signed, json::object()).status, 401) << what;
    EXPECT_EQ(ask(route.method, path, cross_member, json::object()).status, 401) << what;
    if (path.starts_with("/v1/sites/")) {
      EXPECT_EQ(ask(route.method, path, service("elm"), json::object()).status, 404) << what;
      now_.steady += std::chrono::seconds(30);
      EXPECT_EQ(ask(route.method, path, member("ada", "elm"), json::object()).status, 404) << what;
    }
    now_.steady += std::chrono::seconds(30);
    if (route.access == Access::kService) {
      EXPECT_EQ(ask(route.method, path, member("ada"), json::object()).status, 403) << what;
    }
    EXPECT_EQ(ask(route.method, path, member("gone"), json::object()).status, 403) << what;
  }
  EXPECT_EQ(site_entry("oak").version, 1u);
  EXPECT_EQ(profile("oak", "bob")->version, 1u);
  EXPECT_THAT(control_.said, IsEmpty());
}

}  // namespace
}  // namespace parley::signaling

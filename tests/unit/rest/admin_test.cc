#include "signaling/http/admin_api.h"

#include "unit/rest/site_fixture.h"

namespace parley::signaling {
namespace {

using test::body_of;
using test::header;
using test::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class AdminRest : public test::SiteFixture {
 protected:
  HttpResponse admin(const std::string& method, const std::string& target, const json& body = {}) {
    return admin(request(method, target, kSecret, body));
  }
  HttpResponse admin(const HttpRequest& asked) {
    HttpResponse answer;
    answer.status = 0;
    admin_.handle(asked, [&](HttpResponse response) { answer = std::move(response); });
    drain();
    return answer;
  }

  static constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";
  std::vector<std::string> hooks_changed_;
  AdminApi admin_{{store_, control_, [this] { return now_; }, LogSink{},
                   [](std::string_view url) {
                     if (url.find("inside") == url.npos) return Result<void>{};
                     return Result<void>(std::unexpect, Error{ErrorCode::kBadRequest, "leads inside"});
                   },
                   [this](const call::SiteId& site) { hooks_changed_.push_back(site.text()); }},
                  {.secret = kSecret}};
};

TEST_F(AdminRest, R2_ASiteIsMadeWithEverySettingAtItsDefault) {
  const HttpResponse made = admin("PUT", "/admin/v1/sites/birch");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(body_of(made)["private_calls"], false);
  EXPECT_EQ(body_of(made)["version"], 1);
  EXPECT_EQ(audit("birch").front().who, "operator");
  EXPECT_EQ(audit("birch").front().why, "site_made");
  EXPECT_EQ(ask("GET", "/v1/sites/birch", service("birch")).status, 200);
  EXPECT_EQ(admin("PUT", "/admin/v1/sites/ash", {{"private_calls", true}}).status, 400) << "not the operator's to say";
  EXPECT_EQ(site_entry("ash").version, 0u);
}

TEST_F(AdminRest, ASiteThatIsThereStaysAsItIs) {
  ask("PATCH", "/v1/sites/oak", service(), {{"private_calls", true}});
  const auto lines = audit("oak").size();
  const HttpResponse again = admin("PUT", "/admin/v1/sites/oak", json::object());
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(body_of(again)["private_calls"], true);
  EXPECT_EQ(audit("oak").size(), lines);
}

TEST_F(AdminRest, NothingIsThereBeforeTheSiteIs) {
  const std::string bearer = service("birch");
  EXPECT_EQ(ask("PUT", "/v1/sites/birch/members/ada", bearer, json::object()).status, 404);
  EXPECT_EQ(ask("POST", "/v1/sites/birch/tokens", bearer, {{"member", "ada"}}).status, 404);
  EXPECT_EQ(ask("GET", "/v1/sites/birch", bearer).status, 404);
  EXPECT_FALSE(profile("birch", "ada"));
}

TEST_F(AdminRest, ARemovedSiteTakesEverythingWithIt) {
  EXPECT_EQ(admin("DELETE", "/admin/v1/sites/oak").status, 204);
  EXPECT_EQ(ask("GET", "/v1/sites/oak", service()).status, 404);
  EXPECT_FALSE(profile("oak", "ada"));
  EXPECT_THAT(hooks_changed_, ElementsAre("oak"));
  EXPECT_TRUE(profile("elm", "ada"));
  EXPECT_THAT(control_.said, ElementsAre("site oak"));
  ASSERT_THAT(audit("oak"), SizeIs(1));
  EXPECT_EQ(audit("oak").front().why, "site_removed");
  EXPECT_EQ(admin("DELETE", "/admin/v1/sites/oak").status, 404);
}

TEST_F(AdminRest, SitesAreListedById) {
  const json page = body_of(admin("GET", "/admin/v1/sites?limit=1"));
  ASSERT_THAT(page["sites"], SizeIs(1));
  EXPECT_EQ(page["sites"][0]["site"], "elm");
  const json rest = body_of(admin("GET", "/admin/v1/sites?after=" + page["after"].get<std::string>()));
  ASSERT_THAT(rest["sites"], SizeIs(1));
  EXPECT_EQ(rest["sites"][0]["site"], "oak");
  EXPECT_FALSE(rest.contains("after"));
}

TEST_F(AdminRest, AWebhookIsSetShownWithoutItsSecretsAndRemoved) {
  EXPECT_EQ(admin("GET", "/admin/v1/sites/oak/webhook").status, 404);
  const json wish = {{"url", "https://oak.example/calls"}, {"secrets", {"a secret of the oak"}}};
  const HttpResponse set = admin("PUT", "/admin/v1/sites/oak/webhook", wish);
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(body_of(set), (json{{"url", "https://oak.example/calls"}, {"secrets", 1}, {"version", 1}}));
  EXPECT_EQ(set.body.find("a secret"), std::string::npos);
  EXPECT_EQ(admin("DELETE", "/admin/v1/sites/oak/webhook").status, 204);
  EXPECT_EQ(admin("DELETE", "/admin/v1/sites/oak/webhook").status, 404);
  EXPECT_EQ(admin("PUT", "/admin/v1/sites/birch/webhook", wish).status, 404) << "no such site";
  EXPECT_THAT(hooks_changed_, ElementsAre("oak", "oak"));
}

TEST_F(AdminRest, AWebhookThatLeadsElsewhereIsRefused) {
  const std::string secret(16, 's');
  for (const json& bad :
       {json{{"url", "http://oak.example/"}, {"secrets", {secret}}}, json{{"url", ""}, {"secrets", {secret}}},
        json{{"url", "https://me@oak.example/"}, {"secrets", {secret}}}, json{{"url", "https://oak.example/"}},
        json{{"url", "https://oak.example/"}, {"secrets", json::array()}},
        json{{"url", "https://oak.example/"}, {"secrets", {secret, secret, secret}}},
        json{{"url", "https://oak.example/"}, {"secrets", {std::string(15, 's')}}},
        json{{"url", "https://oak.example/"}, {"secrets", {std::string(257, 's')}}},
        json{{"url", "https://inside.example/"}, {"secrets", {secret}}}, json::array()}) {
    EXPECT_EQ(admin("PUT", "/admin/v1/sites/oak/webhook", bad).status, 400) << bad;
  }
  EXPECT_THAT(hooks_changed_, IsEmpty());
}

TEST_F(AdminRest, OpensWithTheOperatorsSecretAndNothingElse) {
  for (const std::string& bearer : {std::string(), std::string("0123"), std::string(kSecret) + "0", service(),
                                    member("ada"), token(grant_of("oak", ""), own_)}) {
    const HttpResponse refused = admin(request("PUT", "/admin/v1/sites/birch", bearer));
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(header(refused, "WWW-Authenticate"), "Bearer");
  }
  HttpRequest from_a_page = request("PUT", "/admin/v1/sites/birch", kSecret);
  from_a_page.headers["origin"] = "http://127.0.0.1:8081";
  EXPECT_EQ(admin(from_a_page).status, 403);
  EXPECT_EQ(admin("PUT", "/admin/v1/sites/birch?token=x").status, 400);
  EXPECT_EQ(site_entry("birch").version, 0u);
  EXPECT_EQ(ask("PUT", "/v1/sites/oak", kSecret).status, 405);
  EXPECT_EQ(ask("GET", "/v1/sites/oak", kSecret).status, 401) << "the operator's secret is no token";
}

TEST_F(AdminRest, WithoutASecretItOpensForNobody) {
  AdminApi closed({store_, control_, [this] { return now_; }, LogSink{}, {}, {}}, {});
  HttpResponse answer;
  closed.handle(request("GET", "/admin/v1/sites", ""), [&](HttpResponse response) { answer = std::move(response); });
  EXPECT_EQ(answer.status, 401);
}

TEST_F(AdminRest, PathsMethodsAndNamesThatAreNotThereSaySo) {
  EXPECT_EQ(admin("GET", "/admin/v1/").status, 404);
  EXPECT_EQ(admin("GET", "/v1/sites/oak").status, 404);
  const HttpResponse wrong = admin("PATCH", "/admin/v1/sites/oak");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "GET, PUT, DELETE");
  EXPECT_EQ(admin("PUT", "/admin/v1/sites/..").status, 400);
  EXPECT_EQ(admin("PUT", "/admin/v1/sites/a\nb").status, 400);
  EXPECT_EQ(admin("PUT", "/admin/v1/sites/" + std::string(129, 'a')).status, 400);
}

TEST_F(AdminRest, HasALimitPerAddress) {
  int limited = 0;
  for (int i = 0; i < 300; ++i) limited += admin("GET", "/admin/v1/sites/oak").status == 429;
  EXPECT_EQ(limited, 100);
}

}  // namespace
}  // namespace parley::signaling

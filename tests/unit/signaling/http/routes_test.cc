#include "signaling/http/routes.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "signaling/example/example_sign_in.h"
#include "signaling/http/ice_fragment.h"
#include "signaling/store/memory_backend.h"
#include "unit/signaling/fake_server.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kOffer =
    "v=0\r\na=ice-ufrag:cli1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\nm=video 9 UDP/TLS/RTP/SAVPF "
    "96\r\na=sendonly\r\n";
constexpr const char* kWatch = "v=0\r\na=ice-ufrag:cli1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=recvonly\r\n";
constexpr const char* kTrickle =
    "a=ice-ufrag:cli1\r\nm=audio 9 X 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.2 5000 typ host\r\n";
constexpr const char* kRestart =
    "a=ice-ufrag:cli2\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a0\r\n";

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    server_.observer = &events_;
    folder_ = std::filesystem::temp_directory_path() / ("parley-routes-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "sdk");
    std::ofstream(folder_ / "index.html") << "<!doctype html>";
    std::ofstream(folder_ / "sdk" / "room.js") << "export {}";
    std::filesystem::create_symlink("/etc/passwd", folder_ / "link.txt");
    options_.web_root = folder_;
    options_.origins = {"https://app.example"};
    options_.demo = true;
    rebuild();
  }
  ~RoutesTest() override { std::filesystem::remove_all(folder_); }
  void rebuild() {
    routes_ = std::make_unique<Routes>(server_, hub_, sessions_, keys_, options_, [this] { return now_; });
  }

  std::string token(const std::string& member, bool publish = true, bool subscribe = true, bool service = false) {
    Grant grant;
    grant.member = member;
    grant.room = service ? "" : "hall";
    grant.publish = publish;
    grant.subscribe = subscribe;
    grant.service = service;
    grant.expires_at = now_.wall + 1h;
    return write_token(grant, key_, now_.wall);
  }
  HttpRequest request(const std::string& method, const std::string& path, const std::string& body = {},
                      const std::string& type = {}, const std::string& bearer = {}) {
    HttpRequest asked;
    asked.method = method;
    asked.path = path;
    asked.body = body;
    asked.peer = "192.0.2.9";
    asked.headers["host"] = "media.example:8080";
    if (!type.empty()) asked.headers["content-type"] = type;
    if (!bearer.empty()) asked.headers["authorization"] = "Bearer " + bearer;
    return asked;
  }
  HttpResponse ask(const HttpRequest& asked) {
    HttpResponse answer;
    answer.status = 0;
    routes_->handle(asked, [&](HttpResponse response) { answer = std::move(response); });
    return answer;
  }
  HttpResponse whip(const std::string& bearer, const std::string& offer = kOffer) {
    return ask(request("POST", "/v1/whip/hall", offer, kSdpType, bearer));
  }
  HttpRequest patch(const std::string& location, const std::string& if_match, const std::string& fragment,
                    const std::string& bearer) {
    HttpRequest asked = request("PATCH", location, fragment, kFragmentType, bearer);
    if (!if_match.empty()) asked.headers["if-match"] = if_match;
    return asked;
  }
  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  Now now_{std::chrono::steady_clock::time_point(1000s), std::chrono::sys_seconds(1'800'000'000s)};
  std::filesystem::path folder_;
  SigningKey key_{std::string(32, 'k')};
  SigningKey oak_{std::string(32, 'o'), "oak-1", {"oak"}};
  KeyRing keys_{key_, {oak_}};
  std::vector<IceServer> ice_{{{"stun:stun.example", "turn:turn.example"}, "us\"er", "secret"}};
  test::FakeServer server_;
  EventRouter events_;
  Hub hub_{server_, events_, keys_, {}, {}, {}};
  MediaSessions sessions_{server_, events_, keys_, ice_};
  RouteOptions options_;
  std::unique_ptr<Routes> routes_;
};

TEST_F(RoutesTest, WhipMakesASessionThatOnlyPublishes) {
  const HttpResponse created = whip(token("ada"));
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(header(created, "Content-Type"), "application/sdp");
  EXPECT_EQ(header(created, "ETag"), "\"serverufrag0\"");
  EXPECT_EQ(header(created, "Accept-Patch"), kFragmentType);
  EXPECT_EQ(header(created, "Link"),
            "<stun:stun.example>; rel=\"ice-server\"; username=\"us\\\"er\"; credential=\"secret\"; "
            "credential-type=\"password\"");
  EXPECT_EQ(header(created, "Cache-Control"), "no-store");
  EXPECT_EQ(created.body, "v=0\r\nanswer\r\n");
  const JoinRequest& joined = server_.sessions.begin()->second.request;
  EXPECT_EQ(joined.member, "ada");
  EXPECT_TRUE(joined.permissions.publish);
  EXPECT_FALSE(joined.permissions.subscribe);
  EXPECT_NE(header(whip(token("bob")), "Location"), header(created, "Location"));
}

TEST_F(RoutesTest, WhepMakesASessionThatOnlySubscribes) {
  HttpRequest asked = request("POST", "/v1/whep/hall", kWatch, kSdpType, token("bob", false));
  asked.query = {{"publisher", "ada"}};
  ASSERT_EQ(ask(asked).status, 201);
  const JoinRequest& joined = server_.sessions.begin()->second.request;
  EXPECT_FALSE(joined.permissions.publish);
  EXPECT_TRUE(joined.permissions.subscribe);
  EXPECT_EQ(joined.only_publisher, "ada");
}

TEST_F(RoutesTest, WhipAndWhepNeedTheRightToken) {
  const HttpResponse anonymous = whip("");
  EXPECT_EQ(anonymous.status, 401);
  EXPECT_EQ(header(anonymous, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(whip("a.b.c").status, 401);
  EXPECT_EQ(whip(token("ada", false)).status, 403);
  EXPECT_EQ(ask(request("POST", "/v1/whep/hall", kWatch, kSdpType, token("ada", true, false))).status, 403);
  EXPECT_EQ(ask(request("POST", "/v1/whip/cellar", kOffer, kSdpType, token("ada"))).status, 403);
  EXPECT_TRUE(server_.sessions.empty());
}

TEST_F(RoutesTest, ASessionOfAnotherSiteIsSomebodyElsesEvenForAService) {
  const std::string location = header(whip(token("ada")), "Location");
  Grant service;
  service.site = "oak";
  service.service = service.publish = service.subscribe = true;
  service.expires_at = now_.wall + 1h;
  const std::string foreign = write_token(service, oak_, now_.wall);
  EXPECT_EQ(ask(request("DELETE", location, {}, {}, foreign)).status, 403);
  EXPECT_EQ(ask(patch(location, "*", kTrickle, foreign)).status, 403);
  EXPECT_EQ(server_.live(), 1u);
}

TEST_F(RoutesTest, RoomsOfTwoSitesAreTwoAndTheFiguresAreTheOperators) {
  ASSERT_EQ(whip(token("ada")).status, 201);
  Grant service;
  service.site = "oak";
  service.service = service.publish = service.subscribe = true;
  service.expires_at = now_.wall + 1h;
  ASSERT_EQ(whip(write_token(service, key_, now_.wall)).status, 201);
  EXPECT_NE(server_.sessions.begin()->second.request.room, server_.sessions.rbegin()->second.request.room);
  EXPECT_EQ(ask(request("GET", "/v1/admin/stats", {}, {}, write_token(service, oak_, now_.wall))).status, 403);
  EXPECT_TRUE(server_.stats_wanted.empty());
  ask(request("GET", "/v1/admin/stats", {}, {}, write_token(service, key_, now_.wall)));
  EXPECT_EQ(server_.stats_wanted.size(), 1u);
}

TEST_F(RoutesTest, WhipNeedsAnOfferThatSendsAndWhepOneThatReceives) {
  EXPECT_EQ(whip(token("ada"), kWatch).status, 422);
  EXPECT_EQ(ask(request("POST", "/v1/whep/hall", kOffer, kSdpType, token("ada"))).status, 422);
  EXPECT_EQ(whip(token("ada"), "hello").status, 400);
  EXPECT_EQ(whip(token("ada"), "").status, 400);
  const HttpResponse wrong = ask(request("POST", "/v1/whip/hall", kOffer, "application/json", token("ada")));
  EXPECT_EQ(wrong.status, 415);
  EXPECT_EQ(header(wrong, "Accept-Post"), "application/sdp");
  EXPECT_EQ(ask(request("POST", "/v1/whip/hall", kOffer, "Application/SDP; charset=utf-8", token("ada"))).status, 201);
}

TEST_F(RoutesTest, ARefusedOfferLeavesNobodyInTheRoom) {
  server_.refuse_offers = Error{ErrorCode::kBadSdp, "a=fingerprint is missing"};
  const HttpResponse refused = whip(token("ada"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(json::parse(refused.body).at("detail"), "a=fingerprint is missing");
  EXPECT_EQ(server_.live(), 0u);
  EXPECT_EQ(sessions_.size(), 0u);
  EXPECT_EQ(events_.sessions(), 0u);
}

TEST_F(RoutesTest, LimitsComeWithATimeToRetry) {
  server_.next_error = Error{ErrorCode::kTooMany, "the room is full"};
  const HttpResponse full = whip(token("ada"));
  EXPECT_EQ(full.status, 429);
  EXPECT_FALSE(header(full, "Retry-After").empty());
  server_.next_error = Error{ErrorCode::kUnavailable, "shutting down"};
  EXPECT_EQ(whip(token("ada")).status, 503);
}

TEST_F(RoutesTest, AServiceMaySayWhoItIs) {
  HttpRequest asked = request("POST", "/v1/whip/hall", kOffer, kSdpType, token("", true, true, true));
  asked.query = {{"member", "camera 1"}};
  EXPECT_EQ(ask(asked).status, 201);
  EXPECT_EQ(server_.sessions.begin()->second.request.member, "camera 1");
  asked.query.clear();
  EXPECT_EQ(ask(asked).status, 201);
  EXPECT_TRUE(server_.sessions.rbegin()->second.request.member.starts_with("service-"));
  HttpRequest other = request("POST", "/v1/whip/hall", kOffer, kSdpType, token("ada"));
  other.query = {{"member", "bob"}};
  EXPECT_EQ(ask(other).status, 403);
}

TEST_F(RoutesTest, PatchFollowsTheRulesOfIfMatch) {
  const std::string bearer = token("ada");
  const std::string at = header(whip(bearer), "Location");
  EXPECT_EQ(ask(patch(at, "", kTrickle, bearer)).status, 428);
  EXPECT_EQ(ask(patch(at, "\"other\"", kTrickle, bearer)).status, 412);
  EXPECT_EQ(ask(patch(at, "W/\"serverufrag0\"", kTrickle, bearer)).status, 412);
  const HttpResponse trickled = ask(patch(at, "\"other\", \"serverufrag0\"", kTrickle, bearer));
  EXPECT_EQ(trickled.status, 204);
  EXPECT_EQ(header(trickled, "ETag"), "");
  EXPECT_EQ(ask(patch(at, "\"serverufrag0\"", "hello", bearer)).status, 400);
  EXPECT_EQ(ask(patch(at, "\"serverufrag0\"", "", bearer)).status, 400);
  HttpRequest wrong = patch(at, "*", kTrickle, bearer);
  wrong.headers["content-type"] = "application/sdp";
  const HttpResponse refused = ask(wrong);
  EXPECT_EQ(refused.status, 415);
  EXPECT_EQ(header(refused, "Accept-Patch"), kFragmentType);
  EXPECT_EQ(ask(patch(at, "*", kTrickle, token("bob"))).status, 403);
  EXPECT_EQ(ask(patch(at, "*", kTrickle, "")).status, 401);
  EXPECT_TRUE(server_.restarts.empty());
}

TEST_F(RoutesTest, PatchWithNewCredentialsRestartsIce) {
  const std::string bearer = token("ada");
  const std::string at = header(whip(bearer), "Location");
  const HttpResponse restarted = ask(patch(at, "*", kRestart, bearer));
  ASSERT_EQ(restarted.status, 200) << restarted.body;
  EXPECT_EQ(header(restarted, "Content-Type"), kFragmentType);
  EXPECT_EQ(header(restarted, "ETag"), "\"serverufrag1\"");
  ASSERT_EQ(server_.restarts.size(), 1u);
  EXPECT_EQ(server_.restarts[0].ufrag, "cli2");
  const auto fragment = read_ice_fragment(restarted.body);
  ASSERT_TRUE(fragment);
  EXPECT_EQ(fragment->ufrag, "serverufrag1");
  EXPECT_EQ(fragment->mid, "a0");
  EXPECT_EQ(fragment->candidates, 1u);

  // The old tag is stale, the new one good; the same credentials again are no second restart.
  EXPECT_EQ(ask(patch(at, "\"serverufrag0\"", kRestart, bearer)).status, 412);
  EXPECT_EQ(ask(patch(at, "\"serverufrag1\"", kRestart, bearer)).status, 204);
  EXPECT_EQ(ask(patch(at, "*", "a=ice-ufrag:cli3\r\n", bearer)).status, 400);
  server_.next_error = Error{ErrorCode::kInternal, "no"};
  EXPECT_EQ(ask(patch(at, "*", "a=ice-ufrag:cli3\r\na=ice-pwd:0123456789012345678901\r\n", bearer)).status, 500);
  EXPECT_EQ(server_.live(), 1u);
  EXPECT_EQ(server_.restarts.size(), 1u);
}

TEST_F(RoutesTest, DeleteEndsASessionOnce) {
  const std::string bearer = token("ada");
  const std::string at = header(whip(bearer), "Location");
  EXPECT_EQ(ask(request("DELETE", at, {}, {}, token("bob"))).status, 403);
  EXPECT_EQ(ask(request("DELETE", at, {}, {}, bearer)).status, 200);
  EXPECT_EQ(server_.live(), 0u);
  EXPECT_EQ(ask(request("DELETE", at, {}, {}, bearer)).status, 404);
  EXPECT_EQ(ask(request("DELETE", "/v1/sessions/0", {}, {}, bearer)).status, 404);
}

TEST_F(RoutesTest, ASessionThatEndedByItselfIsGone) {
  const std::string bearer = token("ada");
  const std::string at = header(whip(bearer), "Location");
  server_.leave(server_.sessions.begin()->first, CloseReason::kIceTimeout);
  EXPECT_EQ(ask(patch(at, "*", kTrickle, bearer)).status, 404);
  EXPECT_EQ(sessions_.size(), 0u);
}

TEST_F(RoutesTest, ASessionEndsWithItsTokenUnlessAFresherOneCame) {
  const std::string at = header(whip(token("ada")), "Location");
  now_.wall += 30min;
  EXPECT_EQ(ask(patch(at, "*", kTrickle, token("ada"))).status, 204);
  now_.wall += 45min;
  sessions_.tick(now_);
  EXPECT_EQ(server_.live(), 1u);
  now_.wall += 15min;
  sessions_.tick(now_);
  EXPECT_EQ(server_.live(), 0u);
  EXPECT_EQ(server_.left.back().second, CloseReason::kTokenExpired);
}

TEST_F(RoutesTest, KeepsOtherMethodsForTheFuture) {
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "PATCH"}) {
    EXPECT_EQ(ask(request(method, "/v1/whip/hall")).status, 405) << method;
  }
  for (const char* method : {"GET", "HEAD", "PUT", "POST"})
    EXPECT_EQ(ask(request(method, "/v1/sessions/x")).status, 405) << method;
  const HttpResponse options = ask(request("OPTIONS", "/v1/whip/hall"));
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(header(options, "Accept-Post"), "application/sdp");
  EXPECT_EQ(ask(request("POST", "/v1/whip/")).status, 404);
  EXPECT_EQ(ask(request("POST", "/v1/whip/a/b")).status, 404);
  EXPECT_EQ(ask(request("GET", "/v1/ws")).status, 426);
}

TEST_F(RoutesTest, AnswersPagesOfListedOriginsAndItsOwnOnly) {
  HttpRequest asked = request("OPTIONS", "/v1/whip/hall");
  asked.headers["origin"] = "https://app.example";
  HttpResponse answer = ask(asked);
  EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(header(answer, "Access-Control-Expose-Headers"), "Location, ETag, Link");
  EXPECT_EQ(header(answer, "Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(header(answer, "Vary"), "Origin");

  asked.headers["origin"] = "http://media.example:8080";
  EXPECT_EQ(header(ask(asked), "Access-Control-Allow-Origin"), "http://media.example:8080");
  for (const char* origin :
       {"https://evil.example", "null", "https://media.example:8080", "https://app.example.evil.example"}) {
    asked.headers["origin"] = origin;
    EXPECT_EQ(header(ask(asked), "Access-Control-Allow-Origin"), "") << origin;
    HttpRequest post = request("POST", "/v1/whip/hall", kOffer, kSdpType, token("ada"));
    post.headers["origin"] = origin;
    EXPECT_EQ(ask(post).status, 403) << origin;
  }
}

TEST_F(RoutesTest, RefusesATokenInAUrl) {
  for (const char* name : {"token", "access_token"}) {
    HttpRequest asked = request("POST", "/v1/whip/hall", kOffer, kSdpType);
    asked.query = {{name, token("ada")}};
    const HttpResponse answer = ask(asked);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body.find(token("ada")), std::string::npos);
  }
}

TEST_F(RoutesTest, GivesDemoTokensOnlyInTheDemo) {
  const HttpResponse given = ask(request("POST", "/v1/demo/token", R"({"room":"hall","name":"Ada"})"));
  ASSERT_EQ(given.status, 200);
  const json body = json::parse(given.body);
  const auto grant = read_token(body.at("token").get<std::string>(), key_, now_.wall);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->member, body.at("member").get<std::string>());
  EXPECT_EQ(grant->room, "hall");
  EXPECT_FALSE(grant->service);
  const HttpResponse again =
      ask(request("POST", "/v1/demo/token", R"({"room":"hall"})", {}, body.at("token").get<std::string>()));
  EXPECT_EQ(json::parse(again.body).at("member"), body.at("member"));
  EXPECT_NE(json::parse(ask(request("POST", "/v1/demo/token", R"({"room":"hall"})")).body).at("member"),
            body.at("member"));
  EXPECT_EQ(ask(request("POST", "/v1/demo/token", "{}")).status, 400);
  options_.demo = false;
  rebuild();
  EXPECT_EQ(ask(request("POST", "/v1/demo/token", R"({"room":"hall"})")).status, 404);
}

TEST_F(RoutesTest, SignsNobodyInWithoutTheExample) {
  EXPECT_EQ(ask(request("GET", "/v1/example/members")).status, 404);
  EXPECT_EQ(ask(request("POST", "/v1/example/sign-in", R"({"member":"ada"})")).status, 404);
  std::vector<std::function<void()>> tasks;
  store::CallStore store(
      std::make_unique<store::MemoryBackend>(), [&](std::function<void()> task) { tasks.push_back(std::move(task)); },
      store::CallStore::Runs::kInTheCall);
  ExampleSignIn example(store, key_);
  routes_->serve_example(example);
  HttpResponse list;
  routes_->handle(request("GET", "/v1/example/members"), [&](HttpResponse response) { list = std::move(response); });
  for (const auto& task : tasks) task();
  EXPECT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(header(list, "Cache-Control"), "no-store");
  HttpRequest stranger = request("POST", "/v1/example/sign-in", R"({"member":"ada"})");
  stranger.headers["origin"] = "https://elsewhere.example";
  EXPECT_EQ(ask(stranger).status, 403);
}

TEST_F(RoutesTest, NeverMakesADemoTokenOfAnotherMembersToken) {
  const HttpResponse given =
      ask(request("POST", "/v1/demo/token", R"({"room":"hall"})", {}, token("ada", false, false)));
  EXPECT_NE(json::parse(given.body).at("member"), "ada");
}

TEST_F(RoutesTest, TellsFiguresToServicesAlone) {
  EXPECT_EQ(ask(request("GET", "/v1/admin/stats")).status, 401);
  EXPECT_EQ(ask(request("GET", "/v1/admin/stats", {}, {}, token("ada"))).status, 403);
  HttpResponse later;
  routes_->handle(request("GET", "/v1/admin/stats", {}, {}, token("", true, true, true)),
                  [&](HttpResponse response) { later = std::move(response); });
  ASSERT_EQ(server_.stats_wanted.size(), 1u);
  ServerStats stats;
  stats.sessions = 3;
  stats.workers.resize(1);
  stats.workers[0].drops = {{"bad_rtp", 2}};
  server_.stats_wanted[0](stats);
  EXPECT_EQ(json::parse(later.body).at("sessions"), 3);
  EXPECT_EQ(json::parse(later.body).at("workers")[0].at("drops").at("bad_rtp"), 2);
}

TEST_F(RoutesTest, SaysWhetherItIsAliveAndReady) {
  EXPECT_EQ(ask(request("GET", "/healthz")).status, 200);
  EXPECT_EQ(ask(request("GET", "/readyz")).status, 200);
  server_.is_ready = false;
  EXPECT_EQ(ask(request("GET", "/healthz")).status, 200);
  EXPECT_EQ(ask(request("GET", "/readyz")).status, 503);
}

TEST_F(RoutesTest, LimitsTheRequestsOfOneAddress) {
  options_.requests = {1, 3};
  rebuild();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(request("GET", "/healthz")).status, 200);
  EXPECT_EQ(ask(request("GET", "/healthz")).status, 429);
  HttpRequest other = request("GET", "/healthz");
  other.peer = "192.0.2.10";
  EXPECT_EQ(ask(other).status, 200);
  now_.steady += 1s;
  EXPECT_EQ(ask(request("GET", "/healthz")).status, 200);
}

TEST_F(RoutesTest, LimitsFilesApartFromRequests) {
  options_.requests = {1, 1};
  options_.files = {1, 3};
  rebuild();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(request("GET", "/sdk/room.js")).status, 200);
  EXPECT_EQ(ask(request("GET", "/sdk/room.js")).status, 429);
  EXPECT_EQ(ask(request("GET", "/healthz")).status, 200);
  EXPECT_EQ(ask(request("GET", "/v1/nothing")).status, 429);
}

TEST_F(RoutesTest, ServesThePageWithItsHeaders) {
  const HttpResponse page = ask(request("GET", "/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(header(page, "Cache-Control"), "no-cache");
  EXPECT_EQ(header(page, "X-Content-Type-Options"), "nosniff");
  EXPECT_NE(header(page, "Content-Security-Policy").find("default-src 'self'"), std::string::npos);
  EXPECT_NE(header(page, "Permissions-Policy").find("camera=(self)"), std::string::npos);
  HttpRequest again = request("GET", "/");
  again.headers["if-none-match"] = header(page, "ETag");
  EXPECT_EQ(ask(again).status, 304);
  EXPECT_EQ(header(ask(request("GET", "/sdk/room.js")), "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(ask(request("POST", "/")).status, 405);
}

TEST_F(RoutesTest, LeadsToTheFrontPageWhereTheFolderHasNone) {
  EXPECT_EQ(ask(request("GET", "/")).status, 200);
  std::filesystem::remove(folder_ / "index.html");
  const HttpResponse led = ask(request("GET", "/"));
  EXPECT_EQ(led.status, 307);
  EXPECT_EQ(header(led, "Location"), "/rooms/");
  EXPECT_EQ(ask(request("POST", "/")).status, 405);
  EXPECT_EQ(ask(request("GET", "/sdk/")).status, 404);
}

TEST_F(RoutesTest, ServesNothingFromOutsideItsFolder) {
  for (const char* path : {"/../secret", "/sdk/../../etc/passwd", "/link.txt", "/.hidden", "/sdk/", "/sdk",
                           "//etc/passwd", "/a%00b", "/sdk//room.js", "/nothing.js", "", "index.html"}) {
    EXPECT_EQ(ask(request("GET", path)).status, 404) << path;
  }
}

TEST_F(RoutesTest, LetsAWebSocketInBySubprotocolOriginAndReadiness) {
  HttpRequest asked = request("GET", "/v1/ws");
  asked.headers["sec-websocket-protocol"] = "other, parley.v1";
  EXPECT_FALSE(routes_->refuse_upgrade(asked));
  asked.headers["origin"] = "https://evil.example";
  EXPECT_EQ(routes_->refuse_upgrade(asked)->status, 403);
  asked.headers["origin"] = "https://app.example";
  EXPECT_FALSE(routes_->refuse_upgrade(asked));
  asked.headers["sec-websocket-protocol"] = "parley.v10";
  EXPECT_EQ(routes_->refuse_upgrade(asked)->status, 400);
  asked.headers["sec-websocket-protocol"] = "parley.v1";
  server_.is_ready = false;
  EXPECT_EQ(routes_->refuse_upgrade(asked)->status, 503);
}

TEST(IceFragment, ReadsCredentialsOnceAndRefusesTwoKinds) {
  const auto both = read_ice_fragment("a=ice-ufrag:abcd\nm=audio 9 X 0\na=ice-ufrag:abcd\na=mid:0\n");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->ufrag, "abcd");
  EXPECT_EQ(both->media, "audio 9 X 0");
  for (const char* text : {"a=ice-ufrag:abcd\r\na=ice-ufrag:efgh\r\n", "a=ice-ufrag:abc\r\n", "a=ice-ufrag:ab cd\r\n",
                           "a=ice-pwd:short\r\n", "nonsense\r\n", "a=mid:\x01\r\n"}) {
    EXPECT_FALSE(read_ice_fragment(text)) << text;
  }
  EXPECT_FALSE(read_ice_fragment(std::string(20'000, 'a')));
}

TEST(OfferGlance, SeesDirectionsOfAudioAndVideoLines) {
  EXPECT_TRUE(glance_at_offer(kOffer).sends);
  EXPECT_FALSE(glance_at_offer(kOffer).receives);
  EXPECT_TRUE(glance_at_offer(kWatch).receives);
  EXPECT_TRUE(glance_at_offer("v=0\nm=audio 9 X 0\n").sends) << "without a direction a line is sendrecv";
  EXPECT_FALSE(glance_at_offer("v=0\nm=application 9 X 0\n").sends);
  EXPECT_FALSE(glance_at_offer("v=0\na=recvonly\nm=audio 9 X 0\n").sends)
      << "a session-level direction holds for lines without one";
  EXPECT_TRUE(glance_at_offer("v=0\nm=audio 9 X 0\na=inactive\nm=video 9 X 0\na=sendonly\n").sends);
}

TEST(PeerLimiter, CountsAnIpv6ClientByItsNetwork) {
  EXPECT_EQ(peer_key("2001:db8:1:2:3::4"), peer_key("2001:db8:1:2::5"));
  EXPECT_NE(peer_key("2001:db8:1:2::"), peer_key("2001:db8:1:3::"));
  EXPECT_EQ(peer_key("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(PeerLimiter, StaysSmallUnderAFloodOfAddresses) {
  PeerLimiter limiter({1, 2}, 100);
  const auto now = std::chrono::steady_clock::time_point(10s);
  for (int i = 0; i < 5000; ++i) limiter.take("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250), now);
  EXPECT_LE(limiter.peers(), 100u);
}

}  // namespace
}  // namespace parley::signaling

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "signaling/example/example_members.h"
#include "signaling/example/example_seed.h"
#include "signaling/example/example_sign_in.h"
#include "signaling/identity/token.h"
#include "signaling/store/memory_backend.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const call::SiteId kOakwood{kExampleSite};

class ExampleTest : public testing::Test {
 protected:
  ExampleSeeded seed(bool private_calls = false) {
    const auto seeded = seed_example(*backend_, {.private_calls = private_calls}, {});
    EXPECT_TRUE(seeded);
    return seeded.value_or(ExampleSeeded{});
  }
  call::SiteSettings settings() { return backend_->read_site(kOakwood)->settings; }
  store::MemberProfile member(const std::string& id) {
    return backend_->read_member(kOakwood, call::MemberId(id))->value();
  }
  HttpResponse ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    HttpResponse answer;
    answer.status = 0;
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.peer = "192.0.2.9";
    door_.handle(request, now_, [&](HttpResponse response) { answer = std::move(response); });
    run();
    return answer;
  }
  HttpResponse sign_in(const std::string& id) {
    return ask("POST", "/v1/example/sign-in", json{{"member", id}}.dump());
  }
  void run() {
    while (!tasks_.empty()) std::exchange(tasks_, {}).front()();
  }

  Now now_{std::chrono::steady_clock::time_point(1000s), std::chrono::sys_seconds(1'800'000'000s), {}, {}};
  SigningKey key_{.bytes = std::string(32, 'k')};
  std::vector<std::function<void()>> tasks_;
  store::MemoryBackend* backend_ = new store::MemoryBackend;
  store::CallStore store_{std::unique_ptr<store::StoreBackend>(backend_),
                          [this](std::function<void()> task) { tasks_.push_back(std::move(task)); },
                          store::CallStore::Runs::kInTheCall};
  ExampleSignIn door_{store_, key_};
};

TEST_F(ExampleTest, R2_ANewCommunityHasCallsOffUnlessTheConfigurationSaysOtherwise) {
  EXPECT_EQ(seed(), (ExampleSeeded{true, kExampleMembers.size()}));
  EXPECT_FALSE(settings().private_calls);
}

TEST_F(ExampleTest, BeginsWithCallsOnForAFirstTry) {
  seed(true);
  EXPECT_TRUE(settings().private_calls);
  const auto audit = backend_->read_audit(kOakwood, {});
  ASSERT_TRUE(audit);
  ASSERT_EQ(audit->size(), 1u);
  EXPECT_EQ(audit->front().who, "server");
}

TEST_F(ExampleTest, HasOneAdministratorAndNamesOfManyScripts) {
  seed();
  std::size_t admins = 0;
  for (const ExampleMember& each : kExampleMembers) {
    const store::MemberProfile profile = member(each.member);
    EXPECT_EQ(profile.name, each.name);
    admins += profile.role == store::Role::kAdmin ? 1 : 0;
  }
  EXPECT_EQ(admins, 1u);
  EXPECT_EQ(member("ada").role, store::Role::kAdmin);
}

TEST_F(ExampleTest, LeavesWhatIsThereAsItIs) {
  seed(true);
  call::SiteSettings changed = settings();
  changed.private_calls = false;
  changed.messenger = false;
  ASSERT_TRUE(backend_->put_site({kOakwood, changed, {.site = kOakwood, .who = "admin"}}));
  ASSERT_TRUE(backend_->upsert_members(kOakwood,
                                       {{.member = call::MemberId("ben"), .name = "Benjamin", .takes_calls = false}}));
  ASSERT_TRUE(backend_->erase_member(kOakwood, call::MemberId("hugo")));

  EXPECT_EQ(seed(true), (ExampleSeeded{false, 1}));
  EXPECT_FALSE(settings().private_calls);
  EXPECT_FALSE(settings().messenger);
  EXPECT_EQ(member("ben").name, "Benjamin");
  EXPECT_FALSE(member("ben").takes_calls);
  EXPECT_EQ(member("hugo").name, "Hugo Brandt");
  EXPECT_EQ(seed(true), (ExampleSeeded{false, 0}));
}

TEST_F(ExampleTest, AsksToComeAgainWhenTheStoreDoesNotAnswer) {
  seed();
  store_.close();
  EXPECT_EQ(sign_in("ada").status, 503);
  EXPECT_EQ(ask("GET", "/v1/example/members").status, 503);
}

TEST_F(ExampleTest, SignsInWhomeverATabWantsToBe) {
  seed();
  const HttpResponse answer = sign_in("salim");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json body = json::parse(answer.body);
  EXPECT_EQ(body["member"], "salim");
  EXPECT_EQ(body["name"], "سليم الحداد");
  EXPECT_EQ(body["site"], "oakwood");
  const auto grant = read_token(body["token"].get<std::string>(), key_, now_.wall);
  ASSERT_TRUE(grant) << grant.error().message;
  EXPECT_EQ(grant->site, "oakwood");
  EXPECT_EQ(grant->member, "salim");
  EXPECT_TRUE(grant->allows_calls());
  EXPECT_FALSE(grant->publish);
  EXPECT_FALSE(grant->subscribe);
  EXPECT_EQ(body["expires_at"].get<std::int64_t>(), grant->expires_at.time_since_epoch() / 1ms);
}

TEST_F(ExampleTest, SignsInNobodyElse) {
  seed();
  ASSERT_TRUE(backend_->upsert_members(kOakwood, {{.member = call::MemberId("ben"), .deactivated = true}}));
  for (const char* id : {"ben", "mallory"}) EXPECT_EQ(sign_in(id).status, 404) << id;
  for (const char* body : {"", "{}", "[]", "{\"member\":7}", "{\"member\":\"\"}", "{\"member\":\"a\\nb\"}"})
    EXPECT_EQ(ask("POST", "/v1/example/sign-in", body).status, 400) << body;
  EXPECT_EQ(ask("POST", "/v1/example/sign-in", std::string(5000, ' ')).status, 400);
  EXPECT_EQ(ask("GET", "/v1/example/sign-in").status, 405);
  EXPECT_EQ(ask("OPTIONS", "/v1/example/sign-in").status, 204);
  EXPECT_EQ(ask("GET", "/v1/example/secrets").status, 404);
}

TEST_F(ExampleTest, ListsWhoCanSignIn) {
  seed();
  ASSERT_TRUE(backend_->upsert_members(kOakwood, {{.member = call::MemberId("ben"), .deactivated = true}}));
  const HttpResponse answer = ask("GET", "/v1/example/members");
  ASSERT_EQ(answer.status, 200);
  const json body = json::parse(answer.body);
  EXPECT_EQ(body["site"], "oakwood");
  EXPECT_EQ(body["members"].size(), kExampleMembers.size() - 1);
  EXPECT_EQ(
      body["members"][0],
      (json{{"member", "ada"}, {"name", "Ada Lindqvist"}, {"avatar", "/community/pictures/ada.svg"}, {"admin", true}}));
  EXPECT_EQ(ask("POST", "/v1/example/members").status, 405);
}

TEST_F(ExampleTest, LimitsSignInsOfOneAddress) {
  seed();
  int taken = 0;
  while (taken < 1000 && sign_in("ada").status == 200) ++taken;
  EXPECT_EQ(taken, 500);
  EXPECT_EQ(sign_in("ada").status, 429);
  now_.steady += 1s;
  EXPECT_EQ(sign_in("ada").status, 200);
}

}  // namespace
}  // namespace parley::signaling

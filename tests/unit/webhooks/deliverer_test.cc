// From the outbox to the webhooks of sites: a store in memory, receivers that do as they are told, and no clock.
#include "signaling/webhooks/deliverer.h"

#include <gmock/gmock.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "signaling/store/memory_backend.h"
#include "signaling/store/store_rules.h"
#include "signaling/webhooks/signature.h"

namespace parley::signaling::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const call::SiteId kOak{"oak"}, kElm{"elm"};

call::CallId call_id(const call::SiteId& site, std::uint8_t number) {
  call::CallId::Bits bits{};
  bits[0] = number;
  std::ranges::copy(site.text(), bits.begin() + 1);
  return call::CallId::from_bits(bits);
}

// Every request is kept until the test answers it, or answered at once by status.
class FakeReceivers : public HttpPost {
 public:
  struct Asked {
    PostRequest request;
    std::function<void(PostResult)> then;
  };
  void post(PostRequest request, std::function<void(PostResult)> then) override {
    const auto at = status.find(request.url);
    seen.push_back(request);
    if (at == status.end()) {
      open.push_back({std::move(request), std::move(then)});
    } else {
      then({at->second, {}});
    }
  }
  std::map<std::string, int> status;  // by URL; without: held
  std::deque<Asked> open;
  std::vector<PostRequest> seen;
};

std::string header(const PostRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

class DelivererTest : public testing::Test {
 protected:
  DelivererTest() { make(); }

  void make() {
    deliverer.reset();
    deliverer = std::make_unique<Deliverer>(
        Deliverer::Ports{store, http, [this] { return now; }, [] { return 1.0; },
                         [this](LogLevel, std::string_view line) { log.emplace_back(line); }});
  }
  void run() {
    while (!tasks.empty()) {
      const auto task = std::move(tasks.front());
      tasks.pop_front();
      task();
    }
  }
  // Time in the server's small steps.
  void pass(std::chrono::milliseconds span) {
    for (; span > 0ms; span -= 250ms) {
      now.steady += 250ms;
      now.wall = std::chrono::floor<std::chrono::seconds>(now.calendar += 250ms);
      deliverer->tick();
      run();
    }
  }
  void put(const call::SiteId& site, const std::string& url, std::vector<std::string> secrets = {kSecret}) {
    store.put_webhook({{.site = site, .url = url, .secrets = std::move(secrets)}, {.site = site}},
                      [](const auto& done) { ASSERT_TRUE(done); });
    deliverer->changed(site);
    run();
  }
  void event(const call::SiteId& site, std::uint8_t call, const std::string& topic) {
    store::Change change;
    change.record.id = call_id(site, call);
    change.record.site = site;
    change.record.caller = call::MemberId("ann");
    change.record.callee = call::MemberId("bob");
    change.record.state = call::State::kEnded;
    change.record.version = ++versions[{site, call}];
    change.persist.from = change.record.version - 1;
    change.outbox = {{topic, R"({"topic":")" + topic + R"("})"}};
    change.stamp.wall = now.calendar;
    store.commit(change, [](const auto& done) { ASSERT_TRUE(done); });
    run();
  }
  std::vector<std::string> topics(const std::string& url = {}) {
    std::vector<std::string> all;
    for (const PostRequest& request : http.seen) {
      if (url.empty() || request.url == url) all.push_back(nlohmann::json::parse(request.body)["topic"]);
    }
    return all;
  }
  std::uint64_t acknowledged(const call::SiteId& site) {
    std::uint64_t found = 0;
    store.read_webhook(site, [&](const auto& hook) { found = hook.value()->acknowledged; });
    run();
    return found;
  }

  static constexpr const char* kSecret = "0123456789abcdef";
  static constexpr const char* kA = "https://a.example/hook";
  static constexpr const char* kB = "https://b.example/hook";

  Now now{.steady = std::chrono::steady_clock::time_point(1h),
          .wall = std::chrono::sys_seconds(1'700'000'000s),
          .calendar = std::chrono::sys_time<std::chrono::milliseconds>(1'700'000'000'000ms)};
  std::deque<std::function<void()>> tasks;
  store::CallStore store{std::make_unique<store::MemoryBackend>(),
                         [this](auto task) { tasks.push_back(std::move(task)); }, store::CallStore::Runs::kInTheCall};
  FakeReceivers http;
  std::vector<std::string> log;
  std::map<std::pair<call::SiteId, std::uint8_t>, std::uint64_t> versions;
  std::unique_ptr<Deliverer> deliverer;
};

TEST_F(DelivererTest, BringsEventsSignedAndInTheOrderOfTheirCall) {
  http.status[kA] = 200;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  event(kOak, 1, "call.answered");
  pass(250ms);
  ASSERT_THAT(topics(), ElementsAre("call.started", "call.answered"));
  const PostRequest& first = http.seen[0];
  EXPECT_EQ(first.url, kA);
  EXPECT_EQ(
      nlohmann::json::parse(first.body),
      (nlohmann::json{
          {"serial", 1}, {"topic", "call.started"}, {"at", 1'700'000'000'000}, {"data", {{"topic", "call.started"}}}}));
  EXPECT_EQ(header(first, "Content-Type"), "application/json");
  EXPECT_EQ(header(first, "Parley-Event"), "1");
  EXPECT_EQ(header(first, "Parley-Timestamp"), "1700000000");
  EXPECT_EQ(header(first, "Parley-Signature"), webhook_signature({kSecret}, 1'700'000'000, "1", first.body));
  pass(250ms);
  EXPECT_EQ(acknowledged(kOak), 2u);
}

TEST_F(DelivererTest, SendsNoLaterEventOfACallBeforeTheEarlierHasArrived) {
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  event(kOak, 1, "call.ended");
  event(kOak, 2, "call.started");
  pass(250ms);
  EXPECT_THAT(topics(), ElementsAre("call.started", "call.started"));
  ASSERT_THAT(http.open, SizeIs(2));
  http.open[0].then({200, {}});
  run();
  EXPECT_THAT(topics(), ElementsAre("call.started", "call.started", "call.ended"));
  http.open[2].then({200, {}});
  run();
  pass(500ms);
  EXPECT_EQ(acknowledged(kOak), 2u) << "the other call's first is still out";
}

TEST_F(DelivererTest, TriesAgainWithTheSameIdAndANewTimestamp) {
  http.status[kA] = 500;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(250ms);
  ASSERT_THAT(http.seen, SizeIs(1));
  EXPECT_EQ(deliverer->state(kOak)->failures, 1u);
  EXPECT_EQ(deliverer->state(kOak)->last_error, "answered 500");
  EXPECT_THAT(log, ElementsAre(HasSubstr("answered 500")));
  pass(500ms);
  EXPECT_THAT(http.seen, SizeIs(1)) << "not yet";
  pass(750ms);
  ASSERT_THAT(http.seen, SizeIs(2));
  http.status[kA] = 204;
  pass(2'250ms);
  ASSERT_THAT(http.seen, SizeIs(3));
  EXPECT_EQ(header(http.seen[2], "Parley-Event"), header(http.seen[0], "Parley-Event"));
  EXPECT_EQ(http.seen[2].body, http.seen[0].body);
  EXPECT_NE(header(http.seen[2], "Parley-Timestamp"), header(http.seen[0], "Parley-Timestamp"));
  pass(250ms);
  EXPECT_EQ(acknowledged(kOak), 1u);
  EXPECT_EQ(deliverer->state(kOak)->last_error, "");
  pass(10min);
  EXPECT_THAT(http.seen, SizeIs(3)) << "and then never again";
}

TEST_F(DelivererTest, TakesARedirectForAFailure) {
  http.status[kA] = 302;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(250ms);
  EXPECT_EQ(deliverer->state(kOak)->last_error, "answered 302");
  EXPECT_EQ(acknowledged(kOak), 0u);
}

TEST_F(DelivererTest, LetsNoSiteWaitForAnother) {
  http.status[kB] = 200;  // a.example never answers
  deliverer->start();
  put(kOak, kA);
  put(kElm, kB);
  for (std::uint8_t i = 1; i <= 50; ++i) {
    event(kOak, i, "call.started");
    event(kElm, i, "call.started");
  }
  pass(1s);
  EXPECT_THAT(topics(kB), SizeIs(50));
  EXPECT_THAT(topics(kA), SizeIs(Delivery::kMaxFlying));
}

TEST_F(DelivererTest, SharesItsRequestsAmongManySites) {
  deliverer->start();
  std::vector<call::SiteId> sites;
  for (int i = 0; i < 40; ++i) sites.emplace_back("site" + std::to_string(100 + i));
  for (const call::SiteId& site : sites) put(site, "https://" + site.text() + ".example/");
  for (const call::SiteId& site : sites) {
    for (std::uint8_t i = 1; i <= 6; ++i) event(site, i, "call.started");
  }
  pass(250ms);
  EXPECT_THAT(http.open, SizeIs(Deliverer::kMaxFlying));
  std::set<std::string> served;
  for (int turn = 0; turn < 10; ++turn) {
    std::deque<FakeReceivers::Asked> open = std::exchange(http.open, {});
    for (auto& each : open) {
      served.insert(each.request.url);
      each.then({500, {}});
    }
    run();
    pass(250ms);
  }
  EXPECT_THAT(served, SizeIs(sites.size())) << "everyone gets a turn";
}

TEST_F(DelivererTest, GoesOnAfterARestartWhereItWasAcknowledged) {
  http.status[kA] = 200;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(500ms);
  http.status.clear();
  event(kOak, 1, "call.answered");
  event(kOak, 2, "call.started");
  pass(250ms);
  ASSERT_THAT(http.open, SizeIs(2));
  http.open[1].then({200, {}});
  run();
  pass(500ms);
  http.open.clear();
  http.seen.clear();
  http.status[kA] = 200;
  make();
  deliverer->start();
  run();
  pass(250ms);
  EXPECT_THAT(topics(), ElementsAre("call.answered", "call.started")) << "at least once";
}

TEST_F(DelivererTest, ForgetsAnswersThatComeWhenItIsGone) {
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(250ms);
  ASSERT_THAT(http.open, SizeIs(1));
  deliverer.reset();
  http.open[0].then({200, {}});
  run();
  EXPECT_EQ(acknowledged(kOak), 0u);
}

TEST_F(DelivererTest, SkipsWhatRetentionTookAndGoesOn) {
  http.status[kA] = 500;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  event(kOak, 1, "call.ended");
  pass(250ms);
  const auto before = now.calendar + 1ms;
  pass(60s);
  event(kOak, 1, "call.third");
  store.purge({.outbox = before}, [](const auto& purged) { EXPECT_EQ(purged->outbox, 2u); });
  http.status[kA] = 200;
  http.seen.clear();
  pass(6min);
  EXPECT_THAT(topics(), ElementsAre("call.third"));
  EXPECT_EQ(acknowledged(kOak), 3u);
}

TEST_F(DelivererTest, SendsNothingOfAMemberWhoWasErased) {
  http.status[kA] = 500;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(250ms);
  store.erase_member(kOak, call::MemberId("ann"), [](const auto& done) { ASSERT_TRUE(done); });
  http.seen.clear();
  pass(10min);
  EXPECT_THAT(http.seen, IsEmpty());
}

TEST_F(DelivererTest, SignsWithBothSecretsWhileOneIsExchanged) {
  http.status[kA] = 200;
  deliverer->start();
  put(kOak, kA);
  put(kOak, kA, {"fedcba9876543210", kSecret});
  event(kOak, 1, "call.started");
  pass(250ms);
  ASSERT_THAT(http.seen, SizeIs(1));
  EXPECT_EQ(header(http.seen[0], "Parley-Signature"),
            webhook_signature({"fedcba9876543210", kSecret}, 1'700'000'000, "1", http.seen[0].body));
}

TEST_F(DelivererTest, TriesANewUrlAtOnce) {
  http.status[kA] = 500;
  http.status[kB] = 200;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(5min);
  put(kOak, kB);
  pass(250ms);
  EXPECT_THAT(topics(kB), ElementsAre("call.started"));
}

TEST_F(DelivererTest, StopsWhenTheWebhookIsErasedAndBeginsAnewWithALaterOne) {
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(250ms);
  ASSERT_THAT(http.open, SizeIs(1));
  store.erase_webhook(kOak, {.site = kOak}, [](const auto& done) { ASSERT_TRUE(done); });
  deliverer->changed(kOak);
  run();
  EXPECT_FALSE(deliverer->state(kOak));
  event(kOak, 1, "call.missed");
  pass(1s);
  EXPECT_THAT(http.open, SizeIs(1));
  // Written anew between two looks of the deliverer, under the same version.
  put(kOak, kB);
  http.open[0].then({200, {}});
  event(kOak, 1, "call.third");
  pass(250ms);
  EXPECT_THAT(topics(kB), ElementsAre("call.third"));
}

TEST_F(DelivererTest, NoticesAWebhookThatTookThePlaceOfAnotherBetweenTwoLooks) {
  http.status[kB] = 200;
  deliverer->start();
  put(kOak, kA);
  event(kOak, 1, "call.started");
  pass(250ms);
  store.erase_webhook(kOak, {.site = kOak}, [](const auto&) {});
  put(kOak, kB);
  event(kOak, 1, "call.ended");
  http.open[0].then({200, {}});
  pass(250ms);
  EXPECT_THAT(topics(kB), ElementsAre("call.ended"));
}

TEST_F(DelivererTest, SendsNothingForASiteWithoutAWebhook) {
  deliverer->start();
  run();
  event(kOak, 1, "call.started");
  pass(1s);
  EXPECT_THAT(http.seen, IsEmpty());
}

TEST_F(DelivererTest, FindsWhatWasWrittenWhileItBegan) {
  http.status[kA] = 200;
  put(kOak, kA);
  deliverer->start();
  event(kOak, 1, "call.started");
  pass(250ms);
  event(kOak, 2, "call.started");
  pass(250ms);
  EXPECT_THAT(topics(), SizeIs(2));
}

TEST_F(DelivererTest, BringsALongBacklog) {
  deliverer->start();
  put(kOak, kA);
  for (int i = 0; i < 1'000; ++i) event(kOak, static_cast<std::uint8_t>(i % 7), "n" + std::to_string(i));
  http.status[kA] = 200;
  pass(10s);
  EXPECT_THAT(topics(), SizeIs(1'000));
  EXPECT_EQ(acknowledged(kOak), 1'000u);
}

}  // namespace
}  // namespace parley::signaling::test

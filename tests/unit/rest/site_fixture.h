// Two sites in a memory store behind the site interface, and people who ask it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "signaling/http/site_api.h"
#include "signaling/identity/token.h"
#include "signaling/store/memory_backend.h"

namespace parley::signaling::test {

using nlohmann::json;

// What the hub of calls is told, written down.
class ControlRecorder : public CallsControl {
 public:
  void site_changed(const call::SiteId& site) override { said.push_back("site " + site.text()); }
  void member_changed(const MemberKey& who) override {
    said.push_back("member " + who.site.text() + "/" + who.member.text());
  }
  void member_interacted(const MemberKey& who) override {
    said.push_back("interacted " + who.site.text() + "/" + who.member.text());
  }
  void terminate(const call::CallId& call, std::function<void(CallResult<SnapshotNote>)> then) override {
    said.push_back("terminate " + call.text());
    then(on_terminate(call));
  }
  void message_stored(const call::SiteId&, const MessageNote&) override {}

  std::vector<std::string> said;
  std::function<CallResult<SnapshotNote>(const call::CallId&)> on_terminate = [](const call::CallId&) {
    return CallResult<SnapshotNote>{SnapshotNote{}};
  };
};

inline std::string header(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

inline json body_of(const HttpResponse& response) {
  return json::parse(response.body, nullptr, false);
}

class SiteFixture : public testing::Test {
 protected:
  using Done = store::Answer<store::Done>;

  SiteFixture() {
    add_site("oak");
    add_site("elm");
    add_member("oak", {.member = call::MemberId("ada"), .name = "Ada", .role = store::Role::kAdmin});
    add_member("oak", {.member = call::MemberId("bob"), .name = "Bob"});
    add_member("oak", {.member = call::MemberId("eve"), .name = "Eve"});
    add_member("oak", {.member = call::MemberId("gone"), .name = "Gone", .deactivated = true});
    add_member("elm", {.member = call::MemberId("ada"), .name = "Another Ada", .role = store::Role::kAdmin});
  }

  // ---- the store
  void add_site(const std::string& site) {
    store_.put_site({.site = call::SiteId(site), .settings = {}, .audit = {.site = call::SiteId(site)}},
                    [](const Done& done) { ASSERT_TRUE(done); });
    drain();
  }
  void add_member(const std::string& site, store::MemberUpdate update) {
    store_.upsert_members(call::SiteId(site), {std::move(update)},
                          [](const store::Answer<std::size_t>& done) { ASSERT_TRUE(done); });
    drain();
  }
  template <class T>
  T stored(const std::function<void(store::CallStore&, store::Then<store::Answer<T>>)>& read) {
    std::optional<T> found;
    read(store_, [&](store::Answer<T> answer) { found = std::move(answer).value(); });
    drain();
    return std::move(*found);
  }
  store::SiteEntry site_entry(const std::string& site) {
    return stored<store::SiteEntry>([&](auto& store, auto then) { store.read_site(call::SiteId(site), then); });
  }
  std::optional<store::MemberProfile> profile(const std::string& site, const std::string& member) {
    return stored<std::optional<store::MemberProfile>>(
        [&](auto& store, auto then) { store.read_member(call::SiteId(site), call::MemberId(member), then); });
  }
  // Newest first.
  std::vector<store::AuditEntry> audit(const std::string& site) {
    return stored<std::vector<store::AuditEntry>>(
        [&](auto& store, auto then) { store.read_audit(call::SiteId(site), store::Page{}, then); });
  }

  // ---- who asks
  std::string token(const Grant& grant, const SigningKey& key) { return write_token(grant, key, now_.wall); }
  Grant grant_of(const std::string& site, const std::string& member) {
    Grant grant;
    grant.site = site;
    grant.member = member;
    grant.service = member.empty();
    grant.expires_at = now_.wall + std::chrono::hours(1);
    return grant;
  }
  std::string member(const std::string& name, const std::string& site = "oak") {
    return token(grant_of(site, name), own_);
  }
  std::string service(const std::string& site = "oak") {
    return token(grant_of(site, ""), site == "oak" ? oak_ : site == "elm" ? elm_ : own_);
  }

  HttpRequest request(const std::string& method, const std::string& target, const std::string& bearer,
                      const json& body = {}) {
    HttpRequest asked;
    asked.method = method;
    asked.path = target.substr(0, target.find('?'));
    for (std::size_t at = target.find('?'); at != target.npos;) {
      const std::size_t next = target.find('&', at + 1);
      const std::string pair = target.substr(at + 1, next == target.npos ? next : next - at - 1);
      asked.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
      at = next;
    }
    asked.peer = "192.0.2.9";
    if (!bearer.empty()) asked.headers["authorization"] = "Bearer " + bearer;
    if (!body.is_null()) asked.body = body.dump();
    return asked;
  }
  HttpResponse ask(const HttpRequest& asked) {
    HttpResponse answer;
    answer.status = 0;
    int answers = 0;
    api_->handle(asked, [&](HttpResponse response) {
      answer = std::move(response);
      ++answers;
    });
    drain();
    EXPECT_EQ(answers, 1) << asked.method << " " << asked.path;
    return answer;
  }
  HttpResponse ask(const std::string& method, const std::string& target, const std::string& bearer,
                   const json& body = {}) {
    return ask(request(method, target, bearer, body));
  }
  void drain() {
    while (!tasks_.empty()) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

  Now now_{std::chrono::steady_clock::time_point(std::chrono::hours(1)),
           std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000)), call::call_time(100'000),
           std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(1'800'000'000'000))};
  SigningKey own_{std::string(32, 'k')};
  SigningKey oak_{std::string(32, 'o'), "oak-1", {"oak"}};
  SigningKey elm_{std::string(32, 'e'), "elm-1", {"elm"}};
  KeyRing keys_{own_, {oak_, elm_}};
  std::deque<std::function<void()>> tasks_;
  store::CallStore store_{std::make_unique<store::MemoryBackend>(),
                          [this](std::function<void()> task) { tasks_.push_back(std::move(task)); },
                          store::CallStore::Runs::kInTheCall};
  ControlRecorder control_;
  std::unique_ptr<SiteApi> api_ =
      std::make_unique<SiteApi>(store_, control_, keys_, [this] { return now_; }, LogSink{});
};

}  // namespace parley::signaling::test

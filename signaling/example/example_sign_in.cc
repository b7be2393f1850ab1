#include "signaling/example/example_sign_in.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "signaling/example/example_members.h"
#include "signaling/http/problem.h"
#include "signaling/identity/token.h"
#include "signaling/protocol/example_messages.h"

namespace parley::signaling {
namespace {

constexpr std::chrono::hours kTokenLife{1};

HttpResponse json(std::string body) {
  HttpResponse response;
  response.with("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

ExamplePerson shown(const store::MemberProfile& profile) {
  return {profile.member.text(), profile.name, profile.avatar, profile.role == store::Role::kAdmin};
}

std::vector<ExamplePerson> who_may(const std::vector<store::MemberProfile>& profiles) {
  std::vector<ExamplePerson> members;
  for (const store::MemberProfile& each : profiles) {
    if (!each.deactivated) members.push_back(shown(each));
  }
  return members;
}

HttpResponse wrong_method(const char* allow) {
  return problem(405, ErrorCode::kBadRequest, std::string("the methods here are ") + allow).with("Allow", allow);
}

HttpResponse preflight(const char* allow) {
  HttpResponse response;
  response.status = 204;
  response.with("Allow", allow);
  return response;
}

HttpResponse unreadable() {
  return problem(503, ErrorCode::kUnavailable, "the members can't be read at the moment").with("Retry-After", "5");
}

}  // namespace

ExampleSignIn::ExampleSignIn(store::CallStore& store, SigningKey key, Allowance per_peer)
    : store_(store), key_(std::move(key)), sign_ins_(per_peer) {}

void ExampleSignIn::handle(const HttpRequest& request, Now now, const Respond& respond) {
  if (request.path == "/v1/example/members") return members(request, respond);
  if (request.path == "/v1/example/sign-in") return sign_in(request, now, respond);
  respond(problem(404, ErrorCode::kNotFound, "there is nothing here"));
}

void ExampleSignIn::members(const HttpRequest& request, const Respond& respond) {
  static constexpr const char* kMethods = "GET, OPTIONS";
  if (request.method == "OPTIONS") return respond(preflight(kMethods));
  if (request.method != "GET") return respond(wrong_method(kMethods));
  store_.list_members(call::SiteId(kExampleSite), call::MemberId{}, store::kMaxPage,
                      [respond](const store::Answer<std::vector<store::MemberProfile>>& found) {
                        respond(found ? json(example_members_json(kExampleSite, who_may(*found))) : unreadable());
                      });
}

void ExampleSignIn::sign_in(const HttpRequest& request, Now now, const Respond& respond) {
  static constexpr const char* kMethods = "POST, OPTIONS";
  if (request.method == "OPTIONS") return respond(preflight(kMethods));
  if (request.method != "POST") return respond(wrong_method(kMethods));
  if (!sign_ins_.take(request.peer, now.steady)) {
    return respond(problem(429, ErrorCode::kTooMany, "too many sign-ins from this address; wait a little"));
  }
  const auto member = read_example_sign_in(request.body);
  if (!member) return respond(problem(member.error()));
  store_.read_member(call::SiteId(kExampleSite), *member,
                     [respond, now, key = key_](const store::Answer<std::optional<store::MemberProfile>>& found) {
                       if (!found) return respond(unreadable());
                       if (!*found || (*found)->deactivated) {
                         return respond(problem(404, ErrorCode::kNotFound, "nobody of that name lives here"));
                       }
                       Grant grant;
                       grant.site = kExampleSite;
                       grant.member = (*found)->member.text();
                       grant.expires_at = now.wall + kTokenLife;
                       respond(json(example_signed_in_json(write_token(grant, key, now.wall), kExampleSite,
                                                           shown(**found), grant.expires_at)));
                     });
}

}  // namespace parley::signaling

// One request to the HTTP interface of a site whose token, site and rights are settled, and what its answer needs: what
// site_api.h hands to the routes of each resource. Control thread; answers come later, from the store.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/log.h"
#include "signaling/http/http_types.h"
#include "signaling/http/peer_limiter.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/identity/key_ring.h"
#include "signaling/now.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

inline constexpr Allowance kRefusals{1, 20};

// What the routes of all resources share.
struct RestWorld {
  store::CallStore& store;
  CallsControl& calls;
  KeyRing keys;
  std::function<Now()> clock;
  LogSink log;
  PeerLimiter refusals{kRefusals};  // lines in the audit that one token's bearer can make
};

// What somebody did or wished, for the audit (R48): names, never contents.
struct AuditWords {
  std::string why;
  std::string from{};
  std::string to{};
  std::string refused{};
  std::optional<call::CallId> call{};
};

struct SiteAsk {
  std::weak_ptr<RestWorld> world;  // gone when the server stops: later answers end there
  HttpRequest request;
  Respond respond;
  Now now;
  Grant grant;
  call::SiteId site;
  store::SiteEntry entry{};
  std::optional<store::MemberProfile> self{};  // a member's token
  std::vector<std::string> parts{};            // what stands in the braces of the route's path, after the site
  std::string what{};                          // the route's name in the audit

  bool is_service() const { return grant.service; }
  bool is_admin() const { return self && self->role == store::Role::kAdmin; }
  call::MemberId member() const { return call::MemberId(grant.member); }
  store::AuditEntry audit(const AuditWords& words) const;
};
using AskPtr = std::shared_ptr<const SiteAsk>;

// Who may use a route; members are known to the site and not deactivated.
enum class Access : std::uint8_t { kMember, kAdmin, kService };

struct RestRoute {
  const char* method;
  const char* path;  // "/v1/sites/{site}/members/{member}"
  Access access;
  const char* what;
  void (*run)(RestWorld& world, const AskPtr& ask);
};

HttpResponse json_response(std::string body, int status = 200);
HttpResponse problem(const store::Failure& failure);
// Refuses a write with 403 and leaves a line in the audit (R2, R48).
void refuse_write(RestWorld& world, const AskPtr& ask, const std::string& sentence);
// The same with any answer.
void refuse_write(RestWorld& world, const AskPtr& ask, const std::string& code, HttpResponse answer);

// How many entries a page may have, and where it begins: ?limit= and ?before= or ?after=. Nothing: a bad number.
std::optional<std::size_t> limit_of(const HttpRequest& request);
std::optional<store::Page> page_of(const HttpRequest& request);
std::optional<std::uint64_t> number_of(std::string_view text);

// What the store answers goes on to `then`, unless it failed or nobody is there any more.
template <class Ask, class F>
auto answered(const Ask& ask, F then) {
  return [ask, then = std::move(then)](auto answer) {
    const auto world = ask->world.lock();
    if (!world) return;
    if (!answer) {
      HttpResponse response = problem(answer.error());
      if (world->log && response.status >= 500) {
        world->log(LogLevel::kWarning, "the store could not answer a request: " + answer.error().text);
      }
      return ask->respond(std::move(response));
    }
    then(*world, *answer);
  };
}

}  // namespace parley::signaling

#include "signaling/http/site_api.h"

#include <utility>

#include "signaling/http/media_sessions.h"
#include "signaling/http/problem.h"
#include "signaling/identity/names.h"
#include "signaling/identity/token.h"

namespace parley::signaling {
namespace {

constexpr std::string_view kEvents = "/v1/events";

bool is_write(const HttpRequest& request) {
  return request.method != "GET";
}

HttpResponse no_such_site() {
  return problem(404, ErrorCode::kNotFound, "there is no such site");
}

void refuse(RestWorld& world, const AskPtr& ask, const std::string& sentence) {
  if (is_write(ask->request)) return refuse_write(world, ask, sentence);
  ask->respond(problem(403, ErrorCode::kForbidden, sentence));
}

// What was read decides: the site, the member, the right to this route.
void enter(RestWorld& world, const RestRoute& route, const std::shared_ptr<SiteAsk>& ask,
           const store::PeopleView& found) {
  ask->entry = found.site;
  const bool exists = found.site.version != 0;
  if (ask->grant.site != ask->site.text()) {
    // The same answer as for no site at all; the site that was meant has a line about it.
    if (exists && is_write(ask->request)) return refuse_write(world, ask, "not_found", no_such_site());
    return ask->respond(no_such_site());
  }
  if (!exists) return ask->respond(no_such_site());
  if (ask->is_service()) return route.run(world, ask);

  if (found.people.empty() || found.people.front().profile.deactivated) {
    return refuse(world, ask, "the token's member is none of this site");
  }
  ask->self = found.people.front().profile;
  if (route.access == Access::kService) return refuse(world, ask, "this needs a service token of the site");
  if (route.access == Access::kAdmin && !ask->is_admin()) {
    return refuse(world, ask, "this needs an administrator of the site, or a service token");
  }
  route.run(world, ask);
}

}  // namespace

std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parts;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view want = pattern.substr(0, pattern.find('/', 1));
    const std::string_view have = path.substr(0, path.find('/', 1));
    if (want.starts_with("/{")) {
      if (have.size() < 2) return std::nullopt;
      parts.emplace_back(have.substr(1));
    } else if (want != have) {
      return std::nullopt;
    }
    pattern.remove_prefix(want.size());
    path.remove_prefix(have.size());
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parts;
}

SiteApi::SiteApi(store::CallStore& store, CallsControl& calls, KeyRing keys, std::function<Now()> clock, LogSink log)
    : world_(std::make_shared<RestWorld>(
          RestWorld{store, calls, std::move(keys), std::move(clock), std::move(log), PeerLimiter(kRefusals)})) {}

bool SiteApi::owns(std::string_view path) {
  return path.starts_with("/v1/sites/") || path == kEvents;
}

const std::vector<RestRoute>& SiteApi::routes() {
  static const std::vector<RestRoute> all = [] {
    std::vector<RestRoute> routes;
    for (const auto& of : {settings_routes(), member_routes(), call_routes(), notification_routes(), platform_routes()})
      routes.insert(routes.end(), of.begin(), of.end());
    return routes;
  }();
  return all;
}

void SiteApi::handle(const HttpRequest& request, Respond respond) {
  // Which route? Without one: what would be here.
  const RestRoute* route = nullptr;
  std::string allow;
  std::vector<std::string> parts;
  for (const RestRoute& each : routes()) {
    auto matched = match_path(each.path, request.path);
    if (!matched) continue;
    allow += std::string(each.method) + ", ";
    if (request.method != each.method) continue;
    route = &each;
    parts = std::move(*matched);
  }
  if (allow.empty()) return respond(problem(404, ErrorCode::kNotFound, "there is nothing here"));
  allow += "OPTIONS";
  if (request.method == "OPTIONS") return respond(preflight(allow));
  if (route == nullptr) return respond(wrong_method(allow));

  // Who asks?
  const auto ask = std::make_shared<SiteAsk>();
  ask->now = world_->clock();
  const std::string_view token = bearer_token(request);
  if (token.empty()) {
    return respond(problem(401, ErrorCode::kUnauthorized, "a token is needed: Authorization: Bearer ..."));
  }
  auto grant = read_token(token, world_->keys, ask->now.wall);
  if (!grant) return respond(problem(grant.error()));
  if (!grant->service && !grant->allows_calls()) {
    return respond(problem(403, ErrorCode::kForbidden, "a token for a room is good for that room only"));
  }

  // Of which site, and as whom?
  ask->world = world_;
  ask->request = request;
  ask->respond = std::move(respond);
  ask->grant = std::move(*grant);
  ask->what = route->what;
  const bool named = !parts.empty();
  ask->site = call::SiteId(named ? parts.front() : ask->grant.site);
  if (named) parts.erase(parts.begin());
  ask->parts = std::move(parts);
  std::vector<call::MemberId> self;
  if (!ask->is_service()) self.push_back(ask->member());
  world_->store.read_people(ask->site, {}, std::move(self),
                            answered(ask, [ask, route](RestWorld& world, const store::PeopleView& found) {
                              enter(world, *route, ask, found);
                            }));
}

}  // namespace parley::signaling

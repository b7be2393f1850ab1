#include "signaling/http/admin_api.h"

#include <utility>

#include "signaling/http/media_sessions.h"
#include "signaling/http/problem.h"
#include "signaling/http/site_api.h"
#include "signaling/identity/names.h"
#include "signaling/identity/secret.h"
#include "signaling/protocol/rest_calls.h"

namespace parley::signaling {
namespace {

struct AdminAsk {
  std::weak_ptr<AdminWorld> world;
  HttpRequest request;
  Respond respond;
  Now now;
  call::SiteId site{};

  store::AuditEntry audit(std::string why) const {
    store::AuditEntry line;
    line.site = site;
    line.who = "operator";
    line.why = std::move(why);
    line.stamp = {now.line, now.calendar};
    return line;
  }
};
using AskPtr = std::shared_ptr<const AdminAsk>;

HttpResponse no_such_site() {
  return problem(404, ErrorCode::kNotFound, "there is no such site");
}

HttpResponse gone() {
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse site_response(const AdminAsk& ask, const store::SiteEntry& entry, int status = 200) {
  return json_response(site_json({ask.site, entry.settings, entry.version}), status);
}

void tell_webhook_changed(AdminWorld& world, const AdminAsk& ask) {
  if (world.webhook_changed) world.webhook_changed(ask.site);
}

// ---- sites

void list_sites(AdminWorld& world, const AskPtr& ask) {
  const auto limit = limit_of(ask->request);
  if (!limit) return ask->respond(problem(400, ErrorCode::kBadRequest, "limit must be a number from 1"));
  const call::SiteId after{std::string(ask->request.query_value("after").value_or(std::string_view()))};
  world.store.list_sites(
      after, *limit, answered(ask, [ask, limit](AdminWorld&, const std::vector<store::SiteRow>& found) {
        std::vector<SiteDocument> sites;
        for (const store::SiteRow& each : found) {
          if (each.entry.version != 0) sites.push_back({each.site, each.entry.settings, each.entry.version});
        }
        const bool more = found.size() == *limit;
        ask->respond(json_response(sites_json(sites, more ? std::optional(found.back().site) : std::nullopt)));
      }));
}

void get_site(AdminWorld& world, const AskPtr& ask) {
  world.store.read_site(ask->site, answered(ask, [ask](AdminWorld&, const store::SiteEntry& entry) {
                          ask->respond(entry.version == 0 ? no_such_site() : site_response(*ask, entry));
                        }));
}

// Made with every setting at its default (R2): what it has is its administrators' and its platform's to say.
void put_site(AdminWorld& world, const AskPtr& ask) {
  if (const auto nothing = read_empty(ask->request.body); !nothing) return ask->respond(problem(nothing.error()));
  store::SiteChange change;
  change.site = ask->site;
  change.audit = ask->audit("site_made");
  change.from = 0;
  world.store.put_site(std::move(change), [ask](store::Answer<store::Done> done) {
    const auto there = ask->world.lock();
    if (!there) return;
    if (!done && done.error().fault == store::Fault::kMoved) return get_site(*there, ask);
    answered(ask, [ask](AdminWorld&, const store::Done&) { ask->respond(site_response(*ask, {{}, 1}, 201)); })(
        std::move(done));
  });
}

void delete_site(AdminWorld& world, const AskPtr& ask) {
  const auto erased = [ask](AdminWorld& there, const store::Done&) {
    there.calls.site_changed(ask->site);
    tell_webhook_changed(there, *ask);
    ask->respond(gone());
  };
  const auto erase = [ask, erased](AdminWorld& there, const store::SiteEntry& entry) {
    if (entry.version == 0) return ask->respond(no_such_site());
    there.store.erase_site(ask->site, ask->audit("site_removed"), answered(ask, erased));
  };
  world.store.read_site(ask->site, answered(ask, erase));
}

// ---- webhooks

void get_webhook(AdminWorld& world, const AskPtr& ask) {
  const auto tell = [ask](AdminWorld&, const std::optional<store::Webhook>& hook) {
    if (!hook) return ask->respond(problem(404, ErrorCode::kNotFound, "there is no webhook"));
    ask->respond(json_response(webhook_json(hook->url, hook->secrets.size(), hook->version)));
  };
  world.store.read_webhook(ask->site, answered(ask, tell));
}

void put_webhook(AdminWorld& world, const AskPtr& ask) {
  const auto wish = read_webhook_wish(ask->request.body);
  if (!wish) return ask->respond(problem(wish.error()));
  if (world.check_target) {
    if (const auto fits = world.check_target(wish->url); !fits) return ask->respond(problem(fits.error()));
  }
  const auto written = [ask](AdminWorld& there, const store::Done&) {
    tell_webhook_changed(there, *ask);
    get_webhook(there, ask);
  };
  const auto put = [ask, wish = *wish, written](AdminWorld& there, const store::SiteEntry& entry) {
    if (entry.version == 0) return ask->respond(no_such_site());
    store::WebhookChange change;
    change.hook = {ask->site, wish.url, wish.secrets, 0};
    change.audit = ask->audit("webhook");
    there.store.put_webhook(std::move(change), answered(ask, written));
  };
  world.store.read_site(ask->site, answered(ask, put));
}

void delete_webhook(AdminWorld& world, const AskPtr& ask) {
  const auto erased = [ask](AdminWorld& there, const store::Done&) {
    tell_webhook_changed(there, *ask);
    ask->respond(gone());
  };
  world.store.erase_webhook(ask->site, ask->audit("webhook_removed"), answered(ask, erased));
}

struct Door {
  AdminRoute route;
  void (*run)(AdminWorld& world, const AskPtr& ask);
};

constexpr const char* kSites = "/admin/v1/sites";
constexpr const char* kSite = "/admin/v1/sites/{site}";
constexpr const char* kHook = "/admin/v1/sites/{site}/webhook";
constexpr Door kDoors[] = {
    {{"GET", kSites}, list_sites},       {{"GET", kSite}, get_site},    {{"PUT", kSite}, put_site},
    {{"DELETE", kSite}, delete_site},    {{"GET", kHook}, get_webhook}, {{"PUT", kHook}, put_webhook},
    {{"DELETE", kHook}, delete_webhook},
};

}  // namespace

AdminApi::AdminApi(AdminWorld world, AdminOptions options)
    : world_(std::make_shared<AdminWorld>(std::move(world))),
      options_(std::move(options)),
      requests_(options_.requests) {}

const std::vector<AdminRoute>& AdminApi::routes() {
  static const std::vector<AdminRoute> all = [] {
    std::vector<AdminRoute> routes;
    for (const Door& each : kDoors) routes.push_back(each.route);
    return routes;
  }();
  return all;
}

std::optional<HttpResponse> AdminApi::refuse_early(const HttpRequest& request) {
  if (!requests_.take(request.peer, world_->clock().steady)) {
    return problem(429, ErrorCode::kTooMany, "too many requests from this address; slow down");
  }
  if (request.query_value("token") || request.query_value("access_token")) {
    return problem(400, ErrorCode::kBadRequest, "a secret must not stand in a URL, where logs keep it");
  }
  // No page has anything to do here, not even with the secret.
  if (!request.header("origin").empty()) {
    return problem(403, ErrorCode::kForbidden, "pages may not use this interface");
  }
  const std::string_view shown = bearer_token(request);
  if (options_.secret.empty() || !equal_in_constant_time(shown, options_.secret)) {
    return problem(401, ErrorCode::kUnauthorized, "the operator's secret is needed: Authorization: Bearer ...");
  }
  return std::nullopt;
}

void AdminApi::handle(const HttpRequest& request, Respond respond) {
  const Respond finish = [respond = std::move(respond)](HttpResponse response) {
    response.with("X-Content-Type-Options", "nosniff").with("Cache-Control", "no-store");
    respond(std::move(response));
  };
  if (auto refused = refuse_early(request)) return finish(std::move(*refused));

  std::string allow;
  const Door* door = nullptr;
  std::vector<std::string> parts;
  for (const Door& each : kDoors) {
    auto matched = match_path(each.route.path, request.path);
    if (!matched) continue;
    allow += (allow.empty() ? "" : ", ") + std::string(each.route.method);
    if (request.method != each.route.method) continue;
    door = &each;
    parts = std::move(*matched);
  }
  if (allow.empty()) return finish(problem(404, ErrorCode::kNotFound, "there is nothing here"));
  if (door == nullptr) return finish(wrong_method(allow));
  if (!parts.empty() && !is_path_name(parts.front())) {
    return finish(problem(400, ErrorCode::kBadRequest, "a site's id is 1 to 128 bytes of text"));
  }

  const auto ask = std::make_shared<AdminAsk>();
  ask->world = world_;
  ask->request = request;
  ask->respond = finish;
  ask->now = world_->clock();
  if (!parts.empty()) ask->site = call::SiteId(parts.front());
  door->run(*world_, ask);
}

std::optional<HttpResponse> AdminApi::refuse_upgrade(const HttpRequest&) {
  return problem(404, ErrorCode::kNotFound, "there is nothing here");
}

ConnectionId AdminApi::opened(Connection& connection) {
  connection.close(CloseCode::kPolicy, "not here");
  return ConnectionId{};
}

}  // namespace parley::signaling

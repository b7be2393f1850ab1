#include "signaling/service.h"

#include <uv.h>

#include <string>
#include <utility>

#include "signaling/example/example_seed.h"
#include "signaling/http/lws_server.h"

namespace parley::signaling {
namespace {

constexpr std::uint64_t kTickMilliseconds = 250;
constexpr std::size_t kMaxOperators = 100;  // connections

PrepareStore seed_of(const ExampleOptions& example, const LogSink& log) {
  return [example, log](store::StoreBackend& store, const store::Stamp& stamp) -> store::Answer<store::Done> {
    const auto seeded = seed_example(store, {.private_calls = example.private_calls}, stamp);
    if (!seeded) return std::unexpected(seeded.error());
    if (seeded->members > 0 && log) {
      log(LogLevel::kInfo, "the example community has " + std::to_string(seeded->members) + " new members");
    }
    return store::Done{};
  };
}

}  // namespace

Service::Service(const ServiceOptions& options, Server& server, EventRouter& events, const LogSink& log)
    : hub_(server, events, options.keys, options.ice_servers, options.hub, log),
      sessions_(server, events, options.keys, options.ice_servers),
      routes_(server, hub_, sessions_, options.keys, options.routes, [this] { return clock_.now(); }) {}

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options, uv_loop_s* loop, Server& server,
                                                EventRouter& events, LogSink log) {
  std::unique_ptr<Service> service(new Service(options, server, events, log));
  if (options.calls.enabled) {
    Hub& hub = service->hub_;
    CallOptions wanted = options.calls;
    if (options.example.enabled) wanted.prepare = seed_of(options.example, log);
    auto calls = CallService::start(wanted, loop, hub, hub, service->clock_, log);
    if (!calls) return std::unexpected(calls.error());
    service->calls_ = std::move(*calls);
    CallsHub& call_hub = service->calls_->hub();
    hub.serve_calls(call_hub, call_hub.door());
    const auto now = [self = service.get()] { return self->clock_.now(); };
    service->sites_ = std::make_unique<SiteApi>(service->calls_->store(), call_hub, options.keys, now, log);
    service->routes_.serve_sites(*service->sites_);
    auto webhooks = WebhookService::start(options.webhooks, loop, service->calls_->store(), now, log);
    if (!webhooks) return std::unexpected(webhooks.error());
    service->webhooks_ = std::move(*webhooks);
    if (options.example.enabled) {
      service->example_ = std::make_unique<ExampleSignIn>(service->calls_->store(), options.keys.own());
      service->routes_.serve_example(*service->example_);
    }
  }
  auto http = start_lws_server(loop, options.listen, service->routes_, log);
  if (!http) return std::unexpected(http.error());
  service->http_ = std::move(*http);
  if (options.calls.enabled && !options.admin.secret.empty()) {
    const auto listens = service->listen_for_operators(options.admin, loop, log);
    if (!listens) return std::unexpected(listens.error());
  }
  service->timer_ = new uv_timer_t;
  uv_timer_init(loop, service->timer_);
  service->timer_->data = service.get();
  uv_timer_start(
      service->timer_, [](uv_timer_t* timer) { static_cast<Service*>(timer->data)->tick(); }, kTickMilliseconds,
      kTickMilliseconds);
  return service;
}

Result<void> Service::listen_for_operators(const AdminOptions& options, uv_loop_s* loop, const LogSink& log) {
  // Requests may still be answered while the service stops, after its webhooks.
  const auto check = [this](std::string_view url) { return webhooks_ ? webhooks_->check_target(url) : Result<void>{}; };
  const auto changed = [this](const call::SiteId& site) {
    if (webhooks_) webhooks_->changed(site);
  };
  const auto now = [this] { return clock_.now(); };
  admin_ = std::make_unique<AdminApi>(AdminWorld{calls_->store(), calls_->hub(), now, log, check, changed}, options);
  ListenOptions listen;
  listen.address = options.address;
  listen.port = options.port;
  listen.https = false;
  listen.max_connections = kMaxOperators;
  auto http = start_lws_server(loop, listen, *admin_, log);
  if (!http) return std::unexpected(http.error());
  admin_http_ = std::move(*http);
  return {};
}

void Service::tick() {
  const Now now = clock_.now();
  hub_.tick(now);
  sessions_.tick(now);
  if (calls_) calls_->tick(now);
  if (webhooks_) webhooks_->tick();
}

void Service::stop() {
  if (timer_ == nullptr) return;
  uv_timer_stop(timer_);
  uv_close(reinterpret_cast<uv_handle_t*>(timer_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  timer_ = nullptr;
  hub_.shutdown();
  http_->stop();
  if (admin_http_) admin_http_->stop();
  webhooks_.reset();
  if (calls_) calls_->stop();
}

Service::~Service() {
  stop();
}

}  // namespace parley::signaling

// The signaling side as one thing: hub, private calls, WHIP and WHEP, routes, the HTTP server and their clock on one
// libuv loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "parley/log.h"
#include "parley/server.h"
#include "signaling/call_service.h"
#include "signaling/example/example_sign_in.h"
#include "signaling/http/admin_api.h"
#include "signaling/http/http_server.h"
#include "signaling/http/media_sessions.h"
#include "signaling/http/routes.h"
#include "signaling/http/site_api.h"
#include "signaling/hub/event_router.h"
#include "signaling/hub/hub.h"
#include "signaling/machine_clock.h"
#include "signaling/webhook_service.h"

struct uv_timer_s;

namespace parley::signaling {

// The example community: anyone may sign in as any of its members (docs/http-api.md). It needs private calls.
struct ExampleOptions {
  bool enabled = false;
  bool private_calls = false;  // R2; what a site that was never there begins with
};

struct ServiceOptions {
  ListenOptions listen;
  RouteOptions routes;
  HubLimits hub;
  CallOptions calls;
  WebhookOptions webhooks;
  AdminOptions admin;
  std::vector<IceServer> ice_servers;
  KeyRing keys{SigningKey{}};
  ExampleOptions example;
};

class Service {
 public:
  // `events` must be the Observer that `server` was started with. The service must go before server, events and loop.
  static Result<std::unique_ptr<Service>> start(const ServiceOptions& options, uv_loop_s* loop, Server& server,
                                                EventRouter& events, LogSink log);
  ~Service();

  std::uint16_t port() const { return http_->port(); }
  std::uint16_t https_port() const { return http_->https_port(); }
  // 0: there is no listener for operators.
  std::uint16_t admin_port() const { return admin_http_ ? admin_http_->port() : std::uint16_t{0}; }
  // Tells every WebSocket client, then closes everything, the store of calls last; runs the loop until that is done.
  // Idempotent.
  void stop();

 private:
  Service(const ServiceOptions& options, Server& server, EventRouter& events, const LogSink& log);

  Result<void> listen_for_operators(const AdminOptions& options, uv_loop_s* loop, const LogSink& log);
  void tick();

  MachineClock clock_;
  Hub hub_;
  MediaSessions sessions_;
  Routes routes_;
  std::unique_ptr<CallService> calls_;  // none: switched off
  std::unique_ptr<SiteApi> sites_;      // with calls
  std::unique_ptr<WebhookService> webhooks_;
  std::unique_ptr<AdminApi> admin_;         // with calls, and a secret
  std::unique_ptr<ExampleSignIn> example_;  // if the configuration has it
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<HttpServer> admin_http_;
  uv_timer_s* timer_ = nullptr;
};

}  // namespace parley::signaling

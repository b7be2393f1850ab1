// What the operator of the server does, on a listener of its own with a secret of its own: sites are made and removed
// here and nowhere else, and their webhooks set. No pages, no CORS, no WebSocket. Control thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parley/log.h"
#include "signaling/http/http_server.h"
#include "signaling/http/peer_limiter.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/now.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

struct AdminOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8081;
  std::string secret;           // empty: no listener
  Allowance requests{50, 200};  // per peer
};

struct AdminWorld {
  store::CallStore& store;
  CallsControl& calls;
  std::function<Now()> clock;
  LogSink log;
  // May a webhook point there? Beyond what the URL alone tells; none: yes.
  std::function<Result<void>(std::string_view url)> check_target;
  // Told after the store has it; none: nobody.
  std::function<void(const call::SiteId& site)> webhook_changed;
};

struct AdminRoute {
  const char* method;
  const char* path;
};

class AdminApi : public HttpHandler {
 public:
  AdminApi(AdminWorld world, AdminOptions options);

  void handle(const HttpRequest& request, Respond respond) override;
  static const std::vector<AdminRoute>& routes();

  // There is no WebSocket here.
  std::optional<HttpResponse> refuse_upgrade(const HttpRequest& request) override;
  ConnectionId opened(Connection& connection) override;
  void message(ConnectionId, std::string_view) override {}
  void pong(ConnectionId) override {}
  void closed(ConnectionId) override {}
  std::size_t message_limit(ConnectionId) const override { return 0; }

 private:
  std::optional<HttpResponse> refuse_early(const HttpRequest& request);

  std::shared_ptr<AdminWorld> world_;
  AdminOptions options_;
  PeerLimiter requests_;
};

}  // namespace parley::signaling

// Every path of the HTTP side and who answers it; docs/http-api.md is its description. The WebSocket's door is here
// too.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parley/server.h"
#include "signaling/http/http_server.h"
#include "signaling/http/media_sessions.h"
#include "signaling/http/origins.h"
#include "signaling/http/peer_limiter.h"
#include "signaling/http/site_api.h"
#include "signaling/http/static_files.h"
#include "signaling/hub/hub.h"

namespace parley::signaling {

struct RouteOptions {
  std::vector<std::string> origins;
  std::string web_root;
  std::string front_page = "/rooms/";  // where "/" leads if the web root has no index.html
  bool demo = false;
  Allowance requests{50, 200};   // per peer
  Allowance files{500, 3000};    // per peer, and of files alone: a page is up to a hundred of them
  Allowance demo_tokens{2, 50};  // per peer
};

class ExampleSignIn;

class Routes : public HttpHandler {
 public:
  Routes(Server& server, Hub& hub, MediaSessions& sessions, KeyRing keys, RouteOptions options,
         std::function<Now()> clock);

  // The example community's sign-in, for as long as the routes answer. Without one there is nothing at its paths.
  void serve_example(ExampleSignIn& example) { example_ = &example; }
  // The interface of sites, for as long as the routes answer. Without one there is nothing at its paths.
  void serve_sites(SiteApi& sites) { sites_ = &sites; }

  void handle(const HttpRequest& request, Respond respond) override;
  std::optional<HttpResponse> refuse_upgrade(const HttpRequest& request) override;
  ConnectionId opened(Connection& connection) override { return hub_.open(connection, clock_()); }
  void message(ConnectionId id, std::string_view text) override { hub_.receive(id, text, clock_()); }
  void pong(ConnectionId id) override { hub_.pong(id, clock_()); }
  void closed(ConnectionId id) override { hub_.closed(id, clock_()); }
  std::size_t message_limit(ConnectionId id) const override { return hub_.message_limit(id); }

 private:
  std::optional<HttpResponse> refuse_early(const HttpRequest& request, Now now);
  HttpResponse answer(const HttpRequest& request, Now now);
  HttpResponse to_front_page() const;
  HttpResponse endpoint(Ingest way, const std::string& room, const HttpRequest& request, Now now);
  HttpResponse session(const std::string& id, const HttpRequest& request, Now now);
  HttpResponse demo_token(const HttpRequest& request, Now now);
  void stats(const HttpRequest& request, Now now, const Respond& respond);

  Server& server_;
  Hub& hub_;
  MediaSessions& sessions_;
  ExampleSignIn* example_ = nullptr;
  SiteApi* sites_ = nullptr;
  KeyRing keys_;
  RouteOptions options_;
  std::function<Now()> clock_;
  Origins origins_;
  StaticFiles files_;
  PeerLimiter requests_;
  PeerLimiter file_requests_;
  PeerLimiter demo_tokens_;
};

}  // namespace parley::signaling

#include "signaling/http/routes.h"

#include <utility>

#include "signaling/example/example_sign_in.h"
#include "signaling/http/problem.h"
#include "signaling/identity/names.h"
#include "signaling/identity/secret.h"
#include "signaling/protocol/rest.h"

namespace parley::signaling {
namespace {

constexpr std::chrono::hours kDemoTokenLife{12};

const std::string kGuest = "guest-";

constexpr const char* kContentPolicy =
    "default-src 'self'; connect-src 'self' ws: wss:; media-src 'self' blob:; img-src 'self' blob: data:; object-src "
    "'none'; "
    "base-uri 'none'; frame-ancestors 'none'";

HttpResponse text(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.with("Content-Type", "text/plain; charset=utf-8").with("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

HttpResponse not_found() {
  return problem(404, ErrorCode::kNotFound, "there is nothing here");
}

// The rest of a path after a prefix, if it is one segment.
std::optional<std::string> segment_after(const std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  std::string rest = path.substr(prefix.size());
  if (rest.empty() || rest.find('/') != rest.npos) return std::nullopt;
  return rest;
}

bool is_file(const std::string& path) {
  return !path.starts_with("/v1/") && path != "/healthz" && path != "/readyz";
}

void add_security_headers(const HttpRequest& request, HttpResponse& response) {
  response.with("X-Content-Type-Options", "nosniff").with("Referrer-Policy", "no-referrer");
  if (request.path.starts_with("/v1/")) {
    response.with("Cache-Control", "no-store");
    return;
  }
  response.with("Content-Security-Policy", kContentPolicy)
      .with("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)");
}

}  // namespace

Routes::Routes(Server& server, Hub& hub, MediaSessions& sessions, KeyRing keys, RouteOptions options,
               std::function<Now()> clock)
    : server_(server),
      hub_(hub),
      sessions_(sessions),
      keys_(std::move(keys)),
      options_(std::move(options)),
      clock_(std::move(clock)),
      origins_(options_.origins),
      files_(options_.web_root),
      requests_(options_.requests),
      file_requests_(options_.files),
      demo_tokens_(options_.demo_tokens) {}

void Routes::handle(const HttpRequest& request, Respond respond) {
  const Now now = clock_();
  // What every answer carries, whoever makes it.
  Respond finish = [this, request, respond = std::move(respond)](HttpResponse response) {
    add_security_headers(request, response);
    origins_.allow(request, response);
    respond(std::move(response));
  };
  if (auto refused = refuse_early(request, now)) return finish(std::move(*refused));
  if (request.path == "/v1/admin/stats") return stats(request, now, finish);
  if (example_ != nullptr && request.path.starts_with("/v1/example/")) return example_->handle(request, now, finish);
  if (sites_ != nullptr && SiteApi::owns(request.path)) return sites_->handle(request, finish);
  finish(answer(request, now));
}

std::optional<HttpResponse> Routes::refuse_early(const HttpRequest& request, Now now) {
  PeerLimiter& allowance = is_file(request.path) ? file_requests_ : requests_;
  if (!allowance.take(request.peer, now.steady)) {
    return problem(429, ErrorCode::kTooMany, "too many requests from this address; slow down");
  }
  if (request.query_value("token") || request.query_value("access_token")) {
    return problem(400, ErrorCode::kBadRequest,
                   "a token must not stand in a URL, where logs keep it; send it as Authorization: Bearer");
  }
  const bool changes = request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
  if (changes && !origins_.allows(request)) {
    return problem(403, ErrorCode::kForbidden, "pages of this origin may not use this server");
  }
  if (request.body.size() > kMaxBodyBytes) return problem(413, ErrorCode::kTooLarge, "the body is larger than 512 KiB");
  return std::nullopt;
}

HttpResponse Routes::answer(const HttpRequest& request, Now now) {
  const std::string& path = request.path;
  if (const auto room = segment_after(path, "/v1/whip/")) return endpoint(Ingest::kPublish, *room, request, now);
  if (const auto room = segment_after(path, "/v1/whep/")) return endpoint(Ingest::kSubscribe, *room, request, now);
  if (const auto id = segment_after(path, "/v1/sessions/")) return session(*id, request, now);
  if (path == "/v1/demo/token") return demo_token(request, now);
  if (path == "/v1/ws") {
    return problem(426, ErrorCode::kBadRequest, "this is a WebSocket; connect with the subprotocol parley.v1")
        .with("Upgrade", "websocket");
  }
  if (path.starts_with("/v1/")) return not_found();
  if (path == "/healthz" || path == "/readyz") {
    if (request.method != "GET" && request.method != "HEAD") return wrong_method("GET, HEAD");
    if (path == "/readyz" && !server_.ready()) return text(503, "not ready\n").with("Retry-After", "5");
    return text(200, "ok\n");
  }
  HttpResponse file = files_.serve(request);
  return path == "/" && file.status == 404 ? to_front_page() : file;
}

// A folder without an index.html of its own opens on a page further down.
HttpResponse Routes::to_front_page() const {
  HttpResponse response;
  response.status = 307;
  response.with("Location", options_.front_page).with("Cache-Control", "no-cache");
  return response;
}

// RFC 9725 §4.2: OPTIONS for browsers, and everything that is not POST is kept for the future.
HttpResponse Routes::endpoint(Ingest way, const std::string& room, const HttpRequest& request, Now now) {
  static constexpr const char* kMethods = "POST, OPTIONS";
  if (request.method == "OPTIONS") return preflight(kMethods).with("Accept-Post", kSdpType);
  if (request.method != "POST") return wrong_method(kMethods);
  return sessions_.create(way, room, request, now);
}

HttpResponse Routes::session(const std::string& id, const HttpRequest& request, Now now) {
  static constexpr const char* kMethods = "PATCH, DELETE, OPTIONS";
  if (request.method == "OPTIONS") return preflight(kMethods).with("Accept-Patch", kFragmentType);
  if (request.method == "PATCH") return sessions_.patch(id, request, now);
  if (request.method == "DELETE") return sessions_.remove(id, request, now);
  return wrong_method(kMethods);
}

HttpResponse Routes::demo_token(const HttpRequest& request, Now now) {
  if (!options_.demo) return not_found();
  if (request.method == "OPTIONS") return preflight("POST, OPTIONS");
  if (request.method != "POST") return wrong_method("POST, OPTIONS");
  if (!demo_tokens_.take(request.peer, now.steady)) {
    return problem(429, ErrorCode::kTooMany, "too many tokens for this address; wait a little");
  }
  const auto wish = read_demo_token_request(request.body);
  if (!wish) return problem(wish.error());
  Grant grant;
  // Whoever shows an earlier token stays the same member, so that a session can be resumed or go on for longer.
  const auto earlier = read_token(bearer_token(request), keys_, now.wall);
  const bool stays = earlier && earlier->site == kSite && !earlier->service && earlier->member.starts_with(kGuest);
  grant.member = stays ? earlier->member : kGuest + random_hex(4);
  grant.room = wish->room;
  grant.publish = grant.subscribe = true;
  grant.expires_at = now.wall + kDemoTokenLife;
  HttpResponse response;
  response.with("Content-Type", "application/json");
  response.body = demo_token_json(write_token(grant, keys_.own(), now.wall), grant.member);
  return response;
}

void Routes::stats(const HttpRequest& request, Now now, const Respond& respond) {
  if (request.method == "OPTIONS") return respond(preflight("GET, OPTIONS"));
  if (request.method != "GET") return respond(wrong_method("GET, OPTIONS"));
  const std::string_view token = bearer_token(request);
  if (token.empty()) return respond(problem(401, ErrorCode::kUnauthorized, "a service token is needed"));
  const auto grant = read_token(token, keys_, now.wall);
  if (!grant) return respond(problem(grant.error()));
  // The figures are of all sites together: nothing for the service of one.
  if (!grant->service || grant->key_id != kOwnKey) {
    return respond(
        problem(403, ErrorCode::kForbidden, "only a service token of the server's own key may read the figures"));
  }
  server_.collect_stats([respond](const ServerStats& stats) {
    HttpResponse response;
    response.with("Content-Type", "application/json");
    response.body = stats_json(stats);
    respond(std::move(response));
  });
}

std::optional<HttpResponse> Routes::refuse_upgrade(const HttpRequest& request) {
  if (auto refused = refuse_early(request, clock_())) return refused;
  if (request.path != "/v1/ws") return not_found();
  if (!origins_.allows(request))
    return problem(403, ErrorCode::kForbidden, "pages of this origin may not use this server");
  bool offered = false;
  std::string_view list = request.header("sec-websocket-protocol");
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view each = list.substr(0, comma);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    offered |= each == kSubprotocol;
    list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
  }
  if (!offered) return problem(400, ErrorCode::kBadRequest, "the subprotocol parley.v1 must be offered");
  if (!server_.ready()) return problem(503, ErrorCode::kUnavailable, "the server is shutting down");
  return std::nullopt;
}

}  // namespace parley::signaling

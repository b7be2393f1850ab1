// The port between whatever speaks HTTP and WebSocket on sockets, and what this server answers. libwebsockets stands
// behind it (lws_server.h). Everything happens on the control thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parley/error.h"
#include "parley/log.h"
#include "signaling/http/http_types.h"
#include "signaling/hub/connection.h"

struct uv_loop_s;

namespace parley::signaling {

inline constexpr const char* kSubprotocol = "parley.v1";
inline constexpr std::size_t kMaxBodyBytes = 512 * 1024;

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(const HttpRequest& request, Respond respond) = 0;
  // What to answer instead of becoming a WebSocket; nothing: go ahead.
  virtual std::optional<HttpResponse> refuse_upgrade(const HttpRequest& request) = 0;

  virtual ConnectionId opened(Connection& connection) = 0;
  virtual void message(ConnectionId id, std::string_view text) = 0;
  virtual void pong(ConnectionId id) = 0;
  virtual void closed(ConnectionId id) = 0;
  virtual std::size_t message_limit(ConnectionId id) const = 0;
};

struct ListenOptions {
  std::string address;        // one address; empty: every
  std::uint16_t port = 8080;  // 0: the kernel chooses
  bool https = true;
  std::uint16_t https_port = 8443;
  std::string tls_certificate;  // files, PEM
  std::string tls_key;
  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_address = 500;
  std::chrono::seconds request_timeout{15};  // from the request line to the last byte of the answer
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
  virtual std::uint16_t https_port() const = 0;  // 0: no HTTPS
  // Closes the listeners and every connection, after what is queued on WebSockets has had a moment to leave.
  virtual void stop() = 0;
};

}  // namespace parley::signaling

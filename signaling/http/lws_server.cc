#include "signaling/http/lws_server.h"

#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "signaling/http/peer_limiter.h"
#include "signaling/http/problem.h"

namespace parley::signaling {
namespace {

// A request that announces more than this is not read to its end before it is refused.
constexpr std::size_t kMaxDiscarded = 4 * 1024 * 1024;
constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
constexpr std::size_t kWriteChunk = 32 * 1024;
// How long stop() lets close frames and last messages leave.
constexpr int kStopMilliseconds = 500;
constexpr lws_usec_t kCloseTime = 3 * LWS_USEC_PER_SEC;

// The close frame's number among libwebsockets' kinds of write, which its public header leaves out.
constexpr auto kWriteClose = static_cast<lws_write_protocol>(4);

// One request and its answer, while they last.
struct Exchange {
  lws* wsi = nullptr;  // null once the client has gone
  HttpRequest request;
  bool asked = false;
  bool too_large = false;
  std::size_t discarded = 0;
  std::optional<HttpResponse> response;
  bool headers_sent = false;
  std::size_t sent = 0;
  bool close_after = false;
  lws_usec_t deadline = 0;
};

class Socket final : public Connection {
 public:
  explicit Socket(lws* wsi) : wsi_(wsi) {}

  void send(std::string text) override {
    if (closing_ || wsi_ == nullptr) return;
    bytes_ += text.size();
    queue_.push_back(std::string(LWS_PRE, '\0') + std::move(text));
    lws_callback_on_writable(wsi_);
  }
  void ping() override {
    if (wsi_ == nullptr) return;
    ping_ = true;
    lws_callback_on_writable(wsi_);
  }
  void close(CloseCode code, std::string_view reason) override {
    if (closing_ || wsi_ == nullptr) return;
    closing_ = code;
    reason_ = std::string(reason.substr(0, 100));
    lws_callback_on_writable(wsi_);
    // A peer that does not read must not keep its place for ever.
    deadline_ = lws_now_usecs() + kCloseTime;
    lws_set_timer_usecs(wsi_, kCloseTime);
  }
  bool overdue(lws_usec_t now) const { return closing_ && now >= deadline_; }
  Backlog backlog() const override { return {queue_.size(), bytes_}; }

  bool closing() const { return closing_.has_value(); }

  // One frame per call, as libwebsockets wants it. Nonzero: the connection ends.
  int write() {
    if (ping_) {
      ping_ = false;
      std::array<unsigned char, LWS_PRE + 1> frame{};
      if (lws_write(wsi_, frame.data() + LWS_PRE, 0, LWS_WRITE_PING) < 0) return -1;
    } else if (!queue_.empty()) {
      std::string frame = std::move(queue_.front());
      queue_.pop_front();
      const std::size_t size = frame.size() - LWS_PRE;
      bytes_ -= size;
      if (lws_write(wsi_, reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE, size, LWS_WRITE_TEXT) < 0)
        return -1;
    } else if (closing_ && !close_sent_) {
      // Written here as a frame like others: on libuv this version of libwebsockets drops the one it would write
      // itself. The peer's own close frame, or the deadline, ends the connection.
      close_sent_ = true;
      std::string frame(LWS_PRE, '\0');
      const auto code = static_cast<std::uint16_t>(*closing_);
      frame.push_back(static_cast<char>(code >> 8));
      frame.push_back(static_cast<char>(code & 0xff));
      frame += reason_;
      const std::size_t size = frame.size() - LWS_PRE;
      if (lws_write(wsi_, reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE, size, kWriteClose) < 0) return -1;
    }
    if (!queue_.empty() || (closing_ && !close_sent_)) lws_callback_on_writable(wsi_);
    return 0;
  }

  ConnectionId id{};
  std::string incoming;

 private:
  lws* wsi_;
  std::deque<std::string> queue_;
  std::size_t bytes_ = 0;
  bool ping_ = false;
  std::optional<CloseCode> closing_;
  bool close_sent_ = false;
  lws_usec_t deadline_ = 0;
  std::string reason_;
};

struct MethodToken {
  lws_token_indexes token;
  const char* name;
};
constexpr std::array<MethodToken, 7> kMethods{{{WSI_TOKEN_GET_URI, "GET"},
                                               {WSI_TOKEN_POST_URI, "POST"},
                                               {WSI_TOKEN_OPTIONS_URI, "OPTIONS"},
                                               {WSI_TOKEN_PATCH_URI, "PATCH"},
                                               {WSI_TOKEN_DELETE_URI, "DELETE"},
                                               {WSI_TOKEN_HEAD_URI, "HEAD"},
                                               {WSI_TOKEN_PUT_URI, "PUT"}}};

// The headers that routes read, and no others: cookies are not looked at.
constexpr std::array<std::pair<lws_token_indexes, const char*>, 8> kHeaders{{
    {WSI_TOKEN_HOST, "host"},
    {WSI_TOKEN_ORIGIN, "origin"},
    {WSI_TOKEN_HTTP_AUTHORIZATION, "authorization"},
    {WSI_TOKEN_HTTP_CONTENT_TYPE, "content-type"},
    {WSI_TOKEN_HTTP_IF_MATCH, "if-match"},
    {WSI_TOKEN_HTTP_IF_NONE_MATCH, "if-none-match"},
    {WSI_TOKEN_PROTOCOL, "sec-websocket-protocol"},
    {WSI_TOKEN_HTTP_TRANSFER_ENCODING, "transfer-encoding"},
}};

std::string header_of(lws* wsi, lws_token_indexes token) {
  const int length = lws_hdr_total_length(wsi, token);
  if (length <= 0) return {};
  std::string value(static_cast<std::size_t>(length) + 1, '\0');
  const int copied = lws_hdr_copy(wsi, value.data(), length + 1, token);
  value.resize(copied > 0 ? static_cast<std::size_t>(copied) : 0);
  return value;
}

std::vector<std::pair<std::string, std::string>> query_of(lws* wsi) {
  std::vector<std::pair<std::string, std::string>> query;
  std::array<char, 1024> buffer{};
  for (int i = 0; i < 32; ++i) {
    const int length =
        lws_hdr_copy_fragment(wsi, buffer.data(), static_cast<int>(buffer.size()), WSI_TOKEN_HTTP_URI_ARGS, i);
    if (length < 0) break;
    const std::string_view each(buffer.data(), static_cast<std::size_t>(length));
    const std::size_t equals = each.find('=');
    query.emplace_back(each.substr(0, equals), equals == each.npos ? std::string_view() : each.substr(equals + 1));
  }
  return query;
}

std::string peer_of(lws* wsi) {
  std::array<char, 64> buffer{};
  lws_get_peer_simple(wsi, buffer.data(), buffer.size());
  return buffer.data();
}

HttpRequest request_of(lws* wsi) {
  HttpRequest request;
  for (const auto& [token, name] : kMethods) {
    if (lws_hdr_total_length(wsi, token) <= 0) continue;
    request.method = name;
    request.path = header_of(wsi, token);
    break;
  }
  for (const auto& [token, name] : kHeaders) {
    std::string value = header_of(wsi, token);
    if (!value.empty()) request.headers.emplace(name, std::move(value));
  }
  request.query = query_of(wsi);
  request.peer = peer_of(wsi);
  request.secure = lws_is_ssl(wsi) != 0;
  return request;
}

// libwebsockets wants the headers of an answer in a buffer of ours, with room before it. Nonzero: failed.
int write_head(lws* wsi, const HttpResponse& response, bool with_length) {
  std::size_t size = 1024;
  for (const auto& [name, value] : response.headers) size += name.size() + value.size() + 8;
  std::vector<unsigned char> buffer(LWS_PRE + size);
  unsigned char* const start = buffer.data() + LWS_PRE;
  unsigned char* at = start;
  unsigned char* const end = buffer.data() + buffer.size() - 1;
  if (lws_add_http_header_status(wsi, static_cast<unsigned>(response.status), &at, end) != 0) return 1;
  for (const auto& [name, value] : response.headers) {
    const std::string named = name + ":";
    if (lws_add_http_header_by_name(wsi, reinterpret_cast<const unsigned char*>(named.c_str()),
                                    reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), &at, end) != 0) {
      return 1;
    }
  }
  if (with_length && lws_add_http_header_content_length(wsi, response.body.size(), &at, end) != 0) return 1;
  return lws_finalize_write_http_header(wsi, start, &at, end);
}

class LwsServer final : public HttpServer {
 public:
  LwsServer(uv_loop_t* loop, const ListenOptions& options, HttpHandler& handler, LogSink log)
      : loop_(loop), options_(options), handler_(handler), log_(std::move(log)) {
    protocols_[0] = {"http", &LwsServer::on_http, 0, 4096, 0, nullptr, 0};
    protocols_[1] = {kSubprotocol, &LwsServer::on_websocket, 0, 64 * 1024, 0, nullptr, 0};
  }
  ~LwsServer() override { stop(); }

  Result<void> listen();
  std::uint16_t port() const override { return port_of(plain_); }
  std::uint16_t https_port() const override { return port_of(tls_); }
  void stop() override;

 private:
  static LwsServer& of(lws* wsi) { return *static_cast<LwsServer*>(lws_context_user(lws_get_context(wsi))); }
  static int on_http(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t size);
  static int on_websocket(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t size);

  static std::uint16_t port_of(lws_vhost* vhost) {
    return vhost == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(lws_get_vhost_listen_port(vhost));
  }
  Result<lws_vhost*> add_vhost(bool tls);

  bool admits(int fd) const;
  void count_in(lws* wsi);
  void count_out(lws* wsi);
  // A timer of libwebsockets fires at once when it is cancelled, so none is: whoever wakes looks whether anything is
  // late.
  bool overdue(lws* wsi) const;

  int begin(lws* wsi);
  int body(lws* wsi, std::string_view part);
  int complete(lws* wsi);
  int write_answer(lws* wsi);
  int confirm_upgrade(lws* wsi);
  void ask(const std::shared_ptr<Exchange>& exchange);
  static void answer(const std::shared_ptr<Exchange>& exchange, HttpResponse response);

  int open_socket(lws* wsi);
  int receive(lws* wsi, std::string_view part);
  void close_socket(lws* wsi);

  uv_loop_t* loop_;
  ListenOptions options_;
  HttpHandler& handler_;
  LogSink log_;
  std::array<lws_protocols, 3> protocols_{};
  lws_context* context_ = nullptr;
  lws_vhost* plain_ = nullptr;
  lws_vhost* tls_ = nullptr;
  bool stopping_ = false;
  std::unordered_map<lws*, std::shared_ptr<Exchange>> exchanges_;
  std::unordered_map<lws*, std::unique_ptr<Socket>> sockets_;
  std::unordered_map<lws*, std::string> peers_;
  std::unordered_map<std::string, std::size_t> connections_per_peer_;
};

// Starting and stopping.

Result<void> LwsServer::listen() {
  lws_set_log_level(0, nullptr);
  lws_context_creation_info info{};
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                 LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  void* loops[1] = {loop_};
  info.foreign_loops = loops;
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.gid = static_cast<decltype(info.gid)>(-1);
  info.uid = static_cast<decltype(info.uid)>(-1);
  info.user = this;
  info.pcontext = &context_;
  info.max_http_header_data = kMaxHeaderBytes;
  info.server_string = "parley";
  context_ = lws_create_context(&info);
  if (context_ == nullptr) {
    return std::unexpected(
        Error{ErrorCode::kEnvironment,
              "libwebsockets does not start on libuv; is the package libwebsockets-evlib-uv installed?"});
  }
  auto plain = add_vhost(false);
  if (!plain) return std::unexpected(plain.error());
  plain_ = *plain;
  if (!options_.https) return {};
  auto tls = add_vhost(true);
  if (!tls) return std::unexpected(tls.error());
  tls_ = *tls;
  return {};
}

Result<lws_vhost*> LwsServer::add_vhost(bool tls) {
  lws_context_creation_info info{};
  info.vhost_name = tls ? "https" : "http";
  info.protocols = protocols_.data();
  info.iface = options_.address.empty() ? nullptr : options_.address.c_str();
  info.port = tls ? options_.https_port : options_.port;
  // Without it a header that trickles in would keep its buffer; the request as a whole has a timer of its own.
  info.timeout_secs_ah_idle = 10;
  info.timeout_secs = 15;
  info.keepalive_timeout = 15;
  // HTTP/1.1 alone: its limits are the ones that are set and tested here.
  info.alpn = "http/1.1";
  info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
  if (tls) {
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = options_.tls_certificate.c_str();
    info.ssl_private_key_filepath = options_.tls_key.c_str();
    info.ssl_options_set =
        static_cast<long>(SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION);
  }
  lws_vhost* const vhost = lws_create_vhost(context_, &info);
  if (vhost == nullptr) {
    const std::string which =
        tls ? "http.https_port " + std::to_string(options_.https_port) : "http.port " + std::to_string(options_.port);
    return std::unexpected(
        Error{ErrorCode::kEnvironment,
              which + " can't be listened on" + (tls ? ", or the certificate and key can't be used" : "")});
  }
  return vhost;
}

void LwsServer::stop() {
  if (context_ == nullptr || stopping_) return;
  stopping_ = true;

  // Close frames leave first.
  uv_update_time(loop_);
  const std::uint64_t patience = uv_now(loop_) + kStopMilliseconds;
  while (!sockets_.empty() && uv_now(loop_) < patience) {
    uv_run(loop_, UV_RUN_NOWAIT);
    if (!sockets_.empty()) uv_sleep(1);
    uv_update_time(loop_);
  }

  // On a loop that is not its own, libwebsockets closes its handles at the first call and frees its memory at the
  // second, which must come when the loop has let go of the handles.
  lws_context_destroy(context_);
  bool closing = true;
  while (closing) {
    uv_run(loop_, UV_RUN_NOWAIT);
    closing = false;
    uv_walk(
        loop_, [](uv_handle_t* handle, void* any) { *static_cast<bool*>(any) |= uv_is_closing(handle) != 0; },
        &closing);
  }
  if (context_ != nullptr) lws_context_destroy(context_);
}

// Connections, counted from accept to the end.

bool LwsServer::admits(int fd) const {
  if (stopping_ || peers_.size() >= options_.max_connections) return false;
  std::array<char, 64> text{};
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return true;
  const bool six = address.ss_family == AF_INET6;
  const int failed = six ? uv_ip6_name(reinterpret_cast<const sockaddr_in6*>(&address), text.data(), text.size())
                         : uv_ip4_name(reinterpret_cast<const sockaddr_in*>(&address), text.data(), text.size());
  if (failed != 0) return true;
  const auto it = connections_per_peer_.find(peer_key(text.data()));
  return it == connections_per_peer_.end() || it->second < options_.max_connections_per_address;
}

void LwsServer::count_in(lws* wsi) {
  const std::string key = peer_key(peer_of(wsi));
  if (peers_.emplace(wsi, key).second) ++connections_per_peer_[key];
}

void LwsServer::count_out(lws* wsi) {
  const auto it = peers_.find(wsi);
  if (it == peers_.end()) return;
  const auto count = connections_per_peer_.find(it->second);
  if (count != connections_per_peer_.end() && --count->second == 0) connections_per_peer_.erase(count);
  peers_.erase(it);
}

bool LwsServer::overdue(lws* wsi) const {
  const lws_usec_t now = lws_now_usecs();
  if (const auto it = exchanges_.find(wsi); it != exchanges_.end()) return now >= it->second->deadline;
  const auto it = sockets_.find(wsi);
  return it != sockets_.end() && it->second->overdue(now);
}

// HTTP.

int LwsServer::begin(lws* wsi) {
  auto exchange = std::make_shared<Exchange>();
  exchange->wsi = wsi;
  exchange->request = request_of(wsi);
  exchanges_[wsi] = exchange;
  const lws_usec_t patience = std::chrono::microseconds(options_.request_timeout).count();
  exchange->deadline = lws_now_usecs() + patience;
  lws_set_timer_usecs(wsi, patience);

  if (!exchange->request.header("transfer-encoding").empty()) {
    exchange->close_after = true;
    answer(exchange, problem(411, ErrorCode::kBadRequest, "a request body needs Content-Length"));
    return 0;
  }
  const std::string length_text = header_of(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
  std::size_t length = 0;
  if (!length_text.empty()) {
    const auto [end, error] = std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
    if (error != std::errc() || end != length_text.data() + length_text.size()) return -1;
  }
  if (length > kMaxBodyBytes) {
    exchange->too_large = true;
    if (length > kMaxDiscarded) {
      exchange->close_after = true;
      answer(exchange, problem(413, ErrorCode::kTooLarge, "the body is larger than 512 KiB"));
    }
    return 0;
  }
  if (length == 0) ask(exchange);
  return 0;
}

int LwsServer::body(lws* wsi, std::string_view part) {
  const auto it = exchanges_.find(wsi);
  if (it == exchanges_.end()) return -1;
  Exchange& exchange = *it->second;
  if (exchange.too_large || exchange.response) {
    exchange.discarded += part.size();
    return exchange.discarded > kMaxDiscarded ? -1 : 0;
  }
  if (exchange.request.body.size() + part.size() > kMaxBodyBytes) {
    exchange.too_large = true;
    return 0;
  }
  exchange.request.body.append(part);
  return 0;
}

int LwsServer::complete(lws* wsi) {
  const auto it = exchanges_.find(wsi);
  if (it == exchanges_.end()) return -1;
  const auto exchange = it->second;
  if (exchange->response) return 0;
  if (exchange->too_large) {
    answer(exchange, problem(413, ErrorCode::kTooLarge, "the body is larger than 512 KiB"));
  } else {
    ask(exchange);
  }
  return 0;
}

// Once: libwebsockets tells the end of a body even where the length said that there is none.
void LwsServer::ask(const std::shared_ptr<Exchange>& exchange) {
  if (std::exchange(exchange->asked, true)) return;
  const std::weak_ptr<Exchange> later = exchange;
  handler_.handle(exchange->request, [later](HttpResponse response) {
    if (const auto still = later.lock()) answer(still, std::move(response));
  });
}

void LwsServer::answer(const std::shared_ptr<Exchange>& exchange, HttpResponse response) {
  if (exchange->wsi == nullptr || exchange->response) return;
  exchange->response = std::move(response);
  lws_callback_on_writable(exchange->wsi);
}

int LwsServer::write_answer(lws* wsi) {
  const auto it = exchanges_.find(wsi);
  if (it == exchanges_.end() || !it->second->response) return 0;
  const auto exchange = it->second;
  const HttpResponse& response = *exchange->response;
  const bool may_have_body = response.status != 204 && response.status != 304;
  const bool has_body = may_have_body && exchange->request.method != "HEAD" && !response.body.empty();

  if (!exchange->headers_sent) {
    exchange->headers_sent = true;
    if (write_head(wsi, response, may_have_body) != 0) return -1;
    if (has_body) {
      lws_callback_on_writable(wsi);
      return 0;
    }
  } else if (has_body) {
    const std::size_t size = std::min(kWriteChunk, response.body.size() - exchange->sent);
    std::vector<unsigned char> chunk(LWS_PRE + size);
    std::memcpy(chunk.data() + LWS_PRE, response.body.data() + exchange->sent, size);
    exchange->sent += size;
    const bool last = exchange->sent == response.body.size();
    if (lws_write(wsi, chunk.data() + LWS_PRE, size, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0) return -1;
    if (!last) {
      lws_callback_on_writable(wsi);
      return 0;
    }
  }

  // Done: the connection may carry the next request.
  const bool close = exchange->close_after;
  exchange->wsi = nullptr;
  exchanges_.erase(wsi);
  return close || lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

int LwsServer::on_http(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t size) {
  switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
      return of(wsi).admits(static_cast<int>(reinterpret_cast<std::intptr_t>(in))) ? 0 : 1;
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED: of(wsi).count_in(wsi); return 0;
    case LWS_CALLBACK_WSI_DESTROY: {
      LwsServer& self = of(wsi);
      if (const auto it = self.exchanges_.find(wsi); it != self.exchanges_.end()) {
        it->second->wsi = nullptr;
        self.exchanges_.erase(it);
      }
      self.close_socket(wsi);
      self.count_out(wsi);
      return 0;
    }
    case LWS_CALLBACK_HTTP: return of(wsi).begin(wsi);
    case LWS_CALLBACK_HTTP_BODY: return of(wsi).body(wsi, {static_cast<const char*>(in), size});
    case LWS_CALLBACK_HTTP_BODY_COMPLETION: return of(wsi).complete(wsi);
    case LWS_CALLBACK_HTTP_WRITEABLE: return of(wsi).write_answer(wsi);
    case LWS_CALLBACK_TIMER: return of(wsi).overdue(wsi) ? -1 : 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return of(wsi).confirm_upgrade(wsi);
    // A client that named "http" as its WebSocket subprotocol.
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    case LWS_CALLBACK_ESTABLISHED: return -1;
    default: return 0;
  }
}

// WebSocket.

int LwsServer::confirm_upgrade(lws* wsi) {
  auto refused = handler_.refuse_upgrade(request_of(wsi));
  if (!refused) return 0;
  // The answer is written at once: this wsi never becomes an exchange.
  if (write_head(wsi, *refused, true) == 0) {
    std::vector<unsigned char> chunk(LWS_PRE + refused->body.size());
    std::memcpy(chunk.data() + LWS_PRE, refused->body.data(), refused->body.size());
    lws_write(wsi, chunk.data() + LWS_PRE, refused->body.size(), LWS_WRITE_HTTP_FINAL);
  }
  return -1;
}

int LwsServer::open_socket(lws* wsi) {
  auto& socket = sockets_[wsi];
  socket = std::make_unique<Socket>(wsi);
  socket->id = handler_.opened(*socket);
  return 0;
}

int LwsServer::receive(lws* wsi, std::string_view part) {
  const auto it = sockets_.find(wsi);
  if (it == sockets_.end()) return -1;
  Socket& socket = *it->second;
  if (socket.closing()) return 0;
  if (lws_frame_is_binary(wsi) != 0) {
    socket.close(CloseCode::kPolicy, "text frames only");
    handler_.closed(socket.id);
    return 0;
  }
  if (lws_is_first_fragment(wsi) != 0) socket.incoming.clear();
  if (socket.incoming.size() + part.size() > handler_.message_limit(socket.id)) {
    socket.close(CloseCode::kTooBig, "message too large");
    handler_.closed(socket.id);
    return 0;
  }
  socket.incoming.append(part);
  if (lws_is_final_fragment(wsi) == 0) return 0;
  const std::string message = std::exchange(socket.incoming, {});
  handler_.message(socket.id, message);
  return 0;
}

void LwsServer::close_socket(lws* wsi) {
  const auto it = sockets_.find(wsi);
  if (it == sockets_.end()) return;
  const auto socket = std::move(it->second);
  sockets_.erase(it);
  handler_.closed(socket->id);
}

int LwsServer::on_websocket(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t size) {
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED: return of(wsi).open_socket(wsi);
    case LWS_CALLBACK_RECEIVE: return of(wsi).receive(wsi, {static_cast<const char*>(in), size});
    case LWS_CALLBACK_RECEIVE_PONG: {
      LwsServer& self = of(wsi);
      const auto it = self.sockets_.find(wsi);
      if (it != self.sockets_.end()) self.handler_.pong(it->second->id);
      return 0;
    }
    case LWS_CALLBACK_SERVER_WRITEABLE: {
      LwsServer& self = of(wsi);
      const auto it = self.sockets_.find(wsi);
      return it == self.sockets_.end() ? -1 : it->second->write();
    }
    case LWS_CALLBACK_TIMER: return of(wsi).overdue(wsi) ? -1 : 0;
    case LWS_CALLBACK_CLOSED: of(wsi).close_socket(wsi); return 0;
    default: return 0;
  }
}

}  // namespace

Result<std::unique_ptr<HttpServer>> start_lws_server(uv_loop_s* loop, const ListenOptions& options,
                                                     HttpHandler& handler, LogSink log) {
  auto server = std::make_unique<LwsServer>(loop, options, handler, std::move(log));
  const auto listening = server->listen();
  if (!listening) return std::unexpected(listening.error());
  return server;
}

}  // namespace parley::signaling

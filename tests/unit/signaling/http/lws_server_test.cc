// The real HTTP server over loopback sockets: what only sockets can show. Routes are tested without any in
// routes_test.cc.
#include "signaling/http/lws_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <thread>

#include "signaling/http/self_signed.h"
#include "signaling/service.h"
#include "unit/signaling/fake_server.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;

// A blocking client with a deadline; it runs on a thread of its own while the loop turns on the test's.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    timeval limit{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~Client() { ::close(fd_); }
  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  // Reads until `size` bytes are there, or the end.
  std::string read(std::size_t size) {
    while (buffer_.size() < size && more()) {
    }
    std::string result = buffer_.substr(0, size);
    buffer_.erase(0, result.size());
    return result;
  }
  std::string read_until(std::string_view mark) {
    while (buffer_.find(mark) == buffer_.npos && more()) {
    }
    const std::size_t at = buffer_.find(mark);
    std::string result = buffer_.substr(0, at == buffer_.npos ? at : at + mark.size());
    buffer_.erase(0, result.size());
    return result;
  }
  // Head and body of one answer.
  std::string response(bool has_body = true) {
    std::string head = read_until("\r\n\r\n");
    std::string lowered = head;
    for (char& c : lowered) c = static_cast<char>(std::tolower(c));
    const std::size_t at = lowered.find("content-length:");
    if (at == lowered.npos || !has_body) return head;
    return head + read(std::stoul(lowered.substr(at + 15)));
  }
  bool at_end() { return buffer_.empty() && !more(); }

 private:
  bool more() {
    char part[4096];
    const ssize_t n = ::recv(fd_, part, sizeof part, 0);
    if (n <= 0) return false;
    buffer_.append(part, static_cast<std::size_t>(n));
    return true;
  }
  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

std::string masked(std::uint8_t opcode, std::string_view payload, bool final = true) {
  std::string frame(1, static_cast<char>((final ? 0x80 : 0) | opcode));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(0x80 | payload.size()));
  } else if (payload.size() < 65536) {
    frame.push_back(static_cast<char>(0x80 | 126));
    frame.push_back(static_cast<char>(payload.size() >> 8));
    frame.push_back(static_cast<char>(payload.size() & 0xff));
  } else {
    frame.push_back(static_cast<char>(0x80 | 127));
    for (int shift = 56; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(payload.size() >> shift & 0xff));
  }
  frame.append(4, '\0');  // a mask of zeros leaves the payload as it is
  frame.append(payload);
  return frame;
}

struct Frame {
  int opcode = -1;
  std::string payload;
};
Frame read_frame(Client& client) {
  const std::string head = client.read(2);
  if (head.size() < 2) return {};
  std::size_t size = static_cast<std::uint8_t>(head[1]) & 0x7fu;
  if (size == 126) {
    const std::string more = client.read(2);
    size = static_cast<std::size_t>(static_cast<std::uint8_t>(more[0])) << 8 | static_cast<std::uint8_t>(more[1]);
  }
  return {static_cast<std::uint8_t>(head[0]) & 0x0f, client.read(size)};
}

std::string upgrade(std::string_view path, std::string_view extra = {}, std::string_view protocol = "parley.v1") {
  std::string text = "GET " + std::string(path) +
                     " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!protocol.empty()) text += "Sec-WebSocket-Protocol: " + std::string(protocol) + "\r\n";
  return text + std::string(extra) + "\r\n";
}

class LwsServer : public testing::Test {
 protected:
  void SetUp() override {
    uv_loop_init(&loop_);
    folder_ = std::filesystem::temp_directory_path() / ("parley-lws-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "index.html") << "<!doctype html>hello";
    std::ofstream(folder_ / "large.js") << std::string(300'000, 'x');
    options_.keys = SigningKey{std::string(32, 'k')};
    options_.listen.port = 0;
    options_.listen.https = false;
    options_.listen.address = "127.0.0.1";
    options_.routes.web_root = folder_;
    server_.observer = &events_;
  }
  void TearDown() override {
    service_.reset();
    EXPECT_EQ(uv_run(&loop_, UV_RUN_NOWAIT), 0);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "a handle was left open";
    std::filesystem::remove_all(folder_);
  }
  void start() {
    options_.calls.enabled = false;
    auto service = Service::start(options_, &loop_, server_, events_, {});
    ASSERT_TRUE(service) << service.error().message;
    service_ = std::move(*service);
  }
  // Turns the loop until the client's work is done.
  template <class F>
  void with_client(F work) {
    std::atomic<bool> done = false;
    std::thread client([&] {
      work();
      done = true;
    });
    while (!done) {
      uv_run(&loop_, UV_RUN_NOWAIT);
      std::this_thread::yield();
    }
    client.join();
  }
  std::string token(bool publish = true) {
    Grant grant;
    grant.member = "ada";
    grant.publish = grant.subscribe = publish;
    const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    grant.expires_at = now + 1h;
    return write_token(grant, options_.keys.own(), now);
  }

  uv_loop_t loop_{};
  std::filesystem::path folder_;
  ServiceOptions options_;
  test::FakeServer server_;
  EventRouter events_;
  std::unique_ptr<Service> service_;
};

TEST_F(LwsServer, AnswersSeveralRequestsOnOneConnection) {
  start();
  with_client([&] {
    Client client(service_->port());
    for (int i = 0; i < 3; ++i) {
      client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      const std::string answer = client.response();
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
      EXPECT_TRUE(answer.ends_with("ok\n")) << answer;
    }
  });
}

// Answers when the loop has turned: like a store on a thread of its own.
class LateHandler : public HttpHandler {
 public:
  void handle(const HttpRequest& request, Respond respond) override {
    asked.push_back(request.method);
    waiting.push_back(std::move(respond));
  }
  void answer_all() {
    for (const Respond& each : std::exchange(waiting, {})) each(HttpResponse{});
  }
  std::optional<HttpResponse> refuse_upgrade(const HttpRequest&) override { return HttpResponse{}; }
  ConnectionId opened(Connection&) override { return {}; }
  void message(ConnectionId, std::string_view) override {}
  void pong(ConnectionId) override {}
  void closed(ConnectionId) override {}
  std::size_t message_limit(ConnectionId) const override { return 0; }

  std::vector<std::string> asked;
  std::vector<Respond> waiting;
};

TEST_F(LwsServer, AsksOnceForARequestWithoutABodyThatIsAnsweredLater) {
  LateHandler handler;
  auto http = start_lws_server(&loop_, options_.listen, handler, {});
  ASSERT_TRUE(http) << http.error().message;
  uv_prepare_t turn{};
  uv_prepare_init(&loop_, &turn);
  turn.data = &handler;
  uv_prepare_start(&turn, [](uv_prepare_t* each) { static_cast<LateHandler*>(each->data)->answer_all(); });
  with_client([&] {
    Client client((*http)->port());
    for (const char* method : {"POST", "PUT", "DELETE", "POST"}) {
      client.send(std::string(method) + " /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      EXPECT_TRUE(client.response().starts_with("HTTP/1.1 200")) << method;
    }
  });
  EXPECT_EQ(handler.asked, (std::vector<std::string>{"POST", "PUT", "DELETE", "POST"}));
  (*http)->stop();
  uv_close(reinterpret_cast<uv_handle_t*>(&turn), nullptr);
  http->reset();
}

TEST_F(LwsServer, ServesAFileThatTakesManyWrites) {
  start();
  with_client([&] {
    Client client(service_->port());
    client.send("GET /large.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string answer = client.response();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer.substr(0, 200);
    EXPECT_TRUE(answer.ends_with(std::string(300'000, 'x')));
    client.send("HEAD /large.js HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_NE(client.response(false).find("300000"), std::string::npos);
    EXPECT_TRUE(client.response().ends_with("hello"));
  });
}

TEST_F(LwsServer, NeverLeavesTheWebRoot) {
  start();
  with_client([&] {
    for (const char* path :
         {"/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd"}) {
      Client client(service_->port());
      client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      const std::string answer = client.response();
      EXPECT_EQ(answer.find("root:"), std::string::npos) << path;
      EXPECT_FALSE(answer.starts_with("HTTP/1.1 200")) << path << " " << answer;
    }
  });
}

TEST_F(LwsServer, CarriesAWhipSessionFromPostToDelete) {
  start();
  with_client([&] {
    const std::string bearer = "Authorization: Bearer " + token() + "\r\n";
    const std::string offer =
        "v=0\r\na=ice-ufrag:abcd\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n" + std::string(100'000, ' ');
    Client client(service_->port());
    client.send("POST /v1/whip/hall HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\n" + bearer +
                "Content-Length: " + std::to_string(offer.size()) + "\r\n\r\n");
    client.send(offer);
    const std::string created = client.response();
    ASSERT_TRUE(created.starts_with("HTTP/1.1 201")) << created;
    std::string lowered = created;
    for (char& c : lowered) c = static_cast<char>(std::tolower(c));
    const std::size_t at = lowered.find("location: ");
    ASSERT_NE(at, std::string::npos) << created;
    const std::string location = created.substr(at + 10, created.find("\r\n", at) - at - 10);

    const std::string fragment =
        "a=ice-ufrag:abcd\r\nm=audio 9 X 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.2 5000 typ host\r\n";
    client.send("PATCH " + location + " HTTP/1.1\r\nHost: localhost\r\n" + bearer + "If-Match: \"serverufrag0\"\r\n" +
                "Content-Type: application/trickle-ice-sdpfrag\r\nContent-Length: " + std::to_string(fragment.size()) +
                "\r\n\r\n" + fragment);
    EXPECT_TRUE(client.response().starts_with("HTTP/1.1 204"));
    client.send("DELETE " + location + " HTTP/1.1\r\nHost: localhost\r\n" + bearer + "\r\n");
    EXPECT_TRUE(client.response().starts_with("HTTP/1.1 200"));
    client.send("DELETE " + location + " HTTP/1.1\r\nHost: localhost\r\n" + bearer + "\r\n");
    EXPECT_TRUE(client.response().starts_with("HTTP/1.1 404"));
  });
  EXPECT_EQ(server_.live(), 0u);
  ASSERT_EQ(server_.sessions.size(), 1u);
  EXPECT_GT(server_.sessions.begin()->second.offers.at(0).size(), 100'000u);
}

TEST_F(LwsServer, RefusesABodyOverTheLimitWithASentence) {
  start();
  with_client([&] {
    Client client(service_->port());
    const std::string body(600 * 1024, 'v');
    client.send("POST /v1/whip/hall HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n");
    client.send(body);
    EXPECT_TRUE(client.response().starts_with("HTTP/1.1 413"));
    Client huge(service_->port());
    huge.send("POST /v1/whip/hall HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
    EXPECT_TRUE(huge.response().starts_with("HTTP/1.1 413"));
  });
}

TEST_F(LwsServer, SpeaksTheWebSocketProtocolInPieces) {
  start();
  with_client([&] {
    Client client(service_->port());
    client.send(upgrade("/v1/ws"));
    const std::string head = client.read_until("\r\n\r\n");
    ASSERT_TRUE(head.starts_with("HTTP/1.1 101")) << head;
    client.send(masked(1, R"({"type":"auth","token":")" + token() + R"(","id":"a"})"));
    const Frame authenticated = read_frame(client);
    EXPECT_EQ(authenticated.opcode, 1);
    EXPECT_NE(authenticated.payload.find("\"authenticated\""), std::string::npos) << authenticated.payload;

    // One message in three fragments, the first of them large.
    const std::string offer = "v=0 " + std::string(150'000, 'o');
    const std::string join = R"({"type":"join","room":"hall","offer":")" + offer + R"("})";
    client.send(masked(1, join.substr(0, 100'000), false));
    client.send(masked(0, join.substr(100'000, 10), false));
    client.send(masked(9, "hi"));
    client.send(masked(0, join.substr(100'010)));
    Frame next = read_frame(client);
    if (next.opcode == 10) next = read_frame(client);
    EXPECT_NE(next.payload.find("\"joined\""), std::string::npos) << next.payload;

    client.send(masked(1, R"({"type":"leave"})"));
    Frame closed = read_frame(client);
    while (closed.opcode == 10) closed = read_frame(client);
    EXPECT_NE(closed.payload.find("\"left\""), std::string::npos) << closed.payload;
    const Frame end = read_frame(client);
    EXPECT_EQ(end.opcode, 8);
    EXPECT_EQ(end.payload.substr(0, 2), "\x03\xe8");
  });
  EXPECT_EQ(server_.live(), 0u);
}

TEST_F(LwsServer, ClosesABinaryFrameAndATooLargeOneWithTheirCodes) {
  start();
  with_client([&] {
    Client binary(service_->port());
    binary.send(upgrade("/v1/ws"));
    binary.read_until("\r\n\r\n");
    binary.send(masked(2, "x"));
    EXPECT_EQ(read_frame(binary).payload.substr(0, 2), "\x03\xf0");
    Client large(service_->port());
    large.send(upgrade("/v1/ws"));
    large.read_until("\r\n\r\n");
    large.send(masked(1, std::string(20'000, ' ')));
    EXPECT_EQ(read_frame(large).payload.substr(0, 2), "\x03\xf1");
  });
}

TEST_F(LwsServer, OpensTheWebSocketOnlyToAllowedPagesAndItsOwnProtocol) {
  start();
  with_client([&] {
    const auto status = [&](const std::string& request) {
      Client client(service_->port());
      client.send(request);
      const std::string line = client.read_until("\r\n");
      return line.size() < 12 ? std::string("none") : line.substr(9, 3);
    };
    EXPECT_EQ(status(upgrade("/v1/ws", "Origin: http://localhost\r\n")), "101");
    EXPECT_EQ(status(upgrade("/v1/ws", "Origin: https://elsewhere.example\r\n")), "403");
    EXPECT_EQ(status(upgrade("/v1/other")), "404");
    EXPECT_EQ(status(upgrade("/v1/ws?token=x")), "400");
    EXPECT_EQ(status(upgrade("/v1/ws", {}, "")), "400");
    EXPECT_NE(status(upgrade("/v1/ws", {}, "http, parley.v1")), "101");
    EXPECT_NE(status(upgrade("/v1/ws", {}, "http")), "101");
  });
}

TEST_F(LwsServer, AnswersFiguresThatComeLater) {
  start();
  Grant grant;
  grant.service = true;
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  grant.expires_at = now + 1h;
  const std::string service_token = write_token(grant, options_.keys.own(), now);
  std::atomic<bool> done = false;
  std::string answer;
  std::thread client([&] {
    Client asking(service_->port());
    asking.send("GET /v1/admin/stats HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + service_token +
                "\r\n\r\n");
    answer = asking.response();
    done = true;
  });
  while (!done) {
    uv_run(&loop_, UV_RUN_NOWAIT);
    if (!server_.stats_wanted.empty()) {
      ServerStats stats;
      stats.rooms = 7;
      server_.stats_wanted.back()(stats);
      server_.stats_wanted.clear();
    }
  }
  client.join();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("\"rooms\":7"), std::string::npos) << answer;
}

TEST_F(LwsServer, ForgetsARequestWhoseClientHasGoneBeforeTheAnswer) {
  start();
  Grant grant;
  grant.service = true;
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  grant.expires_at = now + 1h;
  {
    Client asking(service_->port());
    asking.send("GET /v1/admin/stats HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                write_token(grant, options_.keys.own(), now) + "\r\n\r\n");
    while (server_.stats_wanted.empty()) uv_run(&loop_, UV_RUN_NOWAIT);
  }
  for (int i = 0; i < 50; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
  server_.stats_wanted.back()(ServerStats{});
  for (int i = 0; i < 50; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
}

TEST_F(LwsServer, EndsARequestThatTakesTooLong) {
  options_.listen.request_timeout = 1s;
  start();
  with_client([&] {
    Client slow(service_->port());
    slow.send("POST /v1/whip/hall HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nv");
    EXPECT_TRUE(slow.at_end());
  });
}

TEST_F(LwsServer, BoundsTheConnectionsOfOneAddress) {
  options_.listen.max_connections_per_address = 2;
  start();
  with_client([&] {
    const std::string get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    Client first(service_->port());
    first.send(get);
    EXPECT_TRUE(first.response().starts_with("HTTP/1.1 200"));
    Client second(service_->port());
    second.send(get);
    EXPECT_TRUE(second.response().starts_with("HTTP/1.1 200"));
    Client third(service_->port());
    third.send(get);
    EXPECT_TRUE(third.at_end());
  });
}

TEST_F(LwsServer, SaysGoodbyeToWebSocketsWhenItStops) {
  start();
  std::atomic<bool> ready = false;
  std::string code;
  std::thread client([&] {
    Client socket(service_->port());
    socket.send(upgrade("/v1/ws"));
    socket.read_until("\r\n\r\n");
    socket.send(masked(1, R"({"type":"auth","token":")" + token() + R"("})"));
    read_frame(socket);
    ready = true;
    code = read_frame(socket).payload.substr(0, 2);
  });
  while (!ready) uv_run(&loop_, UV_RUN_NOWAIT);
  service_->stop();
  client.join();
  EXPECT_EQ(code, "\x03\xe9");
}

TEST_F(LwsServer, SpeaksHttpsWithACertificateOfItsOwn) {
  const auto pair = make_self_signed(
      {"media.example"}, std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()));
  ASSERT_TRUE(pair);
  std::ofstream(folder_ / "cert.pem") << pair->certificate;
  std::ofstream(folder_ / "key.pem") << pair->key;
  options_.listen.https = true;
  options_.listen.https_port = 0;
  options_.listen.tls_certificate = folder_ / "cert.pem";
  options_.listen.tls_key = folder_ / "key.pem";
  start();
  ASSERT_NE(service_->https_port(), 0);
  with_client([&] {
    Client client(service_->https_port());
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL* const tls = SSL_new(context);
    SSL_set_fd(tls, client.fd());
    ASSERT_EQ(SSL_connect(tls), 1);
    const std::string get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    SSL_write(tls, get.data(), static_cast<int>(get.size()));
    std::string answer;
    char part[2048];
    for (int n = SSL_read(tls, part, sizeof part); n > 0; n = SSL_read(tls, part, sizeof part)) {
      answer.append(part, static_cast<std::size_t>(n));
    }
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    SSL_free(tls);
    SSL_CTX_free(context);
  });
}

TEST_F(LwsServer, SaysWhichPortIsTaken) {
  start();
  ServiceOptions second = options_;
  second.listen.port = service_->port();
  EventRouter events;
  const auto refused = Service::start(second, &loop_, server_, events, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(std::to_string(second.listen.port)), std::string::npos)
      << refused.error().message;
}

}  // namespace
}  // namespace parley::signaling

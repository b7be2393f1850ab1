// Requests over HTTPS on the loopback: a receiver that answers as it is told, on a thread of its own.
#include "signaling/webhooks/curl_post.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "signaling/http/self_signed.h"
#include "unit/store/store_fixture.h"

namespace parley::signaling::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Takes connections one by one and gives each request the same answer.
class Receiver {
 public:
  Receiver(const PemPair& pem, std::string answer)
      : answer_(std::move(answer)), context_(SSL_CTX_new(TLS_server_method())) {
    use(pem);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Receiver() {
    stop_ = true;
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
    SSL_CTX_free(context_);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  std::string url(const std::string& host = "localhost", const std::string& path = "/hook?x=1") const {
    return "https://" + host + ":" + std::to_string(port_) + path;
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() const { return connections_; }

 private:
  void use(const PemPair& pem) {
    BIO* certificate = BIO_new_mem_buf(pem.certificate.data(), static_cast<int>(pem.certificate.size()));
    BIO* key = BIO_new_mem_buf(pem.key.data(), static_cast<int>(pem.key.size()));
    X509* x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
    EVP_PKEY* pkey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
    EXPECT_EQ(SSL_CTX_use_certificate(context_, x509), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context_, pkey), 1);
    X509_free(x509);
    EVP_PKEY_free(pkey);
    BIO_free(certificate);
    BIO_free(key);
  }
  void run() {
    while (!stop_) {
      const int peer = ::accept(socket_, nullptr, nullptr);
      if (peer < 0) return;
      ++connections_;
      SSL* ssl = SSL_new(context_);
      SSL_set_fd(ssl, peer);
      if (SSL_accept(ssl) == 1) serve(ssl);
      SSL_free(ssl);
      ::close(peer);
    }
  }
  void serve(SSL* ssl) {
    std::string request;
    char buffer[4'096];
    while (!request.ends_with("{}")) {
      const int got = SSL_read(ssl, buffer, sizeof buffer);
      if (got <= 0) return;
      request.append(buffer, static_cast<std::size_t>(got));
    }
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    // Silent: until the other side has enough.
    if (answer_.empty()) {
      SSL_read(ssl, buffer, sizeof buffer);
      return;
    }
    // In pieces, and no further than the other side wants to hear.
    for (std::size_t at = 0; at < answer_.size(); at += 16'384) {
      const std::string piece = answer_.substr(at, 16'384);
      if (SSL_write(ssl, piece.data(), static_cast<int>(piece.size())) <= 0) return;
    }
  }

  const std::string answer_;
  SSL_CTX* context_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

std::string answer(const std::string& status, const std::string& more = {}, const std::string& body = {}) {
  return "HTTP/1.1 " + status + "\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

class CurlPostTest : public testing::Test {
 protected:
  CurlPostTest()
      : pem(make_self_signed({}, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())).value()) {
    // A receiver may hang up before everything was written.
    std::signal(SIGPIPE, SIG_IGN);
    std::ofstream(folder / "ca.pem") << pem.certificate;
    options.ca_file = folder / "ca.pem";
    options.policy = AddressPolicy({parse_range("127.0.0.0/8").value(), parse_range("::1").value()});
  }
  PostResult post(const std::string& url) {
    auto http = make_curl_post(options, [](auto task) { task(); });
    if (!http) return {-1, http.error().message};
    std::promise<PostResult> result;
    (*http)->post({url, {{"Content-Type", "application/json"}, {"Parley-Event", "7"}}, "{}"},
                  [&](PostResult told) { result.set_value(std::move(told)); });
    return result.get_future().get();
  }

  const store::test::Folder folder;
  const PemPair pem;
  CurlPostOptions options;
};

TEST_F(CurlPostTest, BringsHeadAndBody) {
  Receiver receiver(pem, answer("204 No Content"));
  const PostResult result = post(receiver.url());
  EXPECT_EQ(result.status, 204) << result.error;
  EXPECT_TRUE(result.arrived());
  ASSERT_EQ(receiver.requests().size(), 1u);
  const std::string request = receiver.requests()[0];
  EXPECT_TRUE(request.starts_with("POST /hook?x=1 HTTP/1.1\r\n")) << request;
  EXPECT_THAT(request, HasSubstr("Parley-Event: 7\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_TRUE(request.ends_with("\r\n\r\n{}"));
}

TEST_F(CurlPostTest, TellsTheStatusOfARefusal) {
  Receiver receiver(pem, answer("500 Oops"));
  const PostResult result = post(receiver.url());
  EXPECT_EQ(result.status, 500);
  EXPECT_FALSE(result.arrived());
}

TEST_F(CurlPostTest, FollowsNoRedirect) {
  Receiver other(pem, answer("200 OK"));
  Receiver receiver(pem, answer("307 Elsewhere", "Location: " + other.url() + "\r\n"));
  EXPECT_EQ(post(receiver.url()).status, 307);
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(CurlPostTest, OpensNoConnectionToAnAddressInside) {
  options.policy = AddressPolicy();
  Receiver receiver(pem, answer("200 OK"));
  for (const char* host : {"localhost", "127.0.0.1", "127.1", "2130706433"}) {
    const PostResult result = post(receiver.url(host));
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.error, HasSubstr("not one of the open internet")) << host;
  }
  EXPECT_EQ(receiver.connections(), 0);
}

TEST_F(CurlPostTest, SpeaksNothingButHttps) {
  Receiver receiver(pem, answer("200 OK"));
  std::string url = receiver.url();
  EXPECT_EQ(post("http" + url.substr(5)).status, 0);
  EXPECT_EQ(post("ftp" + url.substr(5)).status, 0);
  EXPECT_EQ(post("file:///etc/hostname").status, 0);
  EXPECT_EQ(receiver.connections(), 0);
}

TEST_F(CurlPostTest, TrustsOnlyItsAuthorities) {
  const auto strange =
      make_self_signed({}, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())).value();
  Receiver receiver(strange, answer("200 OK"));
  const PostResult result = post(receiver.url());
  EXPECT_EQ(result.status, 0);
  EXPECT_FALSE(result.error.empty());
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(CurlPostTest, ChecksTheNameInTheCertificate) {
  Receiver receiver(pem, answer("200 OK"));
  EXPECT_EQ(post(receiver.url("127.0.0.2")).status, 0) << "the certificate is for localhost";
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(CurlPostTest, ReadsNoMoreOfAnAnswerThanItsBound) {
  options.max_answer = 10'000;
  const std::string endless(5'000'000, 'x');
  Receiver receiver(pem, answer("200 OK", {}, endless));
  EXPECT_EQ(post(receiver.url()).status, 200) << "the status is all that counts";
}

TEST_F(CurlPostTest, ReadsNoMoreOfAHeadThanItsBound) {
  options.max_answer = 10'000;
  std::string head;
  for (int i = 0; i < 1'000; ++i) head += "X-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n";
  Receiver receiver(pem, answer("200 OK", head));
  EXPECT_EQ(post(receiver.url()).status, 200);
}

TEST_F(CurlPostTest, EndsWhatTakesTooLong) {
  options.timeout = 300ms;
  Receiver receiver(pem, "");
  const PostResult result = post(receiver.url());
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.error, HasSubstr("imeout"));
}

TEST_F(CurlPostTest, SaysWhenNobodyListens) {
  std::string url;
  {
    Receiver gone(pem, answer("200 OK"));
    url = gone.url();
  }
  const PostResult result = post(url);
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.error, testing::Not(HasSubstr("/hook"))) << "the URL may hold a secret";
}

TEST_F(CurlPostTest, EndsWithRequestsOnTheirWay) {
  Receiver receiver(pem, "");
  bool told = false;
  {
    auto http = make_curl_post(options, [](auto task) { task(); }).value();
    for (int i = 0; i < 3; ++i) http->post({receiver.url(), {}, "{}"}, [&](const auto&) { told = true; });
    while (receiver.requests().empty()) std::this_thread::yield();
  }
  EXPECT_FALSE(told);
}

TEST_F(CurlPostTest, RefusesAuthoritiesThatCanNotBeRead) {
  options.ca_file = folder / "absent.pem";
  EXPECT_EQ(make_curl_post(options, {}).error().code, ErrorCode::kConfig);
}

}  // namespace
}  // namespace parley::signaling::test

#include "ws_crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace parley::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint8_t kText = 0x81;
constexpr std::uint8_t kPong = 0x8A;
constexpr int kPingOpcode = 0x9;
constexpr int kTextOpcode = 0x1;

// A mask of zeros is a mask: the payload goes as it is.
std::string frame_of(std::uint8_t first, std::string_view payload) {
  std::string frame;
  frame.push_back(static_cast<char>(first));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(0x80 | payload.size()));
  } else {
    frame.push_back(static_cast<char>(0x80 | 126));
    frame.push_back(static_cast<char>(payload.size() >> 8));
    frame.push_back(static_cast<char>(payload.size() & 0xFF));
  }
  frame.append(4, '\0');
  return frame.append(payload);
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

WsCrowd::WsCrowd(std::uint16_t port, OnText on_text)
    : port_(port), on_text_(std::move(on_text)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

WsCrowd::~WsCrowd() {
  for (const Client& client : clients_) ::close(client.fd);
  ::close(epoll_);
}

std::size_t WsCrowd::connect() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port_);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return npos;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  write_all(fd, "GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: cGFybGV5IGJlbmNobWFyaw==\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n");
  Client client{fd, {}};
  std::array<char, 4096> chunk{};
  while (client.in.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
    if (got <= 0) break;
    client.in.append(chunk.data(), static_cast<std::size_t>(got));
  }
  if (!client.in.starts_with("HTTP/1.1 101")) {
    ::close(fd);
    return npos;
  }
  client.in.erase(0, client.in.find("\r\n\r\n") + 4);
  clients_.push_back(std::move(client));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = clients_.size() - 1;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  return clients_.size() - 1;
}

void WsCrowd::send(std::size_t client, std::string_view text) {
  write_all(clients_[client].fd, frame_of(kText, text));
}

bool WsCrowd::run_until(const std::function<bool()>& done, std::chrono::milliseconds timeout) {
  const auto end = Clock::now() + timeout;
  std::array<epoll_event, 256> events{};
  while (!done()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    const int ready = ::epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(left.count()));
    for (int i = 0; i < ready; ++i) {
      if (!read_from(events[static_cast<std::size_t>(i)].data.u64)) return false;
    }
  }
  return true;
}

bool WsCrowd::read_from(std::size_t client) {
  std::array<char, 65536> chunk{};
  const ssize_t got = ::recv(clients_[client].fd, chunk.data(), chunk.size(), 0);
  if (got <= 0) return false;
  clients_[client].in.append(chunk.data(), static_cast<std::size_t>(got));
  frames_of(client, Clock::now());
  return true;
}

void WsCrowd::frames_of(std::size_t client, Clock::time_point at) {
  while (true) {
    std::string& in = clients_[client].in;
    if (in.size() < 2) return;
    const int opcode = in[0] & 0x0F;
    std::size_t length = static_cast<std::uint8_t>(in[1]) & 0x7F;
    std::size_t head = 2;
    if (length == 126) {
      if (in.size() < 4) return;
      length = static_cast<std::size_t>(static_cast<std::uint8_t>(in[2])) << 8 | static_cast<std::uint8_t>(in[3]);
      head = 4;
    } else if (length == 127) {
      if (in.size() < 10) return;
      length = 0;
      for (std::size_t i = 2; i < 10; ++i) length = length << 8 | static_cast<std::uint8_t>(in[i]);
      head = 10;
    }
    if (in.size() < head + length) return;
    const std::string payload = in.substr(head, length);
    in.erase(0, head + length);
    if (opcode == kPingOpcode) write_all(clients_[client].fd, frame_of(kPong, payload));
    if (opcode == kTextOpcode) on_text_(client, payload, at);
  }
}

}  // namespace parley::bench

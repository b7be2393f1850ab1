#include "io/udp_socket.h"

#include <netinet/udp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "io/sockaddr.h"

namespace parley {
namespace {

SocketError error(const char* what, const Address& local, int code) {
  return {code, std::string(what) + " " + local.to_string() + ": " + std::strerror(code)};
}

bool set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// The kernel doubles what it is asked for, to account for its own overhead; half of what it says is what was granted.
int grow_buffer(int fd, int forced, int option, int bytes) {
  if (!set(fd, SOL_SOCKET, forced, bytes)) set(fd, SOL_SOCKET, option, bytes);
  int granted = 0;
  socklen_t length = sizeof granted;
  getsockopt(fd, SOL_SOCKET, option, &granted, &length);
  return granted / 2;
}

// Without these the server works, only worse: an old kernel is no reason to stop.
void set_optional(int fd, bool v4) {
  set(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
  set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  // We probe the path by ourselves: set DF and don't let the kernel's cached path MTU cut in.
  if (v4) {
    set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  } else {
    set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  }
}

// On a socket bound to every address, the one the peer wrote to is the one it expects the reply from.
bool ask_for_local_address(int fd, bool v4) {
  return v4 ? set(fd, IPPROTO_IP, IP_PKTINFO, 1) : set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

}  // namespace

std::expected<UdpSocket, SocketError> UdpSocket::open(const Address& local, int buffer_bytes) {
  SocketAddress address{};
  socklen_t length = to_sockaddr(local, address);
  if (length == 0) return std::unexpected(error("can't listen on", local, EINVAL));

  const bool v4 = local.is_v4();
  const int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::unexpected(error("can't make a socket for", local, errno));
  UdpSocket opened(fd, local, 0, 0);

  if (!v4 && !set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1))
    return std::unexpected(error("can't keep IPv4 from", local, errno));
  if (local.is_any() && !ask_for_local_address(fd, v4)) {
    return std::unexpected(error("can't learn local addresses on", local, errno));
  }
  set_optional(fd, v4);
  opened.receive_buffer_ = grow_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, buffer_bytes);
  opened.send_buffer_ = grow_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, buffer_bytes);

  if (bind(fd, &address.any, length) != 0) return std::unexpected(error("can't listen on", local, errno));
  if (getsockname(fd, &address.any, &length) != 0)
    return std::unexpected(error("can't ask for the port of", local, errno));
  opened.local_ = from_sockaddr(address.any);
  return opened;
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      local_(other.local_),
      receive_buffer_(other.receive_buffer_),
      send_buffer_(other.send_buffer_) {}

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(local_, other.local_);
  std::swap(receive_buffer_, other.receive_buffer_);
  std::swap(send_buffer_, other.send_buffer_);
  return *this;
}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) close(fd_);
}

namespace {

bool means_no_ipv6(const Address& local, const SocketError& error) {
  return local.is_v6() && local.is_any() && (error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL);
}

}  // namespace

std::expected<std::vector<UdpSocket>, SocketError> open_sockets(std::span<const Address> listen, int buffer_bytes) {
  // A port that the kernel finds free on the first address may be taken on another.
  constexpr int kAttempts = 16;
  SocketError last{EINVAL, "no address to listen on"};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::vector<UdpSocket> sockets;
    bool complete = true;
    for (const Address& address : listen) {
      const std::uint16_t port = sockets.empty() ? listen.front().port() : sockets.front().local().port();
      auto socket = UdpSocket::open(address.with_port(port), buffer_bytes);
      if (socket) {
        sockets.push_back(std::move(*socket));
        continue;
      }
      last = std::move(socket.error());
      if (means_no_ipv6(address, last)) continue;
      complete = false;
      break;
    }
    if (complete && !sockets.empty()) return sockets;
    const bool try_another_port =
        !listen.empty() && listen.front().port() == 0 && !sockets.empty() && last.code == EADDRINUSE;
    if (!try_another_port) break;
  }
  return std::unexpected(std::move(last));
}

const UdpSocket* socket_for(std::span<const UdpSocket> sockets, const Address& local) {
  for (const UdpSocket& socket : sockets) {
    if (socket.local() == local) return &socket;
  }
  for (const UdpSocket& socket : sockets) {
    if (socket.local().is_any() && socket.local().is_v4() == local.is_v4()) return &socket;
  }
  return nullptr;
}

}  // namespace parley

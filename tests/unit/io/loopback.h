// Sockets on loopback for tests: everything waits by poll() with a deadline, nothing sleeps.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <vector>

#include "base/outbox.h"
#include "io/ingress_batch.h"
#include "io/sockaddr.h"
#include "io/udp_socket.h"

namespace parley::testing {

inline constexpr int kBuffer = 1 << 20;
inline constexpr int kDeadlineMs = 5'000;

inline Address loopback(std::uint16_t port = 0) {
  return Address::v4({127, 0, 0, 1}, port);
}

inline UdpSocket open_socket(const Address& local, int buffer = kBuffer) {
  auto socket = UdpSocket::open(local, buffer);
  if (!socket) ADD_FAILURE() << socket.error().message;
  return std::move(*socket);
}

inline bool wait_readable(const UdpSocket& socket, int deadline_ms = kDeadlineMs) {
  pollfd poll_fd{.fd = socket.fd(), .events = POLLIN, .revents = 0};
  return poll(&poll_fd, 1, deadline_ms) == 1;
}

inline void send_text(const UdpSocket& from, const Address& to, std::string_view text) {
  SocketAddress address;
  const socklen_t length = to_sockaddr(to, address);
  const ssize_t n = sendto(from.fd(), text.data(), text.size(), 0, &address.any, length);
  EXPECT_EQ(n, static_cast<ssize_t>(text.size()));
}

// What a datagram said and by which way it came.
struct Heard {
  std::string text;
  Path path;
  Time arrival;
};

// Reads until `count` datagrams came or nothing comes any more.
inline std::vector<Heard> hear(const UdpSocket& socket, std::size_t count, int deadline_ms = kDeadlineMs) {
  PacketPool pool(64);
  IngressBatch ingress(pool);
  std::vector<Heard> heard;
  while (heard.size() < count && wait_readable(socket, deadline_ms)) {
    for (Datagram& d : ingress.read(socket).datagrams) {
      heard.push_back({std::string(as_text(d.packet.bytes())), d.path, d.arrival});
      d.packet = PacketRef();
    }
  }
  return heard;
}

}  // namespace parley::testing

// One bound UDP socket: its life and its options. Reading is IngressBatch's, writing EgressBatch's. Made on any thread,
// then used by one worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"

namespace parley {

// What the machine refused, with errno for those who decide by it.
struct SocketError {
  int code = 0;
  std::string message;
};

class UdpSocket {
 public:
  // Non-blocking and close-on-exec; an IPv6 socket takes no IPv4. `local` may be an "any" address, its port 0 to let
  // the kernel choose.
  static std::expected<UdpSocket, SocketError> open(const Address& local, int buffer_bytes);
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&& other) noexcept;
  ~UdpSocket();

  int fd() const { return fd_; }
  // As bound, with the real port.
  const Address& local() const { return local_; }
  // What the kernel granted of `buffer_bytes`; less when net.core.[rw]mem_max says so and we are not privileged.
  int receive_buffer() const { return receive_buffer_; }
  int send_buffer() const { return send_buffer_; }

 private:
  UdpSocket(int fd, const Address& local, int receive_buffer, int send_buffer)
      : fd_(fd), local_(local), receive_buffer_(receive_buffer), send_buffer_(send_buffer) {}

  int fd_ = -1;
  Address local_;
  int receive_buffer_ = 0;
  int send_buffer_ = 0;
};

// One socket per address, all on one port: that of the first, the kernel's choice if it is 0. "::" is left out on a
// machine without IPv6 if another address remains.
std::expected<std::vector<UdpSocket>, SocketError> open_sockets(std::span<const Address> listen, int buffer_bytes);

// The socket that sends from `local`: one bound to it, else one bound to every address of its family. Null if there is
// none.
const UdpSocket* socket_for(std::span<const UdpSocket> sockets, const Address& local);

}  // namespace parley

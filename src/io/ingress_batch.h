// Reads what waits on a socket, up to 32 datagrams per system call, straight into pool slots. One per worker, for all
// its sockets. Receiving never starves: with the pool empty datagrams are still read, dropped and counted, so that the
// queue in the kernel holds news and not history.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "base/datagram.h"
#include "base/drop_reason.h"
#include "base/packet_pool.h"
#include "io/clock.h"
#include "io/sockaddr.h"
#include "io/udp_socket.h"

namespace parley {

class IngressBatch {
 public:
  static constexpr std::size_t kCapacity = 32;

  explicit IngressBatch(PacketPool& pool);

  struct Batch {
    std::span<Datagram> datagrams;  // to be moved from; valid until the next read
    bool more = false;              // the batch was full: read again
  };
  // An empty batch when nothing waits.
  Batch read(const UdpSocket& socket);

  // Empty slots in hand.
  std::size_t reserved() const;
  const DropCounters& drops() const { return drops_; }
  // Datagrams the kernel dropped because a socket's buffer was full, as far as later datagrams told.
  std::uint64_t kernel_drops() const { return kernel_drops_; }

 private:
  struct Control {
    alignas(cmsghdr) std::array<std::uint8_t, 128> bytes;
  };

  void arm();
  void accept(std::size_t i, const UdpSocket& socket, const ClockSample& clock);
  void note_overflow(int fd, std::uint32_t total);

  PacketPool& pool_;
  std::array<mmsghdr, kCapacity> messages_{};
  std::array<iovec, kCapacity> parts_{};
  std::array<SocketAddress, kCapacity> peers_{};
  std::array<Control, kCapacity> controls_{};
  std::array<PacketRef, kCapacity> slots_;  // kept ready between reads
  std::array<Datagram, kCapacity> datagrams_;
  std::size_t count_ = 0;
  std::array<std::uint8_t, PacketRef::kSlotSize> scratch_{};  // where datagrams without a slot go
  DropCounters drops_;
  std::unordered_map<int, std::uint32_t> overflow_;  // as last told, by socket: as many as there are sockets
  std::uint64_t kernel_drops_ = 0;
};

}  // namespace parley

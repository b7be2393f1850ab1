// Sends an outbox with as few messages as the kernel allows: per destination each run of packets of equal size is one
// message with UDP_SEGMENT, whose last packet may be shorter. The order of packets to one destination is kept. Nothing
// blocks: what the kernel does not take now is dropped and counted, and an error of one packet costs no other. One per
// worker, for all its sockets.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/drop_reason.h"
#include "base/outbox.h"
#include "io/destination_groups.h"
#include "io/sockaddr.h"
#include "io/udp_socket.h"

namespace parley {

struct EgressCounters {
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;  // handed to the kernel: datagrams / messages says what segmentation saves
  std::uint64_t resent = 0;    // messages that had to be sent again as single datagrams
  DropCounters drops;
};

class EgressBatch {
 public:
  // Of every kernel since 4.18; later ones take 128.
  static constexpr std::size_t kMaxSegments = 64;
  static constexpr std::size_t kMaxMessageBytes = 65'000;

  // Sends and clears `outbox`.
  void send(std::span<const UdpSocket> sockets, Outbox& outbox);

  const EgressCounters& counters() const { return counters_; }

 private:
  static constexpr std::size_t kMaxMessages = 64;
  static constexpr std::size_t kMaxParts = 1024;
  struct Control {
    alignas(cmsghdr) std::array<std::uint8_t, 96> bytes;
  };
  // A destination whose path took single datagrams of a size and not segments.
  struct Refusal {
    Address destination;
    std::size_t size = 0;
  };
  struct Message {
    const Address* destination = nullptr;
    std::size_t segment_size = 0;   // 0: a single datagram
    std::size_t plain_control = 0;  // the part of its control data that a single datagram needs too
  };

  void send_group(const UdpSocket& socket, std::span<const Outbox::Item> items, DestinationGroups::Group group);
  std::uint32_t add_run(const UdpSocket& socket, std::span<const Outbox::Item> items, std::uint32_t first);
  void submit();
  void resend_singly(std::size_t message, int error);
  void sent(const mmsghdr& header);
  void failed(std::size_t datagrams);
  bool may_segment(const UdpSocket& socket, const Address& destination, std::size_t size) const;
  void remember_refusal(const Message& message, int error);

  DestinationGroups groups_;
  const UdpSocket* socket_ = nullptr;  // of the messages in hand
  std::size_t message_count_ = 0;
  std::size_t part_count_ = 0;
  std::array<mmsghdr, kMaxMessages> headers_{};
  std::array<Message, kMaxMessages> messages_{};
  std::array<SocketAddress, kMaxMessages> peers_{};
  std::array<Control, kMaxMessages> controls_{};
  std::array<iovec, kMaxParts> parts_{};

  std::array<Refusal, 256> refusals_{};  // by hash; a newer one takes an older one's place
  std::vector<int> plain_sockets_;       // whose device takes no segments
  EgressCounters counters_;
};

}  // namespace parley

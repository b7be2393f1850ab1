#include "io/egress_batch.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace parley {
namespace {

#ifndef UDP_SEGMENT
constexpr int UDP_SEGMENT = 103;
#endif

// Appends control messages to a header's buffer. The kernel wants unused bytes between them to be there, not to be
// zero.
class ControlWriter {
 public:
  ControlWriter(msghdr& header, std::span<std::uint8_t> buffer) : header_(header), buffer_(buffer) {
    header_.msg_control = nullptr;
    header_.msg_controllen = 0;
  }

  template <class T>
  void add(int level, int type, const T& value) {
    cmsghdr about{};
    about.cmsg_level = level;
    about.cmsg_type = type;
    about.cmsg_len = CMSG_LEN(sizeof value);
    std::uint8_t* at = buffer_.data() + header_.msg_controllen;
    std::memcpy(at, &about, sizeof about);
    std::memcpy(at + CMSG_LEN(0), &value, sizeof value);
    header_.msg_control = buffer_.data();
    header_.msg_controllen += CMSG_SPACE(sizeof value);
  }

 private:
  msghdr& header_;
  std::span<std::uint8_t> buffer_;
};

// A socket bound to all addresses must be told which one the peer expects.
void add_source(ControlWriter& control, const UdpSocket& socket, const Address& local) {
  if (!socket.local().is_any() || local.is_any()) return;
  if (local.is_v4()) {
    in_pktinfo info{};
    info.ipi_spec_dst = to_in_addr(local);
    control.add(IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    info.ipi6_addr = to_in6_addr(local);
    info.ipi6_ifindex = local.scope();
    control.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

bool blames_segmentation(int error) {
  return error == EMSGSIZE || error == EIO || error == EINVAL;
}

}  // namespace

void EgressBatch::send(std::span<const UdpSocket> sockets, Outbox& outbox) {
  const std::span<const Outbox::Item> items = outbox.items();
  for (const DestinationGroups::Group& group : groups_.sort(items)) {
    const UdpSocket* socket = socket_for(sockets, items[group.first].path.local);
    if (socket == nullptr) {
      for (std::uint32_t i = group.first; i != DestinationGroups::kEnd; i = groups_.next(i)) failed(1);
      continue;
    }
    if (socket != socket_) submit();
    socket_ = socket;
    send_group(*socket, items, group);
  }
  submit();
  socket_ = nullptr;
  outbox.clear();
}

void EgressBatch::send_group(const UdpSocket& socket, std::span<const Outbox::Item> items,
                             DestinationGroups::Group group) {
  for (std::uint32_t i = group.first; i != DestinationGroups::kEnd;) {
    if (message_count_ == kMaxMessages || part_count_ + kMaxSegments > kMaxParts) submit();
    i = add_run(socket, items, i);
  }
}

// One message: this packet and those behind it that fit the same segments. Returns the packet after them.
std::uint32_t EgressBatch::add_run(const UdpSocket& socket, std::span<const Outbox::Item> items, std::uint32_t first) {
  const Path& path = items[first].path;
  const std::size_t size = items[first].packet.size();
  const bool segments = may_segment(socket, path.remote, size);
  iovec* const parts = &parts_[part_count_];

  std::size_t count = 0;
  std::size_t total = 0;
  std::uint32_t i = first;
  while (i != DestinationGroups::kEnd) {
    const Bytes bytes = items[i].packet.bytes();
    const bool fits = bytes.size() <= size && !bytes.empty() && total + bytes.size() <= kMaxMessageBytes;
    if (count > 0 && (!segments || !fits || count == kMaxSegments)) break;
    // The kernel only reads; iovec has no const.
    parts[count++] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    total += bytes.size();
    i = groups_.next(i);
    if (bytes.size() < size) break;
  }

  Message& message = messages_[message_count_];
  mmsghdr& entry = headers_[message_count_];
  SocketAddress& peer = peers_[message_count_];
  msghdr& header = entry.msg_hdr;
  header.msg_namelen = to_sockaddr(path.remote, peer);
  header.msg_name = &peer;
  header.msg_iov = parts;
  header.msg_iovlen = count;

  ControlWriter control(header, controls_[message_count_].bytes);
  add_source(control, socket, path.local);
  message = {.destination = &path.remote, .segment_size = count > 1 ? size : 0, .plain_control = header.msg_controllen};
  if (count > 1) control.add(IPPROTO_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(size));

  ++message_count_;
  part_count_ += count;
  return i;
}

void EgressBatch::submit() {
  std::size_t i = 0;
  while (i < message_count_) {
    const int n = sendmmsg(socket_->fd(), &headers_[i], static_cast<unsigned>(message_count_ - i), MSG_DONTWAIT);
    const int error = errno;
    if (n > 0) {
      for (const std::size_t end = i + static_cast<std::size_t>(n); i < end; ++i) sent(headers_[i]);
      continue;
    }
    if (error == EINTR) continue;
    // The message at i was refused; the kernel has not looked at those behind it.
    if (messages_[i].segment_size != 0 && blames_segmentation(error)) {
      resend_singly(i, error);
    } else {
      failed(headers_[i].msg_hdr.msg_iovlen);
    }
    ++i;
  }
  message_count_ = 0;
  part_count_ = 0;
}

void EgressBatch::resend_singly(std::size_t message, int error) {
  mmsghdr entry = headers_[message];
  const std::span<iovec> parts(entry.msg_hdr.msg_iov, entry.msg_hdr.msg_iovlen);
  entry.msg_hdr.msg_controllen = messages_[message].plain_control;
  entry.msg_hdr.msg_iovlen = 1;

  bool any_sent = false;
  for (iovec& part : parts) {
    entry.msg_hdr.msg_iov = &part;
    ssize_t n;
    do {
      n = sendmsg(socket_->fd(), &entry.msg_hdr, MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
      failed(1);
      continue;
    }
    entry.msg_len = static_cast<unsigned>(n);
    sent(entry);
    any_sent = true;
  }
  ++counters_.resent;
  // If single datagrams fail too, the destination is at fault: a peer must not be able to spoil the socket for the
  // others.
  if (any_sent) remember_refusal(messages_[message], error);
}

void EgressBatch::remember_refusal(const Message& message, int error) {
  if (error == EMSGSIZE) {
    refusals_[message.destination->hash() % refusals_.size()] = {*message.destination, message.segment_size};
  } else {
    plain_sockets_.push_back(socket_->fd());
  }
}

bool EgressBatch::may_segment(const UdpSocket& socket, const Address& destination, std::size_t size) const {
  if (size == 0 || std::ranges::find(plain_sockets_, socket.fd()) != plain_sockets_.end()) return false;
  const Refusal& refusal = refusals_[destination.hash() % refusals_.size()];
  return refusal.destination != destination || size < refusal.size;
}

void EgressBatch::sent(const mmsghdr& header) {
  counters_.datagrams += header.msg_hdr.msg_iovlen;
  counters_.bytes += header.msg_len;
  ++counters_.messages;
}

void EgressBatch::failed(std::size_t datagrams) {
  for (std::size_t i = 0; i < datagrams; ++i) counters_.drops.add(DropReason::kSendFailed);
}

}  // namespace parley

#include "io/ingress_batch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace parley {
namespace {

// What the kernel tells beside the bytes.
struct Ancillary {
  Address local;
  std::optional<timespec> stamp;
  std::optional<std::uint32_t> overflow;
};

template <class T>
T value_of(const cmsghdr& header) {
  T value;
  std::memcpy(&value, CMSG_DATA(&header), sizeof value);
  return value;
}

Ancillary read_ancillary(msghdr& message, const Address& bound) {
  Ancillary out{.local = bound, .stamp = {}, .overflow = {}};
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      out.local = from_in_addr(value_of<in_pktinfo>(*c).ipi_spec_dst, bound.port());
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      const auto info = value_of<in6_pktinfo>(*c);
      out.local = from_in6_addr(info.ipi6_addr, bound.port(), info.ipi6_ifindex);
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      out.stamp = value_of<timespec>(*c);
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
      out.overflow = value_of<std::uint32_t>(*c);
    }
  }
  return out;
}

}  // namespace

IngressBatch::IngressBatch(PacketPool& pool) : pool_(pool) {}

// The slots in hand come first, so that the oldest datagrams get them.
void IngressBatch::arm() {
  std::size_t filled = 0;
  for (std::size_t i = 0; i < kCapacity; ++i) {
    if (slots_[i]) std::swap(slots_[filled++], slots_[i]);
  }
  while (filled < kCapacity && (slots_[filled] = pool_.take())) ++filled;

  for (std::size_t i = 0; i < kCapacity; ++i) {
    const MutableBytes into = slots_[i] ? slots_[i].buffer() : MutableBytes(scratch_);
    parts_[i] = {into.data(), into.size()};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_name = &peers_[i];
    header.msg_namelen = sizeof peers_[i];
    header.msg_iov = &parts_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].bytes.data();
    header.msg_controllen = controls_[i].bytes.size();
    header.msg_flags = 0;
  }
}

IngressBatch::Batch IngressBatch::read(const UdpSocket& socket) {
  arm();
  int received;
  do {
    received = recvmmsg(socket.fd(), messages_.data(), kCapacity, MSG_DONTWAIT, nullptr);
  } while (received < 0 && errno == EINTR);
  if (received <= 0) return {};

  const ClockSample clock = ClockSample::take();
  count_ = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(received); ++i) accept(i, socket, clock);
  return {.datagrams = std::span(datagrams_).first(count_), .more = received == static_cast<int>(kCapacity)};
}

void IngressBatch::accept(std::size_t i, const UdpSocket& socket, const ClockSample& clock) {
  msghdr& header = messages_[i].msg_hdr;
  const Ancillary ancillary = read_ancillary(header, socket.local());
  if (ancillary.overflow) note_overflow(socket.fd(), *ancillary.overflow);

  if ((header.msg_flags & MSG_TRUNC) != 0) return drops_.add(DropReason::kTooLarge);
  if (!slots_[i]) return drops_.add(DropReason::kPoolExhausted);

  Datagram& datagram = datagrams_[count_++];
  datagram.path = {.local = ancillary.local, .remote = from_sockaddr(peers_[i].any)};
  datagram.arrival = ancillary.stamp ? clock.to_time(*ancillary.stamp) : clock.monotonic;
  datagram.packet = std::move(slots_[i]);
  datagram.packet.set_size(messages_[i].msg_len);
}

std::size_t IngressBatch::reserved() const {
  return static_cast<std::size_t>(std::ranges::count_if(slots_, [](const PacketRef& slot) { return bool(slot); }));
}

// The kernel counts per socket, in 32 bits that wrap.
void IngressBatch::note_overflow(int fd, std::uint32_t total) {
  std::uint32_t& last = overflow_[fd];
  kernel_drops_ += total - last;
  last = total;
}

}  // namespace parley

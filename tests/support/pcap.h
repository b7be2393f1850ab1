// UDP datagrams out of a pcap file: link types 101 (raw IP) and 1 (Ethernet), IPv4, microsecond or nanosecond stamps,
// little-endian.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "support/capture.h"

namespace parley::test {

struct CapturedDatagram {
  Time time;  // since the capture's first packet, whatever its protocol
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::vector<std::uint8_t> payload;
};

namespace pcap_detail {

[[noreturn]] inline void fail(const char* why) {
  std::fprintf(stderr, "bad pcap: %s\n", why);
  std::abort();
}

inline std::uint32_t le32(const std::uint8_t* p) {
  return static_cast<std::uint32_t>(p[3]) << 24 | static_cast<std::uint32_t>(p[2]) << 16 |
         static_cast<std::uint32_t>(p[1]) << 8 | p[0];
}

// False for what is no UDP over IPv4.
inline bool read_udp(Bytes frame, std::uint32_t link_type, CapturedDatagram& out) {
  constexpr std::uint32_t kEthernet = 1;
  constexpr std::size_t kEthernetHeader = 14;
  if (link_type == kEthernet) {
    if (frame.size() < kEthernetHeader || load_be16(&frame[12]) != 0x0800) return false;
    frame = frame.subspan(kEthernetHeader);
  }
  if (frame.size() < 20 || frame[0] >> 4 != 4 || frame[9] != 17) return false;
  const std::size_t header = 4u * (frame[0] & 0x0f);
  if (frame.size() < header + 8) return false;
  const Bytes udp = frame.subspan(header);
  const std::size_t length = load_be16(&udp[4]);
  if (length < 8 || length > udp.size()) return false;
  out.source_port = load_be16(&udp[0]);
  out.destination_port = load_be16(&udp[2]);
  out.payload.assign(udp.begin() + 8, udp.begin() + static_cast<std::ptrdiff_t>(length));
  return true;
}

}  // namespace pcap_detail

inline std::vector<CapturedDatagram> parse_pcap(Bytes file) {
  using pcap_detail::le32;
  if (file.size() < 24) pcap_detail::fail("no header");
  const std::uint32_t magic = le32(&file[0]);
  const bool nanoseconds = magic == 0xa1b23c4d;
  if (!nanoseconds && magic != 0xa1b2c3d4) pcap_detail::fail("unknown magic");
  const std::uint32_t link_type = le32(&file[20]);
  if (link_type != 1 && link_type != 101) pcap_detail::fail("unknown link type");

  std::vector<CapturedDatagram> datagrams;
  bool first = true;
  Duration start{};
  for (std::size_t at = 24; at < file.size();) {
    if (file.size() - at < 16) pcap_detail::fail("cut short");
    const Duration stamp = std::chrono::seconds(le32(&file[at])) +
                           Duration(le32(&file[at + 4]) * (nanoseconds ? std::int64_t{1} : std::int64_t{1000}));
    const std::size_t size = le32(&file[at + 8]);
    if (size > file.size() - at - 16) pcap_detail::fail("cut short");
    if (first) start = stamp;
    first = false;
    CapturedDatagram datagram;
    datagram.time = Time(stamp - start);
    if (pcap_detail::read_udp(file.subspan(at + 16, size), link_type, datagram))
      datagrams.push_back(std::move(datagram));
    at += 16 + size;
  }
  return datagrams;
}

// The pcap tests/data/<name>.
inline std::vector<CapturedDatagram> load_pcap(const std::string& name) {
  return parse_pcap(load(name));
}

// RTP and RTCP share a port (RFC 5761 §4).
inline bool looks_like_rtcp(Bytes datagram) {
  return datagram.size() >= 2 && datagram[1] >= 192 && datagram[1] <= 223;
}

}  // namespace parley::test

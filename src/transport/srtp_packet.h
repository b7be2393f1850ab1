// The few fields of RTP and RTCP that SRTP needs in the clear, and the index they imply. Shared by the back ends, so
// that both refuse the same packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace parley {

struct SrtpPacketHeader {
  std::size_t size = 0;  // fixed header, CSRCs and extension: what stays readable
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
};

inline constexpr std::size_t kRtpFixedHeaderSize = 12;

// RFC 3550 §5.1, §5.3.1.
inline std::optional<SrtpPacketHeader> read_rtp_header(Bytes packet) {
  if (packet.size() < kRtpFixedHeaderSize || packet[0] >> 6 != 2) return std::nullopt;
  std::size_t size = kRtpFixedHeaderSize + std::size_t{4} * (packet[0] & 0x0fu);
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < size + 4) return std::nullopt;
    size += 4 + std::size_t{4} * load_be16(&packet[size + 2]);
  }
  if (packet.size() < size) return std::nullopt;
  return SrtpPacketHeader{size, load_be32(&packet[8]), load_be16(&packet[2])};
}

// The first packet of a compound: its header and the sender's SSRC stay in the clear (RFC 3711 §3.4).
inline constexpr std::size_t kSrtcpHeaderSize = 8;
inline constexpr std::size_t kSrtcpIndexSize = 4;
inline constexpr std::uint32_t kSrtcpEncrypted = 0x8000'0000u;  // the E flag before the index
inline constexpr std::uint32_t kMaxSrtcpIndex = 0x7fff'ffffu;

inline std::optional<std::uint32_t> read_rtcp_ssrc(Bytes packet) {
  if (packet.size() < kSrtcpHeaderSize || packet[0] >> 6 != 2) return std::nullopt;
  return load_be32(&packet[4]);
}

// RFC 3711 §3.3.1: the roll-over counter that puts the sequence number nearest to the highest index so far. Before the
// first lap there is no counter to go back to.
inline std::uint64_t estimate_rtp_index(std::uint64_t highest, std::uint16_t sequence) {
  const std::uint64_t lap = highest >> 16;
  const auto last = static_cast<std::uint16_t>(highest);
  const int ahead = sequence - last;
  if (last < 0x8000) return (ahead > 0x8000 && lap > 0 ? lap - 1 : lap) << 16 | sequence;
  return (ahead < -0x8000 ? lap + 1 : lap) << 16 | sequence;
}
// 32 bits of counter and 16 of sequence number; then the key is used up.
inline constexpr std::uint64_t kMaxRtpIndex = (std::uint64_t{1} << 48) - 1;

}  // namespace parley

#include "wire/rtcp.h"

namespace parley {

std::optional<RtcpPacket> RtcpCursor::next() {
  if (!ok_ || rest_.empty()) return std::nullopt;
  ok_ = false;
  if (rest_.size() < kRtcpHeaderSize || rest_[0] >> 6 != 2) return std::nullopt;
  const std::size_t size = kRtcpHeaderSize + 4u * load_be16(&rest_[2]);
  if (size > rest_.size()) return std::nullopt;

  RtcpPacket packet;
  packet.count = rest_[0] & 0x1f;
  packet.type = static_cast<RtcpType>(rest_[1]);
  packet.body = rest_.subspan(kRtcpHeaderSize, size - kRtcpHeaderSize);
  if ((rest_[0] & 0x20) != 0) {
    // Only a compound's last packet is padded (RFC 3550 §6.4.1).
    const std::size_t padding = packet.body.empty() ? 0 : packet.body.back();
    if (size != rest_.size() || padding == 0 || padding > packet.body.size()) return std::nullopt;
    packet.body = packet.body.first(packet.body.size() - padding);
  }
  rest_ = rest_.subspan(size);
  ok_ = true;
  return packet;
}

bool is_valid_rtcp(Bytes compound) {
  RtcpCursor cursor(compound);
  while (cursor.next()) {
  }
  return cursor.ok();
}

bool begin_rtcp(ByteWriter& out, RtcpType type, std::uint8_t count, std::size_t body_size) {
  if (!out.ok() || count > kMaxRtcpCount || body_size % 4 != 0 || body_size / 4 > 0xffff) return false;
  if (out.remaining() < kRtcpHeaderSize + body_size) return false;
  out.u8(static_cast<std::uint8_t>(0x80 | count));
  out.u8(static_cast<std::uint8_t>(type));
  out.be16(static_cast<std::uint16_t>(body_size / 4));
  return true;
}

}  // namespace parley

#include "wire/rtp.h"

namespace parley {

std::optional<RtpView> parse_rtp(Bytes packet) {
  if (packet.size() < kRtpHeaderSize) return std::nullopt;
  const std::uint8_t* p = packet.data();
  if (p[0] >> 6 != 2) return std::nullopt;
  const bool has_padding = (p[0] & 0x20) != 0;
  const bool has_extension = (p[0] & 0x10) != 0;

  RtpView view;
  view.csrc_count = p[0] & 0x0f;
  view.marker = (p[1] & 0x80) != 0;
  view.payload_type = PayloadType(p[1] & 0x7f);
  view.sequence = load_be16(p + 2);
  view.timestamp = load_be32(p + 4);
  view.ssrc = Ssrc(load_be32(p + 8));

  std::size_t at = kRtpHeaderSize + 4u * view.csrc_count;
  if (has_extension) {
    if (packet.size() < at + 4) return std::nullopt;
    view.extension_profile = load_be16(p + at);
    const std::size_t block_size = 4u * load_be16(p + at + 2);
    at += 4;
    if (packet.size() < at + block_size) return std::nullopt;
    view.extension_block = packet.subspan(at, block_size);
    at += block_size;
  }
  if (packet.size() < at) return std::nullopt;

  if (has_padding) {
    view.padding_size = packet.back();
    if (view.padding_size == 0 || view.padding_size > packet.size() - at) return std::nullopt;
  }
  view.header_size = at;
  view.payload = packet.subspan(at, packet.size() - at - view.padding_size);
  return view;
}

std::size_t write_rtp_header(MutableBytes out, const RtpFields& fields, std::uint16_t extension_profile, Bytes block) {
  const std::size_t size = rtp_header_size(extension_profile, block.size());
  if (out.size() < size || block.size() % 4 != 0 || block.size() / 4 > 0xffff) return 0;
  std::uint8_t* p = out.data();
  p[0] = static_cast<std::uint8_t>(0x80 | (fields.padding ? 0x20 : 0) | (extension_profile != 0 ? 0x10 : 0));
  p[1] = static_cast<std::uint8_t>((fields.marker ? 0x80 : 0) | (fields.payload_type.value() & 0x7f));
  store_be16(p + 2, fields.sequence);
  store_be32(p + 4, fields.timestamp);
  store_be32(p + 8, fields.ssrc.value());
  if (extension_profile != 0) {
    store_be16(p + kRtpHeaderSize, extension_profile);
    store_be16(p + kRtpHeaderSize + 2, static_cast<std::uint16_t>(block.size() / 4));
    std::uint8_t* at = p + kRtpHeaderSize + 4;
    if (!block.empty() && block.data() != at) std::memmove(at, block.data(), block.size());
  }
  return size;
}

void write_rtp_padding(MutableBytes packet, std::uint8_t padding_size) {
  if (padding_size == 0 || packet.size() < padding_size) return;
  const MutableBytes padding = packet.last(padding_size);
  std::memset(padding.data(), 0, padding.size());
  padding.back() = padding_size;
}

}  // namespace parley

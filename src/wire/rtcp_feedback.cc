#include "wire/rtcp_feedback.h"

#include <bit>

namespace parley {
namespace {

constexpr std::uint32_t kRembName = 0x52454d42;  // "REMB"

bool is_feedback(const RtcpPacket& packet, RtcpType type, std::uint8_t format) {
  return packet.type == type && packet.count == format;
}

std::size_t item_count(std::span<const std::uint16_t> sequences) {
  std::size_t count = 0;
  std::uint16_t first = 0;
  for (const std::uint16_t sequence : sequences) {
    if (count == 0 || static_cast<std::uint16_t>(sequence - first) > 16) {
      first = sequence;
      ++count;
    }
  }
  return count;
}

}  // namespace

std::optional<Nack> parse_nack(const RtcpPacket& packet) {
  if (!is_feedback(packet, RtcpType::kTransportFeedback, kFormatNack)) return std::nullopt;
  ByteReader reader(packet.body);
  Nack nack;
  nack.sender = Ssrc(reader.be32());
  nack.media = Ssrc(reader.be32());
  if (!reader.ok()) return std::nullopt;
  nack.items = RecordList<NackItem>(reader.rest());
  return nack;
}

std::optional<Pli> parse_pli(const RtcpPacket& packet) {
  if (!is_feedback(packet, RtcpType::kPayloadFeedback, kFormatPli)) return std::nullopt;
  ByteReader reader(packet.body);
  Pli pli;
  pli.sender = Ssrc(reader.be32());
  pli.media = Ssrc(reader.be32());
  if (!reader.ok()) return std::nullopt;
  return pli;
}

std::optional<Fir> parse_fir(const RtcpPacket& packet) {
  if (!is_feedback(packet, RtcpType::kPayloadFeedback, kFormatFir)) return std::nullopt;
  ByteReader reader(packet.body);
  Fir fir;
  fir.sender = Ssrc(reader.be32());
  reader.skip(4);  // the media SSRC, unused (RFC 5104 §4.3.1.1)
  if (!reader.ok()) return std::nullopt;
  fir.entries = RecordList<FirEntry>(reader.rest());
  return fir;
}

std::optional<Remb> parse_remb(const RtcpPacket& packet) {
  if (!is_feedback(packet, RtcpType::kPayloadFeedback, kFormatApplicationLayer)) return std::nullopt;
  ByteReader reader(packet.body);
  Remb remb;
  remb.sender = Ssrc(reader.be32());
  reader.skip(4);  // the media SSRC, always 0
  if (reader.be32() != kRembName) return std::nullopt;
  const std::uint8_t ssrc_count = reader.u8();
  const std::uint32_t packed = reader.be24();
  remb.ssrcs = RecordList<Ssrc>(reader.bytes(4u * ssrc_count));
  if (!reader.ok()) return std::nullopt;

  const unsigned exponent = packed >> 18;
  const std::uint64_t mantissa = packed & 0x3'ffff;
  // More than 63 bits is nonsense.
  if (exponent > 45 || (mantissa << exponent) >> exponent != mantissa) return std::nullopt;
  remb.bitrate = Bitrate::bps(static_cast<std::int64_t>(mantissa << exponent));
  return remb;
}

bool write_nack(ByteWriter& out, Ssrc sender, Ssrc media, std::span<const std::uint16_t> sequences) {
  const std::size_t items = item_count(sequences);
  if (items == 0) return false;
  if (!begin_rtcp(out, RtcpType::kTransportFeedback, kFormatNack, 8 + 4 * items)) return false;
  out.be32(sender.value());
  out.be32(media.value());
  NackItem item{sequences.front(), 0};
  for (const std::uint16_t sequence : sequences) {
    const auto ahead = static_cast<std::uint16_t>(sequence - item.first);
    if (ahead > 16) {
      out.be16(item.first);
      out.be16(item.following);
      item = NackItem{sequence, 0};
    } else if (ahead != 0) {
      item.following = static_cast<std::uint16_t>(item.following | 1u << (ahead - 1));
    }
  }
  out.be16(item.first);
  out.be16(item.following);
  return true;
}

bool write_pli(ByteWriter& out, Ssrc sender, Ssrc media) {
  if (!begin_rtcp(out, RtcpType::kPayloadFeedback, kFormatPli, 8)) return false;
  out.be32(sender.value());
  out.be32(media.value());
  return true;
}

bool write_fir(ByteWriter& out, Ssrc sender, FirEntry entry) {
  if (!begin_rtcp(out, RtcpType::kPayloadFeedback, kFormatFir, 16)) return false;
  out.be32(sender.value());
  out.be32(0);
  out.be32(entry.ssrc.value());
  out.u8(entry.sequence);
  out.be24(0);
  return true;
}

bool write_remb(ByteWriter& out, Ssrc sender, Bitrate bitrate, std::span<const Ssrc> ssrcs) {
  if (ssrcs.size() > 255) return false;
  if (!begin_rtcp(out, RtcpType::kPayloadFeedback, kFormatApplicationLayer, 16 + 4 * ssrcs.size())) return false;
  const std::uint64_t bps = bitrate.bps() < 0 ? 0 : static_cast<std::uint64_t>(bitrate.bps());
  const auto width = static_cast<unsigned>(std::bit_width(bps));
  const unsigned exponent = width > 18 ? width - 18 : 0;
  out.be32(sender.value());
  out.be32(0);
  out.be32(kRembName);
  out.u8(static_cast<std::uint8_t>(ssrcs.size()));
  out.be24(exponent << 18 | static_cast<std::uint32_t>(bps >> exponent));
  for (const Ssrc ssrc : ssrcs) out.be32(ssrc.value());
  return true;
}

}  // namespace parley

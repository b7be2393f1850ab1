#include "wire/rtcp_sdes.h"

namespace parley {
namespace {

constexpr std::uint8_t kItemEnd = 0;
constexpr std::uint8_t kItemCname = 1;

// Items up to the null that ends the chunk, and the nulls that fill its last word. Chunks start on words of the body.
bool read_items(ByteReader& reader, SdesChunk& chunk) {
  while (reader.ok()) {
    const std::uint8_t type = reader.u8();
    if (!reader.ok()) return false;
    if (type == kItemEnd) {
      reader.skip((4 - reader.position() % 4) % 4);
      return reader.ok();
    }
    const std::string_view text = as_text(reader.bytes(reader.u8()));
    if (type == kItemCname) chunk.cname = text;
  }
  return false;
}

}  // namespace

std::optional<SdesChunks> parse_sdes(const RtcpPacket& packet) {
  if (packet.type != RtcpType::kSdes) return std::nullopt;
  ByteReader reader(packet.body);
  SdesChunks chunks;
  for (std::uint8_t i = 0; i < packet.count; ++i) {
    SdesChunk chunk;
    chunk.ssrc = Ssrc(reader.be32());
    if (!read_items(reader, chunk) || !chunks.push_back(chunk)) return std::nullopt;
  }
  return chunks;
}

std::optional<Bye> parse_bye(const RtcpPacket& packet) {
  if (packet.type != RtcpType::kBye) return std::nullopt;
  ByteReader reader(packet.body);
  Bye bye;
  bye.ssrcs = RecordList<Ssrc>(reader.bytes(4u * packet.count));
  if (reader.remaining() != 0) bye.reason = as_text(reader.bytes(reader.u8()));
  if (!reader.ok()) return std::nullopt;
  return bye;
}

bool write_sdes_cname(ByteWriter& out, Ssrc ssrc, std::string_view cname) {
  if (cname.size() > 255) return false;
  const std::size_t filled = 4 + 2 + cname.size();
  const std::size_t size = filled / 4 * 4 + 4;  // at least one null behind the item
  if (!begin_rtcp(out, RtcpType::kSdes, 1, size)) return false;
  out.be32(ssrc.value());
  out.u8(kItemCname);
  out.u8(static_cast<std::uint8_t>(cname.size()));
  out.bytes(as_bytes(cname));
  out.zeros(size - filled);
  return true;
}

bool write_bye(ByteWriter& out, std::span<const Ssrc> ssrcs) {
  if (ssrcs.size() > kMaxRtcpCount) return false;
  if (!begin_rtcp(out, RtcpType::kBye, static_cast<std::uint8_t>(ssrcs.size()), 4 * ssrcs.size())) return false;
  for (const Ssrc ssrc : ssrcs) out.be32(ssrc.value());
  return true;
}

}  // namespace parley

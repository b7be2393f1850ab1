// Who is behind an SSRC, and that it goes: SDES with CNAME (RFC 3550 §6.5) and BYE (§6.6).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "wire/inline_list.h"
#include "wire/rtcp.h"

namespace parley {

struct SdesChunk {
  Ssrc ssrc;
  std::string_view cname;  // empty if the chunk has none
  bool operator==(const SdesChunk&) const = default;
};
using SdesChunks = InlineList<SdesChunk, kMaxRtcpCount>;

struct Bye {
  RecordList<Ssrc> ssrcs;
  std::string_view reason;
};

std::optional<SdesChunks> parse_sdes(const RtcpPacket& packet);
std::optional<Bye> parse_bye(const RtcpPacket& packet);

// One chunk. A CNAME longer than 255 bytes is refused.
bool write_sdes_cname(ByteWriter& out, Ssrc ssrc, std::string_view cname);
// At most kMaxRtcpCount SSRCs; more are refused.
bool write_bye(ByteWriter& out, std::span<const Ssrc> ssrcs);

}  // namespace parley

// The fixed RTP header (RFC 3550 §5.1, §5.3.1): one view for what came in, one writer for what goes out.
// Ingress parses each packet once; egress writes each header anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/strong_id.h"

namespace parley {

inline constexpr std::size_t kRtpHeaderSize = 12;

// Points into the packet it was parsed from.
struct RtpView {
  bool marker = false;
  PayloadType payload_type;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  Ssrc ssrc;
  std::uint8_t csrc_count = 0;
  std::uint8_t padding_size = 0;        // with its length byte; 0 without padding
  std::uint16_t extension_profile = 0;  // "defined by profile", 0 without an extension
  std::size_t header_size = 0;          // fixed header, CSRCs and extension
  Bytes extension_block;                // behind profile and length
  Bytes payload;                        // without the padding

  bool padding_only() const { return payload.empty() && padding_size != 0; }
};

// Nothing for what is not version 2, is cut short, or has a padding that does not fit.
std::optional<RtpView> parse_rtp(Bytes packet);

struct RtpFields {
  bool marker = false;
  bool padding = false;
  PayloadType payload_type;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  Ssrc ssrc;
};

// How many bytes the header takes with a block of that size.
constexpr std::size_t rtp_header_size(std::uint16_t extension_profile, std::size_t block_size) {
  return kRtpHeaderSize + (extension_profile == 0 ? 0 : 4 + block_size);
}

// Writes a header without CSRCs; `profile` 0 leaves the extension out. The block is whole 32-bit words, as
// RtpExtensionWriter makes it, and may already stand in its place in `out`. Returns the header's size, 0 if it does not
// fit.
std::size_t write_rtp_header(MutableBytes out, const RtpFields& fields, std::uint16_t extension_profile = 0,
                             Bytes block = {});

// Ends `packet` with padding_size bytes of padding (1..255), which are its last ones. The P bit is the header's
// business.
void write_rtp_padding(MutableBytes packet, std::uint8_t padding_size);

}  // namespace parley

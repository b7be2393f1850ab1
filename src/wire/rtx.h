// Retransmission payload format (RFC 4588 §4): the original sequence number stands before the original payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "wire/rtp.h"

namespace parley {

inline constexpr std::size_t kRtxPrefixSize = 2;

// The original sequence number; nothing if the packet carries none (padding sent as a probe).
std::optional<std::uint16_t> rtx_original_sequence(const RtpView& rtx);

// The retransmitted packet as if it had come itself: sequence, payload type, SSRC and payload are the original's. Its
// header_size counts the prefix, so that payload starts at header_size; extensions are those of the RTX packet. The
// bytes stay as they are.
std::optional<RtpView> unwrap_rtx(const RtpView& rtx, PayloadType original_payload_type, Ssrc original_ssrc);

// Writes the prefix behind an RTX header; the original payload goes behind it. Returns its size, 0 if it does not fit.
std::size_t write_rtx_prefix(MutableBytes out, std::uint16_t original_sequence);

}  // namespace parley

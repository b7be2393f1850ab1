// AV1's aggregation header (AV1 RTP specification §4.4) and a glance at the OBUs of a packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace parley {

enum class ObuType : std::uint8_t {
  kSequenceHeader = 1,
  kTemporalDelimiter = 2,
  kFrameHeader = 3,
  kTileGroup = 4,
  kMetadata = 5,
  kFrame = 6,
  kRedundantFrameHeader = 7,
  kTileList = 8,
  kPadding = 15,
};

struct Av1Payload {
  bool continues = false;     // Z: the first element continues the previous packet's last
  bool continued = false;     // Y: the last element goes on in the next packet
  std::uint8_t elements = 0;  // those that stand in the packet, a fragment counts as one
  bool new_sequence = false;  // N: the first packet of a coded video sequence
  bool has_sequence_header = false;
  bool has_frame_header = false;  // a frame or frame header OBU starts here
  // Of the first OBU that starts here and has an extension.
  std::optional<std::uint8_t> temporal_id;
  std::optional<std::uint8_t> spatial_id;

  bool frame_start() const { return !continues && (has_frame_header || has_sequence_header); }
  bool keyframe() const { return new_sequence && !continues; }
};

// Nothing for what is empty, has an element that does not fit, or sets both Z and N.
std::optional<Av1Payload> parse_av1(Bytes payload);

}  // namespace parley

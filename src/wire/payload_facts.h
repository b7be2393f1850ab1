// The few facts about a payload that forwarding decides by, the same for every codec. A new codec adds a case here.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "wire/codec.h"

namespace parley {

struct PayloadFacts {
  // A decoder that has nothing can start with this packet, at this spatial layer. H.264 may say so for several packets
  // of a picture.
  bool keyframe_start = false;
  // A frame (of a spatial layer) starts or ends here. For H.264 and AV1 the start is a guess; a dependency descriptor
  // knows better.
  bool frame_start = false;
  bool frame_end = false;
  bool has_layers = false;  // the two ids were in the payload
  std::uint8_t spatial_id = 0;
  std::uint8_t temporal_id = 0;
  // From here on a receiver of lower temporal layers may take this one (VP8 Y, VP9 U).
  bool layer_sync = false;
  // No later frame refers to this one.
  bool discardable = false;
  std::optional<std::uint16_t> picture_id;
  std::optional<std::uint8_t> tl0_index;
  std::uint16_t width = 0;  // of a keyframe that says so
  std::uint16_t height = 0;
};

// Nothing for a payload that is not the codec's. For Opus every packet is a frame and a start.
std::optional<PayloadFacts> payload_facts(Codec codec, Bytes payload, bool marker);

}  // namespace parley

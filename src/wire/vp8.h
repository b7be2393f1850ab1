// VP8's payload descriptor (RFC 7741 §4.2) and the first bytes of a keyframe (RFC 6386 §9.1): which layer a packet
// belongs to, and where the ids stand that a forwarder has to renumber.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace parley {

struct Vp8Descriptor {
  bool non_reference = false;       // N
  bool start_of_partition = false;  // S
  std::uint8_t partition = 0;       // PID
  std::optional<std::uint16_t> picture_id;
  bool picture_id_15_bit = false;
  std::size_t picture_id_offset = 0;  // in the payload; meaningful with a picture id
  std::optional<std::uint8_t> tl0_index;
  std::size_t tl0_index_offset = 0;  // meaningful with an index
  std::optional<std::uint8_t> temporal_id;
  bool layer_sync = false;  // Y
  std::optional<std::uint8_t> key_index;
  std::size_t size = 0;      // of the descriptor
  bool frame_start = false;  // S and partition 0
  bool keyframe = false;     // only known where a frame starts
  std::uint16_t width = 0;   // of a keyframe's start, 0 elsewhere
  std::uint16_t height = 0;
};

std::optional<Vp8Descriptor> parse_vp8(Bytes payload);

// Write new ids over the old ones in a copy of the payload; a 7-bit picture id keeps 7 bits. No-ops where the
// descriptor has no such field.
void rewrite_vp8_picture_id(MutableBytes payload, const Vp8Descriptor& descriptor, std::uint16_t picture_id);
void rewrite_vp8_tl0_index(MutableBytes payload, const Vp8Descriptor& descriptor, std::uint8_t tl0_index);

}  // namespace parley

#include "wire/vp8.h"

namespace parley {
namespace {

// A frame tag and, in a keyframe, start code and dimensions (RFC 6386 §9.1). With end-to-end encryption these bytes
// stay clear.
void read_frame_header(Bytes frame, Vp8Descriptor& descriptor) {
  descriptor.keyframe = !frame.empty() && (frame[0] & 0x01) == 0;
  if (!descriptor.keyframe || frame.size() < 10) return;
  if (frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a) return;
  descriptor.width = static_cast<std::uint16_t>((frame[7] << 8 | frame[6]) & 0x3fff);
  descriptor.height = static_cast<std::uint16_t>((frame[9] << 8 | frame[8]) & 0x3fff);
}

}  // namespace

std::optional<Vp8Descriptor> parse_vp8(Bytes payload) {
  ByteReader reader(payload);
  Vp8Descriptor descriptor;
  const std::uint8_t first = reader.u8();
  descriptor.non_reference = (first & 0x20) != 0;
  descriptor.start_of_partition = (first & 0x10) != 0;
  descriptor.partition = first & 0x07;

  if ((first & 0x80) != 0) {
    const std::uint8_t fields = reader.u8();
    const bool has_picture_id = (fields & 0x80) != 0;
    const bool has_tl0_index = (fields & 0x40) != 0;
    const bool has_temporal_id = (fields & 0x20) != 0;
    const bool has_key_index = (fields & 0x10) != 0;
    if (has_picture_id) {
      descriptor.picture_id_offset = reader.position();
      const std::uint8_t high = reader.u8();
      descriptor.picture_id_15_bit = (high & 0x80) != 0;
      descriptor.picture_id =
          descriptor.picture_id_15_bit ? static_cast<std::uint16_t>((high & 0x7f) << 8 | reader.u8()) : high;
    }
    if (has_tl0_index) {
      descriptor.tl0_index_offset = reader.position();
      descriptor.tl0_index = reader.u8();
    }
    if (has_temporal_id || has_key_index) {
      const std::uint8_t ids = reader.u8();
      if (has_temporal_id) {
        descriptor.temporal_id = ids >> 6;
        descriptor.layer_sync = (ids & 0x20) != 0;
      }
      if (has_key_index) descriptor.key_index = ids & 0x1f;
    }
  }
  // A descriptor without a byte of VP8 behind it is no payload.
  if (!reader.ok() || reader.remaining() == 0) return std::nullopt;
  descriptor.size = reader.position();
  descriptor.frame_start = descriptor.start_of_partition && descriptor.partition == 0;
  if (descriptor.frame_start) read_frame_header(reader.rest(), descriptor);
  return descriptor;
}

void rewrite_vp8_picture_id(MutableBytes payload, const Vp8Descriptor& descriptor, std::uint16_t picture_id) {
  if (!descriptor.picture_id || payload.size() < descriptor.size) return;
  std::uint8_t* at = &payload[descriptor.picture_id_offset];
  if (descriptor.picture_id_15_bit) {
    store_be16(at, static_cast<std::uint16_t>(0x8000 | picture_id));
  } else {
    *at = picture_id & 0x7f;
  }
}

void rewrite_vp8_tl0_index(MutableBytes payload, const Vp8Descriptor& descriptor, std::uint8_t tl0_index) {
  if (!descriptor.tl0_index || payload.size() < descriptor.size) return;
  payload[descriptor.tl0_index_offset] = tl0_index;
}

}  // namespace parley

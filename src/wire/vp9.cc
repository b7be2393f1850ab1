#include "wire/vp9.h"

namespace parley {
namespace {

Vp9ScalabilityStructure read_structure(ByteReader& reader) {
  Vp9ScalabilityStructure structure;
  const std::uint8_t head = reader.u8();
  structure.spatial_layers = static_cast<std::uint8_t>((head >> 5) + 1);
  structure.has_resolutions = (head & 0x10) != 0;
  const bool has_picture_group = (head & 0x08) != 0;
  if (structure.has_resolutions) {
    for (std::size_t i = 0; i < structure.spatial_layers; ++i) {
      structure.resolutions[i].width = reader.be16();
      structure.resolutions[i].height = reader.be16();
    }
  }
  if (has_picture_group) {
    structure.picture_group_size = reader.u8();
    for (unsigned i = 0; i < structure.picture_group_size && reader.ok(); ++i) {
      const std::uint8_t picture = reader.u8();
      reader.skip(picture >> 2 & 3);  // R reference indices
    }
  }
  return structure;
}

// Whether a VP9 frame says of itself that it is no keyframe (VP9 bitstream specification §6.2).
bool is_inter_frame(Bytes frame) {
  if (frame.empty() || frame[0] >> 6 != 2) return false;
  const bool profile_3 = (frame[0] & 0x30) == 0x30;
  const unsigned after_profile = static_cast<unsigned>(frame[0] << (profile_3 ? 5 : 4)) & 0xff;
  const bool shows_existing = (after_profile & 0x80) != 0;
  const bool non_key = (after_profile & 0x40) != 0;
  return shows_existing || non_key;
}

}  // namespace

std::optional<Vp9Descriptor> parse_vp9(Bytes payload) {
  ByteReader reader(payload);
  Vp9Descriptor descriptor;
  const std::uint8_t first = reader.u8();
  const bool has_picture_id = (first & 0x80) != 0;
  descriptor.inter_predicted = (first & 0x40) != 0;
  descriptor.has_layers = (first & 0x20) != 0;
  descriptor.flexible = (first & 0x10) != 0;
  descriptor.frame_start = (first & 0x08) != 0;
  descriptor.frame_end = (first & 0x04) != 0;
  const bool has_structure = (first & 0x02) != 0;
  descriptor.not_spatial_reference = (first & 0x01) != 0;

  if (has_picture_id) {
    descriptor.picture_id_offset = reader.position();
    const std::uint8_t high = reader.u8();
    descriptor.picture_id_15_bit = (high & 0x80) != 0;
    descriptor.picture_id =
        descriptor.picture_id_15_bit ? static_cast<std::uint16_t>((high & 0x7f) << 8 | reader.u8()) : high;
  }
  if (descriptor.has_layers) {
    const std::uint8_t layers = reader.u8();
    descriptor.temporal_id = layers >> 5;
    descriptor.switching_up = (layers & 0x10) != 0;
    descriptor.spatial_id = layers >> 1 & 0x07;
    descriptor.inter_layer_predicted = (layers & 0x01) != 0;
    if (!descriptor.flexible) {
      descriptor.tl0_index_offset = reader.position();
      descriptor.tl0_index = reader.u8();
    }
  }
  if (descriptor.flexible && descriptor.inter_predicted) {
    // Up to three reference indices; the lowest bit says that another follows.
    bool more = true;
    while (more) {
      const std::uint8_t reference = reader.u8();
      if (!reader.ok() || !descriptor.picture_diffs.push_back(reference >> 1)) return std::nullopt;
      more = (reference & 0x01) != 0;
    }
  }
  if (has_structure) descriptor.structure = read_structure(reader);
  if (!reader.ok() || reader.remaining() == 0) return std::nullopt;
  descriptor.size = reader.position();

  descriptor.keyframe = descriptor.frame_start && !descriptor.inter_predicted && !descriptor.inter_layer_predicted;
  // Some packetizers send nothing but B and E, never P; then only the frame itself tells. Those who fill the descriptor
  // are believed: their frames may be encrypted end to end.
  const bool bare = !has_picture_id && !descriptor.has_layers && !descriptor.flexible && !has_structure;
  if (descriptor.keyframe && bare && is_inter_frame(reader.rest())) descriptor.keyframe = false;
  return descriptor;
}

void rewrite_vp9_picture_id(MutableBytes payload, const Vp9Descriptor& descriptor, std::uint16_t picture_id) {
  if (!descriptor.picture_id || payload.size() < descriptor.size) return;
  std::uint8_t* at = &payload[descriptor.picture_id_offset];
  if (descriptor.picture_id_15_bit) {
    store_be16(at, static_cast<std::uint16_t>(0x8000 | picture_id));
  } else {
    *at = picture_id & 0x7f;
  }
}

void rewrite_vp9_tl0_index(MutableBytes payload, const Vp9Descriptor& descriptor, std::uint8_t tl0_index) {
  if (!descriptor.tl0_index || payload.size() < descriptor.size) return;
  payload[descriptor.tl0_index_offset] = tl0_index;
}

}  // namespace parley

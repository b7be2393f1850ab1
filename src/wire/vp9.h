// VP9's payload descriptor (RFC 9628 §4.2), flexible and non-flexible mode.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "wire/inline_list.h"

namespace parley {

// What the stream consists of; sent with keyframes (RFC 9628 §4.2.1).
struct Vp9ScalabilityStructure {
  static constexpr std::size_t kMaxSpatialLayers = 8;
  static constexpr std::size_t kMaxPictures = 255;

  struct Resolution {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
  };
  std::uint8_t spatial_layers = 0;
  bool has_resolutions = false;
  std::array<Resolution, kMaxSpatialLayers> resolutions{};
  std::uint8_t picture_group_size = 0;  // 0 if none was sent; its pictures are stepped over
};

struct Vp9Descriptor {
  std::optional<std::uint16_t> picture_id;
  bool picture_id_15_bit = false;
  std::size_t picture_id_offset = 0;
  bool inter_predicted = false;        // P
  bool has_layers = false;             // L
  bool flexible = false;               // F
  bool frame_start = false;            // B: of a layer frame
  bool frame_end = false;              // E
  bool not_spatial_reference = false;  // Z
  std::uint8_t temporal_id = 0;
  std::uint8_t spatial_id = 0;
  bool switching_up = false;           // U
  bool inter_layer_predicted = false;  // D
  std::optional<std::uint8_t> tl0_index;
  std::size_t tl0_index_offset = 0;
  InlineList<std::uint8_t, 3> picture_diffs;  // flexible mode
  std::optional<Vp9ScalabilityStructure> structure;
  std::size_t size = 0;
  // The first packet of a layer frame that needs no other picture and no other layer.
  bool keyframe = false;
};

std::optional<Vp9Descriptor> parse_vp9(Bytes payload);

void rewrite_vp9_picture_id(MutableBytes payload, const Vp9Descriptor& descriptor, std::uint16_t picture_id);
void rewrite_vp9_tl0_index(MutableBytes payload, const Vp9Descriptor& descriptor, std::uint8_t tl0_index);

}  // namespace parley

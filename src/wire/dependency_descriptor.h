// The dependency descriptor (AV1 RTP specification, appendix A): which frame a packet belongs to and what that frame
// needs, for any codec. Its template structure comes with keyframes and is kept by whoever reads a stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "wire/inline_list.h"

namespace parley {

enum class DecodeTargetIndication : std::uint8_t { kNotPresent, kDiscardable, kSwitch, kRequired };

inline constexpr std::size_t kMaxTemplates = 64;
inline constexpr std::size_t kMaxDecodeTargets = 32;
inline constexpr std::size_t kMaxChains = 32;
inline constexpr std::size_t kMaxSpatialLayers = 4;
inline constexpr std::size_t kMaxTemporalLayers = 8;
inline constexpr std::size_t kMaxFrameDiffs = 16;

// The three bytes that every descriptor has. Cheap, and without state.
struct DependencyFrame {
  bool start_of_frame = false;
  bool end_of_frame = false;
  std::uint8_t template_id = 0;
  std::uint16_t frame_number = 0;
  bool operator==(const DependencyFrame&) const = default;
};
std::optional<DependencyFrame> parse_dependency_frame(Bytes raw);

struct DependencyTemplate {
  std::uint8_t spatial_id = 0;
  std::uint8_t temporal_id = 0;
  std::array<DecodeTargetIndication, kMaxDecodeTargets> indications{};
  InlineList<std::uint16_t, kMaxFrameDiffs> frame_diffs;
  std::array<std::uint8_t, kMaxChains> chain_diffs{};
};

struct DependencyStructure {
  struct Resolution {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
  };
  std::uint8_t id_offset = 0;       // the first template's id
  std::uint8_t template_count = 0;  // 0: none known yet
  std::uint8_t decode_target_count = 0;
  std::uint8_t chain_count = 0;
  std::uint8_t spatial_layers = 0;
  std::uint8_t temporal_layers = 0;
  std::array<DependencyTemplate, kMaxTemplates> templates{};
  std::array<std::uint8_t, kMaxDecodeTargets> protected_by{};  // the chain of each decode target
  // The highest layers each decode target needs.
  std::array<std::uint8_t, kMaxDecodeTargets> target_spatial_id{};
  std::array<std::uint8_t, kMaxDecodeTargets> target_temporal_id{};
  bool has_resolutions = false;
  std::array<Resolution, kMaxSpatialLayers> resolutions{};

  std::uint32_t all_targets() const {
    return decode_target_count == 32 ? 0xffff'ffffu : (1u << decode_target_count) - 1;
  }
};

struct DependencyDescriptor {
  DependencyFrame frame;
  bool has_structure = false;  // this packet brought one
  std::uint8_t spatial_id = 0;
  std::uint8_t temporal_id = 0;
  std::uint8_t decode_target_count = 0;
  std::uint8_t chain_count = 0;
  std::array<DecodeTargetIndication, kMaxDecodeTargets> indications{};
  InlineList<std::uint16_t, kMaxFrameDiffs> frame_diffs;  // distances to the frames this one refers to
  std::array<std::uint8_t, kMaxChains>
      chain_diffs{};  // distance to the previous frame of each chain; 0: the chain starts here
  // Only if this packet says so; a structure without one makes all targets active.
  std::optional<std::uint32_t> active_targets;
  // Where things stand, in bits, for rewriting.
  std::size_t active_targets_bit = 0;  // of the mask, or where it would go
  std::size_t end_bit = 0;             // behind the last field; the rest is padding

  // Needs no other frame.
  bool keyframe() const { return has_structure && frame_diffs.empty(); }
};

// Reads the whole descriptor. A structure in it replaces `structure` once everything has been read; without one
// `structure` must know the template. Nothing for what is malformed, beyond the bounds above, or refers to an unknown
// template; then `structure` is as before.
std::optional<DependencyDescriptor> parse_dependency_descriptor(Bytes raw, DependencyStructure& structure);

// In place; `raw` has parsed.
void rewrite_dependency_frame_number(MutableBytes raw, std::uint16_t frame_number);

// Copies a descriptor that has parsed to `out` with this mask of active decode targets, which it gains if it had none.
// Returns the size, 0 if it does not fit.
std::size_t write_with_active_targets(MutableBytes out, Bytes raw, const DependencyDescriptor& descriptor,
                                      std::uint32_t mask);

}  // namespace parley

#include "wire/dependency_descriptor.h"

#include <algorithm>

#include "wire/bits.h"

namespace parley {
namespace {

constexpr std::size_t kMandatorySize = 3;
constexpr std::size_t kFlagsEndBit = kMandatorySize * 8 + 5;

// Layers and the number of templates come in one walk (A.8.2.1, template_layers).
void read_template_layers(BitReader& reader, DependencyStructure& structure) {
  constexpr std::uint32_t kNextTemporal = 1;
  constexpr std::uint32_t kNextSpatial = 2;
  constexpr std::uint32_t kNoMore = 3;
  std::uint8_t spatial_id = 0;
  std::uint8_t temporal_id = 0;
  std::uint8_t highest_temporal_id = 0;
  std::uint32_t next = 0;
  do {
    if (structure.template_count == kMaxTemplates) return reader.fail();
    DependencyTemplate& entry = structure.templates[structure.template_count++];
    entry.spatial_id = spatial_id;
    entry.temporal_id = temporal_id;
    next = reader.bits(2);
    if (next == kNextTemporal) {
      highest_temporal_id = std::max(highest_temporal_id, ++temporal_id);
    } else if (next == kNextSpatial) {
      ++spatial_id;
      temporal_id = 0;
    }
    if (spatial_id >= kMaxSpatialLayers || temporal_id >= kMaxTemporalLayers) return reader.fail();
  } while (reader.ok() && next != kNoMore);
  structure.spatial_layers = static_cast<std::uint8_t>(spatial_id + 1);
  structure.temporal_layers = static_cast<std::uint8_t>(highest_temporal_id + 1);
}

void read_template_frame_diffs(BitReader& reader, DependencyTemplate& entry) {
  while (reader.flag()) {
    if (!entry.frame_diffs.push_back(static_cast<std::uint16_t>(reader.bits(4) + 1))) return reader.fail();
  }
}

void read_chains(BitReader& reader, DependencyStructure& structure) {
  structure.chain_count = static_cast<std::uint8_t>(reader.below(structure.decode_target_count + 1u));
  if (structure.chain_count == 0) return;
  for (std::size_t i = 0; i < structure.decode_target_count; ++i) {
    structure.protected_by[i] = static_cast<std::uint8_t>(reader.below(structure.chain_count));
  }
  for (std::size_t i = 0; i < structure.template_count; ++i) {
    for (std::size_t chain = 0; chain < structure.chain_count; ++chain) {
      structure.templates[i].chain_diffs[chain] = static_cast<std::uint8_t>(reader.bits(4));
    }
  }
}

// A.8.2.1, decode_target_layers: the highest layers among the frames that a target contains.
void derive_target_layers(DependencyStructure& structure) {
  for (std::size_t target = 0; target < structure.decode_target_count; ++target) {
    for (std::size_t i = 0; i < structure.template_count; ++i) {
      const DependencyTemplate& entry = structure.templates[i];
      if (entry.indications[target] == DecodeTargetIndication::kNotPresent) continue;
      structure.target_spatial_id[target] = std::max(structure.target_spatial_id[target], entry.spatial_id);
      structure.target_temporal_id[target] = std::max(structure.target_temporal_id[target], entry.temporal_id);
    }
  }
}

void read_structure(BitReader& reader, DependencyStructure& structure) {
  structure.id_offset = static_cast<std::uint8_t>(reader.bits(6));
  structure.decode_target_count = static_cast<std::uint8_t>(reader.bits(5) + 1);
  read_template_layers(reader, structure);
  for (std::size_t i = 0; i < structure.template_count; ++i) {
    for (std::size_t target = 0; target < structure.decode_target_count; ++target) {
      structure.templates[i].indications[target] = static_cast<DecodeTargetIndication>(reader.bits(2));
    }
  }
  for (std::size_t i = 0; i < structure.template_count; ++i) read_template_frame_diffs(reader, structure.templates[i]);
  read_chains(reader, structure);
  structure.has_resolutions = reader.flag();
  for (std::size_t i = 0; structure.has_resolutions && i < structure.spatial_layers; ++i) {
    const std::uint32_t width = reader.bits(16) + 1;
    const std::uint32_t height = reader.bits(16) + 1;
    structure.resolutions[i].width = static_cast<std::uint16_t>(std::min(width, 0xffffu));
    structure.resolutions[i].height = static_cast<std::uint16_t>(std::min(height, 0xffffu));
  }
  derive_target_layers(structure);
}

void read_custom_frame_diffs(BitReader& reader, DependencyDescriptor& descriptor) {
  descriptor.frame_diffs.clear();
  while (const std::uint32_t nibbles = reader.bits(2)) {
    const std::uint32_t diff = reader.bits(4 * nibbles) + 1;
    if (!descriptor.frame_diffs.push_back(static_cast<std::uint16_t>(diff))) return reader.fail();
  }
}

DependencyFrame read_frame(const std::uint8_t* p) {
  DependencyFrame frame;
  frame.start_of_frame = (p[0] & 0x80) != 0;
  frame.end_of_frame = (p[0] & 0x40) != 0;
  frame.template_id = p[0] & 0x3f;
  frame.frame_number = load_be16(p + 1);
  return frame;
}

}  // namespace

std::optional<DependencyFrame> parse_dependency_frame(Bytes raw) {
  if (raw.size() < kMandatorySize) return std::nullopt;
  return read_frame(raw.data());
}

std::optional<DependencyDescriptor> parse_dependency_descriptor(Bytes raw, DependencyStructure& structure) {
  if (raw.size() < kMandatorySize) return std::nullopt;
  DependencyDescriptor descriptor;
  descriptor.frame = read_frame(raw.data());
  BitReader reader(raw, kMandatorySize * 8);

  // The optional fields, and a new structure.
  bool has_active_targets = false;
  bool custom_indications = false;
  bool custom_frame_diffs = false;
  bool custom_chains = false;
  if (raw.size() > kMandatorySize) {
    descriptor.has_structure = reader.flag();
    has_active_targets = reader.flag();
    custom_indications = reader.flag();
    custom_frame_diffs = reader.flag();
    custom_chains = reader.flag();
  }
  std::optional<DependencyStructure> fresh;
  if (descriptor.has_structure) read_structure(reader, fresh.emplace());
  const DependencyStructure& known = fresh ? *fresh : structure;

  // Which template?
  const auto index = static_cast<std::size_t>((descriptor.frame.template_id + 64 - known.id_offset) % 64);
  if (!reader.ok() || index >= known.template_count) return std::nullopt;
  const DependencyTemplate& entry = known.templates[index];
  descriptor.spatial_id = entry.spatial_id;
  descriptor.temporal_id = entry.temporal_id;
  descriptor.decode_target_count = known.decode_target_count;
  descriptor.chain_count = known.chain_count;
  descriptor.indications = entry.indications;
  descriptor.frame_diffs = entry.frame_diffs;
  descriptor.chain_diffs = entry.chain_diffs;

  // What this frame says otherwise.
  descriptor.active_targets_bit = reader.position();
  if (has_active_targets) descriptor.active_targets = reader.bits(known.decode_target_count);
  for (std::size_t i = 0; custom_indications && i < known.decode_target_count; ++i) {
    descriptor.indications[i] = static_cast<DecodeTargetIndication>(reader.bits(2));
  }
  if (custom_frame_diffs) read_custom_frame_diffs(reader, descriptor);
  for (std::size_t i = 0; custom_chains && i < known.chain_count; ++i) {
    descriptor.chain_diffs[i] = static_cast<std::uint8_t>(reader.bits(8));
  }
  if (!reader.ok()) return std::nullopt;
  descriptor.end_bit = reader.position();
  if (fresh) structure = *fresh;
  return descriptor;
}

void rewrite_dependency_frame_number(MutableBytes raw, std::uint16_t frame_number) {
  if (raw.size() >= kMandatorySize) store_be16(&raw[1], frame_number);
}

std::size_t write_with_active_targets(MutableBytes out, Bytes raw, const DependencyDescriptor& descriptor,
                                      std::uint32_t mask) {
  if (raw.size() < kMandatorySize) return 0;
  BitWriter writer(out);
  writer.copy(raw, 0, kMandatorySize * 8);
  std::size_t behind_mask = descriptor.active_targets_bit;
  if (raw.size() > kMandatorySize) {
    const std::uint32_t flags = BitReader(raw, kMandatorySize * 8).bits(5);
    writer.bits(flags | 0b01000, 5);
    writer.copy(raw, kFlagsEndBit, descriptor.active_targets_bit);
    if (descriptor.active_targets) behind_mask += descriptor.decode_target_count;
  } else {
    writer.bits(0b01000, 5);
  }
  writer.bits(mask, descriptor.decode_target_count);
  writer.copy(raw, behind_mask, descriptor.end_bit);
  return writer.ok() ? writer.size() : 0;
}

}  // namespace parley

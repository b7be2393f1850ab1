// The input is a series of descriptors, each behind a byte of length, as one stream would bring them. What parses
// survives a rewrite.
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/check.h"
#include "wire/dependency_descriptor.h"

using namespace parley;

namespace {

void check(const DependencyDescriptor& d, const DependencyStructure& structure, Bytes raw) {
  PARLEY_CHECK(structure.template_count >= 1 && structure.template_count <= kMaxTemplates);
  PARLEY_CHECK(structure.decode_target_count >= 1 && structure.decode_target_count <= kMaxDecodeTargets);
  PARLEY_CHECK(d.spatial_id < kMaxSpatialLayers && d.temporal_id < kMaxTemporalLayers);
  PARLEY_CHECK(d.active_targets_bit <= d.end_bit && d.end_bit <= raw.size() * 8);
  PARLEY_CHECK(d.chain_count <= d.decode_target_count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  DependencyStructure structure;
  ByteReader reader(Bytes(data, size));
  while (reader.remaining() != 0) {
    const Bytes raw = reader.bytes(reader.u8());
    if (!reader.ok()) break;
    DependencyStructure before = structure;
    const auto descriptor = parse_dependency_descriptor(raw, structure);
    if (!descriptor) {
      PARLEY_CHECK(structure.template_count == before.template_count && structure.id_offset == before.id_offset);
      continue;
    }
    check(*descriptor, structure, raw);
    PARLEY_CHECK(*parse_dependency_frame(raw) == descriptor->frame);

    std::array<std::uint8_t, 300> out{};
    const std::uint32_t mask = structure.all_targets() & 0xaaaa'aaaau;
    const std::size_t written = write_with_active_targets(out, raw, *descriptor, mask);
    PARLEY_CHECK(written != 0);
    const MutableBytes copy = MutableBytes(out).first(written);
    rewrite_dependency_frame_number(copy, 0x1234);
    const auto after = parse_dependency_descriptor(copy, before);
    PARLEY_CHECK(after && after->frame.frame_number == 0x1234 && after->active_targets == mask);
    PARLEY_CHECK(after->frame_diffs == descriptor->frame_diffs && after->chain_diffs == descriptor->chain_diffs);
    PARLEY_CHECK(after->indications == descriptor->indications);
    PARLEY_CHECK(after->has_structure == descriptor->has_structure);
  }
  return 0;
}

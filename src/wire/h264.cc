#include "wire/h264.h"

#include <algorithm>

namespace parley {
namespace {

constexpr std::uint8_t kForbiddenBit = 0x80;

NalType type_of(std::uint8_t header) {
  return static_cast<NalType>(header & 0x1f);
}
std::uint8_t ref_idc_of(std::uint8_t header) {
  return header >> 5 & 0x03;
}

// Notes a unit that starts here: its header and what follows of it.
void note_unit(H264Payload& payload, NalType type, Bytes content) {
  payload.has_sps = payload.has_sps || type == NalType::kSps;
  payload.has_idr = payload.has_idr || type == NalType::kIdr;
  if (type == NalType::kSps || type == NalType::kAccessUnitDelimiter) payload.frame_start = true;
  // first_mb_in_slice is ue(v), so that a leading 1 means macroblock 0 (RFC 6184 has no mark of its own for it).
  const bool slice = type == NalType::kSlice || type == NalType::kPartitionA || type == NalType::kIdr;
  if (slice && !content.empty() && (content[0] & 0x80) != 0) payload.frame_start = true;
}

bool read_stap_a(H264Payload& payload, Bytes units) {
  ByteReader reader(units);
  bool first = true;
  while (reader.remaining() != 0) {
    const Bytes unit = reader.bytes(reader.be16());
    if (!reader.ok() || unit.empty()) return false;
    const NalType type = type_of(unit[0]);
    if (first) payload.first = type;
    first = false;
    payload.ref_idc = std::max(payload.ref_idc, ref_idc_of(unit[0]));
    note_unit(payload, type, unit.subspan(1));
  }
  return !first;
}

bool read_fu_a(H264Payload& payload, Bytes fragment) {
  // A fragment has a header and at least one byte; S and E together would be a unit that is not fragmented (RFC 6184
  // §5.8).
  if (fragment.size() < 2) return false;
  const std::uint8_t header = fragment[0];
  payload.unit_start = (header & 0x80) != 0;
  payload.unit_end = (header & 0x40) != 0;
  if (payload.unit_start && payload.unit_end) return false;
  payload.first = type_of(header);
  if (payload.unit_start) note_unit(payload, payload.first, fragment.subspan(1));
  return true;
}

}  // namespace

std::optional<H264Payload> parse_h264(Bytes payload) {
  if (payload.empty() || (payload[0] & kForbiddenBit) != 0) return std::nullopt;
  H264Payload result;
  result.structure = type_of(payload[0]);
  result.first = result.structure;
  result.ref_idc = ref_idc_of(payload[0]);
  const Bytes content = payload.subspan(1);

  const auto type = static_cast<std::uint8_t>(result.structure);
  if (type >= 1 && type <= 23) {
    note_unit(result, result.structure, content);
  } else if (result.structure == NalType::kStapA) {
    if (!read_stap_a(result, content)) return std::nullopt;
  } else if (result.structure == NalType::kFuA) {
    if (!read_fu_a(result, content)) return std::nullopt;
  } else {
    return std::nullopt;
  }
  result.keyframe = result.has_sps || result.has_idr;
  return result;
}

}  // namespace parley

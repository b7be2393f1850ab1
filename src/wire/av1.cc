#include "wire/av1.h"

namespace parley {
namespace {

// LEB128, at most eight bytes (AV1 bitstream specification §4.10.5). No packet needs more than 32 bits.
std::optional<std::size_t> read_leb128(ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const std::uint8_t byte = reader.u8();
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      if (!reader.ok() || value > 0xffff'ffffu) return std::nullopt;
      return static_cast<std::size_t>(value);
    }
  }
  return std::nullopt;
}

void note_obu(Av1Payload& payload, Bytes obu) {
  if (obu.empty()) return;
  const auto type = static_cast<ObuType>(obu[0] >> 3 & 0x0f);
  const bool has_extension = (obu[0] & 0x04) != 0;
  payload.has_sequence_header = payload.has_sequence_header || type == ObuType::kSequenceHeader;
  payload.has_frame_header = payload.has_frame_header || type == ObuType::kFrame || type == ObuType::kFrameHeader;
  if (has_extension && obu.size() >= 2 && !payload.temporal_id) {
    payload.temporal_id = obu[1] >> 5;
    payload.spatial_id = obu[1] >> 3 & 0x03;
  }
}

}  // namespace

std::optional<Av1Payload> parse_av1(Bytes payload) {
  ByteReader reader(payload);
  Av1Payload result;
  const std::uint8_t header = reader.u8();
  result.continues = (header & 0x80) != 0;
  result.continued = (header & 0x40) != 0;
  const unsigned announced = header >> 4 & 0x03;  // W; 0: every element has its length
  result.new_sequence = (header & 0x08) != 0;
  if (!reader.ok() || reader.remaining() == 0) return std::nullopt;
  if (result.continues && result.new_sequence) return std::nullopt;

  for (unsigned i = 0; reader.remaining() != 0; ++i) {
    if (announced != 0 && i == announced) return std::nullopt;
    // The last of W elements takes the rest.
    std::size_t size = reader.remaining();
    if (announced == 0 || i + 1 < announced) {
      const auto length = read_leb128(reader);
      if (!length) return std::nullopt;
      size = *length;
    }
    const Bytes element = reader.bytes(size);
    if (!reader.ok()) return std::nullopt;
    if (result.elements != 0xff) ++result.elements;
    const bool fragment_of_previous = i == 0 && result.continues;
    if (!fragment_of_previous) note_obu(result, element);
  }
  if (result.elements < announced) return std::nullopt;
  return result;
}

}  // namespace parley

// H.264's payload structures (RFC 6184 §5.6 to §5.8), packetization modes 0 and 1: single NAL units, STAP-A and FU-A.
// Only NAL headers and a slice's first bit are looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace parley {

enum class NalType : std::uint8_t {
  kSlice = 1,
  kPartitionA = 2,
  kPartitionB = 3,
  kPartitionC = 4,
  kIdr = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kAccessUnitDelimiter = 9,
  kStapA = 24,
  kFuA = 28,
};

struct H264Payload {
  NalType structure{};     // kStapA, kFuA, or the single unit's own type
  NalType first{};         // the (first) unit's type, also inside STAP-A and FU-A
  bool unit_start = true;  // false in later fragments of an FU-A
  bool unit_end = true;    // false in earlier fragments
  bool has_sps = false;    // a unit of that type starts here
  bool has_idr = false;
  std::uint8_t ref_idc = 0;  // the highest of its units; 0: nothing refers to them
  // An access unit may start here. True for SPS, AUD and the first slice of a picture, so it may be true twice for one
  // access unit: the timestamp decides.
  bool frame_start = false;
  // A decoder can start here: an SPS or an IDR slice starts. May be true for several packets of one access unit.
  bool keyframe = false;
};

// Nothing for what is empty, cut short or of a structure that mode 1 does not have.
std::optional<H264Payload> parse_h264(Bytes payload);

}  // namespace parley

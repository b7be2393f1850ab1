// Any bytes as a payload: what parses is consistent with itself.
#include <cstdint>

#include "base/check.h"
#include "wire/av1.h"
#include "wire/payload_facts.h"

using namespace parley;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto av1 = parse_av1(Bytes(data, size));
  PARLEY_CHECK(payload_facts(Codec::kAv1, Bytes(data, size), true).has_value() == av1.has_value());
  if (!av1) return 0;
  PARLEY_CHECK(av1->elements != 0);
  PARLEY_CHECK(!av1->keyframe() || !av1->continues);
  PARLEY_CHECK(av1->temporal_id.has_value() == av1->spatial_id.has_value());
  // Only the rest of an OBU: nothing starts here.
  if (av1->continues && av1->elements == 1) PARLEY_CHECK(!av1->has_sequence_header && !av1->has_frame_header);
  return 0;
}

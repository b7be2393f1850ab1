// Any bytes as a payload: what parses is consistent with itself.
#include <cstdint>

#include "base/check.h"
#include "wire/h264.h"
#include "wire/payload_facts.h"

using namespace parley;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto h264 = parse_h264(Bytes(data, size));
  PARLEY_CHECK(payload_facts(Codec::kH264, Bytes(data, size), true).has_value() == h264.has_value());
  if (!h264) return 0;
  PARLEY_CHECK(h264->keyframe == (h264->has_sps || h264->has_idr));
  PARLEY_CHECK(h264->unit_start || !h264->keyframe);
  PARLEY_CHECK(h264->structure == NalType::kFuA || (h264->unit_start && h264->unit_end));
  PARLEY_CHECK(h264->ref_idc <= 3);
  return 0;
}

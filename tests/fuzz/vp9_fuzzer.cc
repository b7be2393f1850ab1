// Any bytes as a payload: what parses keeps everything but its ids when they are rewritten.
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "wire/payload_facts.h"
#include "wire/vp9.h"

using namespace parley;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes payload(data, size);
  const auto before = parse_vp9(payload);
  PARLEY_CHECK(payload_facts(Codec::kVp9, payload, false).has_value() == before.has_value());
  if (!before) return 0;
  PARLEY_CHECK(before->size < size);
  PARLEY_CHECK(!before->keyframe || before->frame_start);

  std::vector<std::uint8_t> copy(payload.begin(), payload.end());
  rewrite_vp9_picture_id(copy, *before, 0x7abc);
  rewrite_vp9_tl0_index(copy, *before, 0x5d);
  const auto after = parse_vp9(copy);
  PARLEY_CHECK(after && after->size == before->size);
  PARLEY_CHECK(after->picture_id.has_value() == before->picture_id.has_value());
  if (after->picture_id) PARLEY_CHECK(*after->picture_id == (before->picture_id_15_bit ? 0x7abc : 0x3c));
  if (after->tl0_index) PARLEY_CHECK(*after->tl0_index == 0x5d);
  PARLEY_CHECK(after->temporal_id == before->temporal_id && after->keyframe == before->keyframe);
  return 0;
}

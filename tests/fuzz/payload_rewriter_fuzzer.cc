// The input is a row of payloads, each behind one byte that says the codec and what to do with it. Patches change ids
// within the descriptor and nothing else, and the same payload gets the same ids again.
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "media/payload_rewriter.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

namespace {

using namespace parley;

// Each changed byte belongs to the descriptor, and what it says beside the ids is as before.
void check_vp8(Bytes before, Bytes after) {
  const auto old_one = parse_vp8(before);
  const auto new_one = parse_vp8(after);
  PARLEY_CHECK(old_one.has_value() == new_one.has_value());
  if (!old_one) return PARLEY_CHECK(std::ranges::equal(before, after));
  PARLEY_CHECK(old_one->size == new_one->size);
  PARLEY_CHECK(std::ranges::equal(before.subspan(old_one->size), after.subspan(old_one->size)));
  PARLEY_CHECK(old_one->picture_id.has_value() == new_one->picture_id.has_value());
  PARLEY_CHECK(old_one->picture_id_15_bit == new_one->picture_id_15_bit);
  PARLEY_CHECK(old_one->temporal_id == new_one->temporal_id);
  PARLEY_CHECK(old_one->layer_sync == new_one->layer_sync);
  PARLEY_CHECK(old_one->non_reference == new_one->non_reference);
  PARLEY_CHECK(old_one->key_index.has_value() == new_one->key_index.has_value());
}

void check_vp9(Bytes before, Bytes after) {
  const auto old_one = parse_vp9(before);
  const auto new_one = parse_vp9(after);
  PARLEY_CHECK(old_one.has_value() == new_one.has_value());
  if (!old_one) return PARLEY_CHECK(std::ranges::equal(before, after));
  PARLEY_CHECK(old_one->size == new_one->size);
  PARLEY_CHECK(std::ranges::equal(before.subspan(old_one->size), after.subspan(old_one->size)));
  PARLEY_CHECK(old_one->picture_id_15_bit == new_one->picture_id_15_bit);
  PARLEY_CHECK(old_one->temporal_id == new_one->temporal_id);
  PARLEY_CHECK(old_one->spatial_id == new_one->spatial_id);
  PARLEY_CHECK(old_one->keyframe == new_one->keyframe);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kCodecs = {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kOpus};
  ByteReader input({data, size});
  PayloadRewriter rewriter;
  while (input.ok() && input.remaining() >= 2) {
    const std::uint8_t head = input.u8();
    const Codec codec = kCodecs[head & 3];
    if ((head & 0x0c) == 0x0c) rewriter.rebase();
    const Bytes payload = input.bytes(std::min<std::size_t>(input.u8() & 0x3f, input.remaining()));
    if ((head & 0x30) == 0x30) {
      rewriter.skip(codec, payload);
      continue;
    }

    const PayloadPatches patches = rewriter.map(codec, payload);
    for (const BytePatch& patch : std::span(patches.patches).first(patches.count)) {
      PARLEY_CHECK((patch.size == 1 || patch.size == 2) && std::size_t{patch.offset} + patch.size <= payload.size());
    }
    std::vector<std::uint8_t> changed(payload.begin(), payload.end());
    patches.apply(changed);
    if (codec == Codec::kVp8) {
      check_vp8(payload, changed);
    } else if (codec == Codec::kVp9) {
      check_vp9(payload, changed);
    } else {
      PARLEY_CHECK(patches.count == 0);
    }
    PARLEY_CHECK(rewriter.map(codec, payload) == patches);
    if (payload.size() >= 2) rewriter.map_frame_number(load_be16(payload.data()));
  }
  return 0;
}

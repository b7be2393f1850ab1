#include "media/payload_rewriter.h"

#include <algorithm>

#include "wire/vp8.h"
#include "wire/vp9.h"

namespace parley {
namespace {

constexpr std::int64_t kLap = std::int64_t{1} << 16;

// The value congruent to `in` that is nearest to `reference`.
std::int64_t unwrap(std::uint16_t in, std::int64_t reference, unsigned bits) {
  const auto lap = std::int64_t{1} << bits;
  const auto ahead = (static_cast<std::int64_t>(in) - reference) & (lap - 1);
  return reference + (ahead < lap / 2 ? ahead : ahead - lap);
}

void patch_picture_id(PayloadPatches& patches, std::size_t offset, bool long_form, std::uint16_t from,
                      std::uint16_t to) {
  if (from == to) return;
  // M, the first bit, says which form this is (RFC 7741 §4.2, RFC 9628 §4.2).
  const auto value = static_cast<std::uint16_t>(long_form ? 0x8000u | to : to);
  patches.add({static_cast<std::uint16_t>(offset), static_cast<std::uint8_t>(long_form ? 2 : 1), value});
}

void patch_byte(PayloadPatches& patches, std::size_t offset, std::uint8_t from, unsigned to) {
  if (from != to) patches.add({static_cast<std::uint16_t>(offset), 1, static_cast<std::uint16_t>(to)});
}

}  // namespace

void PayloadPatches::apply(MutableBytes payload) const {
  for (const BytePatch& patch : std::span(patches).first(count)) {
    if (std::size_t{patch.offset} + patch.size > payload.size()) continue;
    if (patch.size == 1) payload[patch.offset] = static_cast<std::uint8_t>(patch.value);
    if (patch.size == 2) store_be16(&payload[patch.offset], patch.value);
  }
}

template <std::size_t kRuns>
std::uint16_t IdLine<kRuns>::map(std::uint16_t in, unsigned bits) {
  if (run_count_ == 0) begin(in);
  const std::int64_t id = unwrap(in, highest_in_, bits);
  highest_in_ = std::max(highest_in_, id);

  // What is older than all that is remembered goes with the oldest.
  std::size_t at = newest_;
  for (std::size_t age = 1; age < run_count_ && id < runs_[at].start; ++age) at = (at + kRuns - 1) % kRuns;
  const std::int64_t out = id + runs_[at].offset;
  highest_out_ = std::max(highest_out_.value_or(out), out);
  return static_cast<std::uint16_t>(out & ((std::int64_t{1} << bits) - 1));
}

template <std::size_t kRuns>
void IdLine<kRuns>::skip(std::uint16_t in, unsigned bits) {
  // Before the run's first packet there is nothing to close.
  if (run_count_ == 0) return;
  const std::int64_t id = unwrap(in, highest_in_, bits);
  if (id <= highest_in_) return;
  highest_in_ = id;
  Run& newest = runs_[newest_];
  if (id == newest.start) {
    // No id of this run is in use: frames left out in a row take one step.
    newest = {.start = id + 1, .offset = newest.offset - 1};
  } else {
    begin_run(id + 1, newest.offset - 1);
  }
}

template <std::size_t kRuns>
void IdLine<kRuns>::begin(std::uint16_t in) {
  highest_in_ = kLap + in;
  // The very first run keeps its ids: then there is nothing to patch.
  begin_run(highest_in_, highest_out_ ? *highest_out_ + 1 - highest_in_ : 0);
}

template <std::size_t kRuns>
void IdLine<kRuns>::begin_run(std::int64_t start, std::int64_t offset) {
  newest_ = (newest_ + 1) % kRuns;
  if (run_count_ < kRuns) ++run_count_;
  runs_[newest_] = {.start = start, .offset = offset};
}

template class IdLine<32>;
template class IdLine<1>;

void PayloadRewriter::rebase() {
  picture_id_.rebase();
  tl0_pic_idx_.rebase();
  key_idx_.rebase();
  frame_number_.rebase();
}

PayloadPatches PayloadRewriter::map(Codec codec, Bytes payload) {
  PayloadPatches patches;
  if (codec == Codec::kVp8) {
    const auto vp8 = parse_vp8(payload);
    if (!vp8) return patches;
    if (vp8->picture_id) {
      const auto id = picture_id_.map(*vp8->picture_id, vp8->picture_id_15_bit ? 15 : 7);
      patch_picture_id(patches, vp8->picture_id_offset, vp8->picture_id_15_bit, *vp8->picture_id, id);
    }
    if (vp8->tl0_index)
      patch_byte(patches, vp8->tl0_index_offset, *vp8->tl0_index, tl0_pic_idx_.map(*vp8->tl0_index, 8));
    if (vp8->key_index) {
      // The descriptor's last byte: TID and Y stand above KEYIDX.
      const std::uint8_t byte = payload[vp8->size - 1];
      patch_byte(patches, vp8->size - 1, byte, (byte & 0xe0u) | key_idx_.map(*vp8->key_index, 5));
    }
  } else if (codec == Codec::kVp9) {
    const auto vp9 = parse_vp9(payload);
    if (!vp9) return patches;
    if (vp9->picture_id) {
      const auto id = picture_id_.map(*vp9->picture_id, vp9->picture_id_15_bit ? 15 : 7);
      patch_picture_id(patches, vp9->picture_id_offset, vp9->picture_id_15_bit, *vp9->picture_id, id);
    }
    if (vp9->tl0_index)
      patch_byte(patches, vp9->tl0_index_offset, *vp9->tl0_index, tl0_pic_idx_.map(*vp9->tl0_index, 8));
  }
  return patches;
}

void PayloadRewriter::skip(Codec codec, Bytes payload) {
  if (codec != Codec::kVp8) return;
  const auto vp8 = parse_vp8(payload);
  if (vp8 && vp8->picture_id) picture_id_.skip(*vp8->picture_id, vp8->picture_id_15_bit ? 15 : 7);
}

std::optional<std::uint16_t> PayloadRewriter::map_frame_number(std::uint16_t in) {
  const std::uint16_t out = frame_number_.map(in, 16);
  return out == in ? std::nullopt : std::optional(out);
}

}  // namespace parley

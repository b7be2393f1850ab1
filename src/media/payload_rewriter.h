// What bytes a slot changes: the ids inside a payload go on from the last ones sent when another track is bound or one
// is resumed: VP8's picture id, TL0PICIDX and KEYIDX (RFC 7741 §4.2), VP9's picture id and TL0PICIDX (RFC 9628 §4.2),
// and the frame number of the dependency descriptor. Told as patches, since one payload is shared by all its receivers.
// Owned by the slot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "wire/codec.h"

namespace parley {

// To be stored at payload[offset], big endian, flags that share the bytes included.
struct BytePatch {
  std::uint16_t offset = 0;
  std::uint8_t size = 0;  // 1 or 2.
  std::uint16_t value = 0;
  bool operator==(const BytePatch&) const = default;
};

struct PayloadPatches {
  std::array<BytePatch, 3> patches{};
  std::uint8_t count = 0;

  void add(BytePatch patch) { patches[count++] = patch; }
  void apply(MutableBytes payload) const;
  bool operator==(const PayloadPatches&) const = default;
};

// The line of one id of few bits. Within a run it has a constant offset, so that late packets agree with their frame;
// ids that were left out can be closed.
template <std::size_t kRuns>
class IdLine {
 public:
  // The next id mapped follows the highest one sent.
  void rebase() { run_count_ = 0; }
  std::uint16_t map(std::uint16_t in, unsigned bits);
  // Nobody gets this id: later ones move down by one. No effect when later ones have been mapped.
  void skip(std::uint16_t in, unsigned bits);

 private:
  struct Run {
    std::int64_t start = 0;
    std::int64_t offset = 0;
  };
  void begin(std::uint16_t in);
  void begin_run(std::int64_t start, std::int64_t offset);

  std::optional<std::int64_t> highest_out_;
  std::int64_t highest_in_ = 0;
  std::array<Run, kRuns> runs_{};  // A ring: newest_ is the last of run_count_.
  std::size_t newest_ = 0;
  std::size_t run_count_ = 0;
};

class PayloadRewriter {
 public:
  // The next packet starts a new run (another track, a resume): ids go on from the last sent.
  void rebase();

  // No patch when nothing needs changing. Only for packets that RtpRewriter mapped: it refuses those from before the
  // run.
  PayloadPatches map(Codec codec, Bytes payload);

  // A packet of a frame that is left out whole. VP8's picture ids close up, since a receiver takes a missing one for a
  // lost frame; the others keep their distances, since references inside the payload count them.
  void skip(Codec codec, Bytes payload);

  // The dependency descriptor's; nothing when it stays as it is.
  std::optional<std::uint16_t> map_frame_number(std::uint16_t in);

 private:
  IdLine<32> picture_id_;
  IdLine<1> tl0_pic_idx_;
  IdLine<1> key_idx_;
  IdLine<1> frame_number_;
};

}  // namespace parley

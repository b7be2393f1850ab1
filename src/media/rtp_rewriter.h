// Where a packet stands in the outgoing stream: maps the packets of whatever is bound to one slot onto one continuous
// numbering (RFC 3550 §5.1). Within a run the offset is constant; a packet that is left out closes the gap behind it; a
// late packet keeps the number that was reserved for it; gaps that the publisher's path made stay gaps. No number is
// handed out twice. Owned by the slot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace parley {

class RtpRewriter {
 public:
  // What the first packet gets, unless a rebase says another timestamp.
  RtpRewriter(std::uint16_t first_sequence, std::uint32_t first_timestamp);

  struct Out {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    bool operator==(const Out&) const = default;
  };

  // The next mapped packet starts a new run: it follows the last one sent, one higher, with `out_timestamp_wanted`,
  // moved up if that would not advance by at least `min_advance` ticks. Earlier packets, and all of what was bound
  // before, are not mapped any more.
  void rebase(std::int64_t in_sequence, std::uint32_t in_timestamp, std::uint32_t out_timestamp_wanted,
              std::uint32_t min_advance);

  // Nothing: before the rebase point, left out before, handed out before, or too old to tell.
  std::optional<Out> map(std::int64_t in_sequence, std::uint32_t in_timestamp);

  // This slot leaves the packet out, or it is known now that it will never come. If its number was reserved already (a
  // later one has been sent), that number: close it with a padding-only packet.
  std::optional<Out> skip(std::int64_t in_sequence, std::uint32_t in_timestamp);

  // A new number after the highest, at the last timestamp, for a padding-only packet.
  Out next_padding();

  // After a rebase: one by one, the numbers below the highest that the old binding reserved and nobody will fill, to be
  // closed with padding-only packets. Nothing when there are none (left).
  std::optional<Out> take_hole();

  bool started() const { return started_; }
  // Of the highest sent; before, what the first would get.
  std::uint16_t last_sequence() const { return static_cast<std::uint16_t>(highest_out_); }
  std::uint32_t last_timestamp() const { return last_timestamp_; }

 private:
  // Incoming [start, end) has this offset; what lies between two runs was left out.
  struct Run {
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::int64_t sequence_offset = 0;
  };
  static constexpr std::size_t kRuns = 64;
  static constexpr std::int64_t kUsedBits = 4096;
  // A jump this far is a restart of the publisher's numbering rather than a gap; half a lap would turn time back.
  static constexpr std::int64_t kMaxGap = 3000;
  // Holes further back than this are not asked for any more.
  static constexpr std::int64_t kMaxHoleAge = 256;

  Run& newest() { return runs_[newest_]; }
  const Run* find(std::int64_t in_sequence) const;
  void enter(std::int64_t in_sequence);
  void begin_run(std::int64_t start, std::int64_t sequence_offset);
  std::int64_t next_out() const;
  bool used(std::int64_t out) const;
  bool recent(std::int64_t out) const { return out > highest_out_ - kUsedBits; }
  Out send(std::int64_t out, std::uint32_t timestamp);

  bool started_ = false;
  std::int64_t highest_out_;  // Unwrapped.
  std::uint32_t last_timestamp_;

  bool bound_ = false;
  std::int64_t highest_in_ = 0;
  std::uint32_t timestamp_offset_ = 0;
  std::array<Run, kRuns> runs_{};  // A ring: newest_ is the last of run_count_.
  std::size_t newest_ = 0;
  std::size_t run_count_ = 0;

  std::int64_t hole_cursor_ = 0;
  std::int64_t hole_end_ = 0;
  std::uint32_t hole_timestamp_ = 0;

  std::array<std::uint64_t, kUsedBits / 64> used_{};
};

}  // namespace parley

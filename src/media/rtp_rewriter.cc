#include "media/rtp_rewriter.h"

#include <algorithm>

namespace parley {
namespace {

// Outgoing numbers are kept unwrapped, this far above zero, so that none is ever negative.
constexpr std::int64_t kLap = std::int64_t{1} << 16;

}  // namespace

RtpRewriter::RtpRewriter(std::uint16_t first_sequence, std::uint32_t first_timestamp)
    : highest_out_(kLap + first_sequence - 1), last_timestamp_(first_timestamp), hole_cursor_(kLap + first_sequence) {}

void RtpRewriter::rebase(std::int64_t in_sequence, std::uint32_t in_timestamp, std::uint32_t out_timestamp_wanted,
                         std::uint32_t min_advance) {
  // What the old binding left open is not filled any more. The number after the highest goes to the new one.
  hole_cursor_ = std::max(hole_cursor_, highest_out_ - kMaxHoleAge + 1);
  hole_end_ = highest_out_;
  hole_timestamp_ = last_timestamp_;

  std::uint32_t out_timestamp = out_timestamp_wanted;
  if (started_) {
    const auto advance = static_cast<std::int32_t>(out_timestamp_wanted - last_timestamp_);
    if (advance < 0 || static_cast<std::uint32_t>(advance) < min_advance) out_timestamp = last_timestamp_ + min_advance;
  }
  timestamp_offset_ = out_timestamp - in_timestamp;

  bound_ = true;
  run_count_ = 0;
  highest_in_ = in_sequence - 1;
  begin_run(in_sequence, highest_out_ + 1 - in_sequence);
}

std::optional<RtpRewriter::Out> RtpRewriter::map(std::int64_t in_sequence, std::uint32_t in_timestamp) {
  if (!bound_) return std::nullopt;

  // In order, or behind a gap that the path made.
  if (in_sequence > highest_in_) {
    enter(in_sequence);
    newest().end = in_sequence + 1;
    return send(in_sequence + newest().sequence_offset, in_timestamp + timestamp_offset_);
  }

  // Late: its number was reserved, unless it has been handed out since.
  const Run* run = find(in_sequence);
  if (run == nullptr) return std::nullopt;
  const std::int64_t out = in_sequence + run->sequence_offset;
  if (!recent(out) || used(out)) return std::nullopt;
  return send(out, in_timestamp + timestamp_offset_);
}

std::optional<RtpRewriter::Out> RtpRewriter::skip(std::int64_t in_sequence, std::uint32_t in_timestamp) {
  if (!bound_) return std::nullopt;

  if (in_sequence > highest_in_) {
    // Those missing before it keep their reservations; the next one gets the number this one would have had.
    enter(in_sequence);
    newest().end = in_sequence;
    begin_run(in_sequence + 1, newest().sequence_offset - 1);
    return std::nullopt;
  }

  // Late: a number that was reserved goes to padding instead.
  return map(in_sequence, in_timestamp);
}

RtpRewriter::Out RtpRewriter::next_padding() {
  if (!bound_) return send(highest_out_ + 1, last_timestamp_);
  const std::int64_t out = next_out();
  begin_run(highest_in_ + 1, newest().sequence_offset + 1);
  return send(out, last_timestamp_);
}

std::optional<RtpRewriter::Out> RtpRewriter::take_hole() {
  for (; hole_cursor_ < hole_end_; ++hole_cursor_) {
    if (recent(hole_cursor_) && !used(hole_cursor_)) return send(hole_cursor_++, hole_timestamp_);
  }
  return std::nullopt;
}

void RtpRewriter::enter(std::int64_t in_sequence) {
  if (in_sequence - highest_in_ > kMaxGap) begin_run(in_sequence, next_out() - in_sequence);
  highest_in_ = in_sequence;
}

const RtpRewriter::Run* RtpRewriter::find(std::int64_t in_sequence) const {
  for (std::size_t age = 0; age < run_count_; ++age) {
    const Run& run = runs_[(newest_ + kRuns - age) % kRuns];
    if (in_sequence >= run.start) return in_sequence < run.end ? &run : nullptr;
  }
  return nullptr;
}

void RtpRewriter::begin_run(std::int64_t start, std::int64_t sequence_offset) {
  // A run that holds nothing yet is moved; so a whole frame left out takes one step, not one per packet.
  const bool reuse = run_count_ > 0 && newest().end <= newest().start;
  if (!reuse) {
    newest_ = (newest_ + 1) % kRuns;
    if (run_count_ < kRuns) ++run_count_;
  }
  newest() = {.start = start, .end = start, .sequence_offset = sequence_offset};
}

std::int64_t RtpRewriter::next_out() const {
  return highest_in_ + 1 + runs_[newest_].sequence_offset;
}

bool RtpRewriter::used(std::int64_t out) const {
  if (out > highest_out_) return false;
  const auto bit = static_cast<std::size_t>(out % kUsedBits);
  return (used_[bit / 64] >> bit % 64 & 1) != 0;
}

RtpRewriter::Out RtpRewriter::send(std::int64_t out, std::uint32_t timestamp) {
  if (out > highest_out_) {
    while (highest_out_ < out) {
      ++highest_out_;
      const auto bit = static_cast<std::size_t>(highest_out_ % kUsedBits);
      used_[bit / 64] &= ~(std::uint64_t{1} << bit % 64);
    }
    last_timestamp_ = timestamp;
    started_ = true;
  }
  const auto bit = static_cast<std::size_t>(out % kUsedBits);
  used_[bit / 64] |= std::uint64_t{1} << bit % 64;
  return {.sequence = static_cast<std::uint16_t>(out), .timestamp = timestamp};
}

}  // namespace parley

#include "media/receive_stream.h"

#include <algorithm>

namespace parley {
namespace {

// The arrival in ticks of the stream's clock, modulo 2^32. Seconds apart, or the product would overflow within days.
std::uint32_t to_ticks(Time arrival, std::uint32_t clock_rate) {
  const auto ns = static_cast<std::uint64_t>(arrival.time_since_epoch().count());
  const std::uint64_t whole = ns / 1'000'000'000 * clock_rate;
  const std::uint64_t rest = ns % 1'000'000'000 * clock_rate / 1'000'000'000;
  return static_cast<std::uint32_t>(whole + rest);
}

}  // namespace

ReceiveStream::Received ReceiveStream::on_packet(std::uint16_t sequence, std::uint32_t rtp_timestamp, std::size_t bytes,
                                                 Time arrival) {
  ++packets_;
  bytes_ += bytes;
  last_packet_ = arrival;

  const bool ahead = !placed_ || is_ahead(sequence);
  const Received received = place(sequence, true);
  if (received.duplicate) return received;
  ++received_;
  if (ahead || received.restarted) update_jitter(rtp_timestamp, arrival);
  return received;
}

ReceiveStream::Received ReceiveStream::on_repaired_packet(std::uint16_t sequence) {
  // A repair stream says nothing about where the numbering starts or restarts.
  if (!placed_) return {.sequence = sequence, .duplicate = true};
  return place(sequence, false);
}

bool ReceiveStream::is_ahead(std::uint16_t sequence) const {
  return static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(highest_)) > 0;
}

ReceiveStream::Received ReceiveStream::place(std::uint16_t sequence, bool may_restart) {
  if (!placed_) {
    // One lap up, so that what was sent before stays positive.
    start_at((std::int64_t{1} << 16) + sequence);
    return {.sequence = highest_};
  }

  const auto distance = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(highest_));
  const std::int64_t unwrapped = highest_ + distance;

  // Far off? One such packet may be a stray; two in a row are a sender that began anew (RFC 3550 A.1).
  if (distance > kWindow || distance <= -kWindow) {
    if (!may_restart) return {.sequence = unwrapped, .duplicate = true};
    if (suspected_restart_ != sequence) {
      suspected_restart_ = static_cast<std::uint16_t>(sequence + 1);
      return {.sequence = unwrapped, .duplicate = true};
    }
    // Going on upwards keeps every number that was handed out unique.
    start_at(highest_ + static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(highest_)));
    return {.sequence = highest_, .restarted = true};
  }

  suspected_restart_.reset();
  if (distance > 0) {
    advance_to(unwrapped);
  } else if (seen(unwrapped)) {
    return {.sequence = unwrapped, .duplicate = true};
  }
  mark_seen(unwrapped);
  return {.sequence = unwrapped};
}

void ReceiveStream::start_at(std::int64_t sequence) {
  placed_ = true;
  suspected_restart_.reset();
  base_ = highest_ = sequence;
  received_ = expected_before_ = received_before_ = 0;
  jitter_begun_ = false;
  seen_.fill(0);
  mark_seen(sequence);
}

void ReceiveStream::advance_to(std::int64_t sequence) {
  while (highest_ < sequence) {
    ++highest_;
    const auto bit = static_cast<std::size_t>(highest_) % kSeenBits;
    seen_[bit / 64] &= ~(std::uint64_t{1} << bit % 64);
  }
}

bool ReceiveStream::seen(std::int64_t sequence) const {
  const auto bit = static_cast<std::size_t>(sequence) % kSeenBits;
  return (seen_[bit / 64] >> bit % 64 & 1) != 0;
}

void ReceiveStream::mark_seen(std::int64_t sequence) {
  const auto bit = static_cast<std::size_t>(sequence) % kSeenBits;
  seen_[bit / 64] |= std::uint64_t{1} << bit % 64;
}

void ReceiveStream::update_jitter(std::uint32_t rtp_timestamp, Time arrival) {
  // The packets of one frame share a timestamp but leave one after the other: only its first tells something.
  if (jitter_begun_ && rtp_timestamp == last_timestamp_) return;
  const std::uint32_t transit = to_ticks(arrival, clock_rate_) - rtp_timestamp;
  if (jitter_begun_) {
    const auto change = static_cast<std::int32_t>(transit - last_transit_);
    const std::uint32_t size =
        change < 0 ? ~static_cast<std::uint32_t>(change) + 1 : static_cast<std::uint32_t>(change);
    // More than that is a jump of the timestamps, not of the path.
    if (size <= std::uint64_t{clock_rate_} * 5) jitter_q4_ += size - ((jitter_q4_ + 8) >> 4);
  }
  jitter_begun_ = true;
  last_timestamp_ = rtp_timestamp;
  last_transit_ = transit;
}

Duration ReceiveStream::jitter() const {
  if (clock_rate_ == 0) return {};
  return Duration(static_cast<std::int64_t>(std::uint64_t{jitter_q4_ >> 4} * 1'000'000'000 / clock_rate_));
}

void ReceiveStream::on_sender_report(NtpTime ntp, Time arrival) {
  last_report_ = ntp;
  last_report_arrival_ = arrival;
}

ReceiveStream::Report ReceiveStream::report(Time now) {
  Report report;
  if (placed_) {
    const std::int64_t expected = highest_ - base_ + 1;
    const std::int64_t expected_interval = expected - expected_before_;
    const std::int64_t lost_interval = expected_interval - (received_ - received_before_);
    expected_before_ = expected;
    received_before_ = received_;

    if (expected_interval > 0 && lost_interval > 0) {
      report.fraction_lost =
          static_cast<std::uint8_t>(std::min<std::int64_t>(lost_interval * 256 / expected_interval, 255));
    }
    report.cumulative_lost =
        static_cast<std::int32_t>(std::clamp<std::int64_t>(expected - received_, -0x80'0000, 0x7f'ffff));
    // The lap that unwrapping began with is ours.
    report.extended_highest_sequence = static_cast<std::uint32_t>(highest_ - (std::int64_t{1} << 16));
    report.jitter = jitter_q4_ >> 4;
  }
  if (last_report_) {
    report.last_sr = compact_ntp(*last_report_);
    report.delay_since_last_sr = to_compact_span(now - last_report_arrival_);
  }
  return report;
}

}  // namespace parley

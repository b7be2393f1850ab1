#include "media/clock_map.h"

#include <algorithm>

namespace parley {
namespace {

constexpr Duration kSlewPerSecond = 5ms;
// A report interval's worth; after a longer silence the line still moves gently.
constexpr Duration kMaxSlewTime = 5s;
// Off by more than this, the peer's clock was set.
constexpr Duration kClockSet = 1s;
// Two reports that are late by queueing rarely agree this well.
constexpr Duration kAgreement = 250ms;
// Off by more than this, timestamps began anew, or a report is not about these timestamps.
constexpr Duration kImplausible = 5s;

constexpr Duration to_duration(NtpTime ntp) {
  const std::uint64_t seconds = ntp >> 32;
  const std::uint64_t fraction = (ntp & 0xffff'ffff) * 1'000'000'000 >> 32;
  return Duration(static_cast<std::int64_t>(seconds * 1'000'000'000 + fraction));
}

bool near(Duration a, Duration b, Duration tolerance) {
  return a - b <= tolerance && b - a <= tolerance;
}

}  // namespace

void WindowedMinimum::add(Duration value, Time now) {
  if (!any_ || now - window_start_ >= 2 * window_) {
    any_ = true;
    window_start_ = now;
    current_ = previous_ = value;
  } else if (now - window_start_ >= window_) {
    window_start_ = now;
    previous_ = current_;
    current_ = value;
  } else {
    current_ = std::min(current_, value);
  }
}

void PublisherClock::on_sender_report(NtpTime ntp, Time arrival) {
  // RFC 3550 §6.4.1: zero from a sender that has no clock.
  if (ntp == 0) return;
  const Duration offset = arrival.time_since_epoch() - to_duration(ntp);
  if (!known_) return anchor_at(offset, arrival);

  // Nothing arrives before it was sent: the clock was set forward, or all we had was late. Set back looks like a delay
  // at first, so it takes a second report that says the same.
  if (offset < offset_ - kClockSet) return anchor_at(offset, arrival);
  if (offset > offset_ + kClockSet) {
    if (suspected_offset_ && near(offset, *suspected_offset_, kAgreement)) {
      return anchor_at(std::min(offset, *suspected_offset_), arrival);
    }
    suspected_offset_ = offset;
    return;
  }
  suspected_offset_.reset();

  // Towards the least delayed report, slowly enough that nobody hears it.
  smallest_.add(offset, arrival);
  const Duration elapsed = std::clamp<Duration>(arrival - slewed_at_, Duration::zero(), kMaxSlewTime);
  const Duration most = elapsed / 1s * kSlewPerSecond + elapsed % 1s * kSlewPerSecond.count() / Duration(1s).count();
  offset_ += std::clamp(smallest_.value() - offset_, -most, most);
  slewed_at_ = std::max(slewed_at_, arrival);
}

void PublisherClock::anchor_at(Duration offset, Time now) {
  known_ = true;
  ++anchor_;
  offset_ = offset;
  slewed_at_ = now;
  suspected_offset_.reset();
  smallest_.reset();
  smallest_.add(offset, now);
}

Time PublisherClock::to_server(NtpTime ntp) const {
  return Time(to_duration(ntp) + offset_);
}

void ClockMap::on_packet(std::uint32_t rtp_timestamp, Time arrival) {
  const Duration offset = arrival.time_since_epoch() - ticks_to_duration(unwrapper_.peek(rtp_timestamp));
  if (earliest_arrival_.empty() || near(offset, earliest_arrival_.value(), kImplausible)) {
    unwrapper_.unwrap(rtp_timestamp);
    earliest_arrival_.add(offset, arrival);
    return;
  }

  // The timestamps began anew: what was known is about others.
  report_.reset();
  unwrapper_.reset();
  earliest_arrival_.reset();
  earliest_arrival_.add(arrival.time_since_epoch() - ticks_to_duration(unwrapper_.unwrap(rtp_timestamp)), arrival);
}

void ClockMap::on_sender_report(std::uint32_t rtp_timestamp, NtpTime ntp, const PublisherClock& clock) {
  if (ntp == 0 || !clock.known() || earliest_arrival_.empty()) return;
  // Overtaken by a newer one?
  if (report_ && report_->anchor == clock.anchor() && static_cast<std::int64_t>(ntp - report_->ntp) <= 0) return;

  const std::int64_t ticks = unwrapper_.peek(rtp_timestamp);
  const Time server = clock.to_server(ntp);
  if (!near(server.time_since_epoch(), ticks_to_duration(ticks) + earliest_arrival_.value(), kImplausible)) return;
  report_ = {.rtp_timestamp = ticks, .ntp = ntp, .server = server, .anchor = clock.anchor()};
}

Time ClockMap::capture_time(std::uint32_t rtp_timestamp, const PublisherClock& clock) const {
  const std::int64_t ticks = unwrapper_.peek(rtp_timestamp);
  if (!report_) {
    return earliest_arrival_.empty() ? Time{} : Time(ticks_to_duration(ticks) + earliest_arrival_.value());
  }
  const Time reported = report_->anchor == clock.anchor() ? clock.to_server(report_->ntp) : report_->server;
  return reported + ticks_to_duration(ticks - report_->rtp_timestamp);
}

Duration ClockMap::ticks_to_duration(std::int64_t ticks) const {
  // Seconds apart, or the product would overflow within days.
  return Duration(ticks / clock_rate_ * 1'000'000'000 + ticks % clock_rate_ * 1'000'000'000 / clock_rate_);
}

}  // namespace parley

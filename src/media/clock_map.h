// When a frame was captured, on the server's line. A publisher's wall clock, known from its sender reports, is mapped
// once per session and shared by its streams, so that lips stay in sync; each stream maps its RTP timestamps onto that
// clock, or onto its own arrivals before the first report (RFC 3550 §6.4.1). Fed by the session's ingress, asked when a
// slot is bound.
#pragma once

#include <cstdint>
#include <optional>

#include "base/sequence.h"
#include "base/time.h"

namespace parley {

// The smallest value of the last one to two windows: queues only ever add delay, so the smallest is the one nearest to
// the path.
class WindowedMinimum {
 public:
  explicit WindowedMinimum(Duration window) : window_(window) {}
  void add(Duration value, Time now);
  void reset() { any_ = false; }
  bool empty() const { return !any_; }
  Duration value() const { return current_ < previous_ ? current_ : previous_; }

 private:
  Duration window_;
  bool any_ = false;
  Time window_start_{};
  Duration current_{};
  Duration previous_{};
};

class PublisherClock {
 public:
  // For every sender report of the session, before the stream's ClockMap hears of it.
  void on_sender_report(NtpTime ntp, Time arrival);
  bool known() const { return known_; }
  Time to_server(NtpTime ntp) const;
  // Counts how often the peer's clock was seen to be set.
  std::uint32_t anchor() const { return anchor_; }

 private:
  void anchor_at(Duration offset, Time now);

  bool known_ = false;
  std::uint32_t anchor_ = 0;
  Duration offset_{};  // The server's line minus the peer's.
  Time slewed_at_{};
  WindowedMinimum smallest_{10s};
  std::optional<Duration> suspected_offset_;
};

class ClockMap {
 public:
  explicit ClockMap(std::uint32_t clock_rate) : clock_rate_(clock_rate == 0 ? 1 : clock_rate) {}

  void on_packet(std::uint32_t rtp_timestamp, Time arrival);
  // Ignored when it is older than the last, or implausible by what arrives.
  void on_sender_report(std::uint32_t rtp_timestamp, NtpTime ntp, const PublisherClock& clock);
  // By sender reports once there are any, before by arrival. Meaningful once a packet or a report was heard.
  Time capture_time(std::uint32_t rtp_timestamp, const PublisherClock& clock) const;
  bool by_reports() const { return report_.has_value(); }

 private:
  struct Report {
    std::int64_t rtp_timestamp;
    NtpTime ntp;
    Time server;  // As mapped when it came; stands once the peer's clock has been set since.
    std::uint32_t anchor;
  };
  Duration ticks_to_duration(std::int64_t ticks) const;

  std::int64_t clock_rate_;
  TimestampUnwrapper unwrapper_;
  WindowedMinimum earliest_arrival_{5s};  // Arrival minus timestamp.
  std::optional<Report> report_;
};

}  // namespace parley

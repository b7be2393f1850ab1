// Reception statistics of one incoming SSRC: its numbers unwrapped, duplicates told apart, and the report block that
// goes back to the publisher (RFC 3550 A.1, A.3, A.8, §6.4.1). Owned by a publication's layer; fed by the session's
// ingress.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace parley {

class ReceiveStream {
 public:
  explicit ReceiveStream(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  struct Received {
    // Unwrapped. Grows for ever, also over a restart of the publisher's numbering, and is congruent to the number on
    // the wire.
    std::int64_t sequence = 0;
    // Not to be used: seen before, too old to tell, or the first sight of a far jump (its successor confirms it).
    bool duplicate = false;
    // The numbering jumped far and has been believed: what is bound to this stream starts a new run here.
    bool restarted = false;
  };
  // A packet that came on this SSRC.
  Received on_packet(std::uint16_t sequence, std::uint32_t rtp_timestamp, std::size_t bytes, Time arrival);
  // A packet of this stream that came by its repair stream (RFC 4588): unwrapped and known from now on, but still lost
  // as far as reports are concerned.
  Received on_repaired_packet(std::uint16_t sequence);
  void on_sender_report(NtpTime ntp, Time arrival);

  // Field names as RFC 3550 §6.4.1.
  struct Report {
    std::uint8_t fraction_lost = 0;
    std::int32_t cumulative_lost = 0;  // Fits 24 bits.
    std::uint32_t extended_highest_sequence = 0;
    std::uint32_t jitter = 0;
    std::uint32_t last_sr = 0;
    std::uint32_t delay_since_last_sr = 0;
  };
  // One report block; it begins the next interval.
  Report report(Time now);

  bool heard() const { return packets_ != 0; }
  std::uint64_t packets() const { return packets_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint32_t clock_rate() const { return clock_rate_; }
  // Unwrapped; meaningful once heard().
  std::int64_t highest_sequence() const { return highest_; }
  Time last_packet() const { return last_packet_; }
  Duration jitter() const;

 private:
  // Numbers this far behind the highest can still be told apart; a jump of more, ahead or behind, may be a restart.
  static constexpr std::int64_t kWindow = 3000;
  static constexpr std::size_t kSeenBits = 4096;

  Received place(std::uint16_t sequence, bool may_restart);
  bool is_ahead(std::uint16_t sequence) const;
  void start_at(std::int64_t sequence);
  void advance_to(std::int64_t sequence);
  bool seen(std::int64_t sequence) const;
  void mark_seen(std::int64_t sequence);
  void update_jitter(std::uint32_t rtp_timestamp, Time arrival);

  std::uint32_t clock_rate_;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  Time last_packet_{};

  bool placed_ = false;
  std::int64_t base_ = 0;
  std::int64_t highest_ = 0;
  std::optional<std::uint16_t> suspected_restart_;  // The number that would confirm it.
  std::array<std::uint64_t, kSeenBits / 64> seen_{};

  // Since base_.
  std::int64_t received_ = 0;
  std::int64_t expected_before_ = 0;
  std::int64_t received_before_ = 0;

  bool jitter_begun_ = false;
  std::uint32_t last_timestamp_ = 0;
  std::uint32_t last_transit_ = 0;
  std::uint32_t jitter_q4_ = 0;  // Sixteenths of a tick, as RFC 3550 A.8 keeps it.

  std::optional<NtpTime> last_report_;
  Time last_report_arrival_{};
};

}  // namespace parley

// Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets of a session came,
// and when. congestion/ builds it as a receiver and reads it as a sender.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "wire/rtcp.h"

namespace parley {

inline constexpr Duration kTransportCcReferenceUnit = std::chrono::milliseconds(64);
inline constexpr Duration kTransportCcDeltaUnit = std::chrono::microseconds(250);

struct TransportCcStatus {
  std::uint16_t sequence = 0;
  bool received = false;
  Duration arrival{};  // since the feedback's reference time; only if received
};

// The message is checked as a whole when parsed; the statuses are read from the packet on each walk.
struct TransportCc {
  Ssrc sender;
  Ssrc media;
  std::uint16_t base_sequence = 0;
  std::uint16_t status_count = 0;
  std::uint32_t reference_time = 0;  // 24 bits, in units of 64 ms; wraps
  std::uint8_t feedback_count = 0;
  Bytes chunks;
  Bytes deltas;

  // Calls f(const TransportCcStatus&) for each packet, in order of sequence.
  template <class F>
  void for_each(F&& f) const;
};

// Nothing for what is cut short or uses the reserved symbol.
std::optional<TransportCc> parse_transport_cc(const RtcpPacket& packet);

// Yields one two-bit symbol per packet: 0 lost, 1 small delta, 2 large delta, 3 reserved.
class TransportCcSymbols {
 public:
  TransportCcSymbols(Bytes chunks, std::size_t count) : chunks_(chunks), remaining_(count) {}
  // Nothing at the end, or if the chunks end before the count does.
  std::optional<std::uint8_t> next() {
    if (remaining_ == 0) return std::nullopt;
    if (left_in_chunk_ == 0 && !load_chunk()) return std::nullopt;
    --left_in_chunk_;
    --remaining_;
    if (run_) return symbol_;
    return static_cast<std::uint8_t>(chunk_ >> (left_in_chunk_ * symbol_bits_) & ((1u << symbol_bits_) - 1));
  }
  // Symbols that are still due.
  std::size_t remaining() const { return remaining_; }
  // Behind the chunks read so far.
  Bytes rest() const { return chunks_; }

 private:
  bool load_chunk();

  Bytes chunks_;
  std::size_t remaining_;
  std::size_t left_in_chunk_ = 0;
  unsigned symbol_bits_ = 1;
  std::uint16_t chunk_ = 0;
  std::uint8_t symbol_ = 0;
  bool run_ = false;
};

template <class F>
void TransportCc::for_each(F&& f) const {
  TransportCcSymbols symbols(chunks, status_count);
  ByteReader reader(deltas);
  TransportCcStatus status{base_sequence, false, Duration{}};
  std::int64_t ticks = 0;
  while (const auto symbol = symbols.next()) {
    status.received = *symbol != 0;
    if (*symbol == 1) ticks += reader.u8();
    if (*symbol == 2) ticks += static_cast<std::int16_t>(reader.be16());
    status.arrival = status.received ? ticks * kTransportCcDeltaUnit : Duration{};
    f(status);
    ++status.sequence;
  }
}

// Collects arrivals in order of sequence and writes one feedback message.
class TransportCcBuilder {
 public:
  // A message stays below this size, so that it fits beside a report in one datagram.
  static constexpr std::size_t kMaxSize = 1000;
  static constexpr std::size_t kMaxStatuses = 1024;

  // Starts over with this packet as the first; earlier ones are not reported.
  void start(std::uint16_t base_sequence, Time first_arrival);
  // The next packet that came; those skipped are reported lost. `sequence` must be ahead of the last one. False, and
  // nothing changed, if it must go into a new message: this one is full, or the times are too far apart.
  bool add(std::uint16_t sequence, Time arrival);

  bool empty() const { return status_count_ == 0; }
  std::size_t status_count() const { return status_count_; }
  std::uint16_t base_sequence() const { return base_sequence_; }
  // One past the last packet reported.
  std::uint16_t next_sequence() const { return static_cast<std::uint16_t>(base_sequence_ + status_count_); }

  // False, and nothing written, if it is empty or does not fit.
  bool write(ByteWriter& out, Ssrc sender, Ssrc media, std::uint8_t feedback_count) const;

 private:
  std::size_t write_chunks(ByteWriter* out) const;

  std::uint16_t base_sequence_ = 0;
  std::uint32_t reference_time_ = 0;
  std::int64_t last_ticks_ = 0;
  std::size_t status_count_ = 0;
  std::size_t delta_count_ = 0;
  std::size_t delta_bytes_ = 0;
  std::array<std::uint8_t, kMaxStatuses> symbols_{};
  std::array<std::int16_t, kMaxStatuses> deltas_{};  // of the packets that came
};

}  // namespace parley

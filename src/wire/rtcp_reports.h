// Sender and receiver reports (RFC 3550 §6.4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "wire/rtcp.h"

namespace parley {

struct ReportBlock {
  Ssrc ssrc;
  std::uint8_t fraction_lost = 0;    // in 1/256
  std::int32_t cumulative_lost = 0;  // 24 bits, signed
  std::uint32_t extended_highest_sequence = 0;
  std::uint32_t jitter = 0;                   // in timestamp units
  std::uint32_t last_sender_report = 0;       // compact NTP, 0 if none came
  std::uint32_t delay_since_last_report = 0;  // in 1/65536 s
  bool operator==(const ReportBlock&) const = default;
};

template <>
struct WireRecord<ReportBlock> {
  static constexpr std::size_t kSize = 24;
  static ReportBlock read(const std::uint8_t* p);
};

struct SenderInfo {
  Ssrc sender;
  NtpTime ntp = 0;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;
  bool operator==(const SenderInfo&) const = default;
};

struct SenderReport {
  SenderInfo info;
  RecordList<ReportBlock> blocks;
};

struct ReceiverReport {
  Ssrc sender;
  RecordList<ReportBlock> blocks;
};

std::optional<SenderReport> parse_sender_report(const RtcpPacket& packet);
std::optional<ReceiverReport> parse_receiver_report(const RtcpPacket& packet);

// At most kMaxRtcpCount blocks; more are refused.
bool write_sender_report(ByteWriter& out, const SenderInfo& info, std::span<const ReportBlock> blocks = {});
bool write_receiver_report(ByteWriter& out, Ssrc sender, std::span<const ReportBlock> blocks = {});

}  // namespace parley

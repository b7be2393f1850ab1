// Extended reports (RFC 3611): the receiver reference time (§4.4) and its answer DLRR (§4.5), by which a receiver that
// sends nothing measures the round trip. Other blocks are stepped over.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "wire/rtcp.h"

namespace parley {

struct DlrrItem {
  Ssrc ssrc;
  std::uint32_t last_receiver_report = 0;     // compact NTP
  std::uint32_t delay_since_last_report = 0;  // in 1/65536 s
  bool operator==(const DlrrItem&) const = default;
};

template <>
struct WireRecord<DlrrItem> {
  static constexpr std::size_t kSize = 12;
  static DlrrItem read(const std::uint8_t* p) { return {Ssrc(load_be32(p)), load_be32(p + 4), load_be32(p + 8)}; }
};

struct ExtendedReport {
  Ssrc sender;
  std::optional<NtpTime> reference_time;
  RecordList<DlrrItem> dlrr;
};

std::optional<ExtendedReport> parse_extended_report(const RtcpPacket& packet);
bool write_reference_time(ByteWriter& out, Ssrc sender, NtpTime reference_time);
bool write_dlrr(ByteWriter& out, Ssrc sender, std::span<const DlrrItem> items);

}  // namespace parley

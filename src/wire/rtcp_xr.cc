#include "wire/rtcp_xr.h"

namespace parley {
namespace {

constexpr std::uint8_t kBlockReferenceTime = 4;
constexpr std::uint8_t kBlockDlrr = 5;

void write_block_header(ByteWriter& out, std::uint8_t type, std::size_t body_size) {
  out.u8(type);
  out.u8(0);
  out.be16(static_cast<std::uint16_t>(body_size / 4));
}

}  // namespace

std::optional<ExtendedReport> parse_extended_report(const RtcpPacket& packet) {
  if (packet.type != RtcpType::kExtendedReport) return std::nullopt;
  ByteReader reader(packet.body);
  ExtendedReport report;
  report.sender = Ssrc(reader.be32());
  while (reader.ok() && reader.remaining() != 0) {
    const std::uint8_t type = reader.u8();
    reader.skip(1);
    const Bytes body = reader.bytes(4u * reader.be16());
    if (!reader.ok()) break;
    if (type == kBlockReferenceTime) {
      if (body.size() != 8) return std::nullopt;
      report.reference_time = load_be64(body.data());
    }
    if (type == kBlockDlrr) {
      if (body.size() % WireRecord<DlrrItem>::kSize != 0) return std::nullopt;
      report.dlrr = RecordList<DlrrItem>(body);
    }
  }
  if (!reader.ok()) return std::nullopt;
  return report;
}

bool write_reference_time(ByteWriter& out, Ssrc sender, NtpTime reference_time) {
  if (!begin_rtcp(out, RtcpType::kExtendedReport, 0, 16)) return false;
  out.be32(sender.value());
  write_block_header(out, kBlockReferenceTime, 8);
  out.be64(reference_time);
  return true;
}

bool write_dlrr(ByteWriter& out, Ssrc sender, std::span<const DlrrItem> items) {
  const std::size_t size = items.size() * WireRecord<DlrrItem>::kSize;
  if (!begin_rtcp(out, RtcpType::kExtendedReport, 0, 8 + size)) return false;
  out.be32(sender.value());
  write_block_header(out, kBlockDlrr, size);
  for (const DlrrItem& item : items) {
    out.be32(item.ssrc.value());
    out.be32(item.last_receiver_report);
    out.be32(item.delay_since_last_report);
  }
  return true;
}

}  // namespace parley

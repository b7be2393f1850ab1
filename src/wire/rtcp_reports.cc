#include "wire/rtcp_reports.h"

namespace parley {
namespace {

constexpr std::size_t kSenderInfoSize = 24;  // with the SSRC

std::optional<RecordList<ReportBlock>> read_blocks(ByteReader& reader, std::uint8_t count) {
  const Bytes bytes = reader.bytes(count * WireRecord<ReportBlock>::kSize);
  // What follows the blocks is a profile's extension; it is ignored.
  if (!reader.ok()) return std::nullopt;
  return RecordList<ReportBlock>(bytes);
}

void write_blocks(ByteWriter& out, std::span<const ReportBlock> blocks) {
  for (const ReportBlock& block : blocks) {
    out.be32(block.ssrc.value());
    out.u8(block.fraction_lost);
    out.be24(static_cast<std::uint32_t>(block.cumulative_lost) & 0xff'ffff);
    out.be32(block.extended_highest_sequence);
    out.be32(block.jitter);
    out.be32(block.last_sender_report);
    out.be32(block.delay_since_last_report);
  }
}

}  // namespace

ReportBlock WireRecord<ReportBlock>::read(const std::uint8_t* p) {
  ReportBlock block;
  block.ssrc = Ssrc(load_be32(p));
  block.fraction_lost = p[4];
  const auto lost = static_cast<std::int32_t>(load_be24(p + 5));
  block.cumulative_lost = lost >= 0x80'0000 ? lost - 0x100'0000 : lost;
  block.extended_highest_sequence = load_be32(p + 8);
  block.jitter = load_be32(p + 12);
  block.last_sender_report = load_be32(p + 16);
  block.delay_since_last_report = load_be32(p + 20);
  return block;
}

std::optional<SenderReport> parse_sender_report(const RtcpPacket& packet) {
  if (packet.type != RtcpType::kSenderReport) return std::nullopt;
  ByteReader reader(packet.body);
  SenderReport report;
  report.info.sender = Ssrc(reader.be32());
  report.info.ntp = reader.be64();
  report.info.rtp_timestamp = reader.be32();
  report.info.packet_count = reader.be32();
  report.info.octet_count = reader.be32();
  const auto blocks = read_blocks(reader, packet.count);
  if (!blocks) return std::nullopt;
  report.blocks = *blocks;
  return report;
}

std::optional<ReceiverReport> parse_receiver_report(const RtcpPacket& packet) {
  if (packet.type != RtcpType::kReceiverReport) return std::nullopt;
  ByteReader reader(packet.body);
  ReceiverReport report;
  report.sender = Ssrc(reader.be32());
  const auto blocks = read_blocks(reader, packet.count);
  if (!blocks) return std::nullopt;
  report.blocks = *blocks;
  return report;
}

bool write_sender_report(ByteWriter& out, const SenderInfo& info, std::span<const ReportBlock> blocks) {
  if (blocks.size() > kMaxRtcpCount) return false;
  const std::size_t size = kSenderInfoSize + blocks.size() * WireRecord<ReportBlock>::kSize;
  if (!begin_rtcp(out, RtcpType::kSenderReport, static_cast<std::uint8_t>(blocks.size()), size)) return false;
  out.be32(info.sender.value());
  out.be64(info.ntp);
  out.be32(info.rtp_timestamp);
  out.be32(info.packet_count);
  out.be32(info.octet_count);
  write_blocks(out, blocks);
  return true;
}

bool write_receiver_report(ByteWriter& out, Ssrc sender, std::span<const ReportBlock> blocks) {
  if (blocks.size() > kMaxRtcpCount) return false;
  const std::size_t size = 4 + blocks.size() * WireRecord<ReportBlock>::kSize;
  if (!begin_rtcp(out, RtcpType::kReceiverReport, static_cast<std::uint8_t>(blocks.size()), size)) return false;
  out.be32(sender.value());
  write_blocks(out, blocks);
  return true;
}

}  // namespace parley

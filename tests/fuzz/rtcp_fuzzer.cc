// Any bytes as a compound: every leaf reads every packet, and what it reads is written again and must read the same.
#include <array>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "wire/rtcp_feedback.h"
#include "wire/rtcp_reports.h"
#include "wire/rtcp_sdes.h"
#include "wire/rtcp_xr.h"

using namespace parley;

namespace {

template <class Write>
RtcpPacket written(std::vector<std::uint8_t>& out, Write&& write) {
  out.assign(70'000, 0);
  ByteWriter writer(out);
  PARLEY_CHECK(write(writer));
  RtcpCursor cursor(writer.written());
  const auto packet = cursor.next();
  PARLEY_CHECK(packet.has_value() && !cursor.next() && cursor.ok());
  return *packet;
}

void check_reports(const RtcpPacket& packet, std::vector<std::uint8_t>& out) {
  if (const auto report = parse_sender_report(packet)) {
    const std::vector<ReportBlock> blocks(report->blocks.begin(), report->blocks.end());
    const auto again =
        parse_sender_report(written(out, [&](ByteWriter& w) { return write_sender_report(w, report->info, blocks); }));
    PARLEY_CHECK(again && again->info == report->info);
    PARLEY_CHECK(std::vector<ReportBlock>(again->blocks.begin(), again->blocks.end()) == blocks);
  }
  if (const auto report = parse_receiver_report(packet)) PARLEY_CHECK(report->blocks.size() == packet.count);
}

void check_sources(const RtcpPacket& packet, std::vector<std::uint8_t>& out) {
  if (const auto chunks = parse_sdes(packet)) {
    for (const SdesChunk& chunk : *chunks) {
      const auto again =
          parse_sdes(written(out, [&](ByteWriter& w) { return write_sdes_cname(w, chunk.ssrc, chunk.cname); }));
      PARLEY_CHECK(again && again->size() == 1 && (*again)[0] == chunk);
    }
  }
  if (const auto bye = parse_bye(packet)) PARLEY_CHECK(bye->ssrcs.size() == packet.count);
}

void check_feedback(const RtcpPacket& packet, std::vector<std::uint8_t>& out) {
  if (const auto nack = parse_nack(packet)) {
    std::size_t asked = 0;
    nack->for_each_sequence([&](std::uint16_t) { ++asked; });
    PARLEY_CHECK(asked >= nack->items.size() && asked <= 17 * nack->items.size());
  }
  if (const auto fir = parse_fir(packet)) {
    for (const FirEntry entry : fir->entries) {
      const auto again = parse_fir(written(out, [&](ByteWriter& w) { return write_fir(w, fir->sender, entry); }));
      PARLEY_CHECK(again && again->entries[0] == entry);
    }
  }
  if (const auto remb = parse_remb(packet)) {
    PARLEY_CHECK(remb->bitrate.bps() >= 0);
    const std::vector<Ssrc> ssrcs(remb->ssrcs.begin(), remb->ssrcs.end());
    const auto again =
        parse_remb(written(out, [&](ByteWriter& w) { return write_remb(w, remb->sender, remb->bitrate, ssrcs); }));
    PARLEY_CHECK(again && again->bitrate == remb->bitrate);
  }
  parse_pli(packet);
  if (const auto report = parse_extended_report(packet)) {
    std::uint32_t sum = 0;
    for (const DlrrItem item : report->dlrr) sum += item.delay_since_last_report;
    static_cast<void>(sum);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> out;
  for_each_rtcp(Bytes(data, size), [&](const RtcpPacket& packet) {
    check_reports(packet, out);
    check_sources(packet, out);
    check_feedback(packet, out);
  });
  // Also as a nack's sequences: pairs of bytes in, the same numbers out.
  std::vector<std::uint16_t> sequences;
  std::uint16_t sequence = 0;
  for (std::size_t i = 0; i < size && i < 500; ++i) {
    sequence = static_cast<std::uint16_t>(sequence + data[i] + 1);
    sequences.push_back(sequence);
  }
  if (sequences.empty()) return 0;
  const auto nack = parse_nack(written(out, [&](ByteWriter& w) { return write_nack(w, Ssrc(1), Ssrc(2), sequences); }));
  PARLEY_CHECK(nack.has_value());
  std::size_t at = 0;
  nack->for_each_sequence(
      [&](std::uint16_t asked) { PARLEY_CHECK(at < sequences.size() && asked == sequences[at++]); });
  PARLEY_CHECK(at == sequences.size());
  return 0;
}

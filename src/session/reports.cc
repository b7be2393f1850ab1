#include "session/reports.h"

#include "base/check.h"
#include "transport/srtp.h"
#include "wire/rtcp_feedback.h"
#include "wire/rtcp_sdes.h"

namespace parley {
namespace {

template <class F>
PacketRef compose(PacketPool& pool, F&& write) {
  PacketRef packet = pool.take();
  if (!packet) return packet;
  const MutableBytes room = packet.buffer();
  ByteWriter out(room.first(room.size() - kMaxSrtcpOverhead));
  if (!write(out)) {
    PARLEY_BUG("an RTCP compound of ours does not fit a packet");
    return PacketRef();
  }
  packet.set_size(out.size());
  return packet;
}

bool write_empty_report(ByteWriter& out, const ReportIdentity& who) {
  return write_receiver_report(out, who.ssrc) && write_sdes_cname(out, who.ssrc, who.cname);
}

}  // namespace

PacketRef make_receiver_report(PacketPool& pool, const ReportIdentity& who, std::span<const ReportBlock> blocks) {
  if (blocks.size() > kMaxRtcpCount) blocks = blocks.first(kMaxRtcpCount);
  return compose(pool, [&](ByteWriter& out) {
    return write_receiver_report(out, who.ssrc, blocks) && write_sdes_cname(out, who.ssrc, who.cname);
  });
}

PacketRef make_sender_report(PacketPool& pool, const ReportIdentity& who, const SenderInfo& info) {
  return compose(pool, [&](ByteWriter& out) {
    return write_sender_report(out, info) && write_sdes_cname(out, info.sender, who.cname);
  });
}

PacketRef make_bye(PacketPool& pool, const ReportIdentity& who, std::span<const Ssrc> ssrcs) {
  if (ssrcs.size() > kMaxRtcpCount) ssrcs = ssrcs.first(kMaxRtcpCount);
  return compose(pool, [&](ByteWriter& out) { return write_empty_report(out, who) && write_bye(out, ssrcs); });
}

PacketRef make_keyframe_request(PacketPool& pool, const ReportIdentity& who, Ingress::KeyframeTarget target,
                                std::uint8_t fir_sequence) {
  return compose(pool, [&](ByteWriter& out) {
    if (!who.reduced_size && !write_empty_report(out, who)) return false;
    if (target.fir) return write_fir(out, who.ssrc, FirEntry{target.ssrc, fir_sequence});
    return write_pli(out, who.ssrc, target.ssrc);
  });
}

}  // namespace parley

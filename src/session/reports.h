// The RTCP that we write: periodic reports and keyframe requests, as plain compounds for the session's Egress (RFC 3550
// §6.1, RFC 5506).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/packet_pool.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "session/ingress.h"
#include "wire/rtcp_reports.h"

namespace parley {

// Who speaks: what every compound of a session carries.
struct ReportIdentity {
  Ssrc ssrc;  // of our reports about the peer's streams
  std::string_view cname;
  bool reduced_size = false;  // feedback may go without a report in front of it
};

// Nothing if the pool is exhausted. At most kMaxRtcpCount blocks are taken.
PacketRef make_receiver_report(PacketPool& pool, const ReportIdentity& who, std::span<const ReportBlock> blocks);
PacketRef make_sender_report(PacketPool& pool, const ReportIdentity& who, const SenderInfo& info);
PacketRef make_bye(PacketPool& pool, const ReportIdentity& who, std::span<const Ssrc> ssrcs);
// `fir_sequence` counts the commands to this target (RFC 5104 §4.3.1.1); PLI does without.
PacketRef make_keyframe_request(PacketPool& pool, const ReportIdentity& who, Ingress::KeyframeTarget target,
                                std::uint8_t fir_sequence);

}  // namespace parley

#include "session/rtcp_inbox.h"

#include <algorithm>

#include <algorithm>

#include "wire/rtcp.h"
#include "wire/rtcp_feedback.h"
#include "wire/rtcp_reports.h"
#include "wire/rtcp_sdes.h"

namespace parley {
namespace {

// More than this is a peer's broken clock, not a network.
constexpr Duration kPlausibleRoundTrip = 10s;
// In 1/65536 s.
constexpr std::int32_t kRounding = 64;

class Inbox {
 public:
  Inbox(Time arrival, Ingress& ingress, std::span<const SlotRef> slots, SlotMap<SendStream>& streams,
        RoundTrip& round_trip, SessionEvents& events)
      : arrival_(arrival),
        ingress_(ingress),
        slots_(slots),
        streams_(streams),
        round_trip_(round_trip),
        events_(events) {}

  void receive(const RtcpPacket& packet) {
    switch (packet.type) {
      case RtcpType::kSenderReport:
        if (const auto report = parse_sender_report(packet)) {
          ingress_.on_sender_report(report->info.sender, report->info.ntp, report->info.rtp_timestamp, arrival_);
          for (const ReportBlock block : report->blocks) on_reception(block);
        }
        break;
      case RtcpType::kReceiverReport:
        if (const auto report = parse_receiver_report(packet)) {
          for (const ReportBlock block : report->blocks) on_reception(block);
        }
        break;
      case RtcpType::kBye:
        if (const auto bye = parse_bye(packet)) {
          for (const Ssrc ssrc : bye->ssrcs) {
            ingress_.on_bye(ssrc);
          }
        }
        break;
      case RtcpType::kPayloadFeedback:
        if (const auto pli = parse_pli(packet)) {
          want_keyframe(pli->media);
        } else if (const auto fir = parse_fir(packet)) {
          for (const FirEntry entry : fir->entries) want_keyframe(entry.ssrc);
        }
        break;
      case RtcpType::kTransportFeedback:
      case RtcpType::kSdes:
      case RtcpType::kApp:
      case RtcpType::kExtendedReport: break;
    }
  }

 private:
  const SlotRef* slot_of(Ssrc ssrc) const {
    for (const SlotRef& slot : slots_) {
      if (slot.ssrc == ssrc) return &slot;
    }
    return nullptr;
  }

  // Once per slot and compound, however often it is said: each wish costs a search through the room.
  void want_keyframe(Ssrc media) {
    const SlotRef* slot = slot_of(media);
    if (slot == nullptr) return;
    const bool said = std::ranges::any_of(events_, [&](const SessionEvent& event) {
      const auto* wanted = std::get_if<KeyframeWanted>(&event);
      return wanted != nullptr && wanted->stream == slot->handle;
    });
    if (!said) events_.push_back(KeyframeWanted{slot->handle});
  }

  void on_reception(const ReportBlock& block) {
    const SlotRef* slot = slot_of(block.ssrc);
    if (slot == nullptr) return;
    if (SendStream* stream = streams_.find(slot->handle)) stream->on_reception_report(block.fraction_lost);
    if (block.last_sender_report == 0) return;
    const std::uint32_t now = compact_ntp(to_ntp(arrival_));
    // Rounding can make it a little less than nothing.
    const auto elapsed = static_cast<std::int32_t>(now - block.last_sender_report - block.delay_since_last_report);
    if (elapsed < -kRounding) return;
    const Duration sample = from_compact_span(static_cast<std::uint32_t>(std::max(elapsed, 0)));
    if (sample < kPlausibleRoundTrip) round_trip_.add(sample);
  }

  Time arrival_;
  Ingress& ingress_;
  std::span<const SlotRef> slots_;
  SlotMap<SendStream>& streams_;
  RoundTrip& round_trip_;
  SessionEvents& events_;
};

}  // namespace

void RoundTrip::add(Duration sample) {
  smoothed = known ? smoothed + (sample - smoothed) / 8 : sample;
  known = true;
}

bool receive_rtcp(Bytes compound, Time arrival, Ingress& ingress, std::span<const SlotRef> slots,
                  SlotMap<SendStream>& streams, RoundTrip& round_trip, SessionEvents& events) {
  Inbox inbox(arrival, ingress, slots, streams, round_trip, events);
  return for_each_rtcp(compound, [&](const RtcpPacket& packet) { inbox.receive(packet); });
}

}  // namespace parley

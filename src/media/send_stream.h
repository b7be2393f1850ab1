// One slot's outgoing stream: its SSRC, its place in sequence and time (where), the codec ids in its payloads (what
// bytes), and the sender-report clock. Lives as long as the slot; another track is another run on the same line. Owned
// by the engine's table of streams, written to by the fan-out, read by the session's egress and reports. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/drop_reason.h"
#include "base/rng.h"
#include "base/slot_map.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "media/egress_queue.h"
#include "media/media_packet.h"
#include "media/payload_rewriter.h"
#include "media/rtp_rewriter.h"
#include "wire/codec.h"

namespace parley {

// A payload type of the slot's m-line and what it stands for.
struct SendCodec {
  Codec codec{};
  CodecProfile profile;
  PayloadType payload_type;
};

struct SendStreamParams {
  std::string mid;
  MediaKind kind{};
  Ssrc ssrc;
  std::vector<SendCodec> codecs;
};

class SendStream {
 public:
  SendStream(SendStreamParams params, EgressQueue& queue, Rng& rng);

  const std::string& mid() const { return params_.mid; }
  MediaKind kind() const { return params_.kind; }
  Ssrc ssrc() const { return params_.ssrc; }
  void set_codecs(std::vector<SendCodec> codecs);
  void set_handle(Handle<SendStream> self) { self_ = self; }

  std::optional<PayloadType> payload_type_for(Codec codec, CodecProfile profile) const;

  // A held stream takes nothing: its receiver is not there yet, or its path is suspect.
  void set_held(bool held);
  bool held() const { return held_; }

  // What is forwarded next starts a run of its own: another track, or the same one after a pause.
  void begin_run();
  struct Forwarded {
    bool first_of_run = false;
    std::uint32_t timestamp = 0;
  };
  // Has the receiver the packet's codec?
  bool takes(const MediaPacket& packet);
  // Numbers the packet and queues it. A reason if it can't go out on this slot.
  std::expected<Forwarded, DropReason> forward(const MediaPacket& packet);
  // The publisher sent this packet and the slot leaves it out: the numbering closes behind it.
  void skip(const MediaPacket& packet);

  // What a sender report says (RFC 3550 §6.4.1): the slot's line at `now`. Nothing while there is nothing to say: never
  // sent, silent for two seconds, or the capture time of this run not known yet.
  struct SenderInfo {
    std::uint32_t rtp_timestamp = 0;
    std::uint32_t packets = 0;
    std::uint32_t octets = 0;
  };
  std::optional<SenderInfo> sender_info(Time now) const;
  bool report_due(Time now) const;
  void on_report_sent(Time now);

  void on_sent(std::size_t payload_bytes);
  bool ever_sent() const { return packets_ != 0; }
  // By what the receiver sends back (RFC 3550 §6.4.1).
  void on_reception_report(std::uint8_t fraction_lost) { fraction_lost_ = fraction_lost; }
  std::uint8_t fraction_lost() const { return fraction_lost_; }

 private:
  std::uint32_t timestamp_at(Time capture) const;
  // A number that will never be filled becomes a padding-only packet, so that the receiver doesn't wait for it.
  void close_number(RtpRewriter::Out reserved);
  void close_holes();

  SendStreamParams params_;
  EgressQueue* queue_;
  Handle<SendStream> self_;

  RtpRewriter rewriter_;
  PayloadRewriter payload_rewriter_;
  bool held_ = false;
  bool run_begins_ = true;

  // The last incoming payload format and what it became, so that the common packet is not looked up.
  struct CachedType {
    Codec codec{};
    CodecProfile profile;
    std::optional<PayloadType> payload_type;
  };
  std::optional<CachedType> cached_;

  // The newest packet's place on the slot's line and the server's.
  std::uint32_t line_timestamp_ = 0;
  Time line_capture_{};
  Time run_began_{};
  Time last_forwarded_{};
  bool line_by_reports_ = false;
  std::uint32_t clock_rate_ = 0;

  Time report_at_ = kNever;
  std::uint32_t packets_ = 0;
  std::uint32_t octets_ = 0;
  std::uint8_t fraction_lost_ = 0;
};

}  // namespace parley

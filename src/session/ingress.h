// What one peer sends us: from plain RTP packets to MediaPackets that know their m-line, stream, codec and time.
// Owned by the session. Streams are latched by SSRC on first sight (RFC 8843 §9.2: mid before SSRC before payload
// type), since browsers send mid and rid only until the first receiver report; what is latched survives re-offers and
// goes with its m-line or a BYE.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/drop_reason.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "media/clock_map.h"
#include "media/media_packet.h"
#include "media/receive_stream.h"
#include "session/session_params.h"
#include "wire/rtcp_reports.h"

namespace parley {

class Ingress {
 public:
  // Streams a peer may have; each costs statistics and a clock.
  static constexpr std::size_t kMaxStreams = 64;

  void configure(const SessionParams& params);
  void set_route(std::string_view mid, Route route);

  // An RTP packet that passed SRTP. Views in the result point into `packet`.
  std::expected<MediaPacket, DropReason> receive(PacketRef packet, Time arrival);

  void on_sender_report(Ssrc ssrc, NtpTime ntp, std::uint32_t rtp_timestamp, Time arrival);
  // The stream ended; the same SSRC would be a new one.
  void on_bye(Ssrc ssrc) { forget(ssrc); }

  // A report block per stream heard since the last report (RFC 3550 §6.4), into `blocks`.
  void report(Time now, std::vector<ReportBlock>& blocks);
  // When a stream has waited long enough for its first report: browsers stop sending mid with it.
  Time first_report_due() const { return first_report_due_; }

  // The SSRC to ask a keyframe of, and whether by PLI or FIR; nothing if nothing was heard on the m-line yet.
  struct KeyframeTarget {
    Ssrc ssrc;
    bool fir = false;
  };
  std::optional<KeyframeTarget> keyframe_target(Route route) const;

  std::size_t streams() const { return streams_.size(); }

 private:
  struct Line {
    ReceiveLine params;
    Route route;
  };
  struct Stream {
    Stream(Ssrc id, std::size_t at_line, const CodecParams& format)
        : ssrc(id), line(at_line), codec(format), received(format.clock_rate), clock(format.clock_rate) {}
    Ssrc ssrc;
    std::size_t line;
    std::uint32_t source = 0;
    CodecParams codec;
    ReceiveStream received;
    ClockMap clock;
    bool reported = false;
    bool heard_since_report = false;
  };

  Stream* find(Ssrc ssrc);
  std::expected<Stream*, DropReason> latch(const RtpView& rtp, const RtpExtensions& extensions, Time arrival);
  // Whether the packet's mid names another line than the one its SSRC was latched to.
  bool moved(const Stream& stream, const RtpExtensions& extensions) const;
  void forget(Ssrc ssrc);
  std::optional<std::size_t> line_of(const RtpView& rtp, const RtpExtensions& extensions) const;
  static const CodecParams* codec_of(const Line& line, PayloadType type);

  ExtensionMap extensions_;
  std::vector<Line> lines_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::size_t last_hit_ = 0;
  std::uint32_t sources_ = 0;
  PublisherClock clock_;
  Time first_report_due_ = kNever;
};

}  // namespace parley

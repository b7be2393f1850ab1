#include "session/ingress.h"

#include <algorithm>
#include <utility>

namespace parley {
namespace {

constexpr Duration kFirstReportWithin = 100ms;
constexpr Duration kSilent = 10s;
// None that a packet can have.
constexpr PayloadType kNoPayloadType{0xff};

}  // namespace

void Ingress::configure(const SessionParams& params) {
  extensions_ = params.extensions;

  // Lines keep their route by mid; streams follow their line to its new place or go with it.
  std::vector<Line> lines;
  for (const ReceiveLine& line : params.receive) {
    const auto old =
        std::ranges::find(lines_, line.mid, [](const Line& l) -> const std::string& { return l.params.mid; });
    lines.push_back({line, old == lines_.end() ? Route{} : old->route});
  }
  std::erase_if(streams_, [&](const std::unique_ptr<Stream>& stream) {
    const std::string& mid = lines_[stream->line].params.mid;
    const auto place = std::ranges::find(lines, mid, [](const Line& l) -> const std::string& { return l.params.mid; });
    if (place == lines.end()) return true;
    stream->line = static_cast<std::size_t>(place - lines.begin());
    // The same number may mean another codec now, or nothing.
    const CodecParams* codec = codec_of(*place, stream->codec.payload_type);
    if (codec != nullptr)
      stream->codec = *codec;
    else
      stream->codec.payload_type = kNoPayloadType;
    return false;
  });
  lines_ = std::move(lines);
  last_hit_ = 0;
}

void Ingress::set_route(std::string_view mid, Route route) {
  for (Line& line : lines_) {
    if (line.params.mid == mid) line.route = route;
  }
}

std::expected<MediaPacket, DropReason> Ingress::receive(PacketRef packet, Time arrival) {
  // A typed view, once.
  const auto rtp = parse_rtp(packet.bytes());
  if (!rtp) return std::unexpected(DropReason::kBadRtp);
  const RtpExtensions extensions = parse_rtp_extensions(*rtp, extensions_);

  // Whose is it?
  Stream* stream = find(rtp->ssrc);
  if (stream != nullptr && moved(*stream, extensions)) {
    if (!line_of(*rtp, extensions)) return std::unexpected(DropReason::kUnknownSsrc);
    forget(rtp->ssrc);
    stream = nullptr;
  }
  if (stream == nullptr) {
    const auto latched = latch(*rtp, extensions, arrival);
    if (!latched) return std::unexpected(latched.error());
    stream = *latched;
  }
  const Line& line = lines_[stream->line];

  // Which codec? A publisher may change it in mid-call, per packet.
  if (stream->codec.payload_type != rtp->payload_type) {
    const CodecParams* codec = codec_of(line, rtp->payload_type);
    if (codec == nullptr) return std::unexpected(DropReason::kUnknownPayloadType);
    stream->codec = *codec;
  }

  // Count it, and learn its time.
  const auto received = stream->received.on_packet(rtp->sequence, rtp->timestamp, packet.size(), arrival);
  if (received.duplicate) return std::unexpected(DropReason::kDuplicate);
  if (received.restarted) stream->source = ++sources_;
  stream->clock.on_packet(rtp->timestamp, arrival);
  stream->heard_since_report = true;
  if (!stream->reported) first_report_due_ = std::min(first_report_due_, arrival + kFirstReportWithin);

  MediaPacket media;
  if (!rtp->payload.empty()) {
    const auto facts = payload_facts(stream->codec.codec, rtp->payload, rtp->marker);
    if (!facts) return std::unexpected(DropReason::kBadRtp);
    media.facts = *facts;
  }
  media.packet = std::move(packet);
  media.rtp = *rtp;
  media.extensions = extensions;
  media.codec = stream->codec.codec;
  media.profile = stream->codec.profile;
  media.clock_rate = stream->codec.clock_rate;
  media.sequence = received.sequence;
  media.source = stream->source;
  media.arrival = arrival;
  media.capture = stream->clock.capture_time(rtp->timestamp, clock_);
  media.capture_by_reports = stream->clock.by_reports();
  media.route = line.route;
  return media;
}

Ingress::Stream* Ingress::find(Ssrc ssrc) {
  if (last_hit_ < streams_.size() && streams_[last_hit_]->ssrc == ssrc) return streams_[last_hit_].get();
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i]->ssrc == ssrc) {
      last_hit_ = i;
      return streams_[i].get();
    }
  }
  return nullptr;
}

std::expected<Ingress::Stream*, DropReason> Ingress::latch(const RtpView& rtp, const RtpExtensions& extensions,
                                                           Time arrival) {
  const auto line = line_of(rtp, extensions);
  if (!line) return std::unexpected(DropReason::kUnknownSsrc);
  const CodecParams* codec = codec_of(lines_[*line], rtp.payload_type);
  if (codec == nullptr) return std::unexpected(DropReason::kUnknownPayloadType);

  // A source that changes its SSRC often (restarted encoders do) pushes out the stream unheard for longest, if it is
  // silent.
  if (streams_.size() == kMaxStreams) {
    const auto oldest = std::ranges::min_element(
        streams_, {}, [](const std::unique_ptr<Stream>& s) { return s->received.last_packet(); });
    if (arrival - (*oldest)->received.last_packet() < kSilent) return std::unexpected(DropReason::kSsrcLimit);
    streams_.erase(oldest);
  }
  streams_.push_back(std::make_unique<Stream>(rtp.ssrc, *line, *codec));
  last_hit_ = streams_.size() - 1;
  streams_.back()->source = ++sources_;
  return streams_.back().get();
}

bool Ingress::moved(const Stream& stream, const RtpExtensions& extensions) const {
  return !extensions.mid.empty() && extensions.mid != lines_[stream.line].params.mid;
}

void Ingress::forget(Ssrc ssrc) {
  std::erase_if(streams_, [&](const std::unique_ptr<Stream>& stream) { return stream->ssrc == ssrc; });
  last_hit_ = 0;
}

std::optional<std::size_t> Ingress::line_of(const RtpView& rtp, const RtpExtensions& extensions) const {
  // By mid.
  if (!extensions.mid.empty()) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].params.mid == extensions.mid) return i;
    }
    return std::nullopt;
  }
  // By an SSRC that the offer announced.
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    for (const AnnouncedSsrc& announced : lines_[i].params.ssrcs) {
      if (announced.ssrc == rtp.ssrc) return i;
    }
  }
  // By a payload type that only one line has.
  std::optional<std::size_t> only;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (codec_of(lines_[i], rtp.payload_type) == nullptr) continue;
    if (only) return std::nullopt;
    only = i;
  }
  return only;
}

const CodecParams* Ingress::codec_of(const Line& line, PayloadType type) {
  for (const CodecParams& codec : line.params.codecs) {
    if (codec.payload_type == type) return &codec;
  }
  return nullptr;
}

void Ingress::on_sender_report(Ssrc ssrc, NtpTime ntp, std::uint32_t rtp_timestamp, Time arrival) {
  Stream* stream = find(ssrc);
  if (stream == nullptr) return;
  // Zero says that there is no wall clock to tell of (RFC 3550 §6.4.1).
  if (ntp == 0) return;
  clock_.on_sender_report(ntp, arrival);
  stream->received.on_sender_report(ntp, arrival);
  stream->clock.on_sender_report(rtp_timestamp, ntp, clock_);
}

void Ingress::report(Time now, std::vector<ReportBlock>& blocks) {
  first_report_due_ = kNever;
  for (const std::unique_ptr<Stream>& stream : streams_) {
    if (!stream->heard_since_report) continue;
    const ReceiveStream::Report r = stream->received.report(now);
    blocks.push_back({stream->ssrc, r.fraction_lost, r.cumulative_lost, r.extended_highest_sequence, r.jitter,
                      r.last_sr, r.delay_since_last_sr});
    stream->reported = true;
    stream->heard_since_report = false;
  }
}

std::optional<Ingress::KeyframeTarget> Ingress::keyframe_target(Route route) const {
  // The stream that began last, as long as it is not silent while others speak: it is the one that is forwarded.
  const Stream* target = nullptr;
  for (const std::unique_ptr<Stream>& stream : streams_) {
    if (lines_[stream->line].route != route) continue;
    if (target == nullptr) target = stream.get();
    const bool later = stream->source > target->source;
    const Duration ahead = stream->received.last_packet() - target->received.last_packet();
    if (later ? ahead > -kStreamSilence : ahead >= kStreamSilence) target = stream.get();
  }
  if (target == nullptr) return std::nullopt;
  return KeyframeTarget{target->ssrc, !target->codec.pli && target->codec.fir};
}

}  // namespace parley

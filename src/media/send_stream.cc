#include "media/send_stream.h"

#include <utility>

#include "base/sequence.h"
#include "wire/dependency_descriptor.h"

namespace parley {
namespace {

constexpr Duration kReportInterval = 1s;
// A receiver syncs by the first report, so it follows a binding at once; the publisher's own first report may take this
// long.
constexpr Duration kWaitForCaptureTime = 3s;
constexpr Duration kSilence = 2s;

std::uint32_t frame_duration(MediaKind kind) {
  // The least step between two runs: 20 ms of audio, one frame at 60 per second of video.
  return kind == MediaKind::kAudio ? 960 : 1500;
}

// In the lower half: a receiver that misses the first packets can't tell whether the number has wrapped, and all of
// them would fail authentication by the wrong roll-over counter (RFC 3711 §3.3.1).
std::uint16_t first_sequence(Rng& rng) {
  return rng.u16() & 0x7fff;
}

CarriedExtension carried(const MediaPacket& packet, Bytes value) {
  if (value.empty()) return {};
  return {static_cast<std::uint16_t>(value.data() - packet.packet.bytes().data()),
          static_cast<std::uint8_t>(value.size())};
}

// RFC 6184 §8.1: the constraint flags matter, the level does not; Constrained Baseline (42e0) decodes wherever Baseline
// (4200) does.
bool plays(Codec codec, CodecProfile have, CodecProfile want) {
  if (have == want) return true;
  if (codec != Codec::kH264 || have.packetization_mode != want.packetization_mode) return false;
  return have.profile >> 8 == 0x42 && want.profile >> 8 == 0x42;
}

}  // namespace

SendStream::SendStream(SendStreamParams params, EgressQueue& queue, Rng& rng)
    : params_(std::move(params)), queue_(&queue), rewriter_(first_sequence(rng), rng.u32()) {}

void SendStream::set_codecs(std::vector<SendCodec> codecs) {
  params_.codecs = std::move(codecs);
  cached_.reset();
}

std::optional<PayloadType> SendStream::payload_type_for(Codec codec, CodecProfile profile) const {
  for (const SendCodec& candidate : params_.codecs) {
    if (candidate.codec == codec && candidate.profile == profile) return candidate.payload_type;
  }
  for (const SendCodec& candidate : params_.codecs) {
    if (candidate.codec == codec && plays(codec, candidate.profile, profile)) return candidate.payload_type;
  }
  return std::nullopt;
}

void SendStream::set_held(bool held) {
  if (held && !held_) begin_run();
  held_ = held;
}

void SendStream::begin_run() {
  run_begins_ = true;
  report_at_ = kNever;
}

bool SendStream::takes(const MediaPacket& packet) {
  if (!cached_ || cached_->codec != packet.codec || cached_->profile != packet.profile) {
    cached_ = CachedType{packet.codec, packet.profile, payload_type_for(packet.codec, packet.profile)};
  }
  return cached_->payload_type.has_value();
}

std::expected<SendStream::Forwarded, DropReason> SendStream::forward(const MediaPacket& packet) {
  if (!takes(packet)) return std::unexpected(DropReason::kCodecUnsupported);

  // A new run goes on where the slot's line stands at its capture time.
  const bool first = run_begins_;
  if (first) {
    rewriter_.rebase(packet.sequence, packet.rtp.timestamp, timestamp_at(packet.capture), frame_duration(params_.kind));
    close_holes();
    payload_rewriter_.rebase();
    run_began_ = packet.arrival;
    report_at_ = packet.arrival;
    clock_rate_ = packet.clock_rate;
    run_begins_ = false;
  }

  // Where it stands.
  const auto place = rewriter_.map(packet.sequence, packet.rtp.timestamp);
  if (!place) return std::unexpected(DropReason::kTooOld);

  // What bytes.
  EgressNote note;
  note.packet = packet.packet;
  note.stream = self_;
  note.payload_offset = static_cast<std::uint16_t>(packet.rtp.payload.data() - packet.packet.bytes().data());
  note.payload_size = static_cast<std::uint16_t>(packet.rtp.payload.size());
  note.timestamp = place->timestamp;
  note.sequence = place->sequence;
  note.payload_type = *cached_->payload_type;
  note.marker = packet.rtp.marker;
  note.audio_level = packet.extensions.audio_level;
  note.video_orientation = packet.extensions.video_orientation;
  note.playout_delay = carried(packet, packet.extensions.playout_delay);
  note.dependency_descriptor = carried(packet, packet.extensions.dependency_descriptor);
  if (const auto frame = parse_dependency_frame(packet.extensions.dependency_descriptor)) {
    note.frame_number = payload_rewriter_.map_frame_number(frame->frame_number).value_or(frame->frame_number);
  }
  note.patches = payload_rewriter_.map(packet.codec, packet.rtp.payload);
  if (!queue_->push(std::move(note))) return std::unexpected(DropReason::kQueueFull);

  // The line's newest point.
  if (first || !is_newer(line_timestamp_, place->timestamp)) {
    line_timestamp_ = place->timestamp;
    line_capture_ = packet.capture;
    line_by_reports_ = packet.capture_by_reports;
    last_forwarded_ = packet.arrival;
  }
  return Forwarded{first, place->timestamp};
}

void SendStream::skip(const MediaPacket& packet) {
  if (run_begins_) return;
  if (const auto reserved = rewriter_.skip(packet.sequence, packet.rtp.timestamp)) close_number(*reserved);
}

void SendStream::close_holes() {
  while (const auto hole = rewriter_.take_hole()) close_number(*hole);
}

void SendStream::close_number(RtpRewriter::Out reserved) {
  if (!cached_ || !cached_->payload_type) return;
  EgressNote note;
  note.stream = self_;
  note.sequence = reserved.sequence;
  note.timestamp = reserved.timestamp;
  note.payload_type = *cached_->payload_type;
  queue_->push(std::move(note));
}

std::uint32_t SendStream::timestamp_at(Time capture) const {
  if (clock_rate_ == 0) return rewriter_.last_timestamp();
  const double seconds = to_seconds(capture - line_capture_);
  return line_timestamp_ + static_cast<std::uint32_t>(static_cast<std::int64_t>(seconds * clock_rate_));
}

std::optional<SendStream::SenderInfo> SendStream::sender_info(Time now) const {
  if (packets_ == 0 || run_begins_ || now - last_forwarded_ > kSilence) return std::nullopt;
  if (!line_by_reports_ && now - run_began_ < kWaitForCaptureTime) return std::nullopt;
  return SenderInfo{timestamp_at(now), packets_, octets_};
}

bool SendStream::report_due(Time now) const {
  return now >= report_at_ && sender_info(now).has_value();
}

void SendStream::on_report_sent(Time now) {
  report_at_ = now + kReportInterval;
}

void SendStream::on_sent(std::size_t payload_bytes) {
  ++packets_;
  octets_ += static_cast<std::uint32_t>(payload_bytes);
}

}  // namespace parley

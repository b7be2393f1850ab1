#include "session/egress.h"

#include <cstring>
#include <utility>

#include "wire/dependency_descriptor.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"

namespace parley {
namespace {

// A padding-only packet closes a number; what is in it does not matter.
constexpr std::uint8_t kClosingPadding = 1;

}  // namespace

void Egress::configure(const ExtensionMap& extensions, bool two_byte_permitted) {
  extensions_ = extensions;
  two_byte_permitted_ = two_byte_permitted;
}

void Egress::send_rtcp(PacketRef compound) {
  if (!compound) return;
  rtcp_.push_back(std::move(compound));
  queue_.mark_dirty();
}

std::size_t Egress::flush(Time now, const Path* path, Outbox& out) {
  std::size_t sent = 0;
  if (path == nullptr || !sender_) {
    const DropReason reason = path == nullptr ? DropReason::kNoPath : DropReason::kNoKeys;
    for (std::size_t i = 0; i < queue_.notes().size() + rtcp_.size(); ++i) drops_->add(reason);
    rtcp_.clear();
    queue_.clear();
    return sent;
  }

  for (const EgressNote& note : queue_.notes()) {
    SendStream* stream = streams_->find(note.stream);
    if (stream == nullptr) {  // its slot was closed in this turn
      drops_->add(DropReason::kNoSubscriber);
      continue;
    }
    PacketRef packet = make_packet(note, *stream, now);
    if (!packet) continue;
    stream->on_sent(note.payload_size);
    ++sent;
    out.send(*path, std::move(packet));
  }

  for (PacketRef& compound : rtcp_) {
    const std::size_t size = sender_->protect_rtcp(compound.buffer(), compound.size());
    if (size == 0) {  // one SSRC too many, by slots that came and went
      drops_->add(DropReason::kSsrcLimit);
      continue;
    }
    compound.set_size(size);
    out.send(*path, std::move(compound));
  }
  rtcp_.clear();
  queue_.clear();
  return sent;
}

PacketRef Egress::make_packet(const EgressNote& note, SendStream& stream, Time now) {
  PacketRef packet = pool_->take();
  if (!packet) {
    drops_->add(DropReason::kPoolExhausted);
    return PacketRef();
  }
  const MutableBytes buffer = packet.buffer();
  const Bytes source = note.packet ? note.packet.bytes() : Bytes{};

  // The header's extensions, by this receiver's ids.
  RtpExtensionWriter extensions(extensions_, two_byte_permitted_);
  extensions.set_text(RtpExtension::kMid, stream.mid());
  if (note.audio_level) extensions.set_audio_level(*note.audio_level);
  if (note.video_orientation) extensions.set_video_orientation(*note.video_orientation);
  if (note.playout_delay.size != 0) {
    extensions.set(RtpExtension::kPlayoutDelay, source.subspan(note.playout_delay.offset, note.playout_delay.size));
  }
  std::uint8_t descriptor[256];
  if (note.dependency_descriptor.size >= 3 && extensions_.has(RtpExtension::kDependencyDescriptor)) {
    std::memcpy(descriptor, source.data() + note.dependency_descriptor.offset, note.dependency_descriptor.size);
    const auto own = MutableBytes(descriptor).first(note.dependency_descriptor.size);
    rewrite_dependency_frame_number(own, note.frame_number);
    extensions.set(RtpExtension::kDependencyDescriptor, own);
  }
  extensions.reserve_abs_send_time();
  extensions.reserve_transport_cc();
  constexpr std::size_t kBlockAt = kRtpHeaderSize + 4;
  const RtpExtensionBlock block = extensions.build(buffer.subspan(kBlockAt, 320));

  RtpFields fields;
  fields.marker = note.marker;
  fields.padding = !note.packet;
  fields.payload_type = note.payload_type;
  fields.sequence = note.sequence;
  fields.timestamp = note.timestamp;
  fields.ssrc = stream.ssrc();
  std::size_t size = write_rtp_header(buffer, fields, block.profile, buffer.subspan(kBlockAt, block.size));
  if (size + note.payload_size + kClosingPadding + kMaxSrtpOverhead > buffer.size()) {
    drops_->add(DropReason::kTooLarge);
    return PacketRef();
  }

  // Stamped at departure.
  if (block.abs_send_time_offset != 0)
    store_be24(&buffer[kBlockAt + block.abs_send_time_offset], to_abs_send_time(now));
  if (block.transport_cc_offset != 0) store_be16(&buffer[kBlockAt + block.transport_cc_offset], transport_sequence_++);

  // The payload's one copy, with the slot's own codec ids.
  if (note.packet) {
    std::memcpy(&buffer[size], source.data() + note.payload_offset, note.payload_size);
    note.patches.apply(buffer.subspan(size, note.payload_size));
    size += note.payload_size;
  } else {
    size += kClosingPadding;
    write_rtp_padding(buffer.first(size), kClosingPadding);
  }

  const std::size_t protected_size = sender_->protect_rtp(buffer, size);
  if (protected_size == 0) {
    drops_->add(DropReason::kSsrcLimit);
    return PacketRef();
  }
  packet.set_size(protected_size);
  return packet;
}

}  // namespace parley

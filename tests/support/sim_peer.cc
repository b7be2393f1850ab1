#include "support/sim_peer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "support/scripted_dtls.h"
#include "wire/demux.h"
#include "wire/payload_facts.h"
#include "wire/rtcp.h"
#include "wire/rtcp_feedback.h"
#include "wire/rtcp_reports.h"
#include "wire/rtcp_sdes.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"
#include "wire/stun.h"

namespace parley::sim {
namespace {

constexpr std::uint8_t kOpusType = 111;
constexpr std::uint8_t kVp8Type = 96;
constexpr Duration kCheckInterval = 2500ms;
constexpr Duration kRetry = 200ms;
constexpr std::size_t kStampSize = 20;

ExtensionMap extensions() {
  ExtensionMap map;
  map.set(RtpExtension::kMid, 4);
  map.set(RtpExtension::kAbsSendTime, 2);
  map.set(RtpExtension::kAudioLevel, 1);
  return map;
}

void write_stamp(ByteWriter& out, const PayloadStamp& stamp) {
  out.be32(stamp.publisher);
  out.be16(stamp.stream);
  out.be16(stamp.sequence);
  out.be32(stamp.timestamp);
  out.be64(static_cast<std::uint64_t>(stamp.captured));
}

PayloadStamp read_stamp(Bytes bytes) {
  ByteReader in(bytes);
  PayloadStamp stamp;
  stamp.publisher = in.be32();
  stamp.stream = in.be16();
  stamp.sequence = in.be16();
  stamp.timestamp = in.be32();
  stamp.captured = static_cast<std::int64_t>(in.be64());
  return stamp;
}

CodecParams opus() {
  CodecParams codec;
  codec.codec = Codec::kOpus;
  codec.payload_type = PayloadType(kOpusType);
  codec.clock_rate = 48'000;
  return codec;
}

CodecParams vp8() {
  CodecParams codec;
  codec.codec = Codec::kVp8;
  codec.payload_type = PayloadType(kVp8Type);
  codec.pli = true;
  return codec;
}

}  // namespace

SimPeer::SimPeer(PeerOptions options, Address server, std::uint64_t seed)
    : options_(options), server_(server), rng_(seed) {
  const auto n = static_cast<std::uint16_t>(options.number);
  address_ = Address::v4({10, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}, 5000);
  ice_ = {"peer" + std::to_string(n), "the-peers-password-of-22+"};
  server_ice_ = {"srvr" + std::to_string(n), "the-servers-password-22+-" + std::to_string(n)};
  audio_ = {options.number * 1000 + 1, rng_.u16(), rng_.u32(), 0, Time{}};
  video_ = {options.number * 1000 + 2, rng_.u16(), rng_.u32(), 0, Time{}};
  picture_id_ = static_cast<std::uint16_t>(rng_.u16() & 0x7fff);
}

std::string SimPeer::slot_mid(MediaKind kind, unsigned k) {
  return (kind == MediaKind::kAudio ? "as" : "vs") + std::to_string(k);
}

SessionParams SimPeer::params() const {
  SessionParams params;
  params.local_ice = server_ice_;
  params.remote_ice = ice_;
  params.extensions = extensions();
  params.reduced_size_rtcp = options_.number % 2 == 0;
  params.cname = "parley";
  if (options_.send_audio) params.receive.push_back({"a", MediaKind::kAudio, {opus()}, {}, {}});
  if (options_.send_video) params.receive.push_back({"v", MediaKind::kVideo, {vp8()}, {}, {}});
  for (unsigned k = 0; k < options_.audio_slots; ++k) {
    params.send.push_back({slot_mid(MediaKind::kAudio, k),
                           MediaKind::kAudio,
                           {opus()},
                           Ssrc(options_.number * 1'000'000 + k),
                           {},
                           "stream" + std::to_string(k)});
  }
  for (unsigned k = 0; k < options_.video_slots; ++k) {
    params.send.push_back({slot_mid(MediaKind::kVideo, k),
                           MediaKind::kVideo,
                           {vp8()},
                           Ssrc(options_.number * 1'000'000 + 1000 + k),
                           {},
                           "stream" + std::to_string(k)});
  }
  return params;
}

void SimPeer::tick(Time now, const Send& send) {
  if (now >= next_check_) send_check(now, send);
  if (!connected() && now >= next_hello_) {
    send(path(), scripted_hello(options_.number));
    next_hello_ = now + kRetry;
  }
  if (!connected()) return;
  if (sending_ && options_.send_audio && now >= audio_.next) send_audio(now, send);
  if (sending_ && options_.send_video && now >= video_.next) send_video(now, send);
  if (now >= next_report_) send_reports(now, send);
}

Time SimPeer::next_deadline() const {
  Time next = checks_ ? next_check_ : kNever;
  if (!connected()) return std::min(next, next_hello_);
  if (sending_ && options_.send_audio) next = std::min(next, audio_.next);
  if (sending_ && options_.send_video) next = std::min(next, video_.next);
  return std::min(next, next_report_);
}

void SimPeer::send_check(Time now, const Send& send) {
  next_check_ = now + (validated_ ? kCheckInterval : kRetry);
  if (!checks_) return;
  BindingRequest request;
  for (std::uint8_t& byte : request.transaction) byte = static_cast<std::uint8_t>(rng_.next());
  const std::string username = server_ice_.ufrag + ":" + ice_.ufrag;
  request.username = username;
  request.priority = 1;
  request.use_candidate = true;
  request.ice_controlling = options_.number;
  std::array<std::uint8_t, 256> buffer;
  const std::size_t size = write_binding_request(buffer, request, server_ice_.pwd);
  send(path(), Bytes(buffer).first(size));
}

void SimPeer::send_rtp(const Source& source, std::uint8_t payload_type, bool marker, Bytes payload,
                       std::string_view mid, Time now, const Send& send) {
  std::array<std::uint8_t, 1500> buffer;
  std::array<std::uint8_t, 64> block;
  const ExtensionMap map = extensions();
  RtpExtensionWriter writer(map, false);
  // As browsers do: mid only at first.
  if (source.packets < 50) writer.set_text(RtpExtension::kMid, mid);
  if (payload_type == kOpusType) writer.set_audio_level({true, 30});
  writer.reserve_abs_send_time();
  const RtpExtensionBlock built = writer.build(block);
  const RtpFields fields{marker,           false, PayloadType(payload_type), source.sequence, source.timestamp,
                         Ssrc(source.ssrc)};
  std::size_t size = write_rtp_header(buffer, fields, built.profile, Bytes(block).first(built.size));
  std::memcpy(&buffer[size], payload.data(), payload.size());
  size = sender_->protect_rtp(buffer, size + payload.size());
  send(path(), Bytes(buffer).first(size));
  (void)now;
}

void SimPeer::send_audio(Time now, const Send& send) {
  std::array<std::uint8_t, 100> payload{};
  payload[0] = 0x78;  // a TOC byte of Opus
  ByteWriter out(MutableBytes(payload).subspan(1));
  write_stamp(out, {options_.number, 0, audio_.sequence, audio_.timestamp, now.time_since_epoch().count()});
  send_rtp(audio_, kOpusType, false, payload, "a", now, send);
  ++audio_.sequence;
  ++audio_.packets;
  audio_.timestamp += 960;
  audio_.next = now + 20ms;
}

void SimPeer::send_video(Time now, const Send& send) {
  if (options_.keyframe_every > Duration{} && now - last_keyframe_ >= options_.keyframe_every) keyframe_due_ = true;
  const bool keyframe = std::exchange(keyframe_due_, false);
  if (keyframe) {
    ++keyframes_sent;
    last_keyframe_ = now;
  }
  const int packets = keyframe ? options_.packets_per_frame * 3 : options_.packets_per_frame;
  for (int i = 0; i < packets; ++i) {
    std::array<std::uint8_t, 1000> payload{};
    ByteWriter out(payload);
    // RFC 7741: X and S, then I with a 15-bit picture id; the frame header's inverse key bit, and a keyframe's start
    // code and size.
    out.u8(static_cast<std::uint8_t>(0x80 | (i == 0 ? 0x10 : 0)));
    out.u8(0x80);
    out.be16(static_cast<std::uint16_t>(0x8000 | picture_id_));
    if (i == 0) {
      out.u8(keyframe ? 0x10 : 0x11);
      out.be16(0);
      if (keyframe) out.bytes(std::array<std::uint8_t, 7>{0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01});
    }
    ByteWriter stamp(MutableBytes(payload).subspan(payload.size() - kStampSize));
    write_stamp(stamp, {options_.number, 1, video_.sequence, video_.timestamp, now.time_since_epoch().count()});
    sent_video[video_.sequence] = now;
    send_rtp(video_, kVp8Type, i == packets - 1, payload, "v", now, send);
    ++video_.sequence;
    ++video_.packets;
  }
  picture_id_ = static_cast<std::uint16_t>((picture_id_ + 1) & 0x7fff);
  video_.timestamp += 3000;
  video_.next = now + 33'333'333ns;
}

void SimPeer::send_reports(Time now, const Send& send) {
  next_report_ = now + 1s;
  const NtpTime wall = to_ntp(now + options_.clock_offset);
  std::array<std::uint8_t, 500> buffer;
  for (const auto& [source, rate, interval, on] : {std::tuple(&audio_, 48'000, 20ms, options_.send_audio),
                                                   std::tuple(&video_, 90'000, 33ms, options_.send_video)}) {
    if (!on || source->packets == 0) continue;
    // The line at `now`: the next packet's timestamp stands for its own time.
    const double ahead = to_seconds(source->next - now);
    const auto rtp_now = source->timestamp - static_cast<std::uint32_t>(static_cast<std::int64_t>(ahead * rate));
    ByteWriter out(buffer);
    write_sender_report(out, {Ssrc(source->ssrc), wall, rtp_now, source->packets, 0});
    write_sdes_cname(out, Ssrc(source->ssrc), "peer");
    send_rtcp(out.written(), send);
  }
}

void SimPeer::send_rtcp(Bytes compound, const Send& send) {
  std::array<std::uint8_t, 1500> buffer;
  std::memcpy(buffer.data(), compound.data(), compound.size());
  const std::size_t size = sender_->protect_rtcp(buffer, compound.size());
  send(path(), Bytes(buffer).first(size));
}

void SimPeer::ask_keyframe(std::uint32_t ssrc, const Send& send, Time) {
  std::array<std::uint8_t, 100> buffer;
  ByteWriter out(buffer);
  write_receiver_report(out, Ssrc(options_.number));
  write_pli(out, Ssrc(options_.number), Ssrc(ssrc));
  send_rtcp(out.written(), send);
}

void SimPeer::receive(const Path& where, Bytes datagram, Time now, const Send& send) {
  if (where.local != address_) return;  // to an address we have left
  switch (classify(datagram)) {
    case DatagramClass::kStun: {
      const auto message = parse_stun(datagram);
      if (message && message->message_class == StunClass::kSuccess && !validated_) {
        validated_ = true;
        next_hello_ = now;
        tick(now, send);
      }
      return;
    }
    case DatagramClass::kDtls: {
      if (connected() || !parse_scripted_hello(datagram)) return;
      const SrtpKeys keys = scripted_keys(options_.number);
      sender_ = make_srtp_sender(SrtpLibrary::kOpenssl, keys.receive);
      receiver_ = make_srtp_receiver(SrtpLibrary::kOpenssl, keys.send);
      audio_.next = video_.next = now;
      next_report_ = now + 300ms;
      return;
    }
    case DatagramClass::kRtp: return receive_rtp(datagram, now);
    case DatagramClass::kRtcp: return receive_rtcp(datagram, now);
    case DatagramClass::kUnknown: return;
  }
}

void SimPeer::receive_rtp(Bytes datagram, Time now) {
  std::vector<std::uint8_t> bytes(datagram.begin(), datagram.end());
  if (!receiver_) return;
  const auto size = receiver_->unprotect_rtp(bytes);
  if (!size) {
    // A duplicate of the network's is a replay, and no fault.
    if (size.error() != DropReason::kReplay) ++refused;
    return;
  }
  const auto rtp = parse_rtp(Bytes(bytes).first(*size));
  if (!rtp) {
    ++refused;
    return;
  }
  const RtpExtensions found = parse_rtp_extensions(*rtp, extensions());
  Received r;
  r.at = now;
  r.ssrc = rtp->ssrc.value();
  r.sequence = rtp->sequence;
  r.timestamp = rtp->timestamp;
  r.payload_type = rtp->payload_type.value();
  r.marker = rtp->marker;
  r.mid = std::string(found.mid);
  r.padding_only = rtp->payload.empty();
  if (!r.padding_only) {
    const bool video = r.payload_type == kVp8Type;
    const auto facts = payload_facts(video ? Codec::kVp8 : Codec::kOpus, rtp->payload, rtp->marker);
    if (!facts) ++refused;
    r.keyframe_start = video && facts && facts->keyframe_start;
    if (facts) r.picture_id = facts->picture_id;
    r.stamp = read_stamp(video ? rtp->payload.last(kStampSize) : rtp->payload.subspan(1));
  }
  received.push_back(std::move(r));
}

void SimPeer::receive_rtcp(Bytes datagram, Time now) {
  std::vector<std::uint8_t> bytes(datagram.begin(), datagram.end());
  if (!receiver_) return;
  const auto size = receiver_->unprotect_rtcp(bytes);
  if (!size) {
    if (size.error() != DropReason::kReplay) ++refused;
    return;
  }
  const bool valid = for_each_rtcp(Bytes(bytes).first(*size), [&](const RtcpPacket& packet) {
    if (const auto report = packet.type == RtcpType::kSenderReport ? parse_sender_report(packet) : std::nullopt) {
      sender_reports.push_back({now, report->info.sender.value(), report->info.ntp, report->info.rtp_timestamp});
    }
    if (packet.type == RtcpType::kReceiverReport) {
      const auto report = parse_receiver_report(packet);
      if (report && !report->blocks.empty()) ++receiver_reports;
    }
    if (packet.type == RtcpType::kBye) {
      if (const auto bye = parse_bye(packet)) {
        for (const Ssrc ssrc : bye->ssrcs) byes.push_back(ssrc.value());
      }
    }
    if (packet.type == RtcpType::kPayloadFeedback) {
      const auto pli = parse_pli(packet);
      if (pli && pli->media.value() == video_.ssrc) {
        ++keyframe_requests;
        keyframe_due_ = true;
      }
    }
  });
  if (!valid) ++refused;
}

}  // namespace parley::sim

// What ingress would hand to the fan-out, made directly: for the tests of what comes behind it.
#pragma once

#include "base/packet_pool.h"
#include "media/media_packet.h"
#include "support/packets.h"
#include "wire/payload_facts.h"

namespace parley::test {

inline MediaPacket make_media(PacketPool& pool, const RtpSpec& spec, Time arrival, Codec codec = Codec::kVp8) {
  MediaPacket media;
  media.packet = pool.copy_of(make_rtp(spec));
  media.rtp = *parse_rtp(media.packet.bytes());
  media.extensions = parse_rtp_extensions(media.rtp, spec.ids);
  if (!media.rtp.payload.empty())
    media.facts = payload_facts(codec, media.rtp.payload, spec.marker).value_or(PayloadFacts{});
  media.codec = codec;
  media.clock_rate = codec == Codec::kOpus ? 48'000 : 90'000;
  media.sequence = 65536 + spec.sequence;
  media.source = 1;
  media.arrival = arrival;
  media.capture = arrival;
  media.capture_by_reports = true;
  return media;
}

}  // namespace parley::test

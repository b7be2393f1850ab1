// Packets for unit tests, written by wire/ alone: RTP with any header extensions, and payloads that a codec's parser
// accepts.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"

namespace parley::test {

using Buffer = std::vector<std::uint8_t>;

// The ids that a publisher's BUNDLE negotiated; a receiver's may differ.
inline ExtensionMap extension_ids(std::uint8_t first) {
  ExtensionMap map;
  for (std::size_t i = 0; i < kRtpExtensionCount; ++i) {
    map.set(static_cast<RtpExtension>(i), static_cast<std::uint8_t>(first + i));
  }
  return map;
}
inline const ExtensionMap kPublisherIds = extension_ids(1);

struct RtpSpec {
  std::uint8_t type = 96;
  std::uint16_t sequence = 100;
  std::uint32_t timestamp = 90'000;
  std::uint32_t ssrc = 0x1111;
  bool marker = false;
  std::string_view mid = {};
  Buffer payload = {0x10, 0x11, 0, 0};
  std::uint8_t padding = 0;
  bool two_byte = false;
  // What else stands in the header.
  std::function<void(RtpExtensionWriter&)> extend = {};
  ExtensionMap ids = kPublisherIds;
};

inline Buffer make_rtp(const RtpSpec& spec) {
  RtpExtensionWriter writer(spec.ids, spec.two_byte);
  if (!spec.mid.empty()) writer.set_text(RtpExtension::kMid, spec.mid);
  if (spec.extend) spec.extend(writer);
  std::array<std::uint8_t, 600> block{};
  const RtpExtensionBlock built = writer.build(block);
  const RtpFields fields{spec.marker,   spec.padding != 0, PayloadType(spec.type),
                         spec.sequence, spec.timestamp,    Ssrc(spec.ssrc)};
  Buffer packet(rtp_header_size(built.profile, built.size) + spec.payload.size() + spec.padding);
  const std::size_t header = write_rtp_header(packet, fields, built.profile, Bytes(block).first(built.size));
  std::ranges::copy(spec.payload, packet.begin() + static_cast<std::ptrdiff_t>(header));
  write_rtp_padding(packet, spec.padding);
  return packet;
}

// RFC 7741 §4: X and S, a 15-bit picture id, then the frame header's inverse key bit; a keyframe goes on with start
// code and size.
inline Buffer vp8_payload(std::uint16_t picture_id, bool keyframe, bool frame_start = true, std::size_t size = 40) {
  Buffer payload(size, 0xab);
  payload[0] = static_cast<std::uint8_t>(0x80 | (frame_start ? 0x10 : 0));
  payload[1] = 0x80;
  store_be16(&payload[2], static_cast<std::uint16_t>(0x8000 | picture_id));
  payload[4] = keyframe ? 0x10 : 0x11;
  if (keyframe && frame_start)
    std::ranges::copy(std::initializer_list<std::uint8_t>{0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01},
                      payload.begin() + 5);
  return payload;
}

inline Buffer opus_payload() {
  return {0x78, 1, 2, 3, 4, 5};
}

}  // namespace parley::test

// One RTP packet of a publisher, opened and understood: what ingress hands to the fan-out. Views point into `packet`.
#pragma once

#include <cstdint>

#include "base/packet_pool.h"
#include "base/time.h"
#include "wire/codec.h"
#include "wire/payload_facts.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"

namespace parley {

// Where a stream's packets go, as the engine set it: an opaque name that whoever reads the packets can resolve.
struct Route {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  // 0: nowhere yet
  explicit operator bool() const { return generation != 0; }
  bool operator==(const Route&) const = default;
};

// A publisher's stream that is silent for so long makes room for another one of the same m-line.
inline constexpr Duration kStreamSilence = 1s;

struct MediaPacket {
  PacketRef packet;
  RtpView rtp;
  RtpExtensions extensions;
  PayloadFacts facts;
  Codec codec{};
  CodecProfile profile;
  std::uint32_t clock_rate = 0;
  std::int64_t sequence = 0;  // unwrapped
  std::uint32_t source =
      0;  // whose numbering that is: a new SSRC or a restart is another, one that began later is higher
  Time arrival;
  Time capture;                     // on the server's line
  bool capture_by_reports = false;  // by the publisher's sender reports; before their first, by arrival
  Route route;
};

}  // namespace parley

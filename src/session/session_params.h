// What a negotiation decided about one peer connection, as plain values: sdp/ writes it, session/ lives by it. No SDP
// text beyond this point, no session knowledge before it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fingerprint.h"
#include "base/ice_credentials.h"
#include "base/strong_id.h"
#include "wire/codec.h"

namespace parley {

// One payload type of an m-line, as answered.
struct CodecParams {
  Codec codec{};
  CodecProfile profile;
  PayloadType payload_type;
  std::optional<PayloadType> rtx_payload_type;
  std::uint32_t clock_rate = 90'000;
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool transport_cc = false;
  bool remb = false;
  bool operator==(const CodecParams&) const = default;
};

// An SSRC that the offer announced on a sending m-line (RFC 5576), with its retransmission stream if a FID group named
// one.
struct AnnouncedSsrc {
  Ssrc ssrc;
  std::optional<Ssrc> rtx;
  bool operator==(const AnnouncedSsrc&) const = default;
};

// What the client sends us on one m-line: the client's sendonly or sendrecv.
struct ReceiveLine {
  std::string mid;
  MediaKind kind{};
  std::vector<CodecParams> codecs;  // in the answer's order
  std::vector<std::string> rids;  // simulcast layers in the offer's order, without the paused ones' "~"; empty if none
  std::vector<AnnouncedSsrc> ssrcs;
  bool operator==(const ReceiveLine&) const = default;
};

// What we may send the client on one m-line: the client's recvonly or sendrecv. Its SSRCs live as long as the session.
struct SendSlot {
  std::string mid;
  MediaKind kind{};
  std::vector<CodecParams> codecs;  // what the client takes, in the answer's order
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;  // video only
  std::string stream_id;         // audio slot k and video slot k share one: browsers keep them in sync
  bool operator==(const SendSlot&) const = default;
};

struct SessionParams {
  IceCredentials local_ice;
  IceCredentials remote_ice;
  Fingerprint remote_fingerprint;
  ExtensionMap extensions;          // one mapping per BUNDLE
  bool extmap_allow_mixed = false;  // one- and two-byte headers may alternate (RFC 8285 §6)
  bool reduced_size_rtcp = false;   // only if every m-line of the BUNDLE offered rtcp-rsize (RFC 5506)
  std::string cname;                // ours, in SDES and in the slots' ssrc lines
  std::vector<ReceiveLine> receive;
  std::vector<SendSlot> send;
  bool operator==(const SessionParams&) const = default;
};

}  // namespace parley

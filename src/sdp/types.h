// A session description (RFC 8866) as values: what Parley reads of an offer and writes into an answer. Attributes that
// nothing here relies on are not kept. The parser fills these, the writer turns them into text, answer() goes from one
// to the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/session_params.h"

namespace parley::sdp {

struct SdpError {
  int line = 0;      // 1-based line of the offer; 0 where the fault is that of no single line
  std::string what;  // a sentence for people
};
// "line 12: the m-line has no a=mid"
std::string to_string(const SdpError& error);

struct ParseLimits {
  std::size_t max_bytes = 512 * 1024;
  std::size_t max_mlines = 128;
  std::size_t max_lines_per_section = 1024;  // of one m-line, and of the session part
  std::size_t max_line_bytes = 16 * 1024;    // browsers name every stream in one a=msid-semantic line
};

// RFC 9143 and RFC 8852: the bytes that fit a header extension element everywhere.
inline constexpr std::size_t kMaxMidLength = 16;
inline constexpr std::size_t kMaxRidLength = 16;
inline constexpr std::size_t kMaxRids = 16;            // of one m-line
inline constexpr std::size_t kMaxAnnouncedSsrcs = 64;  // of one m-line; further ones are not kept

enum class Direction : std::uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };
constexpr bool sends(Direction d) {
  return d == Direction::kSendRecv || d == Direction::kSendOnly;
}
constexpr bool receives(Direction d) {
  return d == Direction::kSendRecv || d == Direction::kRecvOnly;
}
constexpr Direction direction(bool send, bool receive) {
  return send ? (receive ? Direction::kSendRecv : Direction::kSendOnly)
              : (receive ? Direction::kRecvOnly : Direction::kInactive);
}
constexpr Direction reversed(Direction d) {
  return direction(receives(d), sends(d));
}

enum class Setup : std::uint8_t { kActive, kPassive, kActpass, kHoldconn };  // RFC 4145 §4

// Where in the text something stood: for error sentences, and of no weight when descriptions are compared.
struct SourceLine {
  int number = 0;
  bool operator==(const SourceLine&) const { return true; }
};

struct Origin {
  std::string username = "-";
  std::uint64_t session_id = 0;
  std::uint64_t version = 0;
  std::string address = "IN IP4 127.0.0.1";
  bool operator==(const Origin&) const = default;
};

// What stands at session level, at media level, or at both.
struct TransportAttributes {
  std::optional<std::string> ice_ufrag;
  std::optional<std::string> ice_pwd;
  std::optional<Setup> setup;
  std::vector<Fingerprint> fingerprints;  // those of a hash we know
  bool operator==(const TransportAttributes&) const = default;
};

// a=rtpmap with the a=fmtp and a=rtcp-fb of the same payload type. `channels` 0: not written.
struct RtpMap {
  PayloadType payload_type;
  std::string name;
  std::uint32_t clock_rate = 0;
  std::uint32_t channels = 0;
  std::string fmtp;
  std::vector<std::string> feedback;  // "nack pli"; those of payload type "*" are in each
  bool operator==(const RtpMap&) const = default;
};

// a=extmap (RFC 8285 §8)
struct ExtMap {
  std::uint8_t id = 0;
  std::optional<Direction> direction;
  std::string uri;
  bool operator==(const ExtMap&) const = default;
};

// a=rid (RFC 8851), without its restrictions.
struct Rid {
  std::string id;
  bool send = false;
  bool operator==(const Rid&) const = default;
};

// One stream of an a=simulcast list (RFC 8853): alternatives in the order of preference.
struct SimulcastAlternative {
  std::string rid;
  bool paused = false;
  bool operator==(const SimulcastAlternative&) const = default;
};
using SimulcastStream = std::vector<SimulcastAlternative>;

struct SsrcAttribute {
  Ssrc ssrc;
  std::string cname;  // empty: not written
  std::string msid;
  bool operator==(const SsrcAttribute&) const = default;
};

struct SsrcGroup {
  std::string semantics;  // "FID", ...
  std::vector<Ssrc> ssrcs;
  bool operator==(const SsrcGroup&) const = default;
};

// One m-line with its attributes.
struct MediaSection {
  SourceLine line;
  std::string media;  // "audio", "video", "application", ...
  std::uint16_t port = 9;
  std::string protocol;
  std::vector<std::string> formats;  // as written; payload types where the protocol is RTP
  std::string mid;                   // empty: none
  Direction direction = Direction::kSendRecv;
  bool bundle_only = false;
  bool rtcp_mux = false;
  bool rtcp_rsize = false;
  bool extmap_allow_mixed = false;
  TransportAttributes transport;
  std::vector<RtpMap> codecs;  // in the order of the m-line's formats
  std::vector<ExtMap> extensions;
  std::vector<Rid> rids;
  std::vector<SimulcastStream> simulcast_send;
  std::vector<SimulcastStream> simulcast_recv;
  std::string msid;
  std::vector<SsrcAttribute> ssrcs;
  std::vector<SsrcGroup> ssrc_groups;
  std::vector<std::string> candidates;  // "candidate:1 1 udp ..."; written, never read
  bool end_of_candidates = false;       // likewise
  bool operator==(const MediaSection&) const = default;
};

struct SessionDescription {
  Origin origin;
  std::vector<std::string> bundle;  // mids of the first a=group:BUNDLE
  SourceLine bundle_line;
  bool has_bundle = false;
  bool ice_lite = false;
  bool extmap_allow_mixed = false;
  bool msid_semantic = false;  // "WMS *"; written, never read
  TransportAttributes transport;
  std::vector<MediaSection> media;
  bool operator==(const SessionDescription&) const = default;
};

}  // namespace parley::sdp

#include "sdp/media_answer.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "sdp/text.h"

namespace parley::sdp {
namespace {

bool offers(const RtpMap& codec, std::string_view feedback) {
  return std::ranges::find(codec.feedback, feedback) != codec.feedback.end();
}

// RFC 5761 §4: with RTP and RTCP on one port these would read as RTCP.
bool collides_with_rtcp(PayloadType payload_type) {
  return payload_type.value() >= 64 && payload_type.value() <= 95;
}

// By payload type: the retransmission type that names it as `apt` (RFC 4588 §8.6).
std::array<const RtpMap*, 128> retransmissions(const MediaSection& offer) {
  std::array<const RtpMap*, 128> out{};
  for (const RtpMap& codec : offer.codecs) {
    if (!equals_ignoring_case(codec.name, "rtx") || collides_with_rtcp(codec.payload_type)) continue;
    const auto apt = fmtp_parameter(codec.fmtp, "apt");
    const auto number = apt ? parse_number<std::uint8_t>(*apt) : std::nullopt;
    if (number && *number < out.size() && out[*number] == nullptr) out[*number] = &codec;
  }
  return out;
}

CodecParams params_of(const RtpMap& offered, const CodecMatch& match, const RtpMap* rtx,
                      const Capabilities& capabilities) {
  CodecParams params;
  params.codec = match.codec;
  params.profile = match.profile;
  params.payload_type = offered.payload_type;
  params.clock_rate = offered.clock_rate;
  params.nack = capabilities.nack && offers(offered, "nack");
  params.pli = offers(offered, "nack pli");
  params.fir = offers(offered, "ccm fir");
  params.transport_cc = capabilities.transport_cc && offers(offered, "transport-cc");
  params.remb = capabilities.remb && offers(offered, "goog-remb");
  if (params.nack && rtx != nullptr && rtx->clock_rate == offered.clock_rate)
    params.rtx_payload_type = rtx->payload_type;
  return params;
}

RtpMap map_of(const RtpMap& offered, const CodecMatch& match, const CodecParams& params) {
  RtpMap map{
      offered.payload_type, offered.name, offered.clock_rate, offered.channels, answered_fmtp(match, offered.fmtp), {}};
  if (params.remb) map.feedback.emplace_back("goog-remb");
  if (params.transport_cc) map.feedback.emplace_back("transport-cc");
  if (params.fir) map.feedback.emplace_back("ccm fir");
  if (params.nack) map.feedback.emplace_back("nack");
  if (params.pli) map.feedback.emplace_back("nack pli");
  return map;
}

// Where a codec stands in our order of preference; nothing for one we were told not to answer.
std::optional<std::size_t> rank(Codec codec, MediaKind kind, const Capabilities& capabilities) {
  if (kind_of(codec) != kind) return std::nullopt;
  if (kind == MediaKind::kAudio) return 0;
  const auto found = std::ranges::find(capabilities.video_order, codec);
  if (found == capabilities.video_order.end()) return std::nullopt;
  return static_cast<std::size_t>(found - capabilities.video_order.begin());
}

}  // namespace

bool is_live(const MediaSection& offer) {
  return offer.port != 0 || offer.bundle_only;
}

std::optional<MediaKind> media_kind(const MediaSection& offer) {
  // RFC 8829 §5.1.2: over DTLS all of these are the same.
  static constexpr std::string_view kProtocols[] = {"UDP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF",
                                                    "RTP/SAVPF"};
  if (std::ranges::find(kProtocols, offer.protocol) == std::end(kProtocols)) return std::nullopt;
  if (offer.media == "audio") return MediaKind::kAudio;
  if (offer.media == "video") return MediaKind::kVideo;
  return std::nullopt;
}

AnsweredCodecs answer_codecs(const MediaSection& offer, MediaKind kind, const Capabilities& capabilities) {
  struct Candidate {
    std::size_t rank;
    std::size_t place;
    const RtpMap* offered;
    CodecMatch match;
  };
  std::vector<Candidate> candidates;
  for (const RtpMap& offered : offer.codecs) {
    const auto matched = match(offered);
    if (!matched || collides_with_rtcp(offered.payload_type)) continue;
    const auto ranked = rank(matched->codec, kind, capabilities);
    // A second payload type for the same thing adds nothing.
    const bool known = std::ranges::find(candidates, *matched, &Candidate::match) != candidates.end();
    if (ranked && !known) candidates.push_back({*ranked, candidates.size(), &offered, *matched});
  }
  // Among profiles of one codec the client's order holds.
  std::ranges::sort(candidates, {}, [](const Candidate& c) { return std::pair(c.rank, c.place); });

  AnsweredCodecs out;
  const auto rtx_of = retransmissions(offer);
  for (const Candidate& candidate : candidates) {
    const RtpMap* rtx = rtx_of[candidate.offered->payload_type.value()];
    const CodecParams params = params_of(*candidate.offered, candidate.match, rtx, capabilities);
    out.maps.push_back(map_of(*candidate.offered, candidate.match, params));
    if (params.rtx_payload_type) {
      out.maps.push_back({rtx->payload_type,
                          rtx->name,
                          rtx->clock_rate,
                          rtx->channels,
                          "apt=" + std::to_string(params.payload_type.value()),
                          {}});
    }
    out.params.push_back(params);
  }
  return out;
}

std::optional<SdpError> BundleExtensions::add(const MediaSection& offer, MediaKind kind,
                                              const Capabilities& capabilities) {
  for (const ExtMap& offered : offer.extensions) {
    std::string_view& uri = uris_[offered.id];
    if (!uri.empty() && uri != offered.uri) {
      return SdpError{offer.line.number, "extension id " + std::to_string(offered.id) + " means " +
                                             quoted(offered.uri) + " here and " + quoted(uri) +
                                             " on another m-line of the BUNDLE"};
    }
    uri = offered.uri;
    if (offered.direction == Direction::kInactive) continue;
    const auto extension = extension_by_uri(offered.uri);
    if (extension && answers(*extension, kind, capabilities) && !map_.has(*extension)) map_.set(*extension, offered.id);
  }
  return std::nullopt;
}

std::vector<ExtMap> BundleExtensions::answered(const MediaSection& offer, MediaKind kind,
                                               const Capabilities& capabilities) const {
  std::vector<ExtMap> out;
  for (const ExtMap& offered : offer.extensions) {
    const auto extension = extension_by_uri(offered.uri);
    if (!extension || !answers(*extension, kind, capabilities) || map_.id(*extension) != offered.id) continue;
    if (offered.direction == Direction::kInactive) continue;
    const auto direction = offered.direction ? std::optional(reversed(*offered.direction)) : std::nullopt;
    out.push_back({offered.id, direction, offered.uri});
  }
  return out;
}

std::vector<std::string> answer_rids(const MediaSection& offer) {
  std::vector<std::string> out;
  for (const SimulcastStream& stream : offer.simulcast_send) {
    for (const SimulcastAlternative& alternative : stream) {
      const bool announced = std::ranges::find(offer.rids, Rid{alternative.rid, true}) != offer.rids.end();
      if (!announced || std::ranges::find(out, alternative.rid) != out.end()) continue;
      out.push_back(alternative.rid);
      break;
    }
  }
  return out;
}

std::vector<AnnouncedSsrc> announced_ssrcs(const MediaSection& offer) {
  // "SIM" groups streams of equal standing; in all others the first is the source and the rest repair it.
  std::unordered_set<Ssrc> repairs;
  std::unordered_map<Ssrc, Ssrc> rtx_of;
  for (const SsrcGroup& group : offer.ssrc_groups) {
    if (group.semantics == "SIM" || group.ssrcs.size() < 2) continue;
    repairs.insert(group.ssrcs.begin() + 1, group.ssrcs.end());
    if (group.semantics == "FID") rtx_of.emplace(group.ssrcs[0], group.ssrcs[1]);
  }
  std::vector<AnnouncedSsrc> out;
  for (const SsrcAttribute& attribute : offer.ssrcs) {
    if (repairs.contains(attribute.ssrc)) continue;
    const auto rtx = rtx_of.find(attribute.ssrc);
    out.push_back({attribute.ssrc, rtx == rtx_of.end() ? std::nullopt : std::optional(rtx->second)});
  }
  return out;
}

}  // namespace parley::sdp

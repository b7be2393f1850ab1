// What this server can do, as tables: codecs, their feedback, header extensions. answer() intersects an offer with
// them. A new codec or extension is a row here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdp/types.h"

namespace parley::sdp {

struct Capabilities {
  // The order in which answers prefer video codecs; one that is not here is not answered.
  std::vector<Codec> video_order = {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};
  bool nack = false;          // `nack` and retransmission payload types (RFC 4585, RFC 4588)
  bool transport_cc = false;  // the feedback and the header extension
  bool remb = false;
  bool simulcast = false;  // several layers of one source (RFC 8853); otherwise the sender falls back to one
};

// "VP8" -> kVp8, in any case; nothing for a codec that is not ours. Also how a configuration's list is read.
std::optional<Codec> codec_by_name(std::string_view name);

// The codec a payload type of the offer stands for, profile included, if it is one that is forwarded.
struct CodecMatch {
  Codec codec{};
  CodecProfile profile;
  bool operator==(const CodecMatch&) const = default;
};
std::optional<CodecMatch> match(const RtpMap& offered);

// The a=fmtp value to answer to a matched codec: what was offered, less what we do not know.
std::string answered_fmtp(const CodecMatch& match, std::string_view offered_fmtp);

// The value of one parameter of an a=fmtp ("apt", "profile-id", ...; in any case), if it is there.
std::optional<std::string_view> fmtp_parameter(std::string_view fmtp, std::string_view name);

std::optional<RtpExtension> extension_by_uri(std::string_view uri);
// Whether m-lines of this kind are answered with the extension.
bool answers(RtpExtension extension, MediaKind kind, const Capabilities& capabilities);

}  // namespace parley::sdp

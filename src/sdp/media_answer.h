// What one m-line of an offer is answered with: codecs, header extensions, simulcast, SSRCs. Private to this folder;
// answer() puts the m-lines together.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdp/capabilities.h"
#include "sdp/types.h"

namespace parley::sdp {

// A stopped m-line has port 0 and is not merely waiting for its BUNDLE (RFC 9143 §6).
bool is_live(const MediaSection& offer);

// The kind, where the m-line is audio or video over a secure RTP profile with feedback.
std::optional<MediaKind> media_kind(const MediaSection& offer);

struct AnsweredCodecs {
  std::vector<CodecParams> params;  // in our order of preference
  std::vector<RtpMap> maps;         // the same with their retransmission types, as the answer lists them
};
AnsweredCodecs answer_codecs(const MediaSection& offer, MediaKind kind, const Capabilities& capabilities);

// One mapping of ids for the whole BUNDLE (RFC 8285 §5, RFC 9143 §9): the first id a URI is offered with is its id; an
// m-line that offers another one goes without the extension.
class BundleExtensions {
 public:
  // An error if an id that meant one URI means another now.
  std::optional<SdpError> add(const MediaSection& offer, MediaKind kind, const Capabilities& capabilities);
  std::vector<ExtMap> answered(const MediaSection& offer, MediaKind kind, const Capabilities& capabilities) const;
  const ExtensionMap& map() const { return map_; }

 private:
  ExtensionMap map_;
  std::array<std::string_view, 256> uris_{};  // by id; views of the offer
};

// The layers that the offer sends, paused ones included, each by its first alternative that has an a=rid line.
std::vector<std::string> answer_rids(const MediaSection& offer);

// Streams that stand for themselves, with their FID partner; repair streams are not listed alone.
std::vector<AnnouncedSsrc> announced_ssrcs(const MediaSection& offer);

}  // namespace parley::sdp

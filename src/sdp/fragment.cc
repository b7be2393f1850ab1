#include "sdp/fragment.h"

#include <utility>

#include "sdp/section_parser.h"
#include "sdp/text.h"

namespace parley::sdp {

std::expected<Fragment, SdpError> parse_fragment(std::string_view text) {
  constexpr std::size_t kMaxBytes = 64 * 1024;
  if (text.size() > kMaxBytes) return std::unexpected(SdpError{0, "the fragment is longer than 65536 bytes"});

  Fragment fragment;
  TransportAttributes section;
  const auto keep_credentials = [&] {
    if (!fragment.ice && section.ice_ufrag && section.ice_pwd)
      fragment.ice = IceCredentials{*section.ice_ufrag, *section.ice_pwd};
  };
  int number = 0;
  while (!text.empty()) {
    ++number;
    std::string_view line = cut(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.size() < 2 || line[1] != '=')
      return std::unexpected(SdpError{number, "not a line of SDP: " + quoted(line)});
    if (line[0] != 'a') continue;
    std::string_view value = line.substr(2);
    const std::string_view name = cut(value, ':');
    if (name == "candidate") ++fragment.candidates;
    // A second m-line's credentials are the first one's, or they belong to nothing of ours.
    if (fragment.ice || (name != "ice-ufrag" && name != "ice-pwd")) continue;
    if (auto failure = read_transport_attribute(section, number, name, value))
      return std::unexpected(std::move(*failure));
    keep_credentials();
  }
  if (!fragment.ice && (section.ice_ufrag || section.ice_pwd)) {
    return std::unexpected(SdpError{0, "the fragment has only one of a=ice-ufrag and a=ice-pwd"});
  }
  return fragment;
}

std::string write_fragment(const IceCredentials& ice, std::span<const Candidate> candidates, std::string_view mid,
                           std::string_view media) {
  std::string out = "a=ice-lite\r\na=group:BUNDLE ";
  out.append(mid).append("\r\nm=").append(media).append(" 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:").append(mid).append("\r\n");
  out += "a=ice-ufrag:" + ice.ufrag + "\r\na=ice-pwd:" + ice.pwd + "\r\n";
  for (const Candidate& candidate : candidates) out += "a=" + to_attribute(candidate) + "\r\n";
  return out + "a=end-of-candidates\r\n";
}

}  // namespace parley::sdp

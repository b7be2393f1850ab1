#include "signaling/http/ice_fragment.h"

#include <optional>

namespace parley::signaling {
namespace {

constexpr std::size_t kMaxCandidates = 256;
constexpr std::size_t kMaxLine = 1024;

std::unexpected<Error> bad(const char* sentence) {
  return std::unexpected(Error{ErrorCode::kBadRequest, sentence});
}

// The next line without its ending; lines end with CRLF, a bare LF is taken too.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<std::string_view> value_after(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return std::nullopt;
  return line.substr(prefix.size());
}

// RFC 8839 §5.4: 4 to 256 ice-chars for the ufrag, 22 to 256 for the password.
bool is_ice_text(std::string_view text, std::size_t shortest) {
  if (text.size() < shortest || text.size() > 256) return false;
  for (const char c : text) {
    const bool ice_char =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (!ice_char) return false;
  }
  return true;
}

bool is_printable(std::string_view line) {
  for (const char c : line) {
    if (c < 0x20 || c == 0x7f) return false;
  }
  return true;
}

}  // namespace

Result<IceFragment> read_ice_fragment(std::string_view text) {
  if (text.size() > kMaxFragmentBytes) {
    return std::unexpected(Error{ErrorCode::kTooLarge, "the fragment is larger than 16 KiB"});
  }
  IceFragment fragment;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.empty()) continue;
    if (line.size() > kMaxLine || line.size() < 2 || line[1] != '=' || !is_printable(line)) {
      return bad("a line of the fragment is not of the form letter=value");
    }
    if (const auto ufrag = value_after(line, "a=ice-ufrag:")) {
      if (!is_ice_text(*ufrag, 4)) return bad("ice-ufrag must be 4 to 256 ice characters");
      if (!fragment.ufrag.empty() && fragment.ufrag != *ufrag)
        return bad("the fragment has two different ice-ufrag lines");
      fragment.ufrag = *ufrag;
    } else if (const auto pwd = value_after(line, "a=ice-pwd:")) {
      if (!is_ice_text(*pwd, 22)) return bad("ice-pwd must be 22 to 256 ice characters");
      if (!fragment.pwd.empty() && fragment.pwd != *pwd) return bad("the fragment has two different ice-pwd lines");
      fragment.pwd = *pwd;
    } else if (line.starts_with("a=candidate:")) {
      if (++fragment.candidates > kMaxCandidates) return bad("the fragment has more than 256 candidates");
    } else if (line.starts_with("m=")) {
      if (fragment.media.empty()) fragment.media = line.substr(2);
    } else if (const auto mid = value_after(line, "a=mid:")) {
      if (fragment.mid.empty()) fragment.mid = *mid;
    }
  }
  return fragment;
}

std::string write_ice_fragment(const IceRestarted& restarted, const IceFragment& asked) {
  std::string text = "a=ice-lite\r\na=ice-ufrag:" + restarted.ufrag + "\r\na=ice-pwd:" + restarted.pwd + "\r\n";
  text += "m=" + (asked.media.empty() ? std::string("audio 9 UDP/TLS/RTP/SAVPF 0") : asked.media) + "\r\n";
  text += "a=mid:" + (asked.mid.empty() ? std::string("0") : asked.mid) + "\r\n";
  for (const std::string& candidate : restarted.candidates) text += "a=" + candidate + "\r\n";
  return text + "a=end-of-candidates\r\n";
}

OfferGlance glance_at_offer(std::string_view sdp) {
  OfferGlance glance;
  bool in_media = false;  // inside an audio or video line's section
  bool sends = false;
  bool receives = false;
  bool session_sends = true;
  bool session_receives = true;
  bool in_session = true;
  const auto close_section = [&] {
    glance.sends |= in_media && sends;
    glance.receives |= in_media && receives;
  };
  while (!sdp.empty()) {
    const std::string_view line = next_line(sdp);
    if (line.starts_with("m=")) {
      close_section();
      in_session = false;
      in_media = line.starts_with("m=audio") || line.starts_with("m=video");
      sends = session_sends;
      receives = session_receives;
    } else if (line == "a=sendonly" || line == "a=recvonly" || line == "a=sendrecv" || line == "a=inactive") {
      (in_session ? session_sends : sends) = line == "a=sendonly" || line == "a=sendrecv";
      (in_session ? session_receives : receives) = line == "a=recvonly" || line == "a=sendrecv";
    } else if (const auto ufrag = value_after(line, "a=ice-ufrag:"); ufrag && glance.ice_ufrag.empty()) {
      glance.ice_ufrag = *ufrag;
    }
  }
  close_section();
  return glance;
}

}  // namespace parley::signaling

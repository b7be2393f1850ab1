#include "sdp/parser.h"

#include <set>
#include <utility>

#include "sdp/section_parser.h"
#include "sdp/text.h"

namespace parley::sdp {
namespace {

using Failure = std::optional<SdpError>;

Failure fail(int line, std::string what) {
  return SdpError{line, std::move(what)};
}

class Parser {
 public:
  Parser(std::string_view text, const ParseLimits& limits) : rest_(text), limits_(limits) {}

  std::expected<SessionDescription, SdpError> run() {
    if (rest_.size() > limits_.max_bytes) {
      return std::unexpected(
          SdpError{0, "the description is longer than " + std::to_string(limits_.max_bytes) + " bytes"});
    }
    while (!rest_.empty()) {
      if (auto failure = next_line()) return std::unexpected(std::move(*failure));
    }
    if (!started_) return std::unexpected(SdpError{0, "the description is empty"});
    if (auto failure = close_section()) return std::unexpected(std::move(*failure));
    if (auto failure = check_mids()) return std::unexpected(std::move(*failure));
    return std::move(out_);
  }

 private:
  Failure next_line() {
    ++line_;
    std::string_view line = cut(rest_, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return std::nullopt;

    if (line.size() > limits_.max_line_bytes) return fail(line_, "the line is too long");
    if (!all_of(line, [](char c) { return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\t'; })) {
      return fail(line_, "the line contains a control character");
    }
    if (line.size() < 2 || line[1] != '=') return fail(line_, "not a line of SDP: " + quoted(line));
    if (++lines_in_section_ > limits_.max_lines_per_section) return fail(line_, "the section has too many lines");
    const char type = line[0];
    const std::string_view value = line.substr(2);

    if (!started_) {
      if (type != 'v' || trim(value) != "0") return fail(line_, "a description starts with v=0");
      started_ = true;
      return std::nullopt;
    }
    switch (type) {
      case 'o': read_origin(value); return std::nullopt;
      case 'm': return open_section(value);
      case 'a': break;
      default: return std::nullopt;
    }
    std::string_view attribute_value = value;
    const std::string_view name = cut(attribute_value, ':');
    return in_media_ ? section_.attribute(line_, name, attribute_value) : session_attribute(name, attribute_value);
  }

  // Nothing depends on a peer's o= line, so one that is odd is passed over.
  void read_origin(std::string_view value) {
    const auto username = next_word(value);
    const auto session_id = parse_number<std::uint64_t>(next_word(value));
    const auto version = parse_number<std::uint64_t>(next_word(value));
    const auto address = trim(value);
    if (username.empty() || !session_id || !version || address.empty()) return;
    out_.origin = {std::string(username), *session_id, *version, std::string(address)};
  }

  Failure session_attribute(std::string_view name, std::string_view value) {
    if (name == "group") return read_group(value);
    if (name == "ice-lite") out_.ice_lite = true;
    if (name == "extmap-allow-mixed") out_.extmap_allow_mixed = true;
    if (const auto direction = direction_by_name(name)) default_direction_ = *direction;
    return read_transport_attribute(out_.transport, line_, name, value);
  }

  Failure read_group(std::string_view value) {
    if (next_word(value) != "BUNDLE" || out_.has_bundle) return std::nullopt;
    out_.has_bundle = true;
    out_.bundle_line.number = line_;
    std::set<std::string_view> seen;
    for (auto mid = next_word(value); !mid.empty(); mid = next_word(value)) {
      if (!seen.insert(mid).second) return fail(line_, "a=group:BUNDLE names mid " + quoted(mid) + " twice");
      out_.bundle.emplace_back(mid);
    }
    return std::nullopt;
  }

  Failure open_section(std::string_view value) {
    if (auto failure = close_section()) return failure;
    if (out_.media.size() >= limits_.max_mlines) {
      return fail(line_, "the description has more than " + std::to_string(limits_.max_mlines) + " m-lines");
    }
    in_media_ = true;
    lines_in_section_ = 1;
    return section_.open(line_, value, default_direction_);
  }

  Failure close_section() {
    if (!in_media_) return std::nullopt;
    out_.media.push_back(section_.close());
    return std::nullopt;
  }

  // RFC 5888 §4: mids are unique within a description.
  Failure check_mids() {
    std::set<std::string_view> seen;
    for (const MediaSection& media : out_.media) {
      if (!media.mid.empty() && !seen.insert(media.mid).second) {
        return fail(media.line.number, "mid " + quoted(media.mid) + " is that of another m-line already");
      }
    }
    return std::nullopt;
  }

  std::string_view rest_;
  const ParseLimits& limits_;
  SessionDescription out_;
  SectionParser section_;
  Direction default_direction_ = Direction::kSendRecv;
  int line_ = 0;
  std::size_t lines_in_section_ = 0;
  bool started_ = false;
  bool in_media_ = false;
};

}  // namespace

std::string to_string(const SdpError& error) {
  return error.line == 0 ? error.what : "line " + std::to_string(error.line) + ": " + error.what;
}

std::expected<SessionDescription, SdpError> parse(std::string_view text, const ParseLimits& limits) {
  return Parser(text, limits).run();
}

}  // namespace parley::sdp

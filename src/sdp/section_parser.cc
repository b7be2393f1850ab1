#include "sdp/section_parser.h"

#include <algorithm>
#include <bitset>
#include <utility>

#include "sdp/text.h"

namespace parley::sdp {
namespace {

constexpr std::size_t kMaxFormats = 256;
constexpr std::size_t kMaxFeedback = 32;  // per payload type
constexpr std::size_t kMaxFingerprints = 8;
constexpr std::size_t kMaxSsrcGroups = 64;
constexpr std::size_t kMaxSsrcsInGroup = 8;

std::optional<std::uint8_t> parse_payload_type(std::string_view text) {
  const auto number = parse_number<std::uint8_t>(text);
  return number && *number < 128 ? number : std::nullopt;
}

std::optional<SdpError> check_ice(int line, std::string_view what, std::string_view value, std::size_t shortest) {
  constexpr std::size_t kLongest = 256;
  if (value.size() >= shortest && value.size() <= kLongest && all_of(value, is_ice_char)) return std::nullopt;
  return SdpError{
      line, "a=" + std::string(what) + " must be " + std::to_string(shortest) + " to 256 letters, digits, '+' or '/'"};
}

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (lower(c) >= 'a' && lower(c) <= 'f') return static_cast<std::uint8_t>(lower(c) - 'a' + 10);
  return std::nullopt;
}

// "AB:CD:..." of exactly `size` bytes
std::optional<std::vector<std::uint8_t>> parse_digest(std::string_view text, std::size_t size) {
  if (text.size() != size * 3 - 1) return std::nullopt;
  std::vector<std::uint8_t> digest;
  digest.reserve(size);
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const auto high = hex_digit(text[at]);
    const auto low = hex_digit(text[at + 1]);
    if (!high || !low || (at + 2 < text.size() && text[at + 2] != ':')) return std::nullopt;
    digest.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
  }
  return digest;
}

std::optional<SdpError> read_fingerprint(TransportAttributes& out, int line, std::string_view value) {
  struct Hash {
    std::string_view name;
    HashAlgorithm algorithm;
    std::size_t size;
  };
  static constexpr Hash kHashes[] = {{"sha-256", HashAlgorithm::kSha256, 32},
                                     {"sha-384", HashAlgorithm::kSha384, 48},
                                     {"sha-512", HashAlgorithm::kSha512, 64}};

  const auto name = next_word(value);
  for (const Hash& hash : kHashes) {
    if (!equals_ignoring_case(name, hash.name)) continue;
    auto digest = parse_digest(trim(value), hash.size);
    if (!digest)
      return SdpError{
          line, "a=fingerprint:" + std::string(hash.name) + " is not " + std::to_string(hash.size) + " bytes in hex"};
    if (out.fingerprints.size() < kMaxFingerprints) out.fingerprints.push_back({hash.algorithm, std::move(*digest)});
  }
  return std::nullopt;
}

std::optional<SdpError> read_setup(TransportAttributes& out, int line, std::string_view value) {
  value = trim(value);
  if (value == "active")
    out.setup = Setup::kActive;
  else if (value == "passive")
    out.setup = Setup::kPassive;
  else if (value == "actpass")
    out.setup = Setup::kActpass;
  else if (value == "holdconn")
    out.setup = Setup::kHoldconn;
  else
    return SdpError{line, "a=setup says " + quoted(value) + ", which is no role"};
  return std::nullopt;
}

bool is_rid(std::string_view id) {
  return !id.empty() && id.size() <= kMaxRidLength && all_of(id, is_rid_char);
}

// "q;h,~g;f": streams by ';', their alternatives by ','. Nothing for other text.
std::optional<std::vector<SimulcastStream>> parse_simulcast_list(std::string_view list) {
  std::vector<SimulcastStream> streams;
  while (!list.empty()) {
    std::string_view alternatives = cut(list, ';');
    SimulcastStream stream;
    while (!alternatives.empty()) {
      std::string_view rid = cut(alternatives, ',');
      const bool paused = rid.starts_with('~');
      if (paused) rid.remove_prefix(1);
      if (!is_rid(rid) || stream.size() >= kMaxRids) return std::nullopt;
      stream.push_back({std::string(rid), paused});
    }
    if (stream.empty() || streams.size() >= kMaxRids) return std::nullopt;
    streams.push_back(std::move(stream));
  }
  if (streams.empty()) return std::nullopt;
  return streams;
}

}  // namespace

std::optional<Direction> direction_by_name(std::string_view name) {
  if (name == "sendrecv") return Direction::kSendRecv;
  if (name == "sendonly") return Direction::kSendOnly;
  if (name == "recvonly") return Direction::kRecvOnly;
  if (name == "inactive") return Direction::kInactive;
  return std::nullopt;
}

std::optional<SdpError> read_transport_attribute(TransportAttributes& out, int line, std::string_view name,
                                                 std::string_view value) {
  if (name == "ice-ufrag") {
    out.ice_ufrag = std::string(trim(value));
    return check_ice(line, name, *out.ice_ufrag, 4);
  }
  if (name == "ice-pwd") {
    out.ice_pwd = std::string(trim(value));
    return check_ice(line, name, *out.ice_pwd, 22);
  }
  if (name == "fingerprint") return read_fingerprint(out, line, value);
  if (name == "setup") return read_setup(out, line, value);
  return std::nullopt;
}

std::optional<SdpError> SectionParser::open(int line, std::string_view value, Direction direction) {
  *this = SectionParser{};
  line_ = line;
  out_.line.number = line;
  out_.direction = direction;

  out_.media = next_word(value);
  std::string_view port_text = next_word(value);
  const auto port = parse_number<std::uint16_t>(cut(port_text, '/'));
  out_.protocol = next_word(value);
  if (out_.media.empty() || !port || out_.protocol.empty())
    return fail("an m-line reads m=<media> <port> <protocol> <formats>");
  out_.port = *port;
  for (auto format = next_word(value); !format.empty(); format = next_word(value)) {
    if (out_.formats.size() >= kMaxFormats) return fail("the m-line has too many formats");
    out_.formats.emplace_back(format);
  }
  if (out_.formats.empty()) return fail("the m-line has no formats");

  // Payload types are what codecs hang on; other protocols' formats are theirs.
  if (out_.protocol.find("RTP/") == std::string::npos) return std::nullopt;
  std::bitset<kPayloadTypes> seen;
  for (const std::string& format : out_.formats) {
    const auto payload_type = parse_payload_type(format);
    if (!payload_type) return fail("payload type " + quoted(format) + " is not a number from 0 to 127");
    if (seen.test(*payload_type)) return fail("the m-line lists payload type " + format + " twice");
    seen.set(*payload_type);
    payload_types_.push_back(*payload_type);
  }
  return std::nullopt;
}

std::optional<SdpError> SectionParser::attribute(int line, std::string_view name, std::string_view value) {
  line_ = line;
  if (const auto direction = direction_by_name(name)) {
    out_.direction = *direction;
    return std::nullopt;
  }
  if (name == "mid") return read_mid(trim(value));
  if (name == "rtpmap") return read_rtpmap(value);
  if (name == "extmap") return read_extmap(value);
  if (name == "rid") return read_rid(value);
  if (name == "simulcast") return read_simulcast(value);
  if (name == "ssrc") return read_ssrc(value);
  if (name == "ssrc-group") return read_ssrc_group(value);
  if (name == "fmtp") read_fmtp(value);
  if (name == "rtcp-fb") read_feedback(value);
  if (name == "msid" && out_.msid.empty()) out_.msid = trim(value);
  if (name == "rtcp-mux") out_.rtcp_mux = true;
  if (name == "rtcp-rsize") out_.rtcp_rsize = true;
  if (name == "bundle-only") out_.bundle_only = true;
  if (name == "extmap-allow-mixed") out_.extmap_allow_mixed = true;
  return read_transport_attribute(out_.transport, line_, name, value);
}

MediaSection SectionParser::close() {
  for (const std::uint8_t payload_type : payload_types_) {
    if (!maps_[payload_type]) continue;
    RtpMap& map = out_.codecs.emplace_back(std::move(*maps_[payload_type]));
    map.fmtp = std::move(fmtp_[payload_type]);
    map.feedback = std::move(feedback_[payload_type]);
    for (const std::string& feedback : feedback_of_all_) {
      if (map.feedback.size() < kMaxFeedback) map.feedback.push_back(feedback);
    }
  }
  return std::move(out_);
}

std::optional<SdpError> SectionParser::read_mid(std::string_view value) {
  if (!out_.mid.empty()) return fail("the m-line has two a=mid");
  if (value.empty() || value.size() > kMaxMidLength || !all_of(value, is_token_char)) {
    return fail("a mid is 1 to 16 token characters, not " + quoted(value));
  }
  out_.mid = value;
  return std::nullopt;
}

std::optional<SdpError> SectionParser::read_rtpmap(std::string_view value) {
  const auto payload_type = parse_payload_type(next_word(value));
  if (!payload_type) return fail("a=rtpmap has no payload type from 0 to 127");
  value = trim(value);
  const auto name = cut(value, '/');
  const bool has_channels = value.find('/') != std::string_view::npos;
  const auto clock_rate = parse_number<std::uint32_t>(cut(value, '/'));
  const auto channels = has_channels ? parse_number<std::uint32_t>(value) : std::optional<std::uint32_t>(0);
  if (name.empty() || !all_of(name, is_token_char) || !clock_rate || !channels) {
    return fail("a=rtpmap reads <payload type> <name>/<clock rate>[/<channels>]");
  }
  auto& map = maps_[*payload_type];
  if (map) return fail("payload type " + std::to_string(*payload_type) + " has two a=rtpmap");
  map = RtpMap{PayloadType(*payload_type), std::string(name), *clock_rate, *channels, {}, {}};
  return std::nullopt;
}

void SectionParser::read_fmtp(std::string_view value) {
  const auto payload_type = parse_payload_type(next_word(value));
  if (payload_type && fmtp_[*payload_type].empty()) fmtp_[*payload_type] = trim(value);
}

void SectionParser::read_feedback(std::string_view value) {
  const auto subject = next_word(value);
  const auto feedback = trim(value);
  if (feedback.empty()) return;
  const auto payload_type = parse_payload_type(subject);
  if (!payload_type && subject != "*") return;
  auto& list = payload_type ? feedback_[*payload_type] : feedback_of_all_;
  if (list.size() < kMaxFeedback) list.emplace_back(feedback);
}

std::optional<SdpError> SectionParser::read_extmap(std::string_view value) {
  std::string_view direction_text = next_word(value);
  const auto number = parse_number<std::uint16_t>(cut(direction_text, '/'));
  const auto uri = next_word(value);
  if (!number || *number == 0 || uri.empty())
    return fail("a=extmap reads <id>[/<direction>] <uri>, with an id from 1 to 255");
  // RFC 8285 §5: 4096 to 4351 are an offer's surplus, mapped to real ids later.
  if (*number > 255)
    return *number >= 4096 && *number <= 4351 ? Failure{} : fail("an extmap id is a number from 1 to 255");

  std::optional<Direction> direction;
  if (!direction_text.empty()) {
    direction = direction_by_name(direction_text);
    if (!direction) return fail("a=extmap says " + quoted(direction_text) + ", which is no direction");
  }
  const auto id = static_cast<std::uint8_t>(*number);
  if (std::ranges::any_of(out_.extensions, [id](const ExtMap& other) { return other.id == id; })) {
    return fail("the m-line maps extension id " + std::to_string(id) + " twice");
  }
  out_.extensions.push_back({id, direction, std::string(uri)});
  return std::nullopt;
}

std::optional<SdpError> SectionParser::read_rid(std::string_view value) {
  const auto id = next_word(value);
  const auto direction = next_word(value);
  if (!is_rid(id)) return fail("a rid is 1 to 16 letters, digits, '-' or '_', not " + quoted(id));
  if (direction != "send" && direction != "recv") return fail("a=rid must say send or recv");
  if (out_.rids.size() >= kMaxRids) return fail("the m-line has more than 16 rids");
  if (std::ranges::any_of(out_.rids, [id](const Rid& other) { return other.id == id; })) {
    return fail("the m-line has rid " + quoted(id) + " twice");
  }
  out_.rids.push_back({std::string(id), direction == "send"});
  return std::nullopt;
}

std::optional<SdpError> SectionParser::read_simulcast(std::string_view value) {
  for (auto direction = next_word(value); !direction.empty(); direction = next_word(value)) {
    auto streams = parse_simulcast_list(next_word(value));
    if (!streams || (direction != "send" && direction != "recv")) return fail("a=simulcast is malformed");
    auto& list = direction == "send" ? out_.simulcast_send : out_.simulcast_recv;
    if (!list.empty()) return fail("a=simulcast names the same direction twice");
    list = std::move(*streams);
  }
  return std::nullopt;
}

std::optional<SdpError> SectionParser::read_ssrc(std::string_view value) {
  const auto number = parse_number<std::uint32_t>(next_word(value));
  if (!number) return fail("a=ssrc has no 32-bit number");
  const Ssrc ssrc(*number);
  auto found = std::ranges::find(out_.ssrcs, ssrc, &SsrcAttribute::ssrc);
  if (found == out_.ssrcs.end()) {
    if (out_.ssrcs.size() >= kMaxAnnouncedSsrcs) return std::nullopt;
    out_.ssrcs.push_back({ssrc, {}, {}});
    found = std::prev(out_.ssrcs.end());
  }
  const auto name = cut(value, ':');
  if (name == "cname" && found->cname.empty()) found->cname = trim(value);
  if (name == "msid" && found->msid.empty()) found->msid = trim(value);
  return std::nullopt;
}

std::optional<SdpError> SectionParser::read_ssrc_group(std::string_view value) {
  SsrcGroup group;
  group.semantics = next_word(value);
  for (auto word = next_word(value); !word.empty(); word = next_word(value)) {
    const auto number = parse_number<std::uint32_t>(word);
    if (!number || group.ssrcs.size() >= kMaxSsrcsInGroup) return fail("a=ssrc-group reads <semantics> <ssrc> <ssrc>");
    group.ssrcs.emplace_back(*number);
  }
  if (group.semantics.empty() || group.ssrcs.empty()) return fail("a=ssrc-group reads <semantics> <ssrc> <ssrc>");
  if (out_.ssrc_groups.size() < kMaxSsrcGroups) out_.ssrc_groups.push_back(std::move(group));
  return std::nullopt;
}

}  // namespace parley::sdp

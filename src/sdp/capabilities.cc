#include "sdp/capabilities.h"

#include <algorithm>
#include <span>

#include "sdp/text.h"

namespace parley::sdp {
namespace {

struct CodecRow {
  Codec codec;
  std::uint32_t clock_rate;
  std::uint32_t channels;                  // 0: one, or not said
  std::span<const std::string_view> fmtp;  // the parameters that an answer gives back
};

// Opus (RFC 7587 §7), VP9 (RFC 9628 §7), H.264 (RFC 6184 §8.2.2), AV1 (RTP payload format for AV1, §7.2). What VP8 may
// say, limits of its receiver, is not ours to repeat: we decode nothing.
constexpr std::string_view kOpusFmtp[] = {"minptime",     "useinbandfec",      "usedtx",         "stereo",
                                          "sprop-stereo", "maxaveragebitrate", "maxplaybackrate"};
constexpr std::string_view kVp9Fmtp[] = {"profile-id"};
constexpr std::string_view kH264Fmtp[] = {"level-asymmetry-allowed", "packetization-mode", "profile-level-id"};
constexpr std::string_view kAv1Fmtp[] = {"level-idx", "profile", "tier"};

constexpr CodecRow kCodecs[] = {
    {Codec::kOpus, 48'000, 2, kOpusFmtp}, {Codec::kVp8, 90'000, 0, {}},       {Codec::kVp9, 90'000, 0, kVp9Fmtp},
    {Codec::kH264, 90'000, 0, kH264Fmtp}, {Codec::kAv1, 90'000, 0, kAv1Fmtp},
};

const CodecRow& row_of(Codec codec) {
  return *std::ranges::find(kCodecs, codec, &CodecRow::codec);
}

std::optional<CodecMatch> match_numbered_profile(Codec codec, std::string_view fmtp, std::string_view parameter,
                                                 std::uint16_t highest) {
  const auto text = fmtp_parameter(fmtp, parameter);
  const auto profile = text ? parse_number<std::uint16_t>(*text) : std::uint16_t{0};
  if (!profile || *profile > highest) return std::nullopt;
  return CodecMatch{codec, {*profile, 0}};
}

// RFC 6184 §8.1, table 5: several pairs of profile_idc and constraint flags name one profile.
struct H264Profile {
  std::uint8_t idc;
  std::uint8_t mask;  // the constraint flags that count
  std::uint8_t flags;
  std::uint16_t profile;
};
constexpr H264Profile kH264Profiles[] = {
    {0x42, 0x4f, 0x40, 0x42e0}, {0x4d, 0x8f, 0x80, 0x42e0}, {0x58, 0xcf, 0xc0, 0x42e0},  // Constrained Baseline
    {0x42, 0x4f, 0x00, 0x4200}, {0x58, 0xcf, 0x80, 0x4200},                              // Baseline
    {0x4d, 0xaf, 0x00, 0x4d00},                                                          // Main
    {0x64, 0xff, 0x00, 0x6400}, {0x64, 0xff, 0x0c, 0x640c},                              // High, Constrained High
    {0xf4, 0xff, 0x00, 0xf400},                                                          // High 4:4:4 Predictive
};

std::optional<CodecMatch> match_h264(std::string_view fmtp) {
  // Mode 0 can't carry a fragmented picture, so a publisher in it and a subscriber in mode 1 would not understand each
  // other.
  constexpr std::uint8_t kNonInterleaved = 1;
  if (fmtp_parameter(fmtp, "packetization-mode") != "1") return std::nullopt;

  const auto text = fmtp_parameter(fmtp, "profile-level-id");
  if (!text || text->size() != 6) return std::nullopt;
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id, 16);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  const auto idc = static_cast<std::uint8_t>(id >> 16);
  const auto flags = static_cast<std::uint8_t>(id >> 8 & 0xff);
  for (const H264Profile& row : kH264Profiles) {
    if (row.idc == idc && (flags & row.mask) == row.flags)
      return CodecMatch{Codec::kH264, {row.profile, kNonInterleaved}};
  }
  return std::nullopt;
}

// Values of the parameters above are numbers, some in hex.
bool is_plain_value(std::string_view value) {
  return !value.empty() && value.size() <= 10 && all_of(value, is_alphanumeric);
}

}  // namespace

std::optional<Codec> codec_by_name(std::string_view name) {
  for (const CodecRow& row : kCodecs) {
    if (equals_ignoring_case(name, to_string(row.codec))) return row.codec;
  }
  return std::nullopt;
}

std::optional<CodecMatch> match(const RtpMap& offered) {
  const auto codec = codec_by_name(offered.name);
  if (!codec) return std::nullopt;
  const CodecRow& row = row_of(*codec);
  const bool channels_agree = offered.channels == row.channels || (row.channels == 0 && offered.channels == 1);
  if (offered.clock_rate != row.clock_rate || !channels_agree) return std::nullopt;

  switch (*codec) {
    case Codec::kOpus:
    case Codec::kVp8: return CodecMatch{*codec, {}};
    case Codec::kVp9: return match_numbered_profile(*codec, offered.fmtp, "profile-id", 3);
    case Codec::kAv1: return match_numbered_profile(*codec, offered.fmtp, "profile", 0);
    case Codec::kH264: return match_h264(offered.fmtp);
  }
  return std::nullopt;
}

std::string answered_fmtp(const CodecMatch& match, std::string_view offered_fmtp) {
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view value) {
    if (!out.empty()) out += ';';
    out.append(name).append("=").append(value);
  };
  for (const std::string_view name : row_of(match.codec).fmtp) {
    const auto value = fmtp_parameter(offered_fmtp, name);
    // A receiver of Opus makes use of in-band FEC whoever it is, so publishers are asked for it always.
    if (name == "useinbandfec")
      add(name, "1");
    else if (value && is_plain_value(*value))
      add(name, *value);
  }
  return out;
}

std::optional<std::string_view> fmtp_parameter(std::string_view fmtp, std::string_view name) {
  while (!fmtp.empty()) {
    std::string_view value = cut(fmtp, ';');
    const auto key = trim(cut(value, '='));
    if (equals_ignoring_case(key, name)) return trim(value);
  }
  return std::nullopt;
}

std::optional<RtpExtension> extension_by_uri(std::string_view uri) {
  for (std::size_t i = 0; i < kRtpExtensionCount; ++i) {
    const auto extension = static_cast<RtpExtension>(i);
    if (uri == uri_of(extension)) return extension;
  }
  return std::nullopt;
}

bool answers(RtpExtension extension, MediaKind kind, const Capabilities& capabilities) {
  switch (extension) {
    case RtpExtension::kMid:
    case RtpExtension::kAbsSendTime: return true;
    case RtpExtension::kTransportCc: return capabilities.transport_cc;
    case RtpExtension::kAudioLevel: return kind == MediaKind::kAudio;
    case RtpExtension::kRid:
    case RtpExtension::kRepairedRid:
    case RtpExtension::kDependencyDescriptor:
    case RtpExtension::kVideoOrientation:
    case RtpExtension::kPlayoutDelay: return kind == MediaKind::kVideo;
    case RtpExtension::kCount: break;
  }
  return false;
}

}  // namespace parley::sdp

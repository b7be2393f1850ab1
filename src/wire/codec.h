// The codecs and header extensions that Parley knows by name. A new one adds a row here, a descriptor parser in wire/
// and a row in sdp/capabilities.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace parley {

enum class MediaKind : std::uint8_t { kAudio, kVideo };

enum class Codec : std::uint8_t { kOpus, kVp8, kVp9, kH264, kAv1 };

constexpr std::string_view to_string(MediaKind kind) {
  return kind == MediaKind::kAudio ? "audio" : "video";
}
constexpr std::string_view to_string(Codec codec) {
  switch (codec) {
    case Codec::kOpus: return "opus";
    case Codec::kVp8: return "VP8";
    case Codec::kVp9: return "VP9";
    case Codec::kH264: return "H264";
    case Codec::kAv1: return "AV1";
  }
  return "";
}
constexpr MediaKind kind_of(Codec codec) {
  return codec == Codec::kOpus ? MediaKind::kAudio : MediaKind::kVideo;
}

// What must agree beside the codec's name for two payload types to mean the same: H.264's profile_idc and constraint
// flags (as `profile`, high byte and low byte) with its packetization mode, VP9's and AV1's profile. 0 where there is
// none.
struct CodecProfile {
  std::uint16_t profile = 0;
  std::uint8_t packetization_mode = 0;
  bool operator==(const CodecProfile&) const = default;
};

enum class RtpExtension : std::uint8_t {
  kMid,          // RFC 9143
  kRid,          // RFC 8852
  kRepairedRid,  // RFC 8852
  kAudioLevel,   // RFC 6464
  kAbsSendTime,
  kTransportCc,           // draft-holmer-rmcat-transport-wide-cc-extensions-01
  kDependencyDescriptor,  // AV1 RTP specification, appendix A
  kVideoOrientation,      // 3GPP TS 26.114 (CVO)
  kPlayoutDelay,
  kCount,
};
inline constexpr std::size_t kRtpExtensionCount = static_cast<std::size_t>(RtpExtension::kCount);

constexpr std::string_view uri_of(RtpExtension extension) {
  switch (extension) {
    case RtpExtension::kMid: return "urn:ietf:params:rtp-hdrext:sdes:mid";
    case RtpExtension::kRid: return "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    case RtpExtension::kRepairedRid: return "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    case RtpExtension::kAudioLevel: return "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    case RtpExtension::kAbsSendTime: return "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
    case RtpExtension::kTransportCc: return "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    case RtpExtension::kDependencyDescriptor:
      return "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
    case RtpExtension::kVideoOrientation: return "urn:3gpp:video-orientation";
    case RtpExtension::kPlayoutDelay: return "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
    case RtpExtension::kCount: break;
  }
  return "";
}

// Extension <-> id as one BUNDLE negotiated it (RFC 8285: ids 1..14 fit one-byte headers, 15 is reserved there,
// two-byte headers reach 255). 0 means not negotiated.
class ExtensionMap {
 public:
  void set(RtpExtension extension, std::uint8_t id) { ids_[static_cast<std::size_t>(extension)] = id; }
  std::uint8_t id(RtpExtension extension) const { return ids_[static_cast<std::size_t>(extension)]; }
  bool has(RtpExtension extension) const { return id(extension) != 0; }
  std::optional<RtpExtension> extension(std::uint8_t id) const {
    for (std::size_t i = 0; id != 0 && i < kRtpExtensionCount; ++i) {
      if (ids_[i] == id) return static_cast<RtpExtension>(i);
    }
    return std::nullopt;
  }
  bool operator==(const ExtensionMap&) const = default;

 private:
  std::array<std::uint8_t, kRtpExtensionCount> ids_{};
};

}  // namespace parley

// RTP header extensions, one-byte and two-byte form (RFC 8285 §4.2, §4.3): reading what browsers send, tolerantly, and
// building the block of an outgoing packet. Ingress reads, egress writes and stamps at departure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "wire/codec.h"
#include "wire/rtp.h"

namespace parley {

inline constexpr std::uint16_t kOneByteProfile = 0xbede;
inline constexpr std::uint16_t kTwoByteProfile = 0x1000;  // the low four bits are the application's

constexpr bool is_two_byte_profile(std::uint16_t profile) {
  return (profile & 0xfff0) == kTwoByteProfile;
}

// Walks the elements of a block. An element that runs over the end of the block ends the walk.
class RtpExtensionReader {
 public:
  struct Element {
    std::uint8_t id = 0;
    Bytes data;
  };

  explicit RtpExtensionReader(const RtpView& view) : RtpExtensionReader(view.extension_profile, view.extension_block) {}
  RtpExtensionReader(std::uint16_t profile, Bytes block);

  std::optional<Element> next();
  // True once an element did not fit.
  bool malformed() const { return malformed_; }

 private:
  std::optional<Element> next_one_byte();
  std::optional<Element> next_two_byte();
  std::optional<Element> take(std::uint8_t id, std::size_t header, std::size_t length);

  Bytes rest_;
  bool two_byte_ = false;
  bool malformed_ = false;
};

// RFC 6464: `level` is 0 (loudest) to 127 (silence) in -dBov.
struct AudioLevel {
  bool voice = false;
  std::uint8_t level = 127;
  bool operator==(const AudioLevel&) const = default;
};

// The extensions that Parley knows by name; views point into the packet. What is absent or has the wrong size is empty.
struct RtpExtensions {
  std::string_view mid;
  std::string_view rid;
  std::string_view repaired_rid;
  std::optional<AudioLevel> audio_level;
  std::optional<std::uint32_t> abs_send_time;  // 24 bits, 6.18 fixed point seconds
  std::optional<std::uint16_t> transport_cc;
  Bytes dependency_descriptor;
  std::optional<std::uint8_t> video_orientation;
  Bytes playout_delay;  // 3 bytes
};

RtpExtensions parse_rtp_extensions(const RtpView& view, const ExtensionMap& map);

// abs-send-time's value for a departure: the lower 24 bits of seconds in 6.18.
constexpr std::uint32_t to_abs_send_time(Time t) {
  const auto ns = static_cast<std::uint64_t>(t.time_since_epoch().count());
  const std::uint64_t seconds = ns / 1'000'000'000;
  const std::uint64_t fraction = ((ns % 1'000'000'000) << 18) / 1'000'000'000;
  return static_cast<std::uint32_t>((seconds << 18 | fraction) & 0xff'ffff);
}

// What was built. Offsets count from the start of the block, 0 is "not there" (an element's data never starts at 0).
struct RtpExtensionBlock {
  std::uint16_t profile = 0;  // 0: no extension at all
  std::size_t size = 0;       // whole 32-bit words
  std::size_t abs_send_time_offset = 0;
  std::size_t transport_cc_offset = 0;
};

// Collects elements, then writes them in the form they need. Views handed in must live until build().
class RtpExtensionWriter {
 public:
  // Without `two_byte_permitted` elements that need the two-byte form are left out.
  RtpExtensionWriter(const ExtensionMap& map, bool two_byte_permitted)
      : map_(&map), two_byte_permitted_(two_byte_permitted) {}
  // Some elements are views into this object.
  RtpExtensionWriter(const RtpExtensionWriter&) = delete;
  RtpExtensionWriter& operator=(const RtpExtensionWriter&) = delete;

  // What was not negotiated is ignored; a second value replaces the first.
  void set(RtpExtension extension, Bytes data);
  void set_text(RtpExtension extension, std::string_view text) { set(extension, as_bytes(text)); }
  void set_audio_level(AudioLevel level);
  void set_video_orientation(std::uint8_t orientation);
  // Room for the two that are stamped at departure; zeros until then.
  void reserve_abs_send_time();
  void reserve_transport_cc();

  // Writes the block, padded with zeros to at least `minimum_size`, so that a stream's headers can have one length.
  // Nothing set and no minimum: an empty block. If the block does not fit `out`, an empty block too.
  RtpExtensionBlock build(MutableBytes out, std::size_t minimum_size = 0) const;

 private:
  struct Element {
    bool present = false;
    Bytes data;
  };
  bool needs_two_byte(std::size_t extension) const;

  const ExtensionMap* map_;
  bool two_byte_permitted_;
  std::array<Element, kRtpExtensionCount> elements_{};
  std::uint8_t audio_level_ = 0;
  std::uint8_t video_orientation_ = 0;
};

}  // namespace parley

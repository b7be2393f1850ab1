// One m-line and its attributes, line by line. Attributes of a payload type may stand in any order (some clients sort
// them), so they are collected by number and put together at the section's end. Private to this folder; used by the
// parser.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdp/types.h"

namespace parley::sdp {

std::optional<Direction> direction_by_name(std::string_view name);

// a=ice-ufrag, a=ice-pwd, a=fingerprint and a=setup; other names are no concern of it.
std::optional<SdpError> read_transport_attribute(TransportAttributes& out, int line, std::string_view name,
                                                 std::string_view value);

class SectionParser {
 public:
  std::optional<SdpError> open(int line, std::string_view value, Direction direction);
  std::optional<SdpError> attribute(int line, std::string_view name, std::string_view value);
  MediaSection close();

 private:
  using Failure = std::optional<SdpError>;

  Failure read_mid(std::string_view value);
  Failure read_rtpmap(std::string_view value);
  void read_fmtp(std::string_view value);
  void read_feedback(std::string_view value);
  Failure read_extmap(std::string_view value);
  Failure read_rid(std::string_view value);
  Failure read_simulcast(std::string_view value);
  Failure read_ssrc(std::string_view value);
  Failure read_ssrc_group(std::string_view value);
  Failure fail(std::string what) const { return SdpError{line_, std::move(what)}; }

  static constexpr std::size_t kPayloadTypes = 128;

  int line_ = 0;
  MediaSection out_;
  std::vector<std::uint8_t> payload_types_;  // of the m-line, in order; empty if it is not RTP
  std::array<std::optional<RtpMap>, kPayloadTypes> maps_;
  std::array<std::string, kPayloadTypes> fmtp_;
  std::array<std::vector<std::string>, kPayloadTypes> feedback_;
  std::vector<std::string> feedback_of_all_;
};

}  // namespace parley::sdp

// application/trickle-ice-sdpfrag (RFC 8840 §9, RFC 9725 §4.3): the ICE part of a description, which WHIP and WHEP
// clients PATCH.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sdp/candidate.h"
#include "sdp/types.h"
#include "session/session_params.h"

namespace parley::sdp {

struct Fragment {
  std::optional<IceCredentials> ice;  // of the first m-line that has them, else of the session part
  std::size_t candidates = 0;         // how many; a lite agent waits for the client's checks and needs none of them
  bool operator==(const Fragment&) const = default;
};

std::expected<Fragment, SdpError> parse_fragment(std::string_view text);

// What answers an ICE restart. `mid` and `media` are those of the BUNDLE's first m-line.
std::string write_fragment(const IceCredentials& ice, std::span<const Candidate> candidates, std::string_view mid = "0",
                           std::string_view media = "audio");

}  // namespace parley::sdp

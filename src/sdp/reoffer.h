// The rules that tie an offer to the session's earlier ones (RFC 3264 §8, RFC 8829 §5.2.2), and what an answer changed.
// Private to this folder; used by answer().
#pragma once

#include <optional>

#include "sdp/answer.h"

namespace parley::sdp {

// M-lines keep their place, kind and mid for as long as they are in use.
std::optional<SdpError> check_against_previous(const SessionDescription& offer, const NegotiatedState& previous);

// By mid, from the parameters before to those after.
SessionDelta compare(const SessionParams& before, const SessionParams& after);

}  // namespace parley::sdp

// SDP text to values (RFC 8866 with the attributes of JSEP, RFC 8829). Lenient towards attributes and media it does not
// know, strict in what an answer is built upon. Linear in the text; every list is bounded. Used by answer() and by
// tests; a pure function.
#pragma once

#include <expected>
#include <string_view>

#include "sdp/types.h"

namespace parley::sdp {

// Lines end in CRLF or LF.
std::expected<SessionDescription, SdpError> parse(std::string_view text, const ParseLimits& limits = {});

}  // namespace parley::sdp

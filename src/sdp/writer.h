// Values to SDP text, lines ending in CRLF (RFC 8866 §5). What parse() kept, write() gives back: parse(write(x)) equals
// x.
#pragma once

#include <string>

#include "sdp/types.h"

namespace parley::sdp {

std::string write(const SessionDescription& description);

}  // namespace parley::sdp

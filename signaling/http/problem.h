// Refusals over HTTP: a status, and a body as RFC 9457 has it whose `detail` is the sentence.
#pragma once

#include <string>

#include "parley/error.h"
#include "signaling/http/http_types.h"

namespace parley::signaling {

int status_of(ErrorCode code);
HttpResponse problem(int status, ErrorCode code, const std::string& sentence);
HttpResponse problem(const Error& error);

}  // namespace parley::signaling

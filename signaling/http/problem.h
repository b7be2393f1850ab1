// Refusals over HTTP: a status, and a body as RFC 9457 has it whose `detail` is the sentence.
#pragma once

#include <string>
#include <string_view>

#include "parley/error.h"
#include "signaling/http/http_types.h"

namespace parley::signaling {

int status_of(ErrorCode code);
HttpResponse problem(int status, ErrorCode code, const std::string& sentence);
HttpResponse problem(const Error& error);
// With a code of another list than ErrorCode's: a rule's refusal.
HttpResponse problem(int status, std::string_view code, const std::string& sentence);
// Allow, as RFC 9110 wants it with both.
HttpResponse wrong_method(const std::string& allow);
HttpResponse preflight(const std::string& allow);

}  // namespace parley::signaling

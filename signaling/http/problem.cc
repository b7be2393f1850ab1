#include "signaling/http/problem.h"

#include "signaling/protocol/rest.h"

namespace parley::signaling {
namespace {

// Long enough to matter to a server under load, short enough for whoever waits.
constexpr const char* kRetrySeconds = "5";

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadRequest: return 400;
    case ErrorCode::kBadSdp: return 422;
    case ErrorCode::kUnauthorized: return 401;
    case ErrorCode::kForbidden: return 403;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kTooLarge: return 413;
    case ErrorCode::kTooMany: return 429;
    case ErrorCode::kUnavailable: return 503;
    case ErrorCode::kConfig:
    case ErrorCode::kEnvironment:
    case ErrorCode::kInternal: break;
  }
  return 500;
}

HttpResponse problem(int status, ErrorCode code, const std::string& sentence) {
  HttpResponse response;
  response.status = status;
  response.with("Content-Type", "application/problem+json");
  if (status == 401) response.with("WWW-Authenticate", "Bearer");
  if (status == 429 || status == 503) response.with("Retry-After", kRetrySeconds);
  response.body = problem_json(status, code, sentence);
  return response;
}

HttpResponse problem(const Error& error) {
  return problem(status_of(error.code), error.code, error.message);
}

}  // namespace parley::signaling

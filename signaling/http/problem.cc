#include "signaling/http/problem.h"

#include "signaling/protocol/names.h"
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
  return problem(status, wire_name(code), sentence);
}

HttpResponse problem(int status, std::string_view code, const std::string& sentence) {
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

HttpResponse wrong_method(const std::string& allow) {
  return problem(405, ErrorCode::kBadRequest, "the methods here are " + allow).with("Allow", allow);
}

HttpResponse preflight(const std::string& allow) {
  HttpResponse response;
  response.status = 204;
  response.with("Allow", allow);
  return response;
}

}  // namespace parley::signaling

// What can go wrong for a caller of this library: a code that programs decide by and a sentence that people read.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace parley {

enum class ErrorCode {
  kBadRequest,    // malformed input; the sentence says what and where
  kBadSdp,        // an offer that can't be answered
  kUnauthorized,  // no token, a bad one, or an expired one
  kForbidden,     // a good token that does not allow this
  kNotFound,      // no such room, member, session or track
  kConflict,      // a stale ETag, or an identity already in use
  kTooLarge,
  kTooMany,      // a limit is reached; try later
  kUnavailable,  // shutting down, or no worker can take it
  kConfig,       // a key of the configuration; the sentence names it
  kEnvironment,  // what the machine refused: a port in use, a file unreadable
  kInternal,
};

// "bad_request", "bad_sdp", ... as APIs and logs show it.
constexpr std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadRequest: return "bad_request";
    case ErrorCode::kBadSdp: return "bad_sdp";
    case ErrorCode::kUnauthorized: return "unauthorized";
    case ErrorCode::kForbidden: return "forbidden";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kTooLarge: return "too_large";
    case ErrorCode::kTooMany: return "too_many";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kConfig: return "config";
    case ErrorCode::kEnvironment: return "environment";
    case ErrorCode::kInternal: return "internal";
  }
  return "";
}

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

}  // namespace parley

// Tokens: JWTs (RFC 7519) signed with HMAC-SHA256, and nothing else. The claims:
//   site       string, the site ("default")
//   sub        string, the member; may be missing in a service token
//   room       string, the one room it is good for; missing: any
//   publish    boolean
//   subscribe  boolean
//   service    boolean, missing: false
//   exp        integer, seconds since 1970, required; nbf is honoured, iat is written
// Pure functions: the key and the time are arguments. What is wrong with a token is told in constant sentences only.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "parley/error.h"
#include "signaling/identity/grant.h"

namespace parley::signaling {

inline constexpr std::size_t kMaxTokenBytes = 8 * 1024;

struct SigningKey {
  std::string bytes;
};

Result<Grant> read_token(std::string_view token, const SigningKey& key, std::chrono::sys_seconds now);
std::string write_token(const Grant& grant, const SigningKey& key, std::chrono::sys_seconds now);

}  // namespace parley::signaling

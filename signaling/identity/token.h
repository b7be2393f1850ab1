// Tokens: JWTs (RFC 7519) signed with HMAC-SHA256, and nothing else. The header's `kid` names the key; none: the
// server's own. The claims:
//   aud        "parley", or a list with it; a token of the server's own key may do without
//   site       string, one of the key's sites; with the server's own key it may be missing ("default")
//   sub        string, the member; may be missing in a service token
//   room       string, the one room it is good for; missing: any
//   publish    boolean
//   subscribe  boolean
//   service    boolean, missing: false
//   exp        integer, seconds since 1970, required; nbf and iat may be 30 s ahead, for clocks that differ
// Pure functions: the keys and the time are arguments. What is wrong with a token is told in constant sentences only.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "parley/error.h"
#include "signaling/identity/grant.h"
#include "signaling/identity/key_ring.h"

namespace parley::signaling {

inline constexpr std::size_t kMaxTokenBytes = 8 * 1024;

inline constexpr std::chrono::seconds kClockLeeway{30};

Result<Grant> read_token(std::string_view token, const KeyRing& keys, std::chrono::sys_seconds now);
std::string write_token(const Grant& grant, const SigningKey& key, std::chrono::sys_seconds now);

}  // namespace parley::signaling

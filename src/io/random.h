// Randomness that nobody can guess, from the kernel. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/ice_credentials.h"

namespace parley {

void fill_random(MutableBytes out);
std::uint64_t random_u64();
// Of ice-chars (RFC 8839 §5.4), 6 bits each.
std::string random_token(std::size_t length);

// RFC 8445 §5.3 asks for 24 and 128 bits; the ufrag has more, since it alone leads to a session.
IceCredentials random_ice_credentials();

}  // namespace parley

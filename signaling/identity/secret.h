// Random names that can't be guessed, and a comparison that tells nothing by its time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::signaling {

// `bytes` random bytes from OpenSSL, in lower-case hex.
std::string random_hex(std::size_t bytes);
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace parley::signaling

// What may stand as the name of a room or a member, and as a name that is shown.
#pragma once

#include <cstddef>
#include <string_view>

namespace parley::signaling {

inline constexpr std::size_t kMaxName = 128;

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);
// 1..128 bytes of UTF-8 without control characters.
bool is_identifier(std::string_view text);
// The same, but may be empty.
bool is_display_name(std::string_view text);

}  // namespace parley::signaling

// What may stand as the name of a room or a member, and as a name that is shown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::signaling {

inline constexpr std::size_t kMaxName = 128;
inline constexpr std::size_t kMaxShownName = 80;  // characters

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);
// 1..128 bytes of UTF-8 without control characters.
bool is_identifier(std::string_view text);
// An identifier that can stand as one segment of a path.
bool is_path_name(std::string_view text);
// The same, but may be empty.
bool is_display_name(std::string_view text);
bool has_control(std::string_view text);
// A person's name as it is kept: without control characters, without the invisible ones that turn the direction of what
// stands around them, without spaces at its ends. Nothing: no UTF-8, or longer than kMaxShownName.
std::optional<std::string> clean_name(std::string_view text);

}  // namespace parley::signaling

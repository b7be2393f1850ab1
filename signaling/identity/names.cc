#include "signaling/identity/names.h"

#include <cstdint>

namespace parley::signaling {
namespace {

// How many bytes a character's first byte announces; of UTF-8 that is_utf8() has passed.
std::size_t length_of(char lead) {
  const auto byte = static_cast<std::uint8_t>(lead);
  return byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
}

std::uint32_t code_of(std::string_view character) {
  const auto lead = static_cast<std::uint8_t>(character.front());
  if (character.size() == 1) return lead;
  std::uint32_t code = lead & (0xffu >> (character.size() + 1));
  for (const char c : character.substr(1)) code = code << 6 | (static_cast<std::uint8_t>(c) & 0x3fu);
  return code;
}

// Controls, line and paragraph separators, the byte order mark, and the marks, embeddings, overrides and isolates of
// the bidirectional algorithm (UAX #9).
bool is_stripped(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

}  // namespace

bool has_control(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x20 || byte == 0x7f) return true;
  }
  return false;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < length) return false;
    std::uint32_t code = lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if ((next & 0xc0u) != 0x80) return false;
      code = code << 6 | (next & 0x3fu);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    i += length;
  }
  return true;
}

bool is_display_name(std::string_view text) {
  return text.size() <= kMaxName && !has_control(text) && is_utf8(text);
}

bool is_identifier(std::string_view text) {
  return !text.empty() && is_display_name(text);
}

bool is_path_name(std::string_view text) {
  return is_identifier(text) && text.find('/') == text.npos && text != "." && text != "..";
}

std::optional<std::string> clean_name(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  std::string cleaned;
  std::size_t characters = 0;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, length_of(text.front()));
    text.remove_prefix(character.size());
    if (is_stripped(code_of(character)) || (cleaned.empty() && character == " ")) continue;
    cleaned += character;
    ++characters;
  }
  while (cleaned.ends_with(' ')) {
    cleaned.pop_back();
    --characters;
  }
  if (characters > kMaxShownName) return std::nullopt;
  return cleaned;
}

}  // namespace parley::signaling

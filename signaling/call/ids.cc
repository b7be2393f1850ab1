#include "signaling/call/ids.h"

#include <algorithm>

namespace parley::signaling::call {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

CallId CallId::from_bits(const Bits& bits) {
  CallId id;
  id.text_.reserve(bits.size() * 2);
  for (const std::uint8_t byte : bits) {
    id.text_ += kDigits[byte >> 4];
    id.text_ += kDigits[byte & 15];
  }
  return id;
}

std::optional<CallId> CallId::parse(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != 32 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  CallId id;
  id.text_ = text;
  return id;
}

}  // namespace parley::signaling::call

#include "signaling/call/origin.h"

#include <algorithm>
#include <array>

namespace parley::signaling::call {
namespace {

constexpr std::array<std::string_view, 8> kPlaces = {"site_directory", "profile",      "group_directory", "post_avatar",
                                                     "mention",        "notification", "details",         "message"};
constexpr std::string_view kOther = "other:";

bool is_label(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && text.size() <= Origin::kMaxLabel && std::ranges::all_of(text, allowed);
}

}  // namespace

std::optional<Origin> Origin::parse(std::string_view text) {
  const bool known = std::ranges::find(kPlaces, text) != kPlaces.end();
  if (!known && !(text.starts_with(kOther) && is_label(text.substr(kOther.size())))) return std::nullopt;
  Origin origin;
  origin.text_ = text;
  return origin;
}

}  // namespace parley::signaling::call

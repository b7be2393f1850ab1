// Names of sites, members, tabs, devices and calls, each a type of its own.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::signaling::call {

template <class Tag>
class TextId {
 public:
  TextId() = default;
  explicit TextId(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const TextId&) const = default;

 private:
  std::string text_;
};

using SiteId = TextId<struct SiteTag>;
using MemberId = TextId<struct MemberTag>;
// One session of a member: a tab, through its reconnects and reloads.
using TabId = TextId<struct TabTag>;
// The tabs of one browser share it.
using DeviceId = TextId<struct DeviceTag>;
// The client's name for one start, so that a repeated request makes no second call (R34).
using RequestId = TextId<struct RequestTag>;

// 128 random bits (R24) as 32 lower-case hex digits. The bits are an argument.
class CallId {
 public:
  using Bits = std::array<std::uint8_t, 16>;

  CallId() = default;
  static CallId from_bits(const Bits& bits);
  static std::optional<CallId> parse(std::string_view text);

  const std::string& text() const { return text_; }
  auto operator<=>(const CallId&) const = default;

 private:
  std::string text_;
};

template <class T>
bool contains(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace parley::signaling::call

template <class Tag>
struct std::hash<parley::signaling::call::TextId<Tag>> {
  std::size_t operator()(const parley::signaling::call::TextId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};

template <>
struct std::hash<parley::signaling::call::CallId> {
  std::size_t operator()(const parley::signaling::call::CallId& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};

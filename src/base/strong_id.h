// Numbers that name things, each a type of its own, so that an SSRC can't be passed where a payload type is meant.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace parley {

template <class Tag, class T>
class StrongId {
 public:
  using value_type = T;
  constexpr StrongId() = default;
  constexpr explicit StrongId(T v) : value_(v) {}
  constexpr T value() const { return value_; }
  constexpr auto operator<=>(const StrongId&) const = default;

 private:
  T value_{};
};

using Ssrc = StrongId<struct SsrcTag, std::uint32_t>;
using PayloadType = StrongId<struct PayloadTypeTag, std::uint8_t>;

}  // namespace parley

template <class Tag, class T>
struct std::hash<parley::StrongId<Tag, T>> {
  std::size_t operator()(const parley::StrongId<Tag, T>& id) const noexcept { return std::hash<T>{}(id.value()); }
};

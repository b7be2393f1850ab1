// A call's id as its 128 bits: for tables that hold very many of them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "signaling/call/ids.h"

namespace parley::signaling {

class CallKey {
 public:
  explicit CallKey(const call::CallId& id) {
    const std::string& text = id.text();
    for (std::size_t i = 0; i < text.size() && i < 32; ++i) {
      std::uint64_t& half = i < 16 ? high_ : low_;
      const char digit = text[i];
      half = half << 4 | static_cast<std::uint64_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
  }
  call::CallId id() const {
    call::CallId::Bits bits;
    for (std::size_t i = 0; i < 8; ++i) {
      bits[i] = static_cast<std::uint8_t>(high_ >> (56 - 8 * i));
      bits[8 + i] = static_cast<std::uint8_t>(low_ >> (56 - 8 * i));
    }
    return call::CallId::from_bits(bits);
  }
  // The bits are random already.
  std::size_t hash() const { return static_cast<std::size_t>(low_ ^ high_); }
  auto operator<=>(const CallKey&) const = default;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace parley::signaling

template <>
struct std::hash<parley::signaling::CallKey> {
  std::size_t operator()(const parley::signaling::CallKey& key) const noexcept { return key.hash(); }
};

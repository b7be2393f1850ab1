// 16- and 32-bit counters that wrap, unwrapped to 64 bits around the highest value seen (RFC 3550 A.1, RFC 1982).
#pragma once

#include <cstdint>
#include <optional>

namespace parley {

// True if `a` comes after `b` on the circle; exactly opposite values count as not newer.
constexpr bool is_newer(std::uint16_t a, std::uint16_t b) {
  const auto ahead = static_cast<std::uint16_t>(a - b);
  return ahead != 0 && ahead < 0x8000;
}
constexpr bool is_newer(std::uint32_t a, std::uint32_t b) {
  return a != b && a - b < 0x8000'0000u;
}

template <class Wrapping, class SignedWrapping>
class Unwrapper {
 public:
  // The value nearest to the last one that was unwrapped. The first value stands for itself, one lap up so that
  // earlier ones stay positive.
  std::int64_t unwrap(Wrapping value) {
    last_ = peek(value);
    return *last_;
  }
  std::int64_t peek(Wrapping value) const {
    if (!last_) return kLap + static_cast<std::int64_t>(value);
    return *last_ + static_cast<SignedWrapping>(static_cast<Wrapping>(value - static_cast<Wrapping>(*last_)));
  }
  void reset() { last_.reset(); }

 private:
  static constexpr std::int64_t kLap = std::int64_t{1} << (8 * sizeof(Wrapping));
  std::optional<std::int64_t> last_;
};

using SequenceUnwrapper = Unwrapper<std::uint16_t, std::int16_t>;
using TimestampUnwrapper = Unwrapper<std::uint32_t, std::int32_t>;

}  // namespace parley

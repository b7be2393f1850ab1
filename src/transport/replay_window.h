// Which packet indices of one stream were seen, as far back as the window reaches (RFC 3711 §3.3.2). The index is the
// unwrapped one: roll-over counter and sequence number. Looking and marking are apart, so that a forged packet marks
// nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace parley {

template <std::size_t kBits>
class ReplayWindow {
  static_assert(kBits % 64 == 0 && kBits >= 64);

 public:
  bool empty() const { return empty_; }
  // The highest index marked; 0 while empty.
  std::uint64_t highest() const { return highest_; }

  // Neither marked nor older than the window.
  bool is_fresh(std::uint64_t index) const {
    if (empty_ || index > highest_) return true;
    return highest_ - index < kBits && (word(index) & bit(index)) == 0;
  }

  // Only for an index that is fresh.
  void mark(std::uint64_t index) {
    if (empty_ || index > highest_) advance(index);
    word(index) |= bit(index);
  }

 private:
  static std::uint64_t bit(std::uint64_t index) { return std::uint64_t{1} << (index % 64); }
  std::uint64_t& word(std::uint64_t index) { return words_[index / 64 % words_.size()]; }
  const std::uint64_t& word(std::uint64_t index) const { return words_[index / 64 % words_.size()]; }

  // The window is a circle of bits: what it gains at the front it must forget at the back.
  void advance(std::uint64_t index) {
    if (empty_ || index - highest_ >= kBits) {
      words_.fill(0);
    } else {
      for (std::uint64_t gained = highest_ + 1; gained <= index;) {
        const std::uint64_t end = std::min(index + 1, gained / 64 * 64 + 64);
        const std::uint64_t count = end - gained;
        const std::uint64_t mask = count == 64 ? ~std::uint64_t{0} : ((std::uint64_t{1} << count) - 1) << (gained % 64);
        word(gained) &= ~mask;
        gained = end;
      }
    }
    highest_ = index;
    empty_ = false;
  }

  std::array<std::uint64_t, kBits / 64> words_{};
  std::uint64_t highest_ = 0;
  bool empty_ = true;
};

}  // namespace parley

// A short list of fixed capacity held in place: what a parser may find several of, without an allocation.
#pragma once

#include <array>
#include <cstddef>

namespace parley {

template <class T, std::size_t kCapacity>
class InlineList {
 public:
  static constexpr std::size_t capacity() { return kCapacity; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // False, and nothing changed, when full.
  constexpr bool push_back(const T& value) {
    if (size_ == kCapacity) return false;
    items_[size_++] = value;
    return true;
  }
  void clear() { size_ = 0; }

  T& operator[](std::size_t i) { return items_[i]; }
  const T& operator[](std::size_t i) const { return items_[i]; }
  const T* begin() const { return items_.data(); }
  const T* end() const { return items_.data() + size_; }
  T* begin() { return items_.data(); }
  T* end() { return items_.data() + size_; }

  bool operator==(const InlineList& other) const {
    if (size_ != other.size_) return false;
    for (std::size_t i = 0; i < size_; ++i) {
      if (!(items_[i] == other.items_[i])) return false;
    }
    return true;
  }

 private:
  std::array<T, kCapacity> items_{};
  std::size_t size_ = 0;
};

}  // namespace parley

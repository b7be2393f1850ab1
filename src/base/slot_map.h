// Tables own, handles refer. A SlotMap owns its elements at stable addresses; a Handle names one by index and
// generation and may have gone stale, in which case find() says so. Closing order can't crash. Not thread-safe: it
// belongs to one thread like everything of an engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace parley {

template <class T>
struct Handle {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  // 0 is nobody's
  explicit operator bool() const { return generation != 0; }
  bool operator==(const Handle&) const = default;
};

template <class T>
class SlotMap {
 public:
  template <class... Args>
  Handle<T> emplace(Args&&... args) {
    std::uint32_t index;
    if (free_.empty()) {
      index = static_cast<std::uint32_t>(cells_.size());
      cells_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
    }
    Cell& cell = cells_[index];
    cell.value.emplace(std::forward<Args>(args)...);
    ++live_;
    return {index, cell.generation};
  }

  T* find(Handle<T> h) {
    if (h.index >= cells_.size()) return nullptr;
    Cell& cell = cells_[h.index];
    return cell.value && cell.generation == h.generation ? &*cell.value : nullptr;
  }
  const T* find(Handle<T> h) const { return const_cast<SlotMap*>(this)->find(h); }

  // Whatever lives at an index now, for those who know that it can't have changed hands.
  T* at_index(std::uint32_t index) {
    return index < cells_.size() && cells_[index].value ? &*cells_[index].value : nullptr;
  }

  bool erase(Handle<T> h) {
    if (find(h) == nullptr) return false;
    Cell& cell = cells_[h.index];
    cell.value.reset();
    if (++cell.generation == 0) cell.generation = 1;
    free_.push_back(h.index);
    --live_;
    return true;
  }

  std::size_t size() const { return live_; }
  bool empty() const { return live_ == 0; }

  // Calls f(handle, element) for each; f may erase the element it is given, and no other.
  template <class F>
  void for_each(F&& f) {
    for (std::uint32_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i].value) f(Handle<T>{i, cells_[i].generation}, *cells_[i].value);
    }
  }
  template <class F>
  void for_each(F&& f) const {
    for (std::uint32_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i].value) f(Handle<T>{i, cells_[i].generation}, *cells_[i].value);
    }
  }

 private:
  struct Cell {
    std::optional<T> value;
    std::uint32_t generation = 1;
  };
  std::deque<Cell> cells_;
  std::vector<std::uint32_t> free_;
  std::size_t live_ = 0;
};

}  // namespace parley

template <class T>
struct std::hash<parley::Handle<T>> {
  std::size_t operator()(const parley::Handle<T>& h) const noexcept {
    return std::hash<std::uint64_t>{}(static_cast<std::uint64_t>(h.generation) << 32 | h.index);
  }
};

// A queue of fixed capacity in one block of memory: push at the back, pop at the front, nothing allocated after
// construction.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace parley {

template <class T>
class Ring {
 public:
  explicit Ring(std::size_t capacity) : capacity_(capacity), cells_(std::make_unique<T[]>(capacity)) {}

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == capacity_; }

  // False, and nothing changed, when full.
  bool push(T value) {
    if (full()) return false;
    cells_[(front_ + size_) % capacity_] = std::move(value);
    ++size_;
    return true;
  }
  T pop() {
    T value = std::move(cells_[front_]);
    cells_[front_] = T();
    front_ = (front_ + 1) % capacity_;
    --size_;
    return value;
  }
  T& operator[](std::size_t i) { return cells_[(front_ + i) % capacity_]; }
  const T& operator[](std::size_t i) const { return cells_[(front_ + i) % capacity_]; }
  T& front() { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  void clear() {
    while (!empty()) pop();
  }

 private:
  std::size_t capacity_;
  std::unique_ptr<T[]> cells_;
  std::size_t front_ = 0;
  std::size_t size_ = 0;
};

}  // namespace parley

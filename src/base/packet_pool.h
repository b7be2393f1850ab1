// The memory of one worker's packets: a slab of 2 KiB slots, taken and given back without the allocator. A PacketRef is
// a counted reference to one slot; it belongs to one thread, so its count is a plain integer. A pool outlives its
// references.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace parley {

class PacketPool;

class PacketRef {
 public:
  static constexpr std::size_t kSlotSize = 2048;

  PacketRef() = default;
  PacketRef(const PacketRef& other);
  PacketRef(PacketRef&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
  PacketRef& operator=(PacketRef other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~PacketRef();

  explicit operator bool() const { return slot_ != nullptr; }
  Bytes bytes() const;
  MutableBytes mutable_bytes();
  // The whole slot, whatever the size says: what a reader or a cipher may write into.
  MutableBytes buffer();
  std::size_t size() const;
  void set_size(std::size_t size);
  bool unique() const;

 private:
  friend class PacketPool;
  struct Slot;
  explicit PacketRef(Slot* slot) : slot_(slot) {}
  Slot* slot_ = nullptr;
};

class PacketPool {
 public:
  // `ceiling` is the number of slots there will ever be. All are allocated and touched here: a first touch of a page on
  // the packet path costs more than the packet.
  explicit PacketPool(std::size_t ceiling);
  ~PacketPool();
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  // An empty packet, or a null reference at the ceiling.
  PacketRef take();
  // A packet with these bytes; null at the ceiling or if they don't fit.
  PacketRef copy_of(Bytes bytes);

  std::size_t ceiling() const { return ceiling_; }
  std::size_t in_use() const { return ceiling_ - free_.size(); }

 private:
  friend class PacketRef;
  std::size_t ceiling_;
  std::unique_ptr<PacketRef::Slot[]> slots_;
  std::vector<PacketRef::Slot*> free_;
};

struct PacketRef::Slot {
  PacketPool* pool = nullptr;
  std::uint32_t references = 0;
  std::uint32_t size = 0;
  alignas(64) std::uint8_t data[kSlotSize];
};

inline PacketRef::PacketRef(const PacketRef& other) : slot_(other.slot_) {
  if (slot_ != nullptr) ++slot_->references;
}
inline PacketRef::~PacketRef() {
  if (slot_ != nullptr && --slot_->references == 0) slot_->pool->free_.push_back(slot_);
}
inline Bytes PacketRef::bytes() const {
  return {slot_->data, slot_->size};
}
inline MutableBytes PacketRef::mutable_bytes() {
  return {slot_->data, slot_->size};
}
inline MutableBytes PacketRef::buffer() {
  return {slot_->data, kSlotSize};
}
inline std::size_t PacketRef::size() const {
  return slot_->size;
}
inline void PacketRef::set_size(std::size_t size) {
  slot_->size = static_cast<std::uint32_t>(size);
}
inline bool PacketRef::unique() const {
  return slot_->references == 1;
}

inline PacketRef PacketPool::take() {
  if (free_.empty()) return PacketRef();
  PacketRef::Slot* slot = free_.back();
  free_.pop_back();
  slot->references = 1;
  slot->size = 0;
  return PacketRef(slot);
}

}  // namespace parley

#include "base/packet_pool.h"

#include <cstring>

#include "base/check.h"

namespace parley {

PacketPool::PacketPool(std::size_t ceiling)
    : ceiling_(ceiling), slots_(std::make_unique_for_overwrite<PacketRef::Slot[]>(ceiling)) {
  free_.reserve(ceiling);
  for (std::size_t i = ceiling; i-- > 0;) {
    slots_[i].pool = this;
    std::memset(slots_[i].data, 0, sizeof slots_[i].data);
    free_.push_back(&slots_[i]);
  }
}

PacketPool::~PacketPool() {
  PARLEY_CHECK(free_.size() == ceiling_);
}

PacketRef PacketPool::copy_of(Bytes bytes) {
  if (bytes.size() > PacketRef::kSlotSize) return PacketRef();
  PacketRef packet = take();
  if (packet && !bytes.empty()) std::memcpy(packet.buffer().data(), bytes.data(), bytes.size());
  if (packet) packet.set_size(bytes.size());
  return packet;
}

}  // namespace parley

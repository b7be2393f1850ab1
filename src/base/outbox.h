// Where a machine leaves the datagrams that it wants sent: it neither calls back nor waits to be polled. The shell
// empties the outbox after each flush. Keeps its capacity, so that after warm-up nothing is allocated.
#pragma once

#include <utility>
#include <vector>

#include "base/datagram.h"

namespace parley {

class Outbox {
 public:
  struct Item {
    Path path;
    PacketRef packet;
  };

  void send(const Path& path, PacketRef packet) { items_.push_back({path, std::move(packet)}); }
  std::vector<Item>& items() { return items_; }
  const std::vector<Item>& items() const { return items_; }
  bool empty() const { return items_.empty(); }
  void clear() { items_.clear(); }
  void reserve(std::size_t n) { items_.reserve(n); }

 private:
  std::vector<Item> items_;
};

}  // namespace parley

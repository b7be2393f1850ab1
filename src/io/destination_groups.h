// Sorts an outbox by destination without moving it: groups in the order of first appearance, items of a group in the
// order they were sent. Most items follow one of the same destination, so the table is asked once per run. Allocates
// only while it grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/outbox.h"

namespace parley {

class DestinationGroups {
 public:
  static constexpr std::uint32_t kEnd = 0xffffffff;
  struct Group {
    std::uint32_t first = kEnd;
    std::uint32_t last = kEnd;
  };

  // Valid until the next call.
  std::span<const Group> sort(std::span<const Outbox::Item> items);
  // The item after this one in its group, or kEnd.
  std::uint32_t next(std::uint32_t item) const { return next_[item]; }

 private:
  Group& group_of(std::span<const Outbox::Item> items, std::uint32_t item);
  void make_room(std::size_t items);

  std::vector<Group> groups_;
  std::vector<std::uint32_t> next_;
  // Open addressing; a cell of an older round is empty.
  struct Cell {
    std::uint32_t round = 0;
    std::uint32_t group = 0;
  };
  std::vector<Cell> cells_;
  std::uint32_t round_ = 0;
};

}  // namespace parley

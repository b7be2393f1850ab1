#include "io/destination_groups.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace parley {

std::span<const DestinationGroups::Group> DestinationGroups::sort(std::span<const Outbox::Item> items) {
  make_room(items.size());
  groups_.clear();

  for (std::uint32_t i = 0; i < items.size(); ++i) {
    next_[i] = kEnd;
    const bool run = i > 0 && items[i].path == items[i - 1].path;
    Group& group = run && groups_.back().last == i - 1 ? groups_.back() : group_of(items, i);
    if (group.first == kEnd) {
      group.first = i;
    } else {
      next_[group.last] = i;
    }
    group.last = i;
  }
  return groups_;
}

void DestinationGroups::make_room(std::size_t items) {
  if (next_.size() < items) next_.resize(items);
  // At most half full.
  if (cells_.size() < 2 * items) {
    cells_.assign(std::bit_ceil(std::max<std::size_t>(2 * items, 64)), Cell{});
    groups_.reserve(cells_.size() / 2);
    round_ = 0;
  }
  if (++round_ == 0) {
    std::ranges::fill(cells_, Cell{});
    round_ = 1;
  }
}

DestinationGroups::Group& DestinationGroups::group_of(std::span<const Outbox::Item> items, std::uint32_t item) {
  const Path& path = items[item].path;
  const std::size_t mask = cells_.size() - 1;
  for (std::size_t at = std::hash<Path>{}(path)&mask;; at = (at + 1) & mask) {
    Cell& cell = cells_[at];
    if (cell.round != round_) {
      cell = {.round = round_, .group = static_cast<std::uint32_t>(groups_.size())};
      return groups_.emplace_back();
    }
    Group& group = groups_[cell.group];
    if (items[group.first].path == path) return group;
  }
}

}  // namespace parley

// Which worker a new room is given to: the one with the fewest sessions, in turn among equals. A room stays where it is
// placed.
#pragma once

#include <cstddef>
#include <span>

namespace parley {

class Placement {
 public:
  // `sessions` per worker; at least one.
  unsigned choose(std::span<const std::size_t> sessions) {
    std::size_t best = next_ % sessions.size();
    for (std::size_t i = 1; i < sessions.size(); ++i) {
      const std::size_t candidate = (next_ + i) % sessions.size();
      if (sessions[candidate] < sessions[best]) best = candidate;
    }
    next_ = best + 1;
    return static_cast<unsigned>(best);
  }

 private:
  std::size_t next_ = 0;
};

}  // namespace parley

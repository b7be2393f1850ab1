// What is kept per SSRC of one direction of one session: few, found often, never forgotten while the keys live (a
// forgotten index could be used or accepted again). Only a first sight allocates.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "transport/srtp.h"

namespace parley {

template <class State>
class SsrcTable {
 public:
  bool full() const { return ssrcs_.size() >= kMaxSrtpSsrcs; }

  State* find(std::uint32_t ssrc) {
    // Packets come in runs of one stream.
    if (last_ < ssrcs_.size() && ssrcs_[last_] == ssrc) return &states_[last_];
    const auto at = std::find(ssrcs_.begin(), ssrcs_.end(), ssrc);
    if (at == ssrcs_.end()) return nullptr;
    last_ = static_cast<std::size_t>(at - ssrcs_.begin());
    return &states_[last_];
  }

  // Null when full.
  State* find_or_add(std::uint32_t ssrc) {
    if (State* known = find(ssrc)) return known;
    if (full()) return nullptr;
    ssrcs_.push_back(ssrc);
    return &states_.emplace_back();
  }

 private:
  std::vector<std::uint32_t> ssrcs_;
  std::deque<State> states_;  // in the order of ssrcs_
  std::size_t last_ = 0;
};

}  // namespace parley

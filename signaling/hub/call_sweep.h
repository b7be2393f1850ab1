// Many calls, a few at a time: so that a change of a site with very many of them leaves the store room for others.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "signaling/hub/call_key.h"

namespace parley::signaling {

class CallSweep {
 public:
  static constexpr std::size_t kAtOnce = 32;

  // `feed` does one call, and calls done() later, once.
  using Feed = std::function<void(const CallKey&)>;
  explicit CallSweep(Feed feed) : feed_(std::move(feed)) {}

  // A call that waits already waits once.
  void add(const std::vector<CallKey>& calls) {
    for (const CallKey& call : calls) {
      if (known_.insert(call).second) waiting_.push_back(call);
    }
    pump();
  }
  void done() {
    --under_way_;
    pump();
  }
  std::size_t size() const { return waiting_.size() + under_way_; }

 private:
  void pump() {
    while (under_way_ < kAtOnce && !waiting_.empty()) {
      const CallKey call = waiting_.front();
      waiting_.pop_front();
      known_.erase(call);
      ++under_way_;
      feed_(call);
    }
  }

  Feed feed_;
  std::deque<CallKey> waiting_;
  std::unordered_set<CallKey> known_;
  std::size_t under_way_ = 0;
};

}  // namespace parley::signaling

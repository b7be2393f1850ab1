// Values from any number of threads to one, in order. The receiver takes all that came in one swap per wake-up, so the
// lock is not on the packet path; whoever posts rings the receiver's doorbell.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "io/doorbell.h"

namespace parley {

template <class T>
class Mailbox {
 public:
  // `doorbell` outlives the mailbox.
  explicit Mailbox(Doorbell& doorbell) : doorbell_(doorbell) {}

  void post(T value) {
    bool first;
    {
      const std::lock_guard lock(mutex_);
      first = incoming_.empty();
      incoming_.push_back(std::move(value));
    }
    if (first) doorbell_.ring();
  }

  // Valid until the next call. Both vectors keep their memory.
  std::vector<T>& take() {
    taken_.clear();
    const std::lock_guard lock(mutex_);
    std::swap(incoming_, taken_);
    return taken_;
  }

 private:
  Doorbell& doorbell_;
  std::mutex mutex_;
  std::vector<T> incoming_;
  std::vector<T> taken_;  // the receiver's
};

}  // namespace parley

// So many per second, with so much in advance. Time is an argument; a new bucket is full.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace parley::signaling {

struct Allowance {
  double per_second = 1;
  double burst = 1;
};

class TokenBucket {
 public:
  using Point = std::chrono::steady_clock::time_point;

  bool take(const Allowance& allowance, Point now) {
    refill(allowance, now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  // Nothing would be lost by forgetting it.
  bool full(const Allowance& allowance, Point now) const {
    TokenBucket later = *this;
    later.refill(allowance, now);
    return later.tokens_ >= allowance.burst;
  }

 private:
  void refill(const Allowance& allowance, Point now) {
    if (!last_) {
      tokens_ = allowance.burst;
    } else if (now > *last_) {
      const double seconds = std::chrono::duration<double>(now - *last_).count();
      tokens_ = std::min(allowance.burst, tokens_ + seconds * allowance.per_second);
    }
    last_ = last_ ? std::max(*last_, now) : now;
  }

  double tokens_ = 0;
  std::optional<Point> last_;
};

}  // namespace parley::signaling

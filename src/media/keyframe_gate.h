// The wishes for a keyframe of one publication layer, merged into few requests: at most one per interval, repeated ever
// more slowly while nothing comes (RFC 4585 §6.3.1, RFC 5104 §4.3.1). Owned by the publication; asked on its deadline.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace parley {

class KeyframeGate {
 public:
  explicit KeyframeGate(Duration interval) : interval_(interval) {}

  // A subscriber needs a keyframe.
  void want(Time now);
  // One began: every wish so far is granted.
  void on_keyframe(Time now);
  // True: send one request to the publisher now.
  bool take_request(Time now);
  // kNever when nothing is wanted, or when asking was given up until the next want().
  Time next_deadline() const { return wanted_ ? next_ : kNever; }
  bool wanted() const { return wanted_; }

 private:
  Duration interval_;
  bool wanted_ = false;
  std::uint8_t tries_ = 0;
  Time next_ = kNever;
  Time earliest_{};  // No request before, whoever wants one.
};

}  // namespace parley

#include "media/keyframe_gate.h"

#include <algorithm>

namespace parley {
namespace {

// A publisher that answered none of these is not going to; the next wish starts over.
constexpr std::uint8_t kMaxTries = 10;
constexpr Duration kMaxBackOff = 4s;

}  // namespace

void KeyframeGate::want(Time now) {
  // Already being asked for: one answer serves all.
  if (wanted_ && next_ != kNever) return;
  wanted_ = true;
  tries_ = 0;
  next_ = std::max(now, earliest_);
}

void KeyframeGate::on_keyframe(Time) {
  wanted_ = false;
  tries_ = 0;
  next_ = kNever;
}

bool KeyframeGate::take_request(Time now) {
  if (!wanted_ || now < next_) return false;
  const Duration ceiling = std::max(interval_, kMaxBackOff);
  const Duration back_off = tries_ >= 8 ? ceiling : std::min(interval_ * (1 << tries_), ceiling);
  earliest_ = now + interval_;
  ++tries_;
  next_ = tries_ >= kMaxTries ? kNever : now + back_off;
  return true;
}

}  // namespace parley

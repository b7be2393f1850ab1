// For an object that asks and is answered later: what it wraps does nothing once it is gone.
#pragma once

#include <memory>
#include <utility>

namespace parley::signaling {

class Lifeline {
 public:
  Lifeline() = default;
  Lifeline(const Lifeline&) = delete;
  Lifeline& operator=(const Lifeline&) = delete;

  template <class F>
  auto wrap(F f) const {
    return [alive = std::weak_ptr<char>(alive_), f = std::move(f)](auto&&... arguments) mutable {
      if (!alive.expired()) f(std::forward<decltype(arguments)>(arguments)...);
    };
  }

 private:
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace parley::signaling

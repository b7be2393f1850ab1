// Events on their way to the user. They wait here while the server is in the middle of something, so that the user may
// call it from on_event() and finds it whole. Control thread.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "parley/events.h"

namespace parley {

class EventQueue {
 public:
  // `wake` has deliver() called soon, from the control loop.
  EventQueue(Observer& observer, std::function<void()> wake) : observer_(observer), wake_(std::move(wake)) {}

  void push(SessionId to, RoomEvent event) {
    if (waiting_.empty()) wake_();
    waiting_.push_back({to, std::move(event)});
  }

  // Until none is left, those included that on_event() causes. A call from within on_event() leaves it to the outer
  // one.
  void deliver() {
    if (delivering_) return;
    delivering_ = true;
    while (!waiting_.empty()) {
      const Item item = std::move(waiting_.front());
      waiting_.pop_front();
      observer_.on_event(item.to, item.event);
    }
    delivering_ = false;
  }

 private:
  struct Item {
    SessionId to;
    RoomEvent event;
  };
  Observer& observer_;
  std::function<void()> wake_;
  std::deque<Item> waiting_;
  bool delivering_ = false;
};

}  // namespace parley

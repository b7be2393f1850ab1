#include "signaling/hub/event_router.h"

namespace parley::signaling {

void EventRouter::begin_join() {
  joining_ = true;
  early_.clear();
}

void EventRouter::adopt(SessionId session, Observer& owner) {
  owners_[session] = &owner;
  joining_ = false;
  const auto early = std::exchange(early_, {});
  for (const auto& [to, event] : early) {
    if (to == session) on_event(to, event);
  }
}

void EventRouter::abandon_join() {
  joining_ = false;
  early_.clear();
}

void EventRouter::forget(SessionId session) {
  owners_.erase(session);
}

void EventRouter::on_event(SessionId to, const RoomEvent& event) {
  const auto it = owners_.find(to);
  if (it == owners_.end()) {
    if (joining_) early_.emplace_back(to, event);
    return;
  }
  Observer& owner = *it->second;
  if (std::holds_alternative<Closed>(event)) owners_.erase(it);
  owner.on_event(to, event);
}

}  // namespace parley::signaling

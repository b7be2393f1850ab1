#include "signaling/hub/session_view.h"

#include <variant>

namespace parley::signaling {

SessionView::SessionView(const Joined& joined) {
  for (const MemberInfo& member : joined.members) members_[member.session] = member;
  for (const TrackInfo& track : joined.tracks) tracks_[track.track] = track;
}

void SessionView::apply(const RoomEvent& event) {
  if (const auto* joined = std::get_if<MemberJoined>(&event)) {
    members_[joined->member.session] = joined->member;
  } else if (const auto* left = std::get_if<MemberLeft>(&event)) {
    members_.erase(left->member.session);
    std::erase_if(tracks_, [&](const auto& entry) { return entry.second.session == left->member.session; });
  } else if (const auto* published = std::get_if<TrackPublished>(&event)) {
    tracks_[published->track.track] = published->track;
  } else if (const auto* ended = std::get_if<TrackEnded>(&event)) {
    tracks_.erase(ended->track.track);
  } else if (const auto* muted = std::get_if<TrackMuted>(&event)) {
    tracks_[muted->track.track] = muted->track;
    for (auto& [slot, track] : slots_) {
      if (track.track == muted->track.track) track = muted->track;
    }
  } else if (const auto* bound = std::get_if<SlotBound>(&event)) {
    slots_[bound->slot] = bound->track;
  } else if (const auto* unbound = std::get_if<SlotUnbound>(&event)) {
    slots_.erase(unbound->slot);
  } else if (std::holds_alternative<Connected>(event)) {
    connected_ = true;
  }
}

std::vector<MemberInfo> SessionView::members() const {
  std::vector<MemberInfo> list;
  for (const auto& [session, member] : members_) list.push_back(member);
  return list;
}

std::vector<TrackInfo> SessionView::tracks() const {
  std::vector<TrackInfo> list;
  for (const auto& [id, track] : tracks_) list.push_back(track);
  return list;
}

std::vector<BoundSlot> SessionView::slots() const {
  std::vector<BoundSlot> list;
  for (const auto& [slot, track] : slots_) list.push_back({slot, track});
  return list;
}

}  // namespace parley::signaling

#include "server/registry.h"

#include <algorithm>

#include "base/check.h"

namespace parley {

TrackRecord* SessionRecord::track(std::string_view mid) {
  const auto it = std::ranges::find(tracks, mid, &TrackRecord::mid);
  return it == tracks.end() ? nullptr : &*it;
}

SlotRecord* SessionRecord::slot(std::string_view mid) {
  const auto it = std::ranges::find(slots, mid, &SlotRecord::mid);
  return it == slots.end() ? nullptr : &*it;
}

SessionRecord* Registry::find(SessionId id) {
  const auto it = sessions_.find(id);
  return it == sessions_.end() ? nullptr : &it->second;
}

RoomRecord* Registry::find_room(std::string_view name) {
  const auto it = room_by_name_.find(std::string(name));
  return it == room_by_name_.end() ? nullptr : &rooms_.at(it->second);
}

const RoomRecord* Registry::find_room(std::string_view name) const {
  return const_cast<Registry*>(this)->find_room(name);
}

RoomRecord& Registry::room(RoomId id) {
  return rooms_.at(id);
}

RoomRecord& Registry::room_of(const SessionRecord& session) {
  return room(session.room);
}

SessionRecord* Registry::member(const RoomRecord& room, std::string_view member) {
  for (const SessionId id : room.sessions) {
    SessionRecord& session = sessions_.at(id);
    if (session.info.member == member) return &session;
  }
  return nullptr;
}

std::vector<SessionRecord*> Registry::others(const SessionRecord& session) {
  std::vector<SessionRecord*> others;
  for (const SessionId id : room_of(session).sessions) {
    if (id != session.id()) others.push_back(&sessions_.at(id));
  }
  return others;
}

std::vector<const TrackRecord*> Registry::receivable(const SessionRecord& of) {
  std::vector<const TrackRecord*> tracks;
  for (const SessionRecord* other : others(of)) {
    if (!of.only_publisher.empty() && other->info.member != of.only_publisher) continue;
    for (const TrackRecord& track : other->tracks) tracks.push_back(&track);
  }
  return tracks;
}

RoomRecord& Registry::add_room(std::string_view name, unsigned worker) {
  const RoomId id{next_room_++};
  room_by_name_[std::string(name)] = id;
  return rooms_[id] = {.id = id, .name = std::string(name), .worker = worker, .sessions = {}};
}

SessionRecord& Registry::add_session(RoomRecord& room, SessionRecord session) {
  const SessionId id{next_session_++};
  session.info.session = id;
  session.room = room.id;
  room.sessions.push_back(id);
  ++worker_sessions_[room.worker];
  return sessions_[id] = std::move(session);
}

TrackRecord& Registry::add_track(SessionRecord& publisher, TrackInfo info, std::string mid) {
  const std::uint64_t number = next_track_++;
  info.track = TrackId{number};
  info.session = publisher.id();
  info.member = publisher.info.member;
  return publisher.tracks.emplace_back(TrackRecord{.info = std::move(info), .mid = std::move(mid), .order = number});
}

void Registry::remove_session(SessionId id) {
  const auto it = sessions_.find(id);
  PARLEY_CHECK(it != sessions_.end());
  RoomRecord& room = room_of(it->second);
  std::erase(room.sessions, id);
  --worker_sessions_[room.worker];
  sessions_.erase(it);
}

void Registry::remove_room(RoomId id) {
  const auto it = rooms_.find(id);
  PARLEY_CHECK(it != rooms_.end() && it->second.sessions.empty());
  room_by_name_.erase(it->second.name);
  rooms_.erase(it);
}

std::size_t Registry::sessions_of_worker(unsigned worker) const {
  const auto it = worker_sessions_.find(worker);
  return it == worker_sessions_.end() ? 0 : it->second;
}

std::vector<RoomId> Registry::all_rooms() const {
  std::vector<RoomId> ids;
  for (const auto& [id, room] : rooms_) ids.push_back(id);
  std::ranges::sort(ids);
  return ids;
}

}  // namespace parley

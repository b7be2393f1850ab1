// The control thread's truth: rooms, who is in them, what they publish and what stands in their slots. Tables and
// look-ups; what a change means to others is decided elsewhere. Sessions and rooms keep their addresses until they are
// removed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/commands.h"
#include "parley/types.h"
#include "sdp/answer.h"

namespace parley {

struct TrackRecord {
  TrackInfo info;
  std::string mid;
  std::uint64_t order = 0;  // of publication in the process
};

struct SlotRecord {
  std::string mid;
  TrackKind kind{};
  std::size_t pair = 0;
  std::vector<CodecParams> codecs;
  std::optional<TrackInfo> bound;
  bool announced = false;        // the client was told of `bound`
  std::vector<TrackId> refused;  // their codec is not among ours
};

struct SessionRecord {
  MemberInfo info;
  RoomId room{};
  Permissions permissions;
  std::string only_publisher;
  std::string cname;
  std::optional<sdp::NegotiatedState> negotiated;  // with it the worker knows the session
  std::vector<TrackRecord> tracks;
  std::vector<SlotRecord> slots;

  SessionId id() const { return info.session; }
  TrackRecord* track(std::string_view mid);
  SlotRecord* slot(std::string_view mid);
};

struct RoomRecord {
  RoomId id{};
  std::string name;
  unsigned worker = 0;
  std::vector<SessionId> sessions;  // in the order of joining
};

class Registry {
 public:
  SessionRecord* find(SessionId id);
  RoomRecord* find_room(std::string_view name);
  const RoomRecord* find_room(std::string_view name) const;
  RoomRecord& room(RoomId id);
  RoomRecord& room_of(const SessionRecord& session);
  SessionRecord* member(const RoomRecord& room, std::string_view member);
  // The tracks of everyone in the room but `of` that it may receive.
  std::vector<const TrackRecord*> receivable(const SessionRecord& of);
  std::vector<SessionRecord*> others(const SessionRecord& session);

  RoomRecord& add_room(std::string_view name, unsigned worker);
  SessionRecord& add_session(RoomRecord& room, SessionRecord session);
  TrackRecord& add_track(SessionRecord& publisher, TrackInfo info, std::string mid);
  // Of the session and its tracks; the room stays, empty or not.
  void remove_session(SessionId id);
  void remove_room(RoomId id);

  std::size_t session_count() const { return sessions_.size(); }
  std::size_t room_count() const { return rooms_.size(); }
  std::size_t sessions_of_worker(unsigned worker) const;
  std::vector<RoomId> all_rooms() const;

 private:
  std::unordered_map<SessionId, SessionRecord> sessions_;
  std::unordered_map<RoomId, RoomRecord> rooms_;
  std::unordered_map<std::string, RoomId> room_by_name_;
  std::unordered_map<unsigned, std::size_t> worker_sessions_;
  std::uint64_t next_session_ = 1;
  std::uint64_t next_room_ = 1;
  std::uint64_t next_track_ = 1;
};

}  // namespace parley

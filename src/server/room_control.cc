#include "server/room_control.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace parley {
namespace {

TrackKind kind_of(MediaKind kind) {
  return kind == MediaKind::kAudio ? TrackKind::kAudio : TrackKind::kVideo;
}

TrackKind kind_of(TrackSource source) {
  return source == TrackSource::kMicrophone || source == TrackSource::kScreenAudio ? TrackKind::kAudio
                                                                                   : TrackKind::kVideo;
}

template <class Lines>
auto find_line(Lines& lines, std::string_view mid) {
  const auto it = std::ranges::find_if(lines, [mid](const auto& line) { return line.mid == mid; });
  return it == lines.end() ? nullptr : &*it;
}

// What the client says of a track, or what is usual.
TrackNote note_for(const ReceiveLine& line, std::span<const TrackNote> notes) {
  if (const TrackNote* note = find_line(notes, line.mid)) return *note;
  return {line.mid, line.kind == MediaKind::kAudio ? TrackSource::kMicrophone : TrackSource::kCamera, false};
}

std::size_t pair_of(const sdp::NegotiatedState& state, std::string_view mid) {
  const sdp::NegotiatedLine* line = find_line(state.lines, mid);
  return line == nullptr ? 0 : line->slot_index;
}

}  // namespace

Result<void> check_notes(std::span<const TrackNote> notes, const SessionParams& params) {
  for (const TrackNote& note : notes) {
    const ReceiveLine* line = find_line(params.receive, note.mid);
    if (line == nullptr || kind_of(line->kind) == kind_of(note.source)) continue;
    return std::unexpected(Error{ErrorCode::kBadRequest, "the note for mid \"" + note.mid + "\" says " +
                                                             to_string(note.source) + ", but the m-line is " +
                                                             std::string(to_string(line->kind))});
  }
  return {};
}

Joined RoomControl::enter(const SessionRecord& session) {
  tell_others(session, MemberJoined{session.info});
  Joined joined{.session = session.id(), .members = {}, .tracks = {}};
  for (const SessionRecord* other : registry_.others(session)) {
    joined.members.push_back(other->info);
    for (const TrackRecord& track : other->tracks) joined.tracks.push_back(track.info);
  }
  return joined;
}

Commands RoomControl::leave(SessionRecord& session, CloseReason reason) {
  Commands out;
  const std::vector<TrackRecord> ended = std::exchange(session.tracks, {});
  bindings_.rebind_others(session, UnbindReason::kMemberLeft, out);
  for (const TrackRecord& track : ended) tell_others(session, TrackEnded{track.info});
  tell_others(session, MemberLeft{session.info, reason});
  events_.push(session.id(), Closed{reason});

  if (session.negotiated) out.push_back(RemoveSession{session.id()});
  const RoomRecord& room = registry_.room_of(session);
  registry_.remove_session(session.id());
  if (room.sessions.empty()) registry_.remove_room(room.id);
  return out;
}

Commands RoomControl::shut_down(RoomId id) {
  Commands out;
  const std::vector<SessionId> sessions = registry_.room(id).sessions;
  for (const SessionId session : sessions) {
    events_.push(session, Closed{CloseReason::kShutdown});
    if (registry_.find(session)->negotiated) out.push_back(RemoveSession{session});
    registry_.remove_session(session);
  }
  registry_.remove_room(id);
  return out;
}

// The worker keeps order: bindings end before tracks and slots do, and begin after them.
Commands RoomControl::apply(SessionRecord& session, sdp::Answer answer, std::span<const TrackNote> notes) {
  Commands out;
  end_tracks(session, answer.params, notes, out);
  close_slots(session, answer.params, out);

  if (!session.negotiated) {
    out.push_back(AddSession{session.id(), session.room, answer.params});
  } else if (session.negotiated->params != answer.params) {
    out.push_back(UpdateSession{session.id(), answer.params});
  }
  session.negotiated = std::move(answer.state);

  open_slots(session, *session.negotiated);
  const bool updated = update_tracks(session, answer.delta, notes, out);
  const bool begun = begin_tracks(session, answer.params, notes, out);
  if (updated || begun) bindings_.rebind_others(session, UnbindReason::kTrackEnded, out);
  bindings_.rebind(session, UnbindReason::kTrackEnded, out);
  return out;
}

// A track whose source changes is another one to those who look at it.
void RoomControl::end_tracks(SessionRecord& session, const SessionParams& params, std::span<const TrackNote> notes,
                             Commands& out) {
  const auto ends = [&](const TrackRecord& track) {
    const ReceiveLine* line = find_line(params.receive, track.mid);
    const TrackNote* note = find_line(notes, track.mid);
    return line == nullptr || kind_of(line->kind) != track.info.kind ||
           (note != nullptr && note->source != track.info.source);
  };
  std::vector<TrackRecord> ended;
  std::ranges::copy_if(session.tracks, std::back_inserter(ended), ends);
  if (ended.empty()) return;
  std::erase_if(session.tracks, ends);
  bindings_.rebind_others(session, UnbindReason::kTrackEnded, out);
  for (const TrackRecord& track : ended) {
    out.push_back(UnpublishTrack{track.info.track});
    tell_others(session, TrackEnded{track.info});
  }
}

void RoomControl::close_slots(SessionRecord& session, const SessionParams& params, Commands& out) {
  const auto closes = [&](const SlotRecord& slot) {
    const SendSlot* line = find_line(params.send, slot.mid);
    return line == nullptr || kind_of(line->kind) != slot.kind;
  };
  for (SlotRecord& slot : session.slots) {
    if (closes(slot)) bindings_.unbind(session, slot, UnbindReason::kSlotClosed, out);
  }
  std::erase_if(session.slots, closes);
}

void RoomControl::open_slots(SessionRecord& session, const sdp::NegotiatedState& state) {
  for (const SendSlot& line : state.params.send) {
    SlotRecord* slot = session.slot(line.mid);
    if (slot == nullptr) {
      slot = &session.slots.emplace_back();
      slot->mid = line.mid;
      slot->kind = kind_of(line.kind);
      slot->pair = pair_of(state, line.mid);
    }
    if (slot->codecs == line.codecs) continue;
    slot->codecs = line.codecs;
    slot->refused.clear();
  }
}

bool RoomControl::update_tracks(SessionRecord& session, const sdp::SessionDelta& delta,
                                std::span<const TrackNote> notes, Commands& out) {
  bool updated = false;
  for (TrackRecord& track : session.tracks) {
    if (std::ranges::find(delta.receive_changed, track.mid) != delta.receive_changed.end()) {
      bindings_.forget_refusals(session, track.info.track);
      updated = true;
    }
    const TrackNote* note = find_line(notes, track.mid);
    if (note == nullptr || note->muted == track.info.muted) continue;
    Commands muted = mute(session, track, note->muted);
    std::ranges::move(muted, std::back_inserter(out));
  }
  return updated;
}

bool RoomControl::begin_tracks(SessionRecord& session, const SessionParams& params, std::span<const TrackNote> notes,
                               Commands& out) {
  bool begun = false;
  for (const ReceiveLine& line : params.receive) {
    if (session.track(line.mid) != nullptr) continue;
    begun = true;
    const TrackNote note = note_for(line, notes);
    TrackInfo info;
    info.kind = kind_of(line.kind);
    info.source = note.source;
    info.muted = note.muted;
    const TrackRecord& track = registry_.add_track(session, std::move(info), line.mid);
    out.push_back(PublishTrack{session.id(), track.info.track, track.mid, track.info.muted});
    tell_others(session, TrackPublished{track.info});
  }
  return begun;
}

Commands RoomControl::mute(SessionRecord& session, TrackRecord& track, bool muted) {
  if (track.info.muted == muted) return {};
  track.info.muted = muted;
  tell_others(session, TrackMuted{track.info});
  return {MuteTrack{track.info.track, muted}};
}

// The worker may speak of a session that left meanwhile.
Commands RoomControl::on_event(const EngineEvent& event) {
  Commands out;
  if (const auto* connected = std::get_if<SessionConnected>(&event)) {
    if (registry_.find(connected->session) != nullptr) events_.push(connected->session, Connected{});
  } else if (const auto* suspect = std::get_if<SessionSuspect>(&event)) {
    if (registry_.find(suspect->session) != nullptr) events_.push(suspect->session, PathSuspect{suspect->suspect});
  } else if (const auto* ended = std::get_if<SessionEnded>(&event)) {
    if (SessionRecord* session = registry_.find(ended->session)) out = leave(*session, ended->reason);
  } else if (const auto* started = std::get_if<SlotStarted>(&event)) {
    bindings_.on_started(*started);
  } else if (const auto* unsupported = std::get_if<SlotCodecUnsupported>(&event)) {
    bindings_.on_unsupported(*unsupported, out);
  }
  return out;
}

void RoomControl::tell_others(const SessionRecord& session, const RoomEvent& event) {
  for (const SessionRecord* other : registry_.others(session)) events_.push(other->id(), event);
}

}  // namespace parley

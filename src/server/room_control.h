// What happens in rooms: a change of one session becomes new records, commands for its worker and events for whom it
// concerns. Events of a change stand in the queue before it returns. Control thread; no I/O.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "parley/server.h"
#include "server/bindings.h"
#include "server/event_queue.h"
#include "server/registry.h"

namespace parley {

class RoomControl {
 public:
  RoomControl(Registry& registry, EventQueue& events)
      : registry_(registry), events_(events), bindings_(registry, events) {}

  // A session that is in the registry now.
  Joined enter(const SessionRecord& session);
  // The session's record goes with it, and its room with the last.
  Commands leave(SessionRecord& session, CloseReason reason);
  // All of one room at once: each hears of its own end and of nobody else's.
  Commands shut_down(RoomId room);
  // What a negotiation decided, with the client's notes on its tracks.
  Commands apply(SessionRecord& session, sdp::Answer answer, std::span<const TrackNote> notes);
  Commands mute(SessionRecord& session, TrackRecord& track, bool muted);
  Commands on_event(const EngineEvent& event);

 private:
  void end_tracks(SessionRecord& session, const SessionParams& params, std::span<const TrackNote> notes, Commands& out);
  void close_slots(SessionRecord& session, const SessionParams& params, Commands& out);
  void open_slots(SessionRecord& session, const sdp::NegotiatedState& state);
  // True if there is something new for the others' slots.
  bool begin_tracks(SessionRecord& session, const SessionParams& params, std::span<const TrackNote> notes,
                    Commands& out);
  bool update_tracks(SessionRecord& session, const sdp::SessionDelta& delta, std::span<const TrackNote> notes,
                     Commands& out);
  void tell_others(const SessionRecord& session, const RoomEvent& event);

  Registry& registry_;
  EventQueue& events_;
  Bindings bindings_;
};

// A note that contradicts its m-line ("camera" on audio), as a sentence.
Result<void> check_notes(std::span<const TrackNote> notes, const SessionParams& params);

}  // namespace parley

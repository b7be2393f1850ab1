// Who hears whom in one room, on one worker: its publications and what is bound to them. Knows no session: a receiver
// is a handle to the stream that goes out. Owned by the engine; the control thread decides, this follows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/drop_reason.h"
#include "base/slot_map.h"
#include "base/time.h"
#include "media/media_packet.h"
#include "media/send_stream.h"
#include "parley/types.h"
#include "room/fanout.h"
#include "room/publication.h"

namespace parley {

class Room {
 public:
  Room(SlotMap<SendStream>& streams, Duration keyframe_interval)
      : streams_(&streams), keyframe_interval_(keyframe_interval) {}

  // The route by which the publisher's packets come.
  Route publish(TrackId track, SessionId publisher, MediaKind kind, bool muted);
  void unpublish(TrackId track);
  // Unmuting begins a new run at every receiver; video waits for a keyframe.
  void mute(TrackId track, bool muted, Time now);

  // False if there is no such track. Whatever the stream carried before is unbound.
  bool bind(TrackId track, SessionId subscriber, Handle<SendStream> stream, Time now);
  void unbind(Handle<SendStream> stream);
  // A receiver can't decode, or has just become able to receive.
  void want_keyframe(Handle<SendStream> stream, Time now);

  void receive(const MediaPacket& packet, DropCounters& drops, std::vector<BindingNews>& news);

  // The keyframes to ask for now, throttled and merged per publication.
  struct KeyframeRequest {
    SessionId publisher{};
    Route route;
  };
  void tick(Time now, std::vector<KeyframeRequest>& requests);
  Time next_deadline() const;

  // Everything the session published or received. Returns the tracks that ended by it.
  std::vector<TrackId> forget(SessionId session);

  // Sessions placed here; the engine counts them, an empty room goes.
  std::size_t members = 0;

 private:
  Publication* find(Route route);
  Handle<Publication> find(TrackId track);
  void end_runs(Publication& publication);

  SlotMap<SendStream>* streams_;
  Duration keyframe_interval_;
  SlotMap<Publication> publications_;
};

}  // namespace parley

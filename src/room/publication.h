// One track of a room and who gets it. Control compiles into its fields; the fan-out reads fields and asks nobody.
#pragma once

#include <cstdint>
#include <vector>

#include "base/slot_map.h"
#include "base/time.h"
#include "media/keyframe_gate.h"
#include "media/send_stream.h"
#include "parley/types.h"
#include "wire/codec.h"

namespace parley {

// One receiver of a publication: which of its packets (all, from a keyframe on), and where they go.
struct Subscription {
  SessionId subscriber{};
  Handle<SendStream> stream;
  bool waiting_for_keyframe = false;
  bool started = false;      // the first packet went out, and was told
  bool unsupported = false;  // the slot has no such codec, and that was told
};

struct Publication {
  Publication(TrackId id, SessionId by, MediaKind of, bool is_muted, Duration keyframe_interval)
      : track(id), publisher(by), kind(of), muted(is_muted), gate(keyframe_interval) {}

  TrackId track;
  SessionId publisher;
  MediaKind kind;
  bool muted;
  KeyframeGate gate;
  // Whose numbering is forwarded, and when it was heard.
  std::uint32_t source = 0;
  Time last_packet{};
  std::vector<Subscription> subscriptions;
};

}  // namespace parley

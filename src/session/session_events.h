// What crosses upward from a session: one variant, routed by the engine alone. A session knows no room.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/datagram.h"
#include "base/slot_map.h"
#include "base/strong_id.h"
#include "media/media_packet.h"
#include "parley/events.h"

namespace parley {

class SendStream;

// ICE and DTLS are up; from now on slots can carry media.
struct SessionUp {};
// A path of the peer was proved by it (once more: it may have been another's meanwhile), or is no longer: where its
// datagrams are looked up.
struct PathValidated {
  Path path;
};
struct PathRetired {
  Path path;
};
// The local ufrag is no longer answered.
struct UfragRetired {
  std::string ufrag;
};
struct SuspectChanged {
  bool suspect = false;
};
// It is over; the engine takes the session out of its tables.
struct SessionOver {
  CloseReason reason{};
};
// A receiver can't decode what the slot carries.
struct KeyframeWanted {
  Handle<SendStream> stream;
};

using SessionEvent = std::variant<SessionUp, PathValidated, PathRetired, UfragRetired, SuspectChanged, SessionOver,
                                  KeyframeWanted, MediaPacket>;
using SessionEvents = std::vector<SessionEvent>;

}  // namespace parley

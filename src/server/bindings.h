// Carries out what slot_binder decides: compares its answer with what stands, tells the worker the difference and the
// client what it sees. A client hears SlotBound when media of the track has begun to flow, and SlotUnbound only of what
// it heard bound, or of what can't be.
#pragma once

#include <vector>

#include "engine/commands.h"
#include "parley/events.h"
#include "server/event_queue.h"
#include "server/registry.h"

namespace parley {

using Commands = std::vector<Command>;

class Bindings {
 public:
  Bindings(Registry& registry, EventQueue& events) : registry_(registry), events_(events) {}

  // `gone`: why a track that is no longer there left.
  void rebind(SessionRecord& session, UnbindReason gone, Commands& out);
  void rebind_others(const SessionRecord& than, UnbindReason gone, Commands& out);
  // Before slots are taken away.
  void unbind(SessionRecord& session, SlotRecord& slot, UnbindReason reason, Commands& out);
  // The publisher's codecs were negotiated anew: who refused the track may try again.
  void forget_refusals(const SessionRecord& publisher, TrackId track);

  void on_started(const SlotStarted& started);
  void on_unsupported(const SlotCodecUnsupported& unsupported, Commands& out);

 private:
  Registry& registry_;
  EventQueue& events_;
};

}  // namespace parley

// The few ways in which a call changes its state, each with everything that goes with it: who is told, who goes, what
// is kept.
#pragma once

#include "signaling/call/draft.h"

namespace parley::signaling::call {

// The ring comes to nothing (R31). `decider` is the tab that declined.
void end_ring(Draft& draft, Ring ring, Reason reason, CallTime at, const std::optional<TabId>& decider = std::nullopt);
// The ring is accepted (R12).
void open_call(Draft& draft, const TabId& tab, const DeviceId& device, Media media, CallTime at);
// An open call ends: the window is over, or it is cut.
void close_call(Draft& draft, State state, Reason reason, CallTime at);

void go_in(Draft& draft, Party party, const TabId& tab, CallTime at);
void go_out(Draft& draft, Party party, CallTime at);
// As go_out, by the server's will.
void put_out(Draft& draft, Party party, RemoveReason reason, CallTime at);

// Everything that is due at `now`, each at its own time; then what the facts demand.
void settle(Draft& draft, CallTime now);

}  // namespace parley::signaling::call

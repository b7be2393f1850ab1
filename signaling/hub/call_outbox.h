// What platforms are told of a call, committed together with the transition that it tells of. A function of values.
#pragma once

#include <vector>

#include "signaling/call/call_effects.h"
#include "signaling/call/call_types.h"
#include "signaling/protocol/call_messages.h"
#include "signaling/store/store_types.h"

namespace parley::signaling {

// call.started is the first of every call and call.ended the last, each once; between them call.answered,
// call.declined, call.missed (whenever the callee has a notification of it) and call.emptied (the room has nobody in it
// any more, and the call goes on). `before` is null for a new call.
std::vector<store::OutboxDraft> outbox_of(const call::CallRecord* before, const call::CallRecord& after,
                                          const call::Persist& persist, const store::Stamp& now, WallMs created);

}  // namespace parley::signaling

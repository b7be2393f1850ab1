// The rules of private calls as a function of values (docs/private-calls.md): a record, what happened, the facts and
// the time, and out come the next record and what follows from it. The hub calls it, commits the first effect, and only
// then does the rest.
#pragma once

#include "signaling/call/call_effects.h"
#include "signaling/call/call_inputs.h"
#include "signaling/call/call_types.h"
#include "signaling/call/draft.h"

namespace parley::signaling::call {

inline constexpr std::size_t kMaxDevices = 32;  // of one callee, that put one pop-up away
inline constexpr std::size_t kMaxCarriers = 8;  // tabs of the caller that show one call

// `now` may not be before any time in the record. Facts are read before: if one of the rows is stale, the commit fails.
Step step(const CallRecord& record, const Input& input, const Facts& facts, CallTime now);

}  // namespace parley::signaling::call

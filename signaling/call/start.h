// The first step of a call: whether it may begin, and whether it is a new one at all.
#pragma once

#include <expected>
#include <optional>

#include "signaling/call/call_inputs.h"
#include "signaling/call/call_types.h"
#include "signaling/call/draft.h"

namespace parley::signaling::call {

struct StartRequest {
  SiteId site;
  CallId id;  // fresh random bits, used if the call is new
  RequestId request;
  By by;  // party is kCaller
  MemberId caller;
  MemberId callee;
  Origin origin;
};

// Facts about the two, and the calls that the rows name. Site, rows and members as in every step.
struct StartFacts {
  Facts facts;
  StartCounts recent;  // begun in the last minute
  bool blocked_by_callee = false;
  std::optional<CallRecord> same_request;    // of this caller, by the request's id
  std::optional<CallRecord> pair_ringing;    // pair.ringing
  std::optional<CallRecord> caller_ringing;  // caller_row.ringing_out
  std::optional<CallRecord> caller_inside;   // caller_row.inside
  std::optional<CallRecord> callee_inside;   // callee_row.inside
};

enum class StartKind : std::uint8_t {
  kCreated,       // a new call rings
  kRejectedBusy,  // a new record that never rang: missed, busy (R43)
  kSame,          // asked again, or the pair's call rings already (R34)
  kGlare,         // the other's call to this one rings: show it, with the choices of R18 (R32)
  kJoin,          // the two have an open call and the callee is in it: go there (R34)
};

struct Started {
  StartKind kind{};
  Step step;  // for kSame, kGlare and kJoin of the call that is there; often without effects
};

// A refusal leaves no trace but the audit's (R1).
std::expected<Started, Refusal> start(const StartRequest& request, const StartFacts& facts, CallTime now);

}  // namespace parley::signaling::call

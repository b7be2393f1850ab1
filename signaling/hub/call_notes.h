// A call as pages read it: what call_view.h makes of the record, with persons and wall times. Pure.
#pragma once

#include <optional>

#include "signaling/call/call_types.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/protocol/call_messages.h"
#include "signaling/store/store_types.h"

namespace parley::signaling {

// What a note is made of besides the member who reads it.
struct CallSight {
  const call::CallRecord& record;
  const store::PairView& two;
  const call::Facts& facts;
  call::CallTime now{};
  // The wall clock at the call's start: every time of a call is told from there, so that a step of the wall clock does
  // not bend the story (R41).
  WallMs created{};
};

// As the profile has it; somebody without one is shown by id.
Person person_of(const call::MemberId& member, const std::optional<store::MemberProfile>& profile);
WallMs wall_of(const CallSight& sight, call::CallTime at);

// None for anybody who is not one of the two (R23).
std::optional<SnapshotNote> snapshot_note(const CallSight& sight, const call::MemberId& member,
                                          const call::DeviceId& device);
std::optional<DetailsNote> details_note(const CallSight& sight, const call::MemberId& member);

}  // namespace parley::signaling

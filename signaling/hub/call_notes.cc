#include "signaling/hub/call_notes.h"

#include <algorithm>

#include "signaling/call/admission.h"
#include "signaling/call/call_view.h"

namespace parley::signaling {

Person person_of(const call::MemberId& member, const std::optional<store::MemberProfile>& profile) {
  if (!profile) return {member, {}, {}};
  return {member, profile->name, profile->avatar};
}

WallMs wall_of(const CallSight& sight, call::CallTime at) {
  return sight.created + (at - sight.record.started_at);
}

std::optional<SnapshotNote> snapshot_note(const CallSight& sight, const call::MemberId& member,
                                          const call::DeviceId& device) {
  const auto seen = call::snapshot_of(sight.record, member, device, sight.facts, sight.now);
  if (!seen) return std::nullopt;
  SnapshotNote note;
  note.id = seen->id;
  note.seq = seen->seq;
  note.you = seen->you;
  note.caller = person_of(seen->caller, sight.two.caller);
  note.callee = person_of(seen->callee, sight.two.callee);
  note.origin = seen->origin;
  note.outcome = seen->outcome;
  note.reason = seen->reason;
  note.state = seen->state;
  note.started_at = wall_of(sight, sight.record.started_at);
  note.expires_at = wall_of(sight, seen->expires_at);
  note.ring_left = seen->ring_left;
  note.left = seen->left;
  note.your_media = seen->your_media;
  note.their_media = seen->their_media;
  note.you_inside = seen->you_inside;
  note.they_inside = seen->they_inside;
  note.your_tab = seen->your_tab;
  note.busy = seen->busy;
  note.put_away = seen->put_away;
  note.message_offered = seen->message_offered;
  note.can_rejoin = seen->can_rejoin;
  return note;
}

std::optional<DetailsNote> details_note(const CallSight& sight, const call::MemberId& member) {
  const auto seen = call::details_of(sight.record, member, sight.facts, sight.now);
  if (!seen) return std::nullopt;
  const auto wall = [&](const std::optional<call::CallTime>& at) {
    return at ? std::optional(wall_of(sight, *at)) : std::nullopt;
  };
  DetailsNote note;
  note.id = seen->id;
  note.caller = person_of(seen->caller, sight.two.caller);
  note.callee = person_of(seen->callee, sight.two.callee);
  note.origin = seen->origin;
  note.started_at = wall_of(sight, seen->started_at);
  note.answered_at = wall(seen->answered_at);
  note.last_left_at = wall(seen->last_left_at);
  note.talked = seen->talked;
  note.caller_media = seen->caller_media;
  note.callee_media = seen->callee_media;
  note.outcome = seen->outcome;
  note.reason = seen->reason;
  note.state = seen->state;
  note.expires_at = wall_of(sight, seen->expires_at);
  note.left = std::max(seen->expires_at - sight.now, call::CallSpan{0});
  note.can_rejoin = seen->can_rejoin;
  note.message_offered = call::message_offered(sight.record, sight.facts);
  return note;
}

}  // namespace parley::signaling

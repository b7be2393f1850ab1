// What one of the two may see of a call: the details after leaving (R37), and the snapshot for a session that
// (re)connects (R46).
#pragma once

#include <optional>

#include "signaling/call/call_types.h"

namespace parley::signaling::call {

struct CallDetails {
  CallId id;
  MemberId caller;
  MemberId callee;
  Origin origin;
  CallTime started_at{};
  std::optional<CallTime> answered_at;
  std::optional<CallTime> last_left_at;  // of either
  CallSpan talked{0};                    // both were in; 0 if never
  std::optional<Media> caller_media;
  std::optional<Media> callee_media;
  Ring outcome{};  // as this member has it: what the caller cancelled, the callee may have missed
  Reason reason{};
  State state{};
  CallTime expires_at{};
  bool can_rejoin = false;

  bool operator==(const CallDetails&) const = default;
};

struct CallSnapshot {
  CallId id;
  std::uint64_t seq = 0;  // of the last event that it contains
  Party you{};
  MemberId caller;
  MemberId callee;
  Origin origin;
  Ring outcome{};
  Reason reason{};
  State state{};
  CallSpan ring_left{0};  // 0 unless it rings
  CallSpan left{0};       // of the window
  CallTime expires_at{};
  std::optional<Media> your_media;
  std::optional<Media> their_media;
  bool you_inside = false;
  bool they_inside = false;
  std::optional<TabId> your_tab;  // whose call it is among your tabs
  bool busy = false;              // you are in another call (R43)
  bool put_away = false;          // on this device: no pop-up (R29)
  bool message_offered = false;   // R10, R19
  bool can_rejoin = false;

  bool operator==(const CallSnapshot&) const = default;
};

// None for anybody who is not one of the two (R23).
std::optional<CallDetails> details_of(const CallRecord& record, const MemberId& member, const Facts& facts,
                                      CallTime now);
std::optional<CallSnapshot> snapshot_of(const CallRecord& record, const MemberId& member, const DeviceId& device,
                                        const Facts& facts, CallTime now);

CallSpan talk_time(const CallRecord& record, CallTime now);

}  // namespace parley::signaling::call

// What follows from a step, in the order in which it is to be done. If anything changed the first is Persist: a
// compare-and-set that commits record, rows, notification and audit together. Lost: reload and step again. Won: do the
// rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "signaling/call/call_types.h"

namespace parley::signaling::call {

enum class Actor : std::uint8_t { kCaller, kCallee, kServer, kOperator };

// What the audit calls a state of the call.
struct Standing {
  Ring ring{};
  State state{};
  bool caller_inside = false;
  bool callee_inside = false;

  bool operator==(const Standing&) const = default;
};

// One per transition or refusal (R48). Names and enumerations only, so nothing private can be in it.
struct AuditLine {
  Actor who{};
  Standing from;
  Standing to;
  std::string_view why;  // a static name: the move, or the deadline
  std::optional<RefusalCode> refused;
};

struct Persist {
  std::uint64_t from = 0;  // the version to find; 0: there must be no such call. The new one is from + 1
  // Rows to write, each with its new version: one more than the version to find.
  std::optional<MemberRow> caller_row;
  std::optional<MemberRow> callee_row;
  std::optional<PairRow> pair;
  bool missed_notice =
      false;  // store one notification for the callee under the call's id, unless it is there (R20, R42)
  std::vector<AuditLine> audit;
};

// Why a pop-up goes away.
enum class StopReason : std::uint8_t {
  kAnsweredElsewhere,
  kDeclinedElsewhere,
  kDismissed,
  kTimeout,
  kCancelled,
  kWithdrawn
};

// What the page does with the dialogs of the call: offer to write instead, or close them by itself and say it in a
// status line (R13).
enum class AfterRing : std::uint8_t { kOfferMessage, kCloseDialogs };

// ---- what members are told
struct RingStarted {};
struct RingStopped {
  StopReason reason{};
};
struct Answered {};
struct RingEnded {
  Ring ring{};
  Reason reason{};
  AfterRing after{};
};
struct CouldNotConnect {
  Party party{};
};  // who is missing (R44, R49)
struct PresenceChanged {};
struct BackInCall {
  Party party{};
};  // quiet (R35)
struct ClosingSoon {
  CallSpan left{};
};  // R36
struct CallClosed {
  State state{};
  Reason reason{};
};
struct DetailsReady {
  Party left{};
};  // `left` is out: details_of (R14, R37)
struct SnapshotReady {};  // snapshot_of (R46)
struct Settled {};        // the loser of a race: snapshot_of, with the outcome that stands (R30)

using Event = std::variant<RingStarted, RingStopped, Answered, RingEnded, CouldNotConnect, PresenceChanged, BackInCall,
                           ClosingSoon, CallClosed, DetailsReady, SnapshotReady, Settled>;

// All tabs of one party, less what is named.
struct Audience {
  Party party{};
  std::optional<TabId> only;
  std::optional<TabId> except;
  std::optional<DeviceId> device;

  bool operator==(const Audience&) const = default;
};

struct Tell {
  Audience to;
  std::uint64_t seq = 0;  // R46; SnapshotReady and Settled repeat the number they are as of
  Event event;
};

enum class RemoveReason : std::uint8_t { kReplaced, kLeft, kRingOver, kExpired, kTerminated, kDeactivated };

// ---- what the server does
// Shows the stored notification to the callee's connected tabs; whoever is away gets it at the next connection (R42).
struct NotifyMissed {};
struct OpenRoom {};
struct CloseRoom {};
struct Admit {
  Party party{};
  TabId tab;
  std::uint32_t entry = 0;  // Left names it
};
struct Remove {
  Party party{};
  TabId tab;
  std::uint32_t entry = 0;
  RemoveReason reason{};
};
struct IssueTicket {
  Party party{};
  TabId tab;
  CallTime until{};
};
// The one timer of this call: feed Wake then. None: nothing is due any more.
struct WakeAt {
  std::optional<CallTime> at;
};
// The member goes into this call and is in, or ringing out, another: feed Leave there.
struct LeaveOther {
  CallId call;
  MemberId member;
};
// A refusal, for the audit log (R48). Transitions are in Persist.
struct Audit {
  AuditLine line;
};

using Effect = std::variant<Persist, Tell, NotifyMissed, OpenRoom, CloseRoom, Admit, Remove, IssueTicket, WakeAt,
                            LeaveOther, Audit>;

std::string_view to_string(Actor actor);
std::string_view to_string(StopReason reason);
std::string_view to_string(RemoveReason reason);
std::string_view name_of(const Event& event);

}  // namespace parley::signaling::call

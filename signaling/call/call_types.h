// A private call as plain values: the record that the store keeps, the rows that settle races between calls, and the
// facts about site and members that decisions are made from. No behaviour: call_machine.h decides, the store persists,
// the hub acts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/call/call_time.h"
#include "signaling/call/ids.h"
#include "signaling/call/origin.h"

namespace parley::signaling::call {

enum class Party : std::uint8_t { kCaller, kCallee };
constexpr Party other(Party party) {
  return party == Party::kCaller ? Party::kCallee : Party::kCaller;
}

enum class Media : std::uint8_t { kAudio, kVideo };

// How the ring stands; everything but kRinging is final (R31).
enum class Ring : std::uint8_t { kRinging, kAccepted, kDeclined, kMissed, kCancelled, kWithdrawn };

// Why a ring ended so, or why a call was cut.
enum class Reason : std::uint8_t {
  kNone,
  kTimeout,            // missed: nobody answered in time
  kDismissed,          // missed: put away on every device (R29)
  kBusy,               // missed: the site rejects while the callee is in a call (R43)
  kCallerLost,         // cancelled: the caller's tabs were gone for 15 s (R49)
  kFeatureDisabled,    // withdrawn or terminated: the site's toggle (R39)
  kMemberDeactivated,  // withdrawn (R50)
  kTerminated,         // cut by an operator
  kExpired,            // the window closed (R17)
};

// Ringing; open until expires_at; then completed (both were inside together) or failed; terminated if cut. kEnded: the
// ring came to nothing (R31).
enum class State : std::uint8_t { kRinging, kOpen, kCompleted, kFailed, kTerminated, kEnded };

// What the call knows of one of its two.
struct PartyState {
  std::optional<Media> media;          // the starting choice (R47); none: not chosen yet
  std::optional<TabId> tab;            // the tab that chose last or was given the last ticket: only it may enter
  std::optional<DeviceId> device;      // of that tab
  std::optional<TabId> inside;         // the tab in the room; at most one (R33)
  std::optional<CallTime> entered_at;  // the latest entry; set once, never unset: "was inside"
  std::uint32_t entries = 0;           // the number of the latest entry: one tab may come in twice
  std::optional<CallTime> left_at;     // the latest exit
  bool entry_overdue = false;          // 60 s after the accept not inside: the other was told (R44, R49)

  bool operator==(const PartyState&) const = default;
};

struct CallRecord {
  CallId id;
  SiteId site;
  MemberId caller;
  MemberId callee;
  Origin origin;
  RequestId request;

  CallTime started_at{};    // the one start that every deadline counts from
  CallTime ring_ends_at{};  // fixed at creation, never after expires_at (R26)
  CallTime expires_at{};    // fixed at creation (R15)

  Ring ring = Ring::kRinging;
  State state = State::kRinging;
  Reason reason = Reason::kNone;
  std::optional<CallTime> answered_at;
  std::optional<CallTime> ended_at;  // of the ring if it came to nothing, else of the call
  PartyState parties[2];

  std::vector<TabId> carriers;             // the caller's tabs that show the call; a few at most
  std::optional<CallTime> caller_lost_at;  // ringing, and no carrier is connected since (R49)
  bool ring_shown = false;                 // a session of the callee has shown the pop-up (R20)
  std::vector<DeviceId> dismissed;         // the callee's devices that put the pop-up away (R29)
  bool callee_busy = false;                // the callee was in another call when it began to ring (R43)
  bool missed_notice = false;  // the callee has a missed-call notification of this call; its key is the call's id

  std::optional<CallTime> both_since;  // both are inside since
  CallSpan talked{0};                  // of earlier times together
  bool both_were_inside = false;
  std::uint8_t warnings = 0;  // of the two before expiry, how many are behind us (R36)

  std::uint64_t version = 0;    // one more with every commit
  std::uint64_t event_seq = 0;  // of the last event (R46)

  PartyState& of(Party party) { return parties[static_cast<std::size_t>(party)]; }
  const PartyState& of(Party party) const { return parties[static_cast<std::size_t>(party)]; }
  const MemberId& member(Party party) const { return party == Party::kCaller ? caller : callee; }
  std::optional<Party> party_of(const MemberId& member_id) const;
  bool operator==(const CallRecord&) const = default;
};

// The three rows that start and accept commit against besides the call itself. version 0: no such row yet.
struct MemberRow {
  SiteId site;
  MemberId member;
  std::optional<CallId> ringing_out;
  std::optional<CallId> inside;  // in its room, or accepted and on the way in
  std::uint64_t version = 0;

  bool operator==(const MemberRow&) const = default;
};

struct PairRow {
  SiteId site;
  MemberId first;  // the two in order of their names
  MemberId second;
  std::optional<CallId> ringing;  // in either direction
  std::uint64_t version = 0;

  bool operator==(const PairRow&) const = default;
};

PairRow pair_of(const SiteId& site, const MemberId& a, const MemberId& b);

enum class BusyPolicy : std::uint8_t { kRing, kReject };
enum class OnDisable : std::uint8_t { kKeep, kTerminate };
enum class SecondTab : std::uint8_t { kReplace, kRefuse };

// Calls begun within the last minute, and how many are too many (R45).
struct StartCounts {
  std::uint32_t by_caller = 0;
  std::uint32_t by_pair = 0;  // in either direction
  std::uint32_t to_callee = 0;
};

struct SiteSettings {
  bool private_calls = false;  // R2: a new site has it off
  bool messenger = true;
  bool messenger_by_platform = false;  // messages are the platform's own: the pages link to it
  CallSpan ring{30'000};               // R26: 10 to 120 s
  CallSpan lifetime{7'200'000};        // R15: 10 to 7200 s
  BusyPolicy busy = BusyPolicy::kRing;
  OnDisable on_disable = OnDisable::kKeep;
  SecondTab second_tab = SecondTab::kReplace;
  StartCounts per_minute{10, 4, 20};
};

inline constexpr CallSpan kMinRing{10'000}, kMaxRing{120'000};
inline constexpr CallSpan kMinLifetime{10'000}, kMaxLifetime{7'200'000};

struct MemberFacts {
  bool known = false;  // a member of the call's site
  bool deactivated = false;
  bool active = false;  // presence says so (R3)
  bool takes_calls = true;
  bool messenger = true;
};

// One session of a member as presence has it: `connected` while its socket is open; one that closed stays listed for 15
// s unless it signed out, so that a page may be changed.
struct LiveTab {
  TabId tab;
  DeviceId device;
  bool connected = true;

  bool operator==(const LiveTab&) const = default;
};

// What a step may know besides the record, read before it.
struct Facts {
  SiteSettings site;
  MemberFacts caller;
  MemberFacts callee;
  std::vector<LiveTab> caller_tabs;
  std::vector<LiveTab> callee_tabs;
  MemberRow caller_row;
  MemberRow callee_row;
  PairRow pair;

  const MemberFacts& of(Party party) const { return party == Party::kCaller ? caller : callee; }
  const std::vector<LiveTab>& tabs(Party party) const { return party == Party::kCaller ? caller_tabs : callee_tabs; }
  const MemberRow& row(Party party) const { return party == Party::kCaller ? caller_row : callee_row; }
};

// Programs decide by these; to_string gives "private_calls_disabled" and so on.
enum class RefusalCode : std::uint8_t {
  kPrivateCallsDisabled,
  kCalleeUnknown,   // unknown, of another site, deactivated, or oneself: not to be told apart (R25, R50)
  kCalleeInactive,  // inactive, blocked, takes no calls: not to be told apart (R3, R50)
  kCallerBusy,
  kRateLimited,
  kCallExpired,
  kCallOver,       // the ring came to nothing, or the call was cut
  kNotFound,       // no such call for whoever asks (R23)
  kNotYourMove,    // a message that this side, or this state, does not have (R5)
  kNoMediaChosen,  // a ticket is asked before audio or video was chosen
  kAlreadyInside,  // in another tab, and the site lets the older stay (R33)
  kBadTicket,      // used, of another tab, too old
  kMessengerOff,   // does not say whose (R38)
  kRequestReused,  // the request's id belongs to a call to somebody else
  kTooManyDevices,
};

struct Refusal {
  RefusalCode code = RefusalCode::kNotFound;
  bool operator==(const Refusal&) const = default;
};

std::string_view to_string(Party party);
std::string_view to_string(Media media);
std::string_view to_string(Ring ring);
std::string_view to_string(Reason reason);
std::string_view to_string(State state);
std::string_view to_string(RefusalCode code);

std::optional<Media> parse_media(std::string_view text);
std::optional<Ring> parse_ring(std::string_view text);
std::optional<Reason> parse_reason(std::string_view text);
std::optional<State> parse_state(std::string_view text);

}  // namespace parley::signaling::call

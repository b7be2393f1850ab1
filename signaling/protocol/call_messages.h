// The messages of private calls as values: docs/websocket-calls.md describes them, call_codec.h turns them into JSON
// and back. Times are wall clock in milliseconds, spans are milliseconds; the hub turns the deadline clock into them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "signaling/call/call_effects.h"
#include "signaling/call/call_types.h"

namespace parley::signaling {

using WallMs = std::chrono::sys_time<std::chrono::milliseconds>;
using SpanMs = std::chrono::milliseconds;

// ---- what a tab may say
struct Attend {
  call::TabId tab;
  call::DeviceId device;
  bool opened = false;  // by a hand: a page was opened. An automatic reconnect says false
};
struct Interacted {};
struct SignOut {};
// The members whose cards are on this screen: replaces what was watched before.
struct Watch {
  std::vector<call::MemberId> members;
};
struct CallStart {
  call::MemberId member;
  call::Origin origin;
  call::RequestId request;
};
enum class CallMove : std::uint8_t { kDecline, kCancel, kDismiss, kRingShown, kLeave };
struct CallAct {
  call::CallId call;
  CallMove move{};
};
// Audio or video: the caller's choice, the callee's accept, or the choice on the way back in.
struct CallChoose {
  call::CallId call;
  call::Media media{};
  bool accept = false;
};
struct CallTicket {
  call::CallId call;
};
struct CallDetailsWish {
  call::CallId call;
};
struct CallHistory {
  std::optional<std::uint64_t> before;
};
struct NotificationsWish {
  bool unread_only = false;
  std::optional<std::uint64_t> before;
};
struct MarkRead {
  std::vector<call::CallId> calls;
};
struct MessageSend {
  call::MemberId to;
  std::string text;
  std::optional<call::CallId> call;
  std::string key;
};
struct ThreadWish {
  call::MemberId with;
  std::optional<std::uint64_t> before;
};

using CallClientMessage =
    std::variant<Attend, Interacted, SignOut, Watch, CallStart, CallAct, CallChoose, CallTicket, CallDetailsWish,
                 CallHistory, NotificationsWish, MarkRead, MessageSend, ThreadWish>;

// ---- what the server says
struct Person {
  call::MemberId member;
  std::string name;
  std::string avatar;
  bool operator==(const Person&) const = default;
};
struct PersonState {
  Person person;
  bool active = false;
  bool callable = false;  // active, not oneself, and the site's toggle is on: a hint for the button
  bool operator==(const PersonState&) const = default;
};
enum class MessengerKind : std::uint8_t { kBuiltin, kPlatform };
struct SiteNote {
  call::SiteId site;
  bool private_calls = false;
  bool messenger = true;
  MessengerKind messenger_kind = MessengerKind::kBuiltin;
  bool operator==(const SiteNote&) const = default;
};

struct SnapshotNote {
  call::CallId id;
  std::uint64_t seq = 0;
  call::Party you{};
  Person caller;
  Person callee;
  call::Origin origin;
  call::Ring outcome{};
  call::Reason reason{};
  call::State state{};
  WallMs started_at{};
  WallMs expires_at{};
  SpanMs ring_left{0};
  SpanMs left{0};
  std::optional<call::Media> your_media;
  std::optional<call::Media> their_media;
  bool you_inside = false;
  bool they_inside = false;
  std::optional<call::TabId> your_tab;
  bool busy = false;
  bool put_away = false;
  bool message_offered = false;
  bool can_rejoin = false;
  bool operator==(const SnapshotNote&) const = default;
};

struct DetailsNote {
  call::CallId id;
  Person caller;
  Person callee;
  call::Origin origin;
  WallMs started_at{};
  std::optional<WallMs> answered_at;
  std::optional<WallMs> last_left_at;
  SpanMs talked{0};
  std::optional<call::Media> caller_media;
  std::optional<call::Media> callee_media;
  call::Ring outcome{};
  call::Reason reason{};
  call::State state{};
  WallMs expires_at{};
  SpanMs left{0};
  bool can_rejoin = false;
  bool message_offered = false;
  bool operator==(const DetailsNote&) const = default;
};

// How a start was taken; answers to other moves are kMoved.
enum class Taken : std::uint8_t { kMoved, kCreated, kRejectedBusy, kSame, kGlare, kJoin };
// The direct answer to a move: the call as it stands. `settled`: the move came too late, this is what was decided
// (R30).
struct CallAnswer {
  Taken taken = Taken::kMoved;
  bool settled = false;
  SnapshotNote snapshot;
};
// One event of a call (R46). `event` names it on the wire: ring, ring_stopped, answered, outcome, could_not_connect,
// call_presence, back_in_call, closing_soon, call_closed, details, snapshot, settled. Every one carries the call as it
// stands after it.
struct CallEvent {
  call::Event event;
  std::uint64_t seq = 0;
  WallMs at{};
  SnapshotNote snapshot;
  std::optional<DetailsNote> details;  // with DetailsReady
};
struct TicketNote {
  call::CallId call;
  std::string ticket;
  WallMs until{};
};
struct NotificationNote {
  std::uint64_t serial = 0;
  call::CallId call;
  Person from;
  WallMs at{};
  bool read = false;
  bool message_offered = false;
  bool operator==(const NotificationNote&) const = default;
};
struct MessageNote {
  std::uint64_t serial = 0;
  call::MemberId from;
  call::MemberId to;
  std::optional<call::CallId> call;
  std::string text;
  WallMs at{};
  std::string key;  // to its sender only
  bool operator==(const MessageNote&) const = default;
};

struct Attending {
  Person you;
  bool admin = false;
  bool messenger = true;  // the member's own switch
  bool takes_calls = true;
  SiteNote site;
  WallMs at{};
  std::vector<SnapshotNote> calls;              // ringing or open, newest first
  std::vector<NotificationNote> notifications;  // not shown before
  std::size_t unread = 0;
};
struct Watching {
  std::vector<PersonState> members;
};
// Later, for whoever is watched (R50).
struct PresenceNote {
  PersonState member;
};
struct SiteChangedNote {
  SiteNote site;
};
// The member's own switches, changed from another tab or by the platform.
struct YouChangedNote {
  Person you;
  bool admin = false;
  bool messenger = true;
  bool takes_calls = true;
};
struct CallDetailsAnswer {
  DetailsNote details;
};
struct CallHistoryAnswer {
  std::vector<DetailsNote> calls;
  std::optional<std::uint64_t> before;  // for the next page
};
struct NotificationsAnswer {
  std::vector<NotificationNote> items;
  std::size_t unread = 0;
  std::optional<std::uint64_t> before;
};
// A missed call, just now.
struct NotificationEvent {
  NotificationNote item;
  std::size_t unread = 0;
};
struct Marked {
  std::size_t unread = 0;
};
struct MessageAnswer {
  MessageNote message;
};
struct MessageEvent {
  MessageNote message;
  Person from;
};
struct ThreadAnswer {
  Person with;
  bool usable = false;                // R13
  std::vector<MessageNote> messages;  // newest first
  std::optional<std::uint64_t> before;
};
// The tab signed out, another page took its place, or the member was deactivated. The last word on this connection.
enum class AttendanceEnd : std::uint8_t { kSignedOut, kReplaced, kDeactivated };
struct AttendanceClosed {
  AttendanceEnd reason{};
};
// A rule said no: `code` is the refusal's name, with a sentence to show.
struct RefusalNote {
  call::RefusalCode code{};
};

using CallServerMessage =
    std::variant<Attending, Watching, PresenceNote, SiteChangedNote, YouChangedNote, CallAnswer, CallEvent, TicketNote,
                 CallDetailsAnswer, CallHistoryAnswer, NotificationsAnswer, NotificationEvent, Marked, MessageAnswer,
                 MessageEvent, ThreadAnswer, AttendanceClosed, RefusalNote>;

}  // namespace parley::signaling

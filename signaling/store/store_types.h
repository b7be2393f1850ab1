// What the store keeps besides calls, and what it answers: values only. The rules behind them are in
// docs/private-calls.md.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "signaling/call/call_effects.h"
#include "signaling/call/call_types.h"

namespace parley::signaling::store {

// The calendar, for people and for retention; deadlines stand on call::CallTime.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

struct Stamp {
  call::CallTime at{};
  WallTime wall{};

  bool operator==(const Stamp&) const = default;
};

// ---- what can go wrong
enum class Fault : std::uint8_t {
  kInvalid,     // the request contradicts itself; nothing was written
  kLimit,       // as much as there may be
  kNotFound,    // what the request names is not there
  kInUse,       // an unfinished call, a running backup or another process stands in the way
  kMoved,       // somebody else wrote after what the request was made from was read; nothing was written
  kOverloaded,  // the queue of requests is full
  kClosed,
  kDiskFull,
  kIo,           // the disk refused, or a file is not as it must be
  kCorrupt,      // what is stored can't be read
  kWrongSchema,  // written by a newer program
  kUnsupported,  // by this back end
};

struct Failure {
  Fault fault{};
  std::string text{};  // a sentence for the log
};

template <class T>
using Answer = std::expected<T, Failure>;

// What a lost race found changed. Reload these and step again.
enum class Moved : std::uint8_t {
  kCall,
  kRequest,
  kSite,
  kCallerProfile,
  kCalleeProfile,
  kPair,
  kCallerRow,
  kCalleeRow
};

struct Conflict {
  std::vector<Moved> moved{};

  bool operator==(const Conflict&) const = default;
};

struct Done {
  bool operator==(const Done&) const = default;
};

using CommitAnswer = std::expected<Done, std::variant<Conflict, Failure>>;

// ---- sites and members
struct SiteEntry {
  call::SiteSettings settings{};
  std::uint64_t version = 0;  // 0: never written, so the defaults
};

struct SiteRow {
  call::SiteId site{};
  SiteEntry entry{};
};

enum class Role : std::uint8_t { kMember, kAdmin };

struct MemberProfile {
  call::SiteId site{};
  call::MemberId member{};
  std::string name{};
  std::string avatar{};
  Role role = Role::kMember;
  bool messenger = true;
  bool takes_calls = true;
  bool deactivated = false;
  std::uint64_t version = 0;  // one more with every change

  bool operator==(const MemberProfile&) const = default;
};

// What is not named stays as it is; for a new member, as in MemberProfile.
struct MemberUpdate {
  call::MemberId member{};
  std::optional<std::string> name{};
  std::optional<std::string> avatar{};
  std::optional<Role> role{};
  std::optional<bool> messenger{};
  std::optional<bool> takes_calls{};
  std::optional<bool> deactivated{};
  std::optional<std::vector<call::MemberId>> blocked{};  // all whom this member blocks
};

// Members as one of them may see them.
struct PersonView {
  MemberProfile profile{};
  bool blocks_viewer = false;
};

struct PeopleView {
  SiteEntry site{};
  std::vector<PersonView> people{};
};

// ---- calls
struct StoredCall {
  call::CallRecord record{};
  std::uint64_t serial = 0;  // in the order of their starts; the place in a page
  WallTime created{};
  WallTime changed{};

  bool operator==(const StoredCall&) const = default;
};

// One event for the platform, written together with what it tells.
struct OutboxDraft {
  std::string topic{};
  std::string body{};  // a JSON object

  bool operator==(const OutboxDraft&) const = default;
};

// Facts that a decision was made from and that are not rows of Persist: the versions that were read.
struct Guards {
  std::optional<std::uint64_t> site{};
  std::optional<std::uint64_t> caller_profile{};
  std::optional<std::uint64_t> callee_profile{};
};

// One transition, all of it or nothing.
struct Change {
  call::CallRecord record{};  // as it shall stand, version persist.from + 1
  call::Persist persist{};
  Guards guards;
  std::vector<OutboxDraft> outbox{};
  Stamp stamp{};
};

// Two members as one moment has them, for a step. A member who is not there has no profile.
struct PairView {
  SiteEntry site{};
  std::optional<MemberProfile> caller{};
  std::optional<MemberProfile> callee{};
  bool caller_blocked = false;  // by the callee
  call::MemberRow caller_row{};
  call::MemberRow callee_row{};
  call::PairRow pair{};
};

struct StartQuery {
  call::SiteId site{};
  call::MemberId caller{};
  call::MemberId callee{};
  call::RequestId request{};
  call::CallTime counted_since{};
};

// The same and the calls that the rows name, for a start.
struct StartView {
  PairView two{};
  call::StartCounts recent{};
  std::optional<call::CallRecord> same_request{};
  std::optional<call::CallRecord> pair_ringing{};
  std::optional<call::CallRecord> caller_ringing{};
  std::optional<call::CallRecord> caller_inside{};
  std::optional<call::CallRecord> callee_inside{};
};

// ---- what members are told later
struct Notification {
  std::uint64_t serial = 0;
  call::SiteId site{};
  call::MemberId member{};
  call::MemberId from{};
  call::CallId call{};  // the key: one per ring
  WallTime at{};
  bool delivered = false;  // has been shown
  bool read = false;

  bool operator==(const Notification&) const = default;
};

enum class Which : std::uint8_t { kAll, kUnread, kUndelivered };
enum class Mark : std::uint8_t { kDelivered, kRead };  // read implies delivered

struct MessageDraft {
  call::SiteId site{};
  call::MemberId from{};
  call::MemberId to{};
  std::optional<call::CallId> call{};
  std::string key{};  // of the sender: the same key, the same message. Empty: none
  std::string text{};
  WallTime at{};
  std::vector<OutboxDraft> outbox{};  // written with a new message, never with a repeated one; not read back
};

struct Message {
  std::uint64_t serial = 0;
  MessageDraft said{};
  bool repeated = false;  // the answer to a draft whose key was there: nothing new was written
};

// ---- what operators read
// Names and enumerations in words; no text of a member, no address.
struct AuditEntry {
  std::uint64_t serial = 0;  // given by the store
  call::SiteId site{};
  std::optional<call::CallId> call{};
  std::string who{};    // caller, callee, server, operator, admin
  call::MemberId by{};  // if it was a member
  std::string from{};
  std::string to{};
  std::string why{};
  std::string refused{};  // a code; empty if it came to pass
  Stamp stamp{};

  bool operator==(const AuditEntry&) const = default;
};

struct OutboxRow {
  std::uint64_t serial = 0;
  call::SiteId site{};
  std::optional<call::CallId> call{};
  call::MemberId first{};  // the two whom it is about, in the order of their names
  call::MemberId second{};
  OutboxDraft what{};
  WallTime at{};

  bool operator==(const OutboxRow&) const = default;
};

// Where a site's events go. With two secrets each event is signed with both, so that one can be exchanged.
struct Webhook {
  call::SiteId site{};
  std::string url{};
  std::vector<std::string> secrets{};
  // Given by the store: one more with every change, and up to where its consumer of the outbox has acknowledged.
  std::uint64_t version = 0;
  std::uint64_t acknowledged = 0;

  bool operator==(const Webhook&) const = default;
};

// What the outbox has after a serial.
struct OutboxNews {
  std::uint64_t end = 0;  // the last serial there ever was
  std::vector<call::SiteId> sites{};

  bool operator==(const OutboxNews&) const = default;
};

struct WebhookChange {
  Webhook hook{};
  AuditEntry audit{};
};

// Calls of a site by how they stand now, each counted under its ring and under its state.
struct CallCounts {
  std::array<std::uint64_t, 6> by_ring{};   // in the order of call::Ring
  std::array<std::uint64_t, 6> by_state{};  // in the order of call::State
  call::CallSpan talked{0};

  bool operator==(const CallCounts&) const = default;
};

struct SiteChange {
  call::SiteId site{};
  call::SiteSettings settings{};
  AuditEntry audit{};
  std::optional<std::uint64_t> from{};  // the version to find, else kMoved; none: whatever stands
};

// Rows of which the calendar says they are older go. None: stay.
struct Retention {
  std::optional<WallTime> calls{};  // finished ones, by their last change
  std::optional<WallTime> audit{};
  std::optional<WallTime> notifications{};
  std::optional<WallTime> messages{};
  std::optional<WallTime> outbox{};  // acknowledged or not
};

struct Purged {
  std::size_t calls = 0;
  std::size_t audit = 0;
  std::size_t notifications = 0;
  std::size_t messages = 0;
  std::size_t outbox = 0;
  bool more = false;  // a table had more than one request may take: ask again

  bool operator==(const Purged&) const = default;
};

// Newest first.
struct Page {
  std::uint64_t before = std::numeric_limits<std::int64_t>::max();  // the last serial of the page before
  std::size_t limit = 50;
};

// What a stranger can grow ends here.
inline constexpr std::size_t kMaxPage = 200;
inline constexpr std::size_t kMaxMessageBytes = 4'000;
inline constexpr std::size_t kMaxThread = 10'000;      // messages between two members
inline constexpr std::size_t kMaxNotifications = 500;  // of one member; the oldest give way
inline constexpr std::size_t kMaxBlocked = 1'000;      // by one member
inline constexpr std::size_t kMaxNameBytes = 512;
inline constexpr std::size_t kMaxUrlBytes = 2'048;
inline constexpr std::size_t kMaxIdBytes = 128;
inline constexpr std::size_t kMinSecretBytes = 16;  // of a webhook
inline constexpr std::size_t kMaxSecretBytes = 256;
inline constexpr std::size_t kMaxBulk = 1'000;     // members of one upsert
inline constexpr std::size_t kPurgeBatch = 1'000;  // rows of one table per request

}  // namespace parley::signaling::store

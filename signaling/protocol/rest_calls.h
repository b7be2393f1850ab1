// The JSON bodies of the HTTP interface for platforms and operators: sites, members, calls, notifications, audit,
// events (docs/openapi.json). Values in, text out and back; every bound on what a client says stands here. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/error.h"
#include "signaling/call/call_types.h"
#include "signaling/protocol/call_messages.h"
#include "signaling/protocol/event_codec.h"

namespace parley::signaling {

inline constexpr std::size_t kMaxMembersAtOnce = 1'000;
inline constexpr std::size_t kMaxBlockedAtOnce = 1'000;
inline constexpr std::size_t kMaxCallsAtOnce = 200;
inline constexpr std::size_t kMaxAvatarBytes = 2'048;
inline constexpr std::size_t kMaxRawName = 512;  // bytes, before it is cleaned
inline constexpr std::chrono::hours kMaxTokenLife{24};
inline constexpr std::chrono::hours kTokenLife{1};
inline constexpr std::uint32_t kMaxStartsPerMinute = 1'000;
inline constexpr std::int64_t kMaxMilliseconds = 253'402'300'799'999;  // the end of the year 9999
inline constexpr std::size_t kMinWebhookSecret = 16;
inline constexpr std::size_t kMaxWebhookSecret = 256;

// Where events may be sent: https, and nothing of a name or a password in it.
bool is_webhook_url(std::string_view url);

// ---- what clients say. What is not named stays as it is; a name that is not known is refused.
struct SitePatch {
  std::optional<bool> private_calls;
  std::optional<bool> messenger;
  std::optional<bool> messenger_by_platform;
  std::optional<call::CallSpan> ring;
  std::optional<call::CallSpan> lifetime;
  std::optional<call::BusyPolicy> busy;
  std::optional<call::OnDisable> on_disable;
  std::optional<call::SecondTab> second_tab;
  std::optional<std::uint32_t> by_caller;
  std::optional<std::uint32_t> by_pair;
  std::optional<std::uint32_t> to_callee;
};
Result<SitePatch> read_site_patch(std::string_view body);
call::SiteSettings patched(const call::SiteSettings& before, const SitePatch& patch);
// What differs, in words for the audit: before and after. Empty: nothing does.
std::pair<std::string, std::string> words_of_change(const call::SiteSettings& before, const call::SiteSettings& after);

enum class MemberRole : std::uint8_t { kMember, kAdmin };

struct MemberPatch {
  call::MemberId member;
  std::optional<std::string> name;    // cleaned: identity/names.h
  std::optional<std::string> avatar;  // https, or a path of the page's own origin; or empty
  std::optional<MemberRole> role;
  std::optional<bool> messenger;
  std::optional<bool> takes_calls;
  std::optional<bool> deactivated;
  std::optional<std::vector<call::MemberId>> blocked;
  std::optional<WallMs> active_at;

  // Only what members may say of themselves?
  bool is_own_business() const { return !name && !avatar && !role && !deactivated && !active_at; }
};
// One member, named by the path; or many, each with its `member`.
Result<MemberPatch> read_member_patch(const call::MemberId& member, std::string_view body);
Result<std::vector<MemberPatch>> read_member_patches(std::string_view body);

struct TokenWish {
  call::MemberId member;
  std::chrono::seconds ttl = kTokenLife;
};
Result<TokenWish> read_token_wish(std::string_view body);

// Empty: all that are unread.
Result<std::vector<call::CallId>> read_marks(std::string_view body);

struct WebhookWish {
  std::string url;
  std::vector<std::string> secrets;
};
Result<WebhookWish> read_webhook_wish(std::string_view body);

// Nothing, or {}.
Result<void> read_empty(std::string_view body);

// ---- what they are told
struct SiteDocument {
  call::SiteId site;
  call::SiteSettings settings;
  std::uint64_t version = 0;
};
std::string site_json(const SiteDocument& site);
std::string sites_json(const std::vector<SiteDocument>& sites, const std::optional<call::SiteId>& after);

struct MemberDocument {
  Person person;
  MemberRole role = MemberRole::kMember;
  bool messenger = true;
  bool takes_calls = true;
  bool deactivated = false;
  std::optional<std::vector<call::MemberId>> blocked;
  std::uint64_t version = 0;
};
enum class MemberSight : std::uint8_t { kPerson, kAll };
std::string member_json(const MemberDocument& member, MemberSight sight);
std::string members_json(const std::vector<MemberDocument>& members, MemberSight sight,
                         const std::optional<call::MemberId>& after);
std::string changed_json(std::size_t changed);

// Metadata only.
struct CallDocument {
  call::CallId id;
  call::SiteId site;
  call::MemberId caller;
  call::MemberId callee;
  call::Origin origin;
  call::Ring ring{};
  call::Reason reason{};
  call::State state{};
  WallMs started_at{};
  std::optional<WallMs> answered_at;
  std::optional<WallMs> ended_at;
  std::optional<WallMs> last_left_at;
  WallMs expires_at{};
  SpanMs talked{0};
  std::optional<call::Media> caller_media;
  std::optional<call::Media> callee_media;
};
std::string call_entry_json(const CallDocument& call);
std::string calls_json(const std::vector<CallDocument>& calls, std::optional<std::uint64_t> before);

struct NotificationDocument {
  std::uint64_t serial = 0;
  call::CallId call;
  Person from;
  WallMs at{};
  bool read = false;
};
std::string notifications_json(const std::vector<NotificationDocument>& items, std::size_t unread,
                               std::optional<std::uint64_t> before);
std::string marked_json(std::size_t unread);

struct AuditDocument {
  std::uint64_t serial = 0;
  std::optional<call::CallId> call;
  std::string who;
  call::MemberId by;
  std::string from;
  std::string to;
  std::string why;
  std::string refused;
  WallMs at{};
};
std::string audit_json(const std::vector<AuditDocument>& entries, std::optional<std::uint64_t> before);

// `after` is the place to ask on from, with events or without.
std::string events_json(const std::vector<EventReport>& events, std::uint64_t after);

std::string member_token_json(std::string_view token, const call::MemberId& member, std::chrono::sys_seconds expires);
// Never the secrets.
std::string webhook_json(const std::string& url, std::size_t secrets, std::uint64_t version);

}  // namespace parley::signaling

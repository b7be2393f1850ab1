// The bodies that platforms, pages and operators send: whatever is in them, what was read keeps its bounds. The first
// byte chooses the reader.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "signaling/http/site_api.h"
#include "signaling/identity/names.h"
#include "signaling/protocol/rest_calls.h"

namespace {

using namespace parley::signaling;

void must(bool holds) {
  if (!holds) __builtin_trap();
}

void check(const MemberPatch& patch) {
  if (patch.name) must(clean_name(*patch.name) == patch.name && !has_control(*patch.name));
  if (patch.avatar && !patch.avatar->empty()) {
    must(patch.avatar->size() <= kMaxAvatarBytes && !has_control(*patch.avatar));
    must(patch.avatar->starts_with("https://") || (patch.avatar->starts_with("/") && !patch.avatar->starts_with("//")));
    must(patch.avatar->find_first_of("\"'<>\\ ") == patch.avatar->npos);
  }
  if (!patch.blocked) return;
  must(patch.blocked->size() <= kMaxBlockedAtOnce && !call::contains(*patch.blocked, patch.member));
  must(std::ranges::all_of(*patch.blocked, [](const call::MemberId& id) { return is_path_name(id.text()); }));
}

void check_site(std::string_view body) {
  const auto patch = read_site_patch(body);
  if (!patch) return;
  const call::SiteSettings after = patched({}, *patch);
  must(after.ring >= call::kMinRing && after.ring <= call::kMaxRing);
  must(after.lifetime >= call::kMinLifetime && after.lifetime <= call::kMaxLifetime);
  must(after.per_minute.by_caller >= 1 && after.per_minute.by_caller <= kMaxStartsPerMinute);
  must(words_of_change(after, patched(after, *patch)).second.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  const call::MemberId ada("ada");
  switch (data[0]) {
    case 's': check_site(body); break;
    case 'm':
      if (const auto patch = read_member_patch(ada, body)) check(*patch);
      break;
    case 'l':
      if (const auto patches = read_member_patches(body)) {
        must(patches->size() <= kMaxMembersAtOnce);
        for (const MemberPatch& each : *patches) {
          must(is_path_name(each.member.text()));
          check(each);
        }
      }
      break;
    case 't':
      if (const auto wish = read_token_wish(body)) {
        must(is_path_name(wish->member.text()) && wish->ttl.count() > 0 && wish->ttl <= kMaxTokenLife);
      }
      break;
    case 'n':
      if (const auto calls = read_marks(body)) must(calls->size() <= kMaxCallsAtOnce);
      break;
    case 'w':
      if (const auto wish = read_webhook_wish(body)) {
        must(wish->url.starts_with("https://") && !wish->secrets.empty() && wish->secrets.size() <= 2);
      }
      break;
    case 'p':
      if (const auto parts = match_path("/v1/sites/{site}/members/{member}", body)) {
        must(parts->size() == 2 && body == "/v1/sites/" + parts->at(0) + "/members/" + parts->at(1));
        must(!parts->at(0).empty() && !parts->at(1).empty());
      }
      break;
    default: (void)clean_name(body); break;
  }
  return 0;
}

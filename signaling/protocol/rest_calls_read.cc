#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "signaling/identity/names.h"
#include "signaling/protocol/rest_calls.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

std::unexpected<Error> bad(std::string sentence) {
  return std::unexpected(Error{ErrorCode::kBadRequest, std::move(sentence)});
}

template <class T>
struct Word {
  std::string_view text;
  T value;
};

// Reads the keys of one object by name, all of them optional, keeps the first complaint, and refuses what nobody asked
// for: a misspelled setting would otherwise seem to be set.
class Keys {
 public:
  Keys(const json& object, std::string where) : object_(object), where_(std::move(where)) {}

  std::optional<bool> flag(const char* name) {
    const json* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_boolean()) return value->get<bool>();
    complain(name, "must be true or false");
    return std::nullopt;
  }
  std::optional<std::string> text(const char* name, std::size_t max) {
    const json* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
      complain(name, "must be a string");
    } else if (value->get_ref<const std::string&>().size() > max) {
      complain(name, "is longer than " + std::to_string(max) + " bytes");
    } else {
      return value->get<std::string>();
    }
    return std::nullopt;
  }
  std::optional<std::int64_t> number(const char* name, std::int64_t lowest, std::int64_t highest) {
    const json* value = find(name);
    if (value == nullptr) return std::nullopt;
    const bool fits = value->is_number_integer() &&
                      !(value->is_number_unsigned() &&
                        value->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()});
    if (fits && value->get<std::int64_t>() >= lowest && value->get<std::int64_t>() <= highest) {
      return value->get<std::int64_t>();
    }
    complain(name, "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    return std::nullopt;
  }
  template <class T, std::size_t N>
  std::optional<T> word(const char* name, const Word<T> (&words)[N]) {
    const json* value = find(name);
    if (value == nullptr) return std::nullopt;
    std::string list;
    for (const Word<T>& each : words) {
      if (*value == each.text) return each.value;
      list += (list.empty() ? "" : " or ") + std::string(each.text);
    }
    complain(name, "must be " + list);
    return std::nullopt;
  }
  // Null: not there.
  const json* list(const char* name, std::size_t max) {
    const json* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) {
      complain(name, "must be a list");
    } else if (value->size() > max) {
      complain(name, "has more than " + std::to_string(max) + " entries");
    } else {
      return value;
    }
    return nullptr;
  }
  const json* object(const char* name) {
    const json* value = find(name);
    if (value == nullptr || value->is_object()) return value;
    complain(name, "must be an object");
    return nullptr;
  }
  std::string at(const char* name) const { return where_.empty() ? name : where_ + "." + name; }

  void complain(const char* name, const std::string& what) {
    complain({ErrorCode::kBadRequest, at(name) + " " + what});
  }
  void complain(Error error) {
    if (!error_) error_ = std::move(error);
  }
  std::optional<Error> verdict() {
    for (const auto& [name, value] : object_.items()) {
      if (known_.contains(name)) continue;
      complain({ErrorCode::kBadRequest, at(name.substr(0, 64).c_str()) + " is not a key here"});
    }
    return error_;
  }

 private:
  const json* find(const char* name) {
    known_.insert(name);
    const auto it = object_.find(name);
    return it == object_.end() ? nullptr : &*it;
  }

  const json& object_;
  std::string where_;
  std::set<std::string> known_;
  std::optional<Error> error_;
};

Result<json> object_of(std::string_view body) {
  json object = json::parse(body, nullptr, false);
  if (!object.is_object()) return bad("the body must be a JSON object");
  return object;
}

template <class T>
Result<T> verdict_on(Keys& keys, T value) {
  if (auto error = keys.verdict()) return std::unexpected(std::move(*error));
  return value;
}

// A setting in seconds.
std::optional<call::CallSpan> span(Keys& keys, const char* name, call::CallSpan lowest, call::CallSpan highest) {
  const auto seconds = [](call::CallSpan ms) { return std::chrono::duration_cast<std::chrono::seconds>(ms).count(); };
  const auto said = keys.number(name, seconds(lowest), seconds(highest));
  return said ? std::optional<call::CallSpan>(std::chrono::seconds(*said)) : std::nullopt;
}

std::optional<std::uint32_t> starts(Keys& keys, const char* name) {
  const auto said = keys.number(name, 1, kMaxStartsPerMinute);
  return said ? std::optional(static_cast<std::uint32_t>(*said)) : std::nullopt;
}

void read_starts(Keys& calls, SitePatch& patch) {
  const json* const object = calls.object("per_minute");
  if (object == nullptr) return;
  Keys keys(*object, calls.at("per_minute"));
  patch.by_caller = starts(keys, "by_caller");
  patch.by_pair = starts(keys, "by_pair");
  patch.to_callee = starts(keys, "to_callee");
  if (auto error = keys.verdict()) calls.complain(std::move(*error));
}

void read_calls(Keys& site, SitePatch& patch) {
  const json* const object = site.object("calls");
  if (object == nullptr) return;
  Keys keys(*object, site.at("calls"));
  patch.ring = span(keys, "ring", call::kMinRing, call::kMaxRing);
  patch.lifetime = span(keys, "lifetime", call::kMinLifetime, call::kMaxLifetime);
  patch.busy =
      keys.word<call::BusyPolicy>("busy", {{"ring", call::BusyPolicy::kRing}, {"reject", call::BusyPolicy::kReject}});
  patch.on_disable = keys.word<call::OnDisable>(
      "on_disable", {{"keep", call::OnDisable::kKeep}, {"terminate", call::OnDisable::kTerminate}});
  patch.second_tab = keys.word<call::SecondTab>(
      "second_tab", {{"replace", call::SecondTab::kReplace}, {"refuse", call::SecondTab::kRefuse}});
  read_starts(keys, patch);
  if (auto error = keys.verdict()) site.complain(std::move(*error));
}

// ASCII that needs no escaping: nothing in it ends an attribute, a rule of CSS or a line.
bool is_plain(std::string_view url) {
  return url.size() <= kMaxAvatarBytes && std::ranges::all_of(url, [](char c) {
           return c > 0x20 && c < 0x7f && std::string_view("\"'<>\\^`{|}").find(c) == std::string_view::npos;
         });
}

bool is_https(std::string_view url) {
  if (!is_plain(url) || !url.starts_with("https://")) return false;
  const std::string_view host = url.substr(8, url.find_first_of("/?#", 8) - 8);
  return !host.empty() && host.find('@') == host.npos;
}

// Pictures come from https or from where the page does.
bool is_avatar(std::string_view url) {
  return url.empty() || is_https(url) || (is_plain(url) && url.starts_with('/') && !url.starts_with("//"));
}

std::optional<std::vector<call::MemberId>> read_blocked(Keys& keys, const call::MemberId& self) {
  const json* const list = keys.list("blocked", kMaxBlockedAtOnce);
  if (list == nullptr) return std::nullopt;
  std::vector<call::MemberId> blocked;
  for (const json& each : *list) {
    if (!each.is_string() || !is_path_name(each.get_ref<const std::string&>()) || each == self.text()) {
      keys.complain("blocked", "must list ids of other members");
      return std::nullopt;
    }
    blocked.emplace_back(each.get<std::string>());
  }
  return blocked;
}

MemberPatch member_of(Keys& keys, const call::MemberId& member) {
  MemberPatch patch;
  patch.member = member;
  if (const auto raw = keys.text("name", kMaxRawName)) {
    patch.name = clean_name(*raw);
    if (!patch.name) keys.complain("name", "must be up to " + std::to_string(kMaxShownName) + " characters");
  }
  patch.avatar = keys.text("avatar", kMaxAvatarBytes);
  if (patch.avatar && !is_avatar(*patch.avatar)) keys.complain("avatar", "must be an https URL, or a path from /");
  patch.role = keys.word<MemberRole>("role", {{"member", MemberRole::kMember}, {"admin", MemberRole::kAdmin}});
  patch.messenger = keys.flag("messenger");
  patch.takes_calls = keys.flag("takes_calls");
  patch.deactivated = keys.flag("deactivated");
  patch.blocked = read_blocked(keys, member);
  if (const auto at = keys.number("active_at", 0, kMaxMilliseconds)) patch.active_at = WallMs(SpanMs(*at));
  return patch;
}

}  // namespace

bool is_webhook_url(std::string_view url) {
  return is_https(url);
}

Result<SitePatch> read_site_patch(std::string_view body) {
  const auto object = object_of(body);
  if (!object) return std::unexpected(object.error());
  Keys keys(*object, "");
  SitePatch patch;
  patch.private_calls = keys.flag("private_calls");
  patch.messenger = keys.flag("messenger");
  patch.messenger_by_platform = keys.word<bool>("messenger_kind", {{"builtin", false}, {"platform", true}});
  read_calls(keys, patch);
  return verdict_on(keys, patch);
}

call::SiteSettings patched(const call::SiteSettings& before, const SitePatch& patch) {
  call::SiteSettings after = before;
  const auto set = [](auto& field, const auto& said) {
    if (said) field = *said;
  };
  set(after.private_calls, patch.private_calls);
  set(after.messenger, patch.messenger);
  set(after.messenger_by_platform, patch.messenger_by_platform);
  set(after.ring, patch.ring);
  set(after.lifetime, patch.lifetime);
  set(after.busy, patch.busy);
  set(after.on_disable, patch.on_disable);
  set(after.second_tab, patch.second_tab);
  set(after.per_minute.by_caller, patch.by_caller);
  set(after.per_minute.by_pair, patch.by_pair);
  set(after.per_minute.to_callee, patch.to_callee);
  return after;
}

Result<MemberPatch> read_member_patch(const call::MemberId& member, std::string_view body) {
  const auto object = object_of(body);
  if (!object) return std::unexpected(object.error());
  Keys keys(*object, "");
  MemberPatch patch = member_of(keys, member);
  return verdict_on(keys, std::move(patch));
}

Result<std::vector<MemberPatch>> read_member_patches(std::string_view body) {
  const json list = json::parse(body, nullptr, false);
  if (!list.is_array()) return bad("the body must be a JSON list of members");
  if (list.size() > kMaxMembersAtOnce)
    return bad("more than " + std::to_string(kMaxMembersAtOnce) + " members at once");
  std::vector<MemberPatch> patches;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = "[" + std::to_string(i) + "]";
    if (!list[i].is_object()) return bad(where + " must be an object");
    Keys keys(list[i], where);
    const std::string id = keys.text("member", kMaxName).value_or(std::string());
    if (!is_path_name(id)) keys.complain("member", "must be 1 to 128 bytes of text without control characters and /");
    if (!seen.insert(id).second) keys.complain("member", "is in the list twice");
    MemberPatch patch = member_of(keys, call::MemberId(id));
    if (auto error = keys.verdict()) return std::unexpected(std::move(*error));
    patches.push_back(std::move(patch));
  }
  return patches;
}

Result<TokenWish> read_token_wish(std::string_view body) {
  const auto object = object_of(body);
  if (!object) return std::unexpected(object.error());
  Keys keys(*object, "");
  TokenWish wish;
  wish.member = call::MemberId(keys.text("member", kMaxName).value_or(std::string()));
  if (!is_path_name(wish.member.text())) keys.complain("member", "must be a member's id");
  if (const auto ttl = keys.number("ttl", 1, std::chrono::seconds(kMaxTokenLife).count()))
    wish.ttl = std::chrono::seconds(*ttl);
  return verdict_on(keys, std::move(wish));
}

Result<std::vector<call::CallId>> read_marks(std::string_view body) {
  if (body.empty()) return std::vector<call::CallId>{};
  const auto object = object_of(body);
  if (!object) return std::unexpected(object.error());
  Keys keys(*object, "");
  std::vector<call::CallId> calls;
  if (const json* const list = keys.list("calls", kMaxCallsAtOnce)) {
    for (const json& each : *list) {
      const auto id = each.is_string() ? call::CallId::parse(each.get_ref<const std::string&>()) : std::nullopt;
      if (!id) return bad("calls must list ids of calls");
      calls.push_back(*id);
    }
    if (calls.empty()) return bad("calls must name a call, or be left out for all");
  }
  return verdict_on(keys, std::move(calls));
}

Result<void> read_empty(std::string_view body) {
  if (body.empty()) return {};
  const auto object = object_of(body);
  if (!object) return std::unexpected(object.error());
  if (auto error = Keys(*object, "").verdict()) return std::unexpected(std::move(*error));
  return {};
}

Result<WebhookWish> read_webhook_wish(std::string_view body) {
  const auto object = object_of(body);
  if (!object) return std::unexpected(object.error());
  Keys keys(*object, "");
  WebhookWish wish;
  wish.url = keys.text("url", kMaxAvatarBytes).value_or(std::string());
  if (!is_webhook_url(wish.url)) keys.complain("url", "must be an https URL");
  if (const json* const list = keys.list("secrets", 2)) {
    for (const json& each : *list) {
      if (!each.is_string()) return bad("secrets must be strings");
      wish.secrets.push_back(each.get<std::string>());
    }
  }
  const auto fits = [](const std::string& secret) {
    return secret.size() >= kMinWebhookSecret && secret.size() <= kMaxWebhookSecret && !has_control(secret);
  };
  if (wish.secrets.empty() || !std::ranges::all_of(wish.secrets, fits)) {
    keys.complain("secrets", "must be one or two strings of " + std::to_string(kMinWebhookSecret) + " to " +
                                 std::to_string(kMaxWebhookSecret) + " bytes");
  }
  return verdict_on(keys, std::move(wish));
}

}  // namespace parley::signaling

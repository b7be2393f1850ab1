#include "signaling/protocol/rest_calls.h"

#include <nlohmann/json.hpp>

#include "signaling/protocol/event_codec.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

json ms_of(const std::optional<WallMs>& at) {
  return at ? json(at->time_since_epoch().count()) : json();
}

std::int64_t seconds_of(call::CallSpan span) {
  return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

json media_of(const std::optional<call::Media>& media) {
  return media ? json(call::to_string(*media)) : json();
}

json page_of(const char* name, json list, const std::optional<std::uint64_t>& before) {
  json page = {{name, std::move(list)}};
  if (before) page["before"] = *before;
  return page;
}

json object_of(const Person& person) {
  return {{"member", person.member.text()}, {"name", person.name}, {"avatar", person.avatar}};
}

json object_of(const SiteDocument& site) {
  const call::SiteSettings& s = site.settings;
  return {{"site", site.site.text()},
          {"private_calls", s.private_calls},
          {"messenger", s.messenger},
          {"messenger_kind", s.messenger_by_platform ? "platform" : "builtin"},
          {"calls",
           {{"ring", seconds_of(s.ring)},
            {"lifetime", seconds_of(s.lifetime)},
            {"busy", s.busy == call::BusyPolicy::kRing ? "ring" : "reject"},
            {"on_disable", s.on_disable == call::OnDisable::kKeep ? "keep" : "terminate"},
            {"second_tab", s.second_tab == call::SecondTab::kReplace ? "replace" : "refuse"},
            {"per_minute",
             {{"by_caller", s.per_minute.by_caller},
              {"by_pair", s.per_minute.by_pair},
              {"to_callee", s.per_minute.to_callee}}}}},
          {"version", site.version}};
}

json object_of(const MemberDocument& member, MemberSight sight) {
  json object = object_of(member.person);
  if (sight == MemberSight::kPerson) return object;
  object["role"] = member.role == MemberRole::kAdmin ? "admin" : "member";
  object["messenger"] = member.messenger;
  object["takes_calls"] = member.takes_calls;
  object["deactivated"] = member.deactivated;
  object["version"] = member.version;
  if (member.blocked) {
    object["blocked"] = json::array();
    for (const call::MemberId& each : *member.blocked) object["blocked"].push_back(each.text());
  }
  return object;
}

json object_of(const CallDocument& call) {
  return {{"call", call.id.text()},
          {"site", call.site.text()},
          {"caller", call.caller.text()},
          {"callee", call.callee.text()},
          {"origin", call.origin.text()},
          {"ring", call::to_string(call.ring)},
          {"reason", call::to_string(call.reason)},
          {"state", call::to_string(call.state)},
          {"started_at", ms_of(call.started_at)},
          {"answered_at", ms_of(call.answered_at)},
          {"ended_at", ms_of(call.ended_at)},
          {"last_left_at", ms_of(call.last_left_at)},
          {"expires_at", ms_of(call.expires_at)},
          {"talked", call.talked.count()},
          {"caller_media", media_of(call.caller_media)},
          {"callee_media", media_of(call.callee_media)}};
}

}  // namespace

std::string site_json(const SiteDocument& site) {
  return text_of(object_of(site));
}

std::pair<std::string, std::string> words_of_change(const call::SiteSettings& before, const call::SiteSettings& after) {
  const json was = object_of(SiteDocument{{}, before, 0}).flatten();
  const json is = object_of(SiteDocument{{}, after, 0}).flatten();
  std::pair<std::string, std::string> words;
  for (const auto& [pointer, value] : is.items()) {
    if (was.at(pointer) == value) continue;
    const std::string name = pointer.substr(pointer.rfind('/') + 1) + "=";
    const std::string gap = words.first.empty() ? "" : " ";
    words.first += gap + name + was.at(pointer).dump();
    words.second += gap + name + value.dump();
  }
  return words;
}

std::string sites_json(const std::vector<SiteDocument>& sites, const std::optional<call::SiteId>& after) {
  json list = json::array();
  for (const SiteDocument& each : sites) list.push_back(object_of(each));
  json page = {{"sites", std::move(list)}};
  if (after) page["after"] = after->text();
  return text_of(page);
}

std::string member_json(const MemberDocument& member, MemberSight sight) {
  return text_of(object_of(member, sight));
}

std::string members_json(const std::vector<MemberDocument>& members, MemberSight sight,
                         const std::optional<call::MemberId>& after) {
  json list = json::array();
  for (const MemberDocument& each : members) list.push_back(object_of(each, sight));
  json page = {{"members", std::move(list)}};
  if (after) page["after"] = after->text();
  return text_of(page);
}

std::string changed_json(std::size_t changed) {
  return text_of({{"changed", changed}});
}

std::string call_entry_json(const CallDocument& call) {
  return text_of(object_of(call));
}

std::string calls_json(const std::vector<CallDocument>& calls, std::optional<std::uint64_t> before) {
  json list = json::array();
  for (const CallDocument& each : calls) list.push_back(object_of(each));
  return text_of(page_of("calls", std::move(list), before));
}

std::string notifications_json(const std::vector<NotificationDocument>& items, std::size_t unread,
                               std::optional<std::uint64_t> before) {
  json list = json::array();
  for (const NotificationDocument& each : items) {
    list.push_back({{"serial", each.serial},
                    {"call", each.call.text()},
                    {"from", object_of(each.from)},
                    {"at", ms_of(each.at)},
                    {"read", each.read}});
  }
  json page = page_of("items", std::move(list), before);
  page["unread"] = unread;
  return text_of(page);
}

std::string marked_json(std::size_t unread) {
  return text_of({{"unread", unread}});
}

std::string audit_json(const std::vector<AuditDocument>& entries, std::optional<std::uint64_t> before) {
  json list = json::array();
  for (const AuditDocument& each : entries) {
    list.push_back({{"serial", each.serial},
                    {"call", each.call ? json(each.call->text()) : json()},
                    {"who", each.who},
                    {"by", each.by.text()},
                    {"from", each.from},
                    {"to", each.to},
                    {"why", each.why},
                    {"refused", each.refused},
                    {"at", ms_of(each.at)}});
  }
  return text_of(page_of("entries", std::move(list), before));
}

// Each exactly as its webhook has it.
std::string events_json(const std::vector<EventReport>& events, std::uint64_t after) {
  std::string list;
  for (const EventReport& each : events) list += (list.empty() ? "" : ",") + event_json(each);
  return "{\"after\":" + std::to_string(after) + ",\"events\":[" + list + "]}";
}

std::string member_token_json(std::string_view token, const call::MemberId& member, std::chrono::sys_seconds expires) {
  return text_of({{"token", token}, {"member", member.text()}, {"expires_at", ms_of(WallMs(expires))}});
}

std::string webhook_json(const std::string& url, std::size_t secrets, std::uint64_t version) {
  return text_of({{"url", url}, {"secrets", secrets}, {"version", version}});
}

}  // namespace parley::signaling

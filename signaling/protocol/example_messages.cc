#include "signaling/protocol/example_messages.h"

#include <nlohmann/json.hpp>

#include "signaling/identity/names.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxBody = 4096;

std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Result<call::MemberId> read_example_sign_in(std::string_view body) {
  const auto bad = [](const char* sentence) { return std::unexpected(Error{ErrorCode::kBadRequest, sentence}); };
  if (body.size() > kMaxBody) return bad("the body is too large");
  const json object = json::parse(body, nullptr, false);
  if (!object.is_object()) return bad("the body must be a JSON object with member");
  const auto member = object.find("member");
  if (member == object.end() || !member->is_string()) return bad("member must be a string");
  std::string text = member->get<std::string>();
  if (!is_identifier(text)) return bad("member must be 1 to 128 bytes of text");
  return call::MemberId(std::move(text));
}

std::string example_signed_in_json(std::string_view token, std::string_view site, const ExamplePerson& member,
                                   std::chrono::sys_seconds expires_at) {
  const auto until = std::chrono::duration_cast<std::chrono::milliseconds>(expires_at.time_since_epoch()).count();
  return text_of(
      {{"token", token}, {"site", site}, {"member", member.member}, {"name", member.name}, {"expires_at", until}});
}

std::string example_members_json(std::string_view site, const std::vector<ExamplePerson>& members) {
  json list = json::array();
  for (const ExamplePerson& each : members) {
    list.push_back({{"member", each.member}, {"name", each.name}, {"avatar", each.avatar}, {"admin", each.admin}});
  }
  return text_of({{"site", site}, {"members", std::move(list)}});
}

}  // namespace parley::signaling

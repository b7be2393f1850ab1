#include "signaling/identity/token.h"

#include <jwt.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "signaling/identity/names.h"

namespace parley::signaling {
namespace {

using nlohmann::json;
using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

// The year 9999: beyond it calendar arithmetic has nothing to say.
constexpr std::int64_t kLastSecond = 253'402'300'799;

std::unexpected<Error> invalid() {
  return std::unexpected(Error{ErrorCode::kUnauthorized, "the token is not valid"});
}

// Three base64url parts, all there: an unsigned token has an empty third one.
bool looks_like_jwt(std::string_view token) {
  std::size_t dots = 0;
  for (const char c : token) {
    const bool base64url =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (c == '.') {
      ++dots;
    } else if (!base64url) {
      return false;
    }
  }
  return dots == 2 && token.find("..") == token.npos && token.front() != '.' && token.back() != '.';
}

json parse_object(char* text) {
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  if (text == nullptr) return json();
  json object = json::parse(text, nullptr, false);
  return object.is_object() ? object : json();
}

std::optional<std::string> text_claim(const json& claims, const char* name, const char* otherwise) {
  const auto it = claims.find(name);
  if (it == claims.end()) return otherwise;
  if (!it->is_string()) return std::nullopt;
  return it->get<std::string>();
}

std::optional<bool> flag_claim(const json& claims, const char* name) {
  const auto it = claims.find(name);
  if (it == claims.end()) return false;
  if (!it->is_boolean()) return std::nullopt;
  return it->get<bool>();
}

std::optional<std::chrono::sys_seconds> time_claim(const json& claims, const char* name) {
  const auto it = claims.find(name);
  if (it == claims.end() || !it->is_number_integer()) return std::nullopt;
  const auto seconds = it->get<std::int64_t>();
  if (seconds < 0 || seconds > kLastSecond) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace

Result<Grant> read_token(std::string_view token, const SigningKey& key, std::chrono::sys_seconds now) {
  if (token.empty() || token.size() > kMaxTokenBytes || key.bytes.empty() || !looks_like_jwt(token)) return invalid();

  // The signature, and the one algorithm.
  jwt_t* raw = nullptr;
  const std::string text(token);
  const int failed = jwt_decode(&raw, text.c_str(), reinterpret_cast<const unsigned char*>(key.bytes.data()),
                                static_cast<int>(key.bytes.size()));
  const Jwt jwt(raw, &jwt_free);
  if (failed != 0 || jwt == nullptr || jwt_get_alg(jwt.get()) != JWT_ALG_HS256) return invalid();

  // The claims, each of its type.
  const json claims = parse_object(jwt_get_grants_json(jwt.get(), nullptr));
  if (!claims.is_object()) return invalid();
  const auto site = text_claim(claims, "site", kSite);
  const auto member = text_claim(claims, "sub", "");
  const auto room = text_claim(claims, "room", "");
  const auto publish = flag_claim(claims, "publish");
  const auto subscribe = flag_claim(claims, "subscribe");
  const auto service = flag_claim(claims, "service");
  const auto expires_at = time_claim(claims, "exp");
  if (!site || !member || !room || !publish || !subscribe || !service || !expires_at) return invalid();
  if (*site != kSite || !is_display_name(*member) || !is_display_name(*room)) return invalid();
  if (member->empty() && !*service) return invalid();

  // The time.
  if (*expires_at <= now) return std::unexpected(Error{ErrorCode::kUnauthorized, "the token has expired"});
  if (claims.contains("nbf")) {
    const auto not_before = time_claim(claims, "nbf");
    if (!not_before || *not_before > now) return invalid();
  }
  return Grant{*site, *member, *room, *publish, *subscribe, *service, *expires_at};
}

std::string write_token(const Grant& grant, const SigningKey& key, std::chrono::sys_seconds now) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) std::abort();
  const Jwt jwt(raw, &jwt_free);
  json claims = {{"site", grant.site},
                 {"publish", grant.publish},
                 {"subscribe", grant.subscribe},
                 {"iat", now.time_since_epoch().count()},
                 {"exp", grant.expires_at.time_since_epoch().count()}};
  if (!grant.member.empty()) claims["sub"] = grant.member;
  if (!grant.room.empty()) claims["room"] = grant.room;
  if (grant.service) claims["service"] = true;
  if (jwt_add_grants_json(jwt.get(), claims.dump().c_str()) != 0) return {};
  if (jwt_set_alg(jwt.get(), JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(key.bytes.data()),
                  static_cast<int>(key.bytes.size())) != 0) {
    return {};
  }
  const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(jwt.get()), &std::free);
  return text ? std::string(text.get()) : std::string();
}

}  // namespace parley::signaling

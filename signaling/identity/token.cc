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

constexpr const char* kAudience = "parley";

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

json parse_object(std::string_view text) {
  json object = json::parse(text, nullptr, false);
  return object.is_object() ? object : json();
}

json claims_of(jwt_t* jwt) {
  const std::unique_ptr<char, decltype(&std::free)> text(jwt_get_grants_json(jwt, nullptr), &std::free);
  return text ? parse_object(text.get()) : json();
}

std::optional<std::string> from_base64url(std::string_view text) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t letter = kLetters.find(c);
    if (letter == kLetters.npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(letter)) & 0xfffu;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held & 0xffu));
  }
  return bytes;
}

// Which key the header names, read before anything is verified: it only chooses, the signature decides.
const SigningKey* key_of(std::string_view token, const KeyRing& keys) {
  const auto text = from_base64url(token.substr(0, token.find('.')));
  const json header = text ? parse_object(*text) : json();
  // What must be understood to judge the token (RFC 7515 §4.1.11) is nothing we know.
  if (!header.is_object() || header.contains("crit")) return nullptr;
  const auto kid = header.find("kid");
  if (kid == header.end()) return keys.find({});
  return kid->is_string() ? keys.find(kid->get_ref<const std::string&>()) : nullptr;
}

// RFC 7519 §4.1.3: a text or a list of texts.
bool is_for_us(const json& claims, bool required) {
  const auto aud = claims.find("aud");
  if (aud == claims.end()) return !required;
  if (aud->is_array()) return std::ranges::find(*aud, json(kAudience)) != aud->end();
  return *aud == kAudience;
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

Result<Grant> read_token(std::string_view token, const KeyRing& keys, std::chrono::sys_seconds now) {
  if (token.empty() || token.size() > kMaxTokenBytes || !looks_like_jwt(token)) return invalid();
  const SigningKey* const key = key_of(token, keys);
  if (key == nullptr || key->bytes.empty()) return invalid();

  // The signature, and the one algorithm.
  jwt_t* raw = nullptr;
  const std::string text(token);
  const int failed = jwt_decode(&raw, text.c_str(), reinterpret_cast<const unsigned char*>(key->bytes.data()),
                                static_cast<int>(key->bytes.size()));
  const Jwt jwt(raw, &jwt_free);
  if (failed != 0 || jwt == nullptr || jwt_get_alg(jwt.get()) != JWT_ALG_HS256) return invalid();

  // The claims, each of its type.
  const json claims = claims_of(jwt.get());
  if (!claims.is_object() || !is_for_us(claims, !key->is_own())) return invalid();
  const auto site = text_claim(claims, "site", key->is_own() ? kSite : "");
  const auto member = text_claim(claims, "sub", "");
  const auto room = text_claim(claims, "room", "");
  const auto publish = flag_claim(claims, "publish");
  const auto subscribe = flag_claim(claims, "subscribe");
  const auto service = flag_claim(claims, "service");
  const auto expires_at = time_claim(claims, "exp");
  if (!site || !member || !room || !publish || !subscribe || !service || !expires_at) return invalid();
  if (!is_identifier(*site) || !is_display_name(*member) || !is_display_name(*room)) return invalid();
  if (member->empty() && !*service) return invalid();

  // What the key may say.
  if (!key->signs_for(*site) || !(*service ? key->signs_services : key->signs_members)) return invalid();

  // The time.
  if (*expires_at <= now) return std::unexpected(Error{ErrorCode::kUnauthorized, "the token has expired"});
  for (const char* name : {"nbf", "iat"}) {
    if (!claims.contains(name)) continue;
    const auto from = time_claim(claims, name);
    if (!from || *from > now + kClockLeeway) return invalid();
  }
  return Grant{*site, *member, *room, *publish, *subscribe, *service, *expires_at, key->id};
}

std::string write_token(const Grant& grant, const SigningKey& key, std::chrono::sys_seconds now) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) std::abort();
  const Jwt jwt(raw, &jwt_free);
  json claims = {{"aud", kAudience},
                 {"site", grant.site},
                 {"publish", grant.publish},
                 {"subscribe", grant.subscribe},
                 {"iat", now.time_since_epoch().count()},
                 {"exp", grant.expires_at.time_since_epoch().count()}};
  if (!grant.member.empty()) claims["sub"] = grant.member;
  if (!grant.room.empty()) claims["room"] = grant.room;
  if (grant.service) claims["service"] = true;
  if (jwt_add_grants_json(jwt.get(), claims.dump().c_str()) != 0) return {};
  if (!key.is_own() && jwt_add_header(jwt.get(), "kid", key.id.c_str()) != 0) return {};
  if (jwt_set_alg(jwt.get(), JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(key.bytes.data()),
                  static_cast<int>(key.bytes.size())) != 0) {
    return {};
  }
  const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(jwt.get()), &std::free);
  return text ? std::string(text.get()) : std::string();
}

}  // namespace parley::signaling

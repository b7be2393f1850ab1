// Tokens: no bytes of a stranger make a grant. The first byte chooses: the rest is a token as it is; or claims ('{'
// with the server's key, '[' with a platform's) that are signed rightly, so that what lies behind the signature is
// reached too; or a header ('(') over good claims.
#include <jwt.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "signaling/identity/names.h"
#include "signaling/identity/token.h"

namespace {

std::string sign(const std::string& claims, const parley::signaling::SigningKey& key,
                 const std::string& headers = "{}") {
  jwt_t* jwt = nullptr;
  if (jwt_new(&jwt) != 0) return {};
  std::string token;
  if (!key.is_own()) jwt_add_header(jwt, "kid", key.id.c_str());
  if (jwt_add_grants_json(jwt, claims.c_str()) == 0 && jwt_add_headers_json(jwt, headers.c_str()) == 0 &&
      jwt_set_alg(jwt, JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(key.bytes.data()),
                  static_cast<int>(key.bytes.size())) == 0) {
    if (char* text = jwt_encode_str(jwt)) {
      token = text;
      std::free(text);
    }
  }
  jwt_free(jwt);
  return token;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::signaling;
  if (size == 0) return 0;
  static const SigningKey own{std::string(32, 'k')};
  static const SigningKey oak{std::string(32, 'o'), "oak-1", {"oak"}, true, false};
  static const KeyRing keys(own, {oak});
  constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  const bool claims = data[0] == '{' || data[0] == '[';
  if (!claims && data[0] != '(') {
    // Nobody who lacks the key gets in.
    if (read_token(rest, keys, now)) __builtin_trap();
    return 0;
  }
  const SigningKey& key = data[0] == '[' ? oak : own;
  const std::string token =
      claims ? sign("{" + rest, key) : sign(R"({"aud":"parley","sub":"ada","exp":1900000000})", own, "{" + rest);
  const auto grant = read_token(token, keys, now);
  if (!grant) return 0;
  // A platform's key says nothing beyond its sites and kinds, whatever the header says.
  if (data[0] == '[' && (grant->site != "oak" || grant->service || grant->key_id != "oak-1")) __builtin_trap();
  if (!claims && grant->key_id != kOwnKey) __builtin_trap();
  if (grant->expires_at <= now || !is_display_name(grant->member) || !is_display_name(grant->room)) __builtin_trap();
  if (grant->member.empty() && !grant->service) __builtin_trap();
  const auto again = read_token(write_token(*grant, key, now), keys, now);
  if (!again || again->member != grant->member || again->room != grant->room || again->site != grant->site ||
      again->expires_at != grant->expires_at) {
    __builtin_trap();
  }
  return 0;
}

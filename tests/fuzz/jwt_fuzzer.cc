// Tokens: no bytes of a stranger make a grant. The first byte chooses: the rest is a token as it is, or claims that are
// signed with the right key, so that what lies behind the signature is reached too.
#include <jwt.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "signaling/identity/names.h"
#include "signaling/identity/token.h"

namespace {

std::string sign(const std::string& claims, const parley::signaling::SigningKey& key) {
  jwt_t* jwt = nullptr;
  if (jwt_new(&jwt) != 0) return {};
  std::string token;
  if (jwt_add_grants_json(jwt, claims.c_str()) == 0 &&
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
  static const SigningKey key{std::string(32, 'k')};
  constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] != '{') {
    // Nobody who lacks the key gets in.
    if (read_token(rest, key, now)) __builtin_trap();
    return 0;
  }
  const auto grant = read_token(sign("{" + rest, key), key, now);
  if (!grant) return 0;
  if (grant->expires_at <= now || !is_display_name(grant->member) || !is_display_name(grant->room)) __builtin_trap();
  if (grant->member.empty() && !grant->service) __builtin_trap();
  const auto again = read_token(write_token(*grant, key, now), key, now);
  if (!again || again->member != grant->member || again->room != grant->room ||
      again->expires_at != grant->expires_at) {
    __builtin_trap();
  }
  return 0;
}

#include "io/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>

#include "base/check.h"

namespace parley {

void fill_random(MutableBytes out) {
  while (!out.empty()) {
    const ssize_t n = getrandom(out.data(), out.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    PARLEY_CHECK(n > 0);
    out = out.subspan(static_cast<std::size_t>(n));
  }
}

std::uint64_t random_u64() {
  std::array<std::uint8_t, 8> bytes;
  fill_random(bytes);
  return load_be64(bytes.data());
}

std::string random_token(std::size_t length) {
  static constexpr std::string_view kIceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string token(length, '\0');
  fill_random({reinterpret_cast<std::uint8_t*>(token.data()), token.size()});
  for (char& c : token) c = kIceChars[static_cast<std::uint8_t>(c) % kIceChars.size()];
  return token;
}

IceCredentials random_ice_credentials() {
  return {.ufrag = random_token(12), .pwd = random_token(32)};
}

}  // namespace parley

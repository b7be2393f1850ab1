#include "signaling/webhooks/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace parley::signaling {
namespace {

std::string hmac_hex(std::string_view secret, std::string_view signed_text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest.data(), &size);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace

std::string webhook_signature(const std::vector<std::string>& secrets, std::int64_t timestamp, std::string_view id,
                              std::string_view body) {
  std::string signed_text = std::to_string(timestamp) + '.';
  signed_text.append(id).append(1, '.').append(body);
  std::string header;
  for (const std::string& secret : secrets) {
    if (!header.empty()) header += ',';
    header += "v1=" + hmac_hex(secret, signed_text);
  }
  return header;
}

}  // namespace parley::signaling

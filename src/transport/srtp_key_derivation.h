// Session keys from a master key (RFC 3711 §4.3 with a derivation rate of 0, RFC 6188 for 256 bits, RFC 7714 §11).
#pragma once

#include <array>
#include <cstdint>

#include "transport/srtp.h"

namespace parley {

struct SrtpSessionKey {
  SrtpProfile profile{};
  std::array<std::uint8_t, 32> encryption{};      // the first srtp_key_size() count
  std::array<std::uint8_t, 20> authentication{};  // AES-CM only
  std::array<std::uint8_t, 14> salt{};            // the first srtp_salt_size() count
};

struct SrtpSessionKeys {
  SrtpSessionKey rtp;
  SrtpSessionKey rtcp;
};

// What a session key is used for: a sender seals, a receiver opens.
enum class CipherDirection : std::uint8_t { kSeal, kOpen };

SrtpSessionKeys derive_srtp_keys(const SrtpMasterKey& master);

}  // namespace parley

// A DTLS without cryptography, for virtual time: the peer says hello with its number, both sides make the keys from it.
// Real handshakes are tested where OpenSSL is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "transport/dtls.h"
#include "transport/srtp.h"

namespace parley::sim {

// A datagram in DTLS's range that says "hello, I am number n"; the answer says the same.
std::vector<std::uint8_t> scripted_hello(std::uint32_t peer);
std::vector<std::uint8_t> scripted_close();
std::optional<std::uint32_t> parse_scripted_hello(Bytes datagram);
// The server's view; the peer's is the other way round.
SrtpKeys scripted_keys(std::uint32_t peer);

class ScriptedDtlsFactory final : public DtlsFactory {
 public:
  std::unique_ptr<Dtls> make(const Fingerprint& expected_peer, Time now) override;
};

}  // namespace parley::sim

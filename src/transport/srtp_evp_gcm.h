// AEAD_AES_128_GCM and AEAD_AES_256_GCM for SRTP (RFC 7714) over one OpenSSL context, whose key is set once; a packet
// only sets the nonce. One key, one direction.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "transport/openssl_ptr.h"
#include "transport/srtp_key_derivation.h"

namespace parley {

class SrtpGcm {
 public:
  static constexpr std::size_t kTagSize = 16;
  static constexpr std::size_t kRtpOverhead = kTagSize;
  static constexpr std::size_t kRtcpOverhead = kTagSize + 4;

  SrtpGcm(const SrtpSessionKey& key, CipherDirection direction);

  // The packet is buffer[0, size) and its buffer has room for the overhead; the first `header` bytes stay readable.
  bool seal_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc, std::uint64_t index);
  bool seal_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc, std::uint32_t index);
  // `size` counts the overhead. False if it is not authentic; the bytes are spoilt then.
  bool open_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc, std::uint64_t index);
  bool open_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc);
  // Where the E flag and the index of a protected RTCP packet stand.
  static std::uint32_t rtcp_index_word(Bytes packet) { return load_be32(&packet[packet.size() - 4]); }

 private:
  bool set_nonce(std::uint32_t ssrc, std::uint64_t index);
  bool authenticate(const std::uint8_t* bytes, std::size_t size);
  bool seal(std::uint8_t* bytes, std::size_t size);
  bool open(std::uint8_t* bytes, std::size_t size);

  CipherContextPtr context_;
  std::array<std::uint8_t, 12> salt_{};
};

}  // namespace parley

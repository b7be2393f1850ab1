// AES_CM_128_HMAC_SHA1_80 for SRTP (RFC 3711 §4.1.1, §4.2.1). The cipher key is set once, and HMAC's two padded keys
// are hashed once: a packet starts from copies of those states. One key; counter mode is the same in both directions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "transport/openssl_ptr.h"
#include "transport/srtp_key_derivation.h"

namespace parley {

class SrtpCounterMode {
 public:
  static constexpr std::size_t kTagSize = 10;
  static constexpr std::size_t kRtpOverhead = kTagSize;
  static constexpr std::size_t kRtcpOverhead = kTagSize + 4;

  SrtpCounterMode(const SrtpSessionKey& key, CipherDirection direction);
  ~SrtpCounterMode();

  // As in SrtpGcm, except that a packet that is not authentic is left as it was.
  bool seal_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc, std::uint64_t index);
  bool seal_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc, std::uint32_t index);
  bool open_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc, std::uint64_t index);
  bool open_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc);
  static std::uint32_t rtcp_index_word(Bytes packet) { return load_be32(&packet[packet.size() - kTagSize - 4]); }

 private:
  struct PaddedKeys;
  struct Tag;

  bool apply_key_stream(std::uint8_t* bytes, std::size_t size, std::uint32_t ssrc, std::uint64_t index);
  Tag tag_of(Bytes message, Bytes suffix) const;

  CipherContextPtr context_;
  std::unique_ptr<PaddedKeys> padded_keys_;
  std::array<std::uint8_t, 14> salt_{};
};

}  // namespace parley

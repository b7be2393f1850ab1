#include "transport/srtp_evp_gcm.h"

#include <algorithm>

#include "base/check.h"
#include "transport/srtp_packet.h"

namespace parley {

SrtpGcm::SrtpGcm(const SrtpSessionKey& key, CipherDirection direction) : context_(EVP_CIPHER_CTX_new()) {
  const EVP_CIPHER* cipher = key.profile == SrtpProfile::kAeadAes256Gcm ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
  const int encrypt = direction == CipherDirection::kSeal ? 1 : 0;
  PARLEY_CHECK(context_ &&
               EVP_CipherInit_ex(context_.get(), cipher, nullptr, key.encryption.data(), nullptr, encrypt) == 1);
  std::copy_n(key.salt.begin(), salt_.size(), salt_.begin());
}

bool SrtpGcm::seal_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc,
                       std::uint64_t index) {
  return set_nonce(ssrc, index) && authenticate(packet, header) && seal(packet + header, size - header);
}

bool SrtpGcm::open_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc,
                       std::uint64_t index) {
  return set_nonce(ssrc, index) && authenticate(packet, header) && open(packet + header, size - kTagSize - header);
}

// RFC 7714 §9: the index stands behind the tag, and is authenticated as if it stood behind the header.
bool SrtpGcm::seal_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc, std::uint32_t index) {
  std::uint8_t* const word = packet + size + kTagSize;
  store_be32(word, kSrtcpEncrypted | index);
  return set_nonce(ssrc, index) && authenticate(packet, kSrtcpHeaderSize) && authenticate(word, kSrtcpIndexSize) &&
         seal(packet + kSrtcpHeaderSize, size - kSrtcpHeaderSize);
}

bool SrtpGcm::open_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc) {
  const std::uint8_t* const word = packet + size - kSrtcpIndexSize;
  const std::uint32_t index = load_be32(word) & kMaxSrtcpIndex;
  return set_nonce(ssrc, index) && authenticate(packet, kSrtcpHeaderSize) && authenticate(word, kSrtcpIndexSize) &&
         open(packet + kSrtcpHeaderSize, size - kRtcpOverhead - kSrtcpHeaderSize);
}

// RFC 7714 §8.1 and §9.1: two zero bytes, the SSRC and 48 bits of index, under the salt.
bool SrtpGcm::set_nonce(std::uint32_t ssrc, std::uint64_t index) {
  std::array<std::uint8_t, 12> nonce{};
  store_be32(&nonce[2], ssrc);
  store_be32(&nonce[6], static_cast<std::uint32_t>(index >> 16));
  store_be16(&nonce[10], static_cast<std::uint16_t>(index));
  for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<std::uint8_t>(nonce[i] ^ salt_[i]);
  return EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data(), -1) == 1;
}

bool SrtpGcm::authenticate(const std::uint8_t* bytes, std::size_t size) {
  int ignored = 0;
  return EVP_CipherUpdate(context_.get(), nullptr, &ignored, bytes, static_cast<int>(size)) == 1;
}

bool SrtpGcm::seal(std::uint8_t* bytes, std::size_t size) {
  int written = 0;
  std::uint8_t* const tag = bytes + size;
  if (size != 0 && EVP_EncryptUpdate(context_.get(), bytes, &written, bytes, static_cast<int>(size)) != 1) return false;
  return EVP_EncryptFinal_ex(context_.get(), tag, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag) == 1;
}

bool SrtpGcm::open(std::uint8_t* bytes, std::size_t size) {
  int written = 0;
  std::uint8_t* const tag = bytes + size;
  if (size != 0 && EVP_DecryptUpdate(context_.get(), bytes, &written, bytes, static_cast<int>(size)) != 1) return false;
  return EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag) == 1 &&
         EVP_DecryptFinal_ex(context_.get(), tag, &written) == 1;
}

}  // namespace parley

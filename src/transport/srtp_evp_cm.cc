// SHA1_* are deprecated in favour of EVP_MAC, whose objects can't be copied without the allocator.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "transport/srtp_evp_cm.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/check.h"
#include "transport/srtp_packet.h"

namespace parley {

struct SrtpCounterMode::PaddedKeys {
  SHA_CTX inner;
  SHA_CTX outer;
};

struct SrtpCounterMode::Tag {
  std::uint8_t bytes[SHA_DIGEST_LENGTH];  // the first kTagSize go on the wire
};

SrtpCounterMode::SrtpCounterMode(const SrtpSessionKey& key, CipherDirection /*direction*/)
    : context_(EVP_CIPHER_CTX_new()), padded_keys_(std::make_unique<PaddedKeys>()), salt_(key.salt) {
  PARLEY_CHECK(context_ &&
               EVP_EncryptInit_ex(context_.get(), EVP_aes_128_ctr(), nullptr, key.encryption.data(), nullptr) == 1);
  // RFC 2104 §2.
  std::uint8_t inner[SHA_CBLOCK];
  std::uint8_t outer[SHA_CBLOCK];
  for (std::size_t i = 0; i < SHA_CBLOCK; ++i) {
    const std::uint8_t byte = i < key.authentication.size() ? key.authentication[i] : std::uint8_t{0};
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  SHA1_Init(&padded_keys_->inner);
  SHA1_Update(&padded_keys_->inner, inner, sizeof inner);
  SHA1_Init(&padded_keys_->outer);
  SHA1_Update(&padded_keys_->outer, outer, sizeof outer);
  OPENSSL_cleanse(inner, sizeof inner);
  OPENSSL_cleanse(outer, sizeof outer);
}

SrtpCounterMode::~SrtpCounterMode() {
  OPENSSL_cleanse(padded_keys_.get(), sizeof(PaddedKeys));
}

bool SrtpCounterMode::seal_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc,
                               std::uint64_t index) {
  if (!apply_key_stream(packet + header, size - header, ssrc, index)) return false;
  std::uint8_t roll_over[4];
  store_be32(roll_over, static_cast<std::uint32_t>(index >> 16));
  const Tag tag = tag_of({packet, size}, roll_over);
  std::memcpy(packet + size, tag.bytes, kTagSize);
  return true;
}

bool SrtpCounterMode::open_rtp(std::uint8_t* packet, std::size_t header, std::size_t size, std::uint32_t ssrc,
                               std::uint64_t index) {
  const std::size_t plain = size - kTagSize;
  std::uint8_t roll_over[4];
  store_be32(roll_over, static_cast<std::uint32_t>(index >> 16));
  const Tag tag = tag_of({packet, plain}, roll_over);
  if (CRYPTO_memcmp(packet + plain, tag.bytes, kTagSize) != 0) return false;
  return apply_key_stream(packet + header, plain - header, ssrc, index);
}

// RFC 3711 §3.4: the index stands before the tag, which covers it.
bool SrtpCounterMode::seal_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc, std::uint32_t index) {
  if (!apply_key_stream(packet + kSrtcpHeaderSize, size - kSrtcpHeaderSize, ssrc, index)) return false;
  store_be32(packet + size, kSrtcpEncrypted | index);
  const Tag tag = tag_of({packet, size + kSrtcpIndexSize}, {});
  std::memcpy(packet + size + kSrtcpIndexSize, tag.bytes, kTagSize);
  return true;
}

bool SrtpCounterMode::open_rtcp(std::uint8_t* packet, std::size_t size, std::uint32_t ssrc) {
  const std::size_t covered = size - kTagSize;
  const Tag tag = tag_of({packet, covered}, {});
  if (CRYPTO_memcmp(packet + covered, tag.bytes, kTagSize) != 0) return false;
  const std::size_t plain = covered - kSrtcpIndexSize;
  const std::uint32_t index = load_be32(packet + plain) & kMaxSrtcpIndex;
  return apply_key_stream(packet + kSrtcpHeaderSize, plain - kSrtcpHeaderSize, ssrc, index);
}

// RFC 3711 §4.1.1: salt, SSRC and index in one block whose last 16 bits count.
bool SrtpCounterMode::apply_key_stream(std::uint8_t* bytes, std::size_t size, std::uint32_t ssrc, std::uint64_t index) {
  std::array<std::uint8_t, 16> counter{};
  store_be32(&counter[4], ssrc);
  store_be32(&counter[8], static_cast<std::uint32_t>(index >> 16));
  store_be16(&counter[12], static_cast<std::uint16_t>(index));
  for (std::size_t i = 0; i < salt_.size(); ++i) counter[i] = static_cast<std::uint8_t>(counter[i] ^ salt_[i]);
  int written = 0;
  return EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, counter.data()) == 1 &&
         (size == 0 || EVP_EncryptUpdate(context_.get(), bytes, &written, bytes, static_cast<int>(size)) == 1);
}

SrtpCounterMode::Tag SrtpCounterMode::tag_of(Bytes message, Bytes suffix) const {
  Tag tag;
  SHA_CTX hash = padded_keys_->inner;
  SHA1_Update(&hash, message.data(), message.size());
  if (!suffix.empty()) SHA1_Update(&hash, suffix.data(), suffix.size());
  SHA1_Final(tag.bytes, &hash);
  hash = padded_keys_->outer;
  SHA1_Update(&hash, tag.bytes, sizeof tag.bytes);
  SHA1_Final(tag.bytes, &hash);
  return tag;
}

}  // namespace parley

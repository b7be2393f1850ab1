#include "transport/srtp_key_derivation.h"

#include <openssl/evp.h>

#include "base/check.h"
#include "transport/openssl_ptr.h"

namespace parley {
namespace {

enum Label : std::uint8_t {
  kRtpEncryption = 0,
  kRtpAuthentication = 1,
  kRtpSalt = 2,
  kRtcpEncryption = 3,
  kRtcpAuthentication = 4,
  kRtcpSalt = 5,
};

class Derivation {
 public:
  explicit Derivation(const SrtpMasterKey& master) : context_(EVP_CIPHER_CTX_new()) {
    const EVP_CIPHER* cipher = srtp_key_size(master.profile) == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    PARLEY_CHECK(context_ && EVP_EncryptInit_ex(context_.get(), cipher, nullptr, master.key.data(), nullptr) == 1);
    // A salt of 12 bytes stands in the upper ones of the 14 (RFC 7714 §11).
    const Bytes salt = master.salt_bytes();
    std::copy(salt.begin(), salt.end(), salt_.begin());
  }

  // The key stream of AES in counter mode; with a derivation rate of 0, only the label tells the streams apart.
  void derive(Label label, MutableBytes out) {
    std::array<std::uint8_t, 16> iv{};
    std::copy(salt_.begin(), salt_.end(), iv.begin());
    iv[7] = static_cast<std::uint8_t>(iv[7] ^ label);
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    int written = 0;
    PARLEY_CHECK(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, iv.data()) == 1 &&
                 EVP_EncryptUpdate(context_.get(), out.data(), &written, out.data(), static_cast<int>(out.size())) ==
                     1);
  }

 private:
  CipherContextPtr context_;
  std::array<std::uint8_t, 14> salt_{};
};

SrtpSessionKey derive_one(Derivation& derivation, SrtpProfile profile, Label encryption, Label authentication,
                          Label salt) {
  SrtpSessionKey key{.profile = profile};
  derivation.derive(encryption, MutableBytes(key.encryption).first(srtp_key_size(profile)));
  if (profile == SrtpProfile::kAesCm128HmacSha1_80) derivation.derive(authentication, key.authentication);
  derivation.derive(salt, MutableBytes(key.salt).first(srtp_salt_size(profile)));
  return key;
}

}  // namespace

SrtpSessionKeys derive_srtp_keys(const SrtpMasterKey& master) {
  Derivation derivation(master);
  return {.rtp = derive_one(derivation, master.profile, kRtpEncryption, kRtpAuthentication, kRtpSalt),
          .rtcp = derive_one(derivation, master.profile, kRtcpEncryption, kRtcpAuthentication, kRtcpSalt)};
}

}  // namespace parley

#include "transport/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>

#include "base/check.h"
#include "transport/certificate_handles.h"

namespace parley {
namespace {

constexpr long kDay = 24L * 60 * 60;
constexpr long kLifetime = 3650 * kDay;  // of a certificate that lives as long as the process

const EVP_MD* digest_of(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256: return EVP_sha256();
    case HashAlgorithm::kSha384: return EVP_sha384();
    case HashAlgorithm::kSha512: return EVP_sha512();
  }
  return EVP_sha256();
}

BioPtr reader_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without it OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

bool fill(X509* certificate, EVP_PKEY* key) {
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
  X509_NAME* const name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kLifetime) != nullptr &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("parley"), -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) != 0;
}

}  // namespace

std::expected<Certificate, std::string> Certificate::generate() {
  auto handles = std::make_shared<Handles>();
  handles->key.reset(EVP_EC_gen("P-256"));
  handles->certificate.reset(X509_new());
  const bool made = handles->key && handles->certificate && fill(handles->certificate.get(), handles->key.get());
  ERR_clear_error();
  if (!made) return std::unexpected("OpenSSL could not make a DTLS certificate");
  return Certificate(std::move(handles));
}

std::expected<Certificate, std::string> Certificate::from_pem(std::string_view certificate, std::string_view key) {
  auto handles = std::make_shared<Handles>();
  if (const BioPtr bio = reader_of(certificate)) {
    handles->certificate.reset(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
  }
  if (const BioPtr bio = reader_of(key)) {
    handles->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  }
  const bool belong = handles->certificate && handles->key &&
                      X509_check_private_key(handles->certificate.get(), handles->key.get()) == 1;
  ERR_clear_error();
  if (!handles->certificate) return std::unexpected("the DTLS certificate is not a certificate in PEM");
  if (!handles->key) return std::unexpected("the DTLS key is not a private key in PEM without a passphrase");
  if (!belong) return std::unexpected("the DTLS key does not belong to the DTLS certificate");
  return Certificate(std::move(handles));
}

Fingerprint Certificate::fingerprint(HashAlgorithm algorithm) const {
  Fingerprint fingerprint{.algorithm = algorithm, .digest = std::vector<std::uint8_t>(digest_size(algorithm))};
  PARLEY_CHECK(X509_digest(handles_->certificate.get(), digest_of(algorithm), fingerprint.digest.data(), nullptr) == 1);
  return fingerprint;
}

bool matches(const Fingerprint& announced, Bytes certificate_der) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(certificate_der.data(), certificate_der.size(), digest.data(), &size, digest_of(announced.algorithm),
                 nullptr) != 1) {
    return false;
  }
  return announced.digest.size() == size && CRYPTO_memcmp(announced.digest.data(), digest.data(), size) == 0;
}

}  // namespace parley

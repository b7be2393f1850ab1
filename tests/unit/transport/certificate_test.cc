#include "transport/certificate.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "transport/certificate_handles.h"

namespace parley {
namespace {

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}
std::string certificate_pem(const Certificate& certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate.handles().certificate.get());
  return text_of(bio.get());
}
std::string key_pem(const Certificate& certificate, const char* passphrase = nullptr) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), certificate.handles().key.get(), passphrase ? EVP_aes_128_cbc() : nullptr,
                                passphrase, passphrase ? static_cast<int>(std::string_view(passphrase).size()) : 0,
                                nullptr, nullptr);
  return text_of(bio.get());
}
std::vector<std::uint8_t> der_of(const Certificate& certificate) {
  std::vector<std::uint8_t> der(static_cast<std::size_t>(i2d_X509(certificate.handles().certificate.get(), nullptr)));
  unsigned char* out = der.data();
  i2d_X509(certificate.handles().certificate.get(), &out);
  return der;
}

TEST(Certificate, IsMadeWithAP256Key) {
  const auto certificate = Certificate::generate();
  ASSERT_TRUE(certificate);
  char group[32] = {};
  ASSERT_EQ(EVP_PKEY_get_group_name(certificate->handles().key.get(), group, sizeof group, nullptr), 1);
  EXPECT_STREQ(group, "prime256v1");
  EXPECT_EQ(X509_verify(certificate->handles().certificate.get(), certificate->handles().key.get()), 1);
}

TEST(Certificate, NoTwoAreTheSame) {
  EXPECT_NE(Certificate::generate()->fingerprint(HashAlgorithm::kSha256),
            Certificate::generate()->fingerprint(HashAlgorithm::kSha256));
}

TEST(Certificate, ComesBackFromItsPem) {
  const auto made = Certificate::generate();
  const auto loaded = Certificate::from_pem(certificate_pem(*made), key_pem(*made));
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ(loaded->fingerprint(HashAlgorithm::kSha256), made->fingerprint(HashAlgorithm::kSha256));
}

TEST(Certificate, SaysWhatIsWrongWithAPem) {
  const auto one = Certificate::generate();
  const auto other = Certificate::generate();
  EXPECT_EQ(Certificate::from_pem("", key_pem(*one)).error(), "the DTLS certificate is not a certificate in PEM");
  EXPECT_EQ(Certificate::from_pem(key_pem(*one), key_pem(*one)).error(),
            "the DTLS certificate is not a certificate in PEM");
  EXPECT_EQ(Certificate::from_pem(certificate_pem(*one), "nonsense").error(),
            "the DTLS key is not a private key in PEM without a passphrase");
  EXPECT_EQ(Certificate::from_pem(certificate_pem(*one), key_pem(*other)).error(),
            "the DTLS key does not belong to the DTLS certificate");
}

TEST(Certificate, NeverAsksForAPassphrase) {
  const auto made = Certificate::generate();
  EXPECT_EQ(Certificate::from_pem(certificate_pem(*made), key_pem(*made, "secret")).error(),
            "the DTLS key is not a private key in PEM without a passphrase");
}

TEST(Certificate, MatchesItsFingerprintInEveryAlgorithm) {
  const auto certificate = Certificate::generate();
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha384, HashAlgorithm::kSha512}) {
    const Fingerprint fingerprint = certificate->fingerprint(algorithm);
    EXPECT_EQ(fingerprint.digest.size(), digest_size(algorithm));
    EXPECT_TRUE(matches(fingerprint, der_of(*certificate)));
    EXPECT_FALSE(matches(fingerprint, der_of(*Certificate::generate())));
  }
}

TEST(Certificate, AShortenedOrMislabelledFingerprintMatchesNothing) {
  const auto certificate = Certificate::generate();
  Fingerprint fingerprint = certificate->fingerprint(HashAlgorithm::kSha256);
  fingerprint.algorithm = HashAlgorithm::kSha384;
  EXPECT_FALSE(matches(fingerprint, der_of(*certificate)));
  fingerprint = certificate->fingerprint(HashAlgorithm::kSha256);
  fingerprint.digest.pop_back();
  EXPECT_FALSE(matches(fingerprint, der_of(*certificate)));
  fingerprint.digest.clear();
  EXPECT_FALSE(matches(fingerprint, der_of(*certificate)));
}

}  // namespace
}  // namespace parley

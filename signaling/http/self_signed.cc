#include "signaling/http/self_signed.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace parley::signaling {
namespace {

template <auto F>
struct Free {
  template <class T>
  void operator()(T* p) const {
    F(p);
  }
};
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr std::chrono::hours kLife{365 * 24};

bool is_host(const std::string& host) {
  for (const char c : host) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                       c == '-' || c == ':' || c == '*';
    if (!plain) return false;
  }
  return !host.empty();
}

bool is_address(const std::string& host) {
  return host.find(':') != host.npos || host.find_first_not_of("0123456789.") == host.npos;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

Result<PemPair> make_self_signed(const std::vector<std::string>& hosts, std::chrono::sys_seconds now) {
  const auto failed = [] {
    return std::unexpected(Error{ErrorCode::kInternal, "OpenSSL could not make a certificate for HTTPS"});
  };
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const std::string& host : hosts) {
    if (!is_host(host)) return std::unexpected(Error{ErrorCode::kConfig, "not a host name or address: " + host});
    names += (is_address(host) ? ",IP:" : ",DNS:") + host;
  }

  const PrivateKey key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) return failed();
  unsigned char serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) return failed();
  serial[0] = static_cast<unsigned char>(serial[0] & 0x7f);
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  const std::time_t from = now.time_since_epoch().count() - 60;
  const std::time_t until = now.time_since_epoch().count() + std::chrono::seconds(kLife).count();
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  const bool filled = X509_set_version(certificate.get(), 2) == 1 && number != nullptr &&
                      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
                      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from) != nullptr &&
                      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), until) != nullptr &&
                      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                 reinterpret_cast<const unsigned char*>("parley"), -1, -1, 0) == 1 &&
                      X509_set_issuer_name(certificate.get(), name) == 1 &&
                      X509_set_pubkey(certificate.get(), key.get()) == 1 &&
                      add_extension(certificate.get(), NID_subject_alt_name, names) &&
                      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
                      X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
  if (!filled) return failed();

  const Memory certificate_text(BIO_new(BIO_s_mem()));
  const Memory key_text(BIO_new(BIO_s_mem()));
  if (!certificate_text || !key_text || PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return failed();
  }
  return PemPair{text_of(certificate_text.get()), text_of(key_text.get())};
}

}  // namespace parley::signaling

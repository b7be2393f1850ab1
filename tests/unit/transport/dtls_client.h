// A DTLS client such as a browser has, for tests: real OpenSSL over lists of datagrams.
#pragma once

#include <openssl/err.h>
#include <openssl/srtp.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "transport/certificate.h"
#include "transport/certificate_handles.h"
#include "transport/dtls_bio.h"
#include "transport/openssl_ptr.h"

namespace parley {

// OpenSSL's timers run on the real clock, and count as expired 15 ms early. This one fires 15 ms after it started.
inline constexpr unsigned kShortTimerMicros = 30'000;

using DatagramList = std::vector<std::vector<std::uint8_t>>;

class CapturingSink final : public DtlsSink {
 public:
  void send_dtls(Bytes datagram) override { datagrams.emplace_back(datagram.begin(), datagram.end()); }
  DatagramList take() { return std::exchange(datagrams, {}); }
  DatagramList datagrams;
};

struct DtlsClientOptions {
  const char* profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";  // null: no use_srtp
  const Certificate* certificate = nullptr;                                                     // null: none
  int version = DTLS1_2_VERSION;
  long mtu = 1200;
  // Bytes of an extension that nobody knows; with a small MTU the ClientHello then spans several datagrams, as one with
  // a post-quantum key share does.
  std::size_t extra_hello_bytes = 0;
};

class DtlsClient {
 public:
  explicit DtlsClient(const DtlsClientOptions& options)
      : extra_(options.extra_hello_bytes, 0x5a), context_(SSL_CTX_new(DTLS_client_method())) {
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, options.version);
    SSL_CTX_set_max_proto_version(context, options.version);
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
    if (options.profiles != nullptr) SSL_CTX_set_tlsext_use_srtp(context, options.profiles);
    if (options.certificate != nullptr) {
      SSL_CTX_use_certificate(context, options.certificate->handles().certificate.get());
      SSL_CTX_use_PrivateKey(context, options.certificate->handles().key.get());
    }
    if (!extra_.empty()) {
      SSL_CTX_add_custom_ext(context, 0xfafa, SSL_EXT_CLIENT_HELLO, add_extra, nullptr, this, nullptr, nullptr);
    }
    ssl_.reset(SSL_new(context));
    BIO* const bio = make_dtls_bio(&exchange_).release();
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_connect_state(ssl_.get());
    DTLS_set_link_mtu(ssl_.get(), options.mtu);
    DTLS_set_timer_cb(ssl_.get(), [](SSL*, unsigned) { return kShortTimerMicros; });
    exchange_.sink = &sent_;
  }

  void start() { step({}); }
  void receive(Bytes datagram) { step(datagram); }
  // Waits until the timer has run out, and lets it fire.
  void retransmit() {
    timeval left{};
    while (!connected_ && DTLSv1_get_timeout(ssl_.get(), &left) == 1 && (left.tv_sec != 0 || left.tv_usec != 0)) {
    }
    if (!connected_) DTLSv1_handle_timeout(ssl_.get());
    ERR_clear_error();
  }
  void send_application_data(Bytes data) { SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())); }
  void close() { SSL_shutdown(ssl_.get()); }

  DatagramList take() { return sent_.take(); }
  bool connected() const { return connected_; }
  bool failed() const { return failed_; }
  bool peer_closed() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  std::string profile() const {
    const auto* const profile = SSL_get_selected_srtp_profile(ssl_.get());
    return profile == nullptr ? "" : profile->name;
  }
  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  // The server's certificate, as the client saw it.
  bool server_matches(const Fingerprint& fingerprint) const {
    unsigned char* der = nullptr;
    const int size = i2d_X509(SSL_get0_peer_certificate(ssl_.get()), &der);
    const bool same = size > 0 && matches(fingerprint, {der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return same;
  }
  std::vector<std::uint8_t> exported(std::size_t size) const {
    std::vector<std::uint8_t> out(size);
    SSL_export_keying_material(ssl_.get(), out.data(), size, "EXTRACTOR-dtls_srtp", 19, nullptr, 0, 0);
    return out;
  }

 private:
  static int add_extra(SSL*, unsigned, unsigned, const unsigned char** out, std::size_t* size, X509*, std::size_t, int*,
                       void* self) {
    const auto& extra = static_cast<DtlsClient*>(self)->extra_;
    *out = extra.data();
    *size = extra.size();
    return 1;
  }

  void step(Bytes datagram) {
    exchange_.incoming = datagram;
    if (!connected_ && !failed_) {
      const int result = SSL_do_handshake(ssl_.get());
      if (result == 1) connected_ = true;
      if (result != 1 && SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) failed_ = true;
    }
    std::array<std::uint8_t, 2048> ignored;
    if (connected_) {
      while (SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size())) > 0) {
      }
    }
    exchange_.incoming = {};
    ERR_clear_error();
  }

  std::vector<std::uint8_t> extra_;
  SslContextPtr context_;
  DtlsExchange exchange_;
  CapturingSink sent_;
  SslPtr ssl_;
  bool connected_ = false;
  bool failed_ = false;
};

}  // namespace parley

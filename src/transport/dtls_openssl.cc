#include "transport/dtls_openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/srtp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/check.h"
#include "transport/certificate_handles.h"
#include "transport/dtls_bio.h"
#include "transport/openssl_ptr.h"

namespace parley {
namespace {

// What a UDP payload may hold on any path that carries WebRTC.
constexpr int kDatagramSize = 1200;
// A browser's certificate is below 1 KiB; what a stranger may make us keep is bounded here.
constexpr long kMaxPeerCertificates = 16L * 1024;
// OpenSSL's retransmission timer runs on a clock of its own, so it is asked now and then.
constexpr Duration kPollInterval = 50ms;
constexpr unsigned kMaxRetransmissionMicros = 3'000'000;

// Ours is an ECDSA certificate unless the operator gave an RSA one. TLS 1.2, ephemeral keys and AEAD only.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr const char* kGroups = "X25519:P-256:P-384";
// RFC 5764 §4.2.
constexpr std::string_view kExporterLabel = "EXTRACTOR-dtls_srtp";

constexpr const char* name_of(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm: return "SRTP_AEAD_AES_128_GCM";
    case SrtpProfile::kAeadAes256Gcm: return "SRTP_AEAD_AES_256_GCM";
    case SrtpProfile::kAesCm128HmacSha1_80: return "SRTP_AES128_CM_SHA1_80";
  }
  return "";
}

std::optional<SrtpProfile> negotiated_profile(SSL* ssl) {
  const SRTP_PROTECTION_PROFILE* const profile = SSL_get_selected_srtp_profile(ssl);
  if (profile == nullptr) return std::nullopt;
  switch (profile->id) {
    case SRTP_AEAD_AES_128_GCM: return SrtpProfile::kAeadAes128Gcm;
    case SRTP_AEAD_AES_256_GCM: return SrtpProfile::kAeadAes256Gcm;
    case SRTP_AES128_CM_SHA1_80: return SrtpProfile::kAesCm128HmacSha1_80;
    default: return std::nullopt;
  }
}

// The first thing OpenSSL complained of since the queue was cleared.
std::string reason_from_queue() {
  const unsigned long code = ERR_peek_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

// What one end knows that OpenSSL's callbacks ask for.
struct Callbacks {
  Fingerprint expected_peer;
  bool peer_matches = false;
  unsigned first_retransmission_micros = 0;
};

Callbacks& callbacks_of(SSL* ssl) {
  return *static_cast<Callbacks*>(SSL_get_app_data(ssl));
}

// Instead of a chain, the fingerprint from SDP decides (RFC 8122 §6.2).
int verify_peer(X509_STORE_CTX* store, void*) {
  SSL* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  Callbacks& callbacks = callbacks_of(ssl);
  unsigned char* der = nullptr;
  const int size = i2d_X509(X509_STORE_CTX_get0_cert(store), &der);
  callbacks.peer_matches = size > 0 && matches(callbacks.expected_peer, {der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  if (!callbacks.peer_matches) X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return callbacks.peer_matches ? 1 : 0;
}

unsigned next_timeout(SSL* ssl, unsigned micros) {
  return micros == 0 ? callbacks_of(ssl).first_retransmission_micros : std::min(2 * micros, kMaxRetransmissionMicros);
}

}  // namespace

class DtlsContext {
 public:
  DtlsContext(const Certificate& certificate, const DtlsOptions& options)
      : handshake_timeout_(options.handshake_timeout),
        first_retransmission_(options.first_retransmission),
        context_(SSL_CTX_new(DTLS_server_method())) {
    PARLEY_CHECK(context_ != nullptr);
    SSL_CTX* const context = context_.get();
    std::string profiles;
    for (const SrtpProfile profile : options.profiles) {
      if (!profiles.empty()) profiles += ':';
      profiles += name_of(profile);
    }
    PARLEY_CHECK(SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1);
    PARLEY_CHECK(SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1);
    PARLEY_CHECK(SSL_CTX_set_cipher_list(context, kCiphers) == 1);
    PARLEY_CHECK(SSL_CTX_set1_groups_list(context, kGroups) == 1);
    PARLEY_CHECK(SSL_CTX_set_tlsext_use_srtp(context, profiles.c_str()) == 0);  // 0 is its success
    PARLEY_CHECK(SSL_CTX_use_certificate(context, certificate.handles().certificate.get()) == 1);
    PARLEY_CHECK(SSL_CTX_use_PrivateKey(context, certificate.handles().key.get()) == 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(context, verify_peer, nullptr);
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(context, kMaxPeerCertificates);
    // Memory: OpenSSL sizes its write buffer by this.
    SSL_CTX_set_max_send_fragment(context, kDatagramSize);
    ERR_clear_error();
  }

  SSL_CTX* get() const { return context_.get(); }
  Duration handshake_timeout() const { return handshake_timeout_; }
  Duration first_retransmission() const { return first_retransmission_; }

 private:
  Duration handshake_timeout_;
  Duration first_retransmission_;
  SslContextPtr context_;
};

namespace {

class OpensslDtls final : public Dtls {
 public:
  OpensslDtls(std::shared_ptr<const DtlsContext> context, const Fingerprint& expected_peer, Time now)
      : context_(std::move(context)), give_up_(now + context_->handshake_timeout()), ssl_(SSL_new(context_->get())) {
    PARLEY_CHECK(ssl_ != nullptr);
    callbacks_.expected_peer = expected_peer;
    callbacks_.first_retransmission_micros = static_cast<unsigned>(
        std::chrono::duration_cast<std::chrono::microseconds>(context_->first_retransmission()).count());
    BIO* const bio = make_dtls_bio(&exchange_).release();
    SSL_set_app_data(ssl_.get(), &callbacks_);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
    DTLS_set_link_mtu(ssl_.get(), kDatagramSize);
    DTLS_set_timer_cb(ssl_.get(), next_timeout);
  }

  ~OpensslDtls() override {
    ssl_.reset();
    OPENSSL_cleanse(&keys_, sizeof keys_);
  }

  DtlsState receive(Bytes datagram, Time now, DtlsSink& sink) override {
    if (ssl_ == nullptr || datagram.empty()) return state_;
    if (state_ == DtlsState::kNew) {
      state_ = DtlsState::kHandshaking;
      next_poll_ = now + kPollInterval;
    }
    const Call call(exchange_, sink, datagram);
    if (state_ == DtlsState::kHandshaking) advance_handshake();
    // The datagram that ended the handshake may hold more records.
    if (state_ == DtlsState::kConnected) read_records();
    return state_;
  }

  DtlsState tick(Time now, DtlsSink& sink) override {
    if (state_ != DtlsState::kNew && state_ != DtlsState::kHandshaking) return state_;
    if (now >= give_up_) return fail("the DTLS handshake took too long");
    if (state_ == DtlsState::kNew || now < next_poll_) return state_;
    next_poll_ = now + kPollInterval;
    const Call call(exchange_, sink, {});
    if (DTLSv1_handle_timeout(ssl_.get()) < 0) return fail("the DTLS peer stopped answering");
    return state_;
  }

  Time next_deadline() const override {
    switch (state_) {
      case DtlsState::kNew: return give_up_;
      case DtlsState::kHandshaking: return std::min(next_poll_, give_up_);
      default: return kNever;
    }
  }

  DtlsState state() const override { return state_; }
  const SrtpKeys* keys() const override { return state_ == DtlsState::kConnected ? &keys_ : nullptr; }
  std::string_view failure() const override { return failure_; }

  void close(DtlsSink& sink) override {
    if (state_ == DtlsState::kFailed || state_ == DtlsState::kClosed) return;
    if (state_ == DtlsState::kConnected) say_goodbye(sink);
    state_ = DtlsState::kClosed;
    ssl_.reset();
  }

 private:
  // The span of one call: OpenSSL reads and writes through `exchange`, and starts and ends with an empty error queue,
  // because that belongs to the whole thread.
  class Call {
   public:
    Call(DtlsExchange& exchange, DtlsSink& sink, Bytes datagram) : exchange_(exchange) {
      exchange_ = {.incoming = datagram, .sink = &sink};
      ERR_clear_error();
    }
    ~Call() {
      exchange_ = {};
      ERR_clear_error();
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    DtlsExchange& exchange_;
  };

  void advance_handshake() {
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      finish_handshake();
    } else if (const int error = SSL_get_error(ssl_.get(), result); error != SSL_ERROR_WANT_READ) {
      if (!callbacks_.peer_matches && SSL_get_verify_result(ssl_.get()) == X509_V_ERR_CERT_REJECTED) {
        fail("the DTLS peer's certificate is not the one its SDP announced");
      } else {
        fail("the DTLS handshake failed: " + reason_from_queue());
      }
    }
  }

  void finish_handshake() {
    const auto profile = negotiated_profile(ssl_.get());
    if (!callbacks_.peer_matches) {
      fail("the DTLS peer did not prove who it is");
    } else if (!profile) {
      SSL_shutdown(ssl_.get());
      fail("the DTLS peer offered none of our SRTP profiles");
    } else if (!export_keys(*profile)) {
      fail("OpenSSL did not export the SRTP keys");
    } else {
      state_ = DtlsState::kConnected;
    }
  }

  // RFC 5764 §4.2: client key, server key, client salt, server salt.
  bool export_keys(SrtpProfile profile) {
    std::array<std::uint8_t, std::size_t{2} * (32 + 14)> material{};
    const std::size_t key = srtp_key_size(profile);
    const std::size_t salt = srtp_salt_size(profile);
    if (SSL_export_keying_material(ssl_.get(), material.data(), 2 * (key + salt), kExporterLabel.data(),
                                   kExporterLabel.size(), nullptr, 0, 0) != 1) {
      return false;
    }
    keys_.receive.profile = keys_.send.profile = profile;
    ByteReader reader(material);
    const auto take = [&](std::size_t size, std::uint8_t* out) { std::ranges::copy(reader.bytes(size), out); };
    take(key, keys_.receive.key.data());
    take(key, keys_.send.key.data());
    take(salt, keys_.receive.salt.data());
    take(salt, keys_.send.salt.data());
    OPENSSL_cleanse(material.data(), material.size());
    return true;
  }

  // Retransmitted handshakes are answered by OpenSSL here, alerts noticed, application data left aside.
  void read_records() {
    SSL_alloc_buffers(ssl_.get());
    std::uint8_t ignored[2048];
    int result = 1;
    while (result > 0) result = SSL_read(ssl_.get(), ignored, sizeof ignored);
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        // Media needs no more of DTLS: two thirds of its memory can go until the next datagram.
        SSL_free_buffers(ssl_.get());
        break;
      case SSL_ERROR_ZERO_RETURN:
        SSL_shutdown(ssl_.get());
        state_ = DtlsState::kClosed;
        ssl_.reset();
        break;
      default: fail("the DTLS connection broke: " + reason_from_queue());
    }
  }

  void say_goodbye(DtlsSink& sink) {
    const Call call(exchange_, sink, {});
    SSL_alloc_buffers(ssl_.get());
    SSL_shutdown(ssl_.get());
  }

  DtlsState fail(std::string why) {
    state_ = DtlsState::kFailed;
    failure_ = std::move(why);
    ssl_.reset();
    return state_;
  }

  std::shared_ptr<const DtlsContext> context_;
  Time give_up_;
  Time next_poll_ = kNever;
  DtlsState state_ = DtlsState::kNew;
  Callbacks callbacks_;
  DtlsExchange exchange_;
  SrtpKeys keys_;
  std::string failure_;
  SslPtr ssl_;  // gone once failed or closed
};

}  // namespace

OpensslDtlsFactory::OpensslDtlsFactory(const Certificate& certificate, const DtlsOptions& options)
    : context_(std::make_shared<DtlsContext>(certificate, options)) {}

std::unique_ptr<Dtls> OpensslDtlsFactory::make(const Fingerprint& expected_peer, Time now) {
  return std::make_unique<OpensslDtls>(context_, expected_peer, now);
}

}  // namespace parley

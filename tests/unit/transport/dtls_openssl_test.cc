#include "transport/dtls_openssl.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "base/rng.h"
#include "unit/transport/dtls_client.h"

namespace parley {
namespace {

constexpr Time kStart{100s};

const Certificate& server_certificate() {
  static const Certificate certificate = *Certificate::generate();
  return certificate;
}
const Certificate& client_certificate() {
  static const Certificate certificate = *Certificate::generate();
  return certificate;
}

std::string pem_of(const std::function<int(BIO*)>& write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  write(bio.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

// Self-signed with RSA-2048, as older endpoints and gateways have.
const Certificate& rsa_certificate() {
  static const Certificate certificate = [] {
    const PkeyPtr key(EVP_RSA_gen(2048));
    const X509Ptr x509(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), 86'400);
    X509_set_pubkey(x509.get(), key.get());
    X509_sign(x509.get(), key.get(), EVP_sha256());
    return *Certificate::from_pem(
        pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, x509.get()); }), pem_of([&](BIO* bio) {
          return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        }));
  }();
  return certificate;
}

// One server end and one client, and a network between them that a test may bend: it sees every batch of datagrams on
// its way.
class Handshake {
 public:
  struct Options {
    DtlsClientOptions client{.certificate = &client_certificate()};
    Fingerprint expected = client_certificate().fingerprint(HashAlgorithm::kSha256);
    DtlsOptions server{.first_retransmission = std::chrono::microseconds(kShortTimerMicros)};
    std::function<void(DatagramList&)> network = [](DatagramList&) {};
    const Certificate* server_certificate = &parley::server_certificate();
  };

  explicit Handshake(Options options)
      : options_(std::move(options)),
        factory_(*options_.server_certificate, options_.server),
        server_(factory_.make(options_.expected, kStart)),
        client_(options_.client) {}

  // Until both have nothing more to say.
  void run() {
    if (!std::exchange(started_, true)) client_.start();
    while (carry_to_server() || carry_to_client()) {
    }
  }
  // With both timers firing whenever the line falls silent.
  void run_with_timers() {
    run();
    for (int i = 0; i < 20 && !(client_.connected() && server_->state() == DtlsState::kConnected); ++i) {
      now_ += 50ms;
      client_.retransmit();
      server_->tick(now_, to_client_);
      run();
    }
  }
  DtlsState give(Bytes datagram) { return server_->receive(datagram, now_, to_client_); }

  Dtls& server() { return *server_; }
  DtlsClient& client() { return client_; }
  CapturingSink& to_client() { return to_client_; }

 private:
  bool carry_to_server() {
    DatagramList batch = client_.take();
    if (batch.empty()) return false;
    options_.network(batch);
    for (const auto& datagram : batch) server_->receive(datagram, now_, to_client_);
    return true;
  }
  bool carry_to_client() {
    DatagramList batch = to_client_.take();
    if (batch.empty()) return false;
    options_.network(batch);
    for (const auto& datagram : batch) client_.receive(datagram);
    return true;
  }

  Options options_;
  OpensslDtlsFactory factory_;
  std::unique_ptr<Dtls> server_;
  DtlsClient client_;
  CapturingSink to_client_;
  Time now_ = kStart;
  bool started_ = false;
};

DtlsClientOptions long_hello() {
  return {.certificate = &client_certificate(), .mtu = 500, .extra_hello_bytes = 1300};
}

void expect_the_same_keys(Handshake& handshake) {
  const SrtpKeys* const keys = handshake.server().keys();
  ASSERT_NE(keys, nullptr);
  ASSERT_TRUE(handshake.client().connected());
  const std::size_t key = srtp_key_size(keys->send.profile);
  const std::size_t salt = srtp_salt_size(keys->send.profile);
  std::vector<std::uint8_t> ours;
  for (const Bytes part :
       {keys->receive.key_bytes(), keys->send.key_bytes(), keys->receive.salt_bytes(), keys->send.salt_bytes()}) {
    ours.insert(ours.end(), part.begin(), part.end());
  }
  EXPECT_EQ(ours, handshake.client().exported(2 * (key + salt)));
}

void expect_failure(Handshake& handshake, std::string_view sentence) {
  EXPECT_EQ(handshake.server().state(), DtlsState::kFailed);
  EXPECT_EQ(handshake.server().keys(), nullptr);
  EXPECT_EQ(handshake.server().failure(), sentence);
  EXPECT_EQ(handshake.server().next_deadline(), kNever);
}

TEST(DtlsOpenssl, BothEndsHaveTheSameKeysInEachProfile) {
  const std::pair<const char*, SrtpProfile> cases[] = {
      {"SRTP_AEAD_AES_128_GCM", SrtpProfile::kAeadAes128Gcm},
      {"SRTP_AEAD_AES_256_GCM", SrtpProfile::kAeadAes256Gcm},
      {"SRTP_AES128_CM_SHA1_80", SrtpProfile::kAesCm128HmacSha1_80},
  };
  for (const auto& [name, profile] : cases) {
    Handshake handshake({.client = {.profiles = name, .certificate = &client_certificate()}});
    EXPECT_EQ(handshake.server().state(), DtlsState::kNew);
    handshake.run();
    ASSERT_EQ(handshake.server().state(), DtlsState::kConnected) << handshake.server().failure();
    expect_the_same_keys(handshake);
    EXPECT_EQ(handshake.server().keys()->send.profile, profile);
    EXPECT_EQ(handshake.server().keys()->receive.profile, profile);
    EXPECT_EQ(handshake.client().profile(), name);
  }
}

TEST(DtlsOpenssl, OurOrderOfProfilesDecides) {
  Handshake by_default({.client = {.profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM",
                                   .certificate = &client_certificate()}});
  by_default.run();
  EXPECT_EQ(by_default.client().profile(), "SRTP_AEAD_AES_128_GCM");

  const SrtpProfile counter_mode_first[] = {SrtpProfile::kAesCm128HmacSha1_80, SrtpProfile::kAeadAes128Gcm};
  Handshake configured({.server = {.profiles = counter_mode_first}});
  configured.run();
  EXPECT_EQ(configured.client().profile(), "SRTP_AES128_CM_SHA1_80");
}

TEST(DtlsOpenssl, ShowsTheCertificateWhoseFingerprintWeAnnounce) {
  Handshake handshake({});
  handshake.run();
  EXPECT_TRUE(handshake.client().server_matches(server_certificate().fingerprint(HashAlgorithm::kSha256)));
}

TEST(DtlsOpenssl, WhatTheClientSealsWeOpenAndTheOtherWayRound) {
  Handshake handshake({});
  handshake.run();
  ASSERT_NE(handshake.server().keys(), nullptr);
  // RFC 5764 §4.2, as the client reads it: its own key comes first.
  const std::vector<std::uint8_t> exported = handshake.client().exported(2 * (16 + 12));
  SrtpMasterKey client_write;
  SrtpMasterKey server_write;
  std::copy_n(exported.begin(), 16, client_write.key.begin());
  std::copy_n(exported.begin() + 16, 16, server_write.key.begin());
  std::copy_n(exported.begin() + 32, 12, client_write.salt.begin());
  std::copy_n(exported.begin() + 44, 12, server_write.salt.begin());

  const auto carry = [](const SrtpMasterKey& from, const SrtpMasterKey& to) {
    std::vector<std::uint8_t> packet(100 + kMaxSrtpOverhead);
    packet[0] = 0x80;
    const std::size_t size = make_srtp_sender(SrtpLibrary::kOpenssl, from)->protect_rtp(packet, 100);
    return make_srtp_receiver(SrtpLibrary::kOpenssl, to)->unprotect_rtp(MutableBytes(packet).first(size)).has_value();
  };
  EXPECT_TRUE(carry(client_write, handshake.server().keys()->receive));
  EXPECT_TRUE(carry(handshake.server().keys()->send, server_write));
  EXPECT_FALSE(carry(client_write, handshake.server().keys()->send));
}

TEST(DtlsOpenssl, LongerFingerprintsWork) {
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha384, HashAlgorithm::kSha512}) {
    Handshake handshake({.expected = client_certificate().fingerprint(algorithm)});
    handshake.run();
    EXPECT_EQ(handshake.server().state(), DtlsState::kConnected);
  }
}

TEST(DtlsOpenssl, APeerWithAnRsaCertificateIsWelcome) {
  Handshake handshake({.client = {.certificate = &rsa_certificate()},
                       .expected = rsa_certificate().fingerprint(HashAlgorithm::kSha256)});
  handshake.run();
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected) << handshake.server().failure();
  expect_the_same_keys(handshake);
}

TEST(DtlsOpenssl, AnOperatorsRsaCertificateWorksToo) {
  Handshake handshake({.server_certificate = &rsa_certificate()});
  handshake.run();
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected) << handshake.server().failure();
  EXPECT_EQ(handshake.client().cipher().substr(0, 10), "ECDHE-RSA-");
}

TEST(DtlsOpenssl, AnotherCertificateThanAnnouncedFailsBeforeThereAreKeys) {
  Handshake handshake({.expected = server_certificate().fingerprint(HashAlgorithm::kSha256)});
  handshake.run();
  expect_failure(handshake, "the DTLS peer's certificate is not the one its SDP announced");
  EXPECT_TRUE(handshake.client().failed());
}

TEST(DtlsOpenssl, APeerWithoutACertificateFails) {
  Handshake handshake({.client = {.certificate = nullptr}});
  handshake.run();
  expect_failure(handshake, "the DTLS handshake failed: peer did not return a certificate");
}

TEST(DtlsOpenssl, APeerWithoutSrtpFails) {
  Handshake handshake({.client = {.profiles = nullptr, .certificate = &client_certificate()}});
  handshake.run();
  expect_failure(handshake, "the DTLS peer offered none of our SRTP profiles");
}

TEST(DtlsOpenssl, APeerThatSpeaksOnlyDtls10Fails) {
  Handshake handshake({.client = {.certificate = &client_certificate(), .version = DTLS1_VERSION}});
  handshake.run();
  expect_failure(handshake, "the DTLS handshake failed: unsupported protocol");
  EXPECT_TRUE(handshake.client().failed());
}

TEST(DtlsOpenssl, ALongClientHelloSpansDatagrams) {
  std::size_t first_batch = 0;
  Handshake handshake({.client = long_hello(), .network = [&](DatagramList& batch) {
                         if (first_batch == 0) first_batch = batch.size();
                       }});
  handshake.run();
  EXPECT_GE(first_batch, 3u);
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected);
  expect_the_same_keys(handshake);
}

TEST(DtlsOpenssl, EveryDatagramArrivingTwiceChangesNothing) {
  Handshake handshake({.client = long_hello(), .network = [](DatagramList& batch) {
                         DatagramList twice;
                         for (const auto& datagram : batch) twice.insert(twice.end(), 2, datagram);
                         batch = twice;
                       }});
  handshake.run_with_timers();
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected);
  expect_the_same_keys(handshake);
}

TEST(DtlsOpenssl, DatagramsInAnyOrderComeTogether) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Rng rng(seed);
    Handshake handshake({.client = long_hello(), .network = [&](DatagramList& batch) {
                           for (std::size_t i = batch.size(); i > 1; --i) std::swap(batch[i - 1], batch[rng.below(i)]);
                         }});
    handshake.run_with_timers();
    EXPECT_EQ(handshake.server().state(), DtlsState::kConnected) << "seed " << seed;
    expect_the_same_keys(handshake);
  }
}

TEST(DtlsOpenssl, AnyOneDatagramMayBeLost) {
  std::optional<std::size_t> total;
  for (std::size_t lost = 0; !total || lost < *total; ++lost) {
    std::size_t count = 0;
    Handshake handshake({.client = long_hello(), .network = [&](DatagramList& batch) {
                           DatagramList kept;
                           for (const auto& datagram : batch) {
                             if (count++ != lost) kept.push_back(datagram);
                           }
                           batch = kept;
                         }});
    handshake.run_with_timers();
    ASSERT_EQ(handshake.server().state(), DtlsState::kConnected) << "without datagram " << lost;
    expect_the_same_keys(handshake);
    if (!total) total = count;
  }
  EXPECT_GE(*total, 6u);
}

TEST(DtlsOpenssl, NoDatagramIsLargerThanAPathCarries) {
  std::size_t largest = 0;
  Handshake handshake({.network = [&](DatagramList& batch) {
    for (const auto& datagram : batch) largest = std::max(largest, datagram.size());
  }});
  handshake.run();
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected);
  EXPECT_GT(largest, 0u);
  EXPECT_LE(largest, 1200u);
}

TEST(DtlsOpenssl, GarbageBeforeDuringAndAfterTheHandshakeIsIgnored) {
  Rng rng(5);
  const auto garbage = [&rng] {
    std::vector<std::uint8_t> bytes(rng.below(1400));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(rng.next());
    // Half of it looks like a DTLS 1.2 record of an epoch that is not, or of a kind that is not.
    if (bytes.size() > 13 && rng.chance(0.5)) {
      const std::uint8_t header[] = {static_cast<std::uint8_t>(24 + rng.below(40)), 0xfe, 0xfd, 0x77, 0x77};
      std::ranges::copy(header, bytes.begin());
    }
    return bytes;
  };
  Handshake handshake({.client = long_hello(), .network = [&](DatagramList& batch) {
                         DatagramList mixed;
                         for (const auto& datagram : batch) {
                           mixed.push_back(garbage());
                           mixed.push_back(datagram);
                         }
                         batch = mixed;
                       }});
  for (int i = 0; i < 100; ++i) handshake.give(garbage());
  handshake.run_with_timers();
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected) << handshake.server().failure();
  for (int i = 0; i < 1000; ++i) handshake.give(garbage());
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected);
  expect_the_same_keys(handshake);
}

TEST(DtlsOpenssl, AHandshakeOfNonsenseFailsWithASentence) {
  Handshake handshake({});
  // A whole ClientHello by its header, and nothing like one inside.
  std::vector<std::uint8_t> hello = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 1, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 8};
  hello.resize(hello.size() + 8, 0xee);
  EXPECT_EQ(handshake.give(hello), DtlsState::kFailed);
  EXPECT_EQ(handshake.server().failure().substr(0, 27), "the DTLS handshake failed: ");
  EXPECT_EQ(handshake.give(hello), DtlsState::kFailed);
}

TEST(DtlsOpenssl, ApplicationDataIsLeftAside) {
  Handshake handshake({});
  handshake.run();
  for (int i = 0; i < 10; ++i) handshake.client().send_application_data(as_bytes("hello"));
  handshake.run();
  EXPECT_EQ(handshake.server().state(), DtlsState::kConnected);
  EXPECT_TRUE(handshake.to_client().datagrams.empty());
}

TEST(DtlsOpenssl, APeersGoodbyeCloses) {
  Handshake handshake({});
  handshake.run();
  handshake.client().close();
  handshake.run();
  EXPECT_EQ(handshake.server().state(), DtlsState::kClosed);
  EXPECT_EQ(handshake.server().keys(), nullptr);
  EXPECT_TRUE(handshake.client().peer_closed());
}

TEST(DtlsOpenssl, OurGoodbyeReachesThePeer) {
  Handshake handshake({});
  handshake.run();
  handshake.server().close(handshake.to_client());
  EXPECT_EQ(handshake.server().state(), DtlsState::kClosed);
  handshake.run();
  EXPECT_TRUE(handshake.client().peer_closed());
}

TEST(DtlsOpenssl, ClosingAHandshakeInTheMiddleSendsNothing) {
  Handshake handshake({});
  handshake.server().close(handshake.to_client());
  EXPECT_EQ(handshake.server().state(), DtlsState::kClosed);
  EXPECT_TRUE(handshake.to_client().datagrams.empty());
  handshake.run();
  EXPECT_EQ(handshake.server().state(), DtlsState::kClosed);
}

TEST(DtlsOpenssl, AHandshakeThatDoesNotEndIsGivenUp) {
  for (const bool begun : {false, true}) {
    Handshake handshake({.server = {.handshake_timeout = 3s}});
    if (begun) {
      handshake.client().start();
      for (const auto& datagram : handshake.client().take()) handshake.give(datagram);
      EXPECT_EQ(handshake.server().state(), DtlsState::kHandshaking);
      EXPECT_LE(handshake.server().next_deadline(), kStart + 50ms);
    } else {
      EXPECT_EQ(handshake.server().next_deadline(), kStart + 3s);
    }
    handshake.server().tick(kStart + 3s - 1ns, handshake.to_client());
    EXPECT_NE(handshake.server().state(), DtlsState::kFailed);
    handshake.server().tick(kStart + 3s, handshake.to_client());
    expect_failure(handshake, "the DTLS handshake took too long");
  }
}

TEST(DtlsOpenssl, AConnectedEndHasNoDeadline) {
  Handshake handshake({});
  handshake.run();
  EXPECT_EQ(handshake.server().next_deadline(), kNever);
  EXPECT_EQ(handshake.server().tick(kStart + 1h, handshake.to_client()), DtlsState::kConnected);
  EXPECT_TRUE(handshake.to_client().datagrams.empty());
}

TEST(DtlsOpenssl, NoCallLeavesAnErrorBehindForOthers) {
  Handshake handshake({.expected = server_certificate().fingerprint(HashAlgorithm::kSha256)});
  handshake.run();
  ASSERT_EQ(handshake.server().state(), DtlsState::kFailed);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace parley

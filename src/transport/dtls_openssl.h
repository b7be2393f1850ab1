// DTLS 1.2 by OpenSSL. A factory belongs to one worker.
#pragma once

#include <memory>
#include <span>

#include "base/time.h"
#include "transport/certificate.h"
#include "transport/dtls.h"

namespace parley {

struct DtlsOptions {
  Duration handshake_timeout = 15s;  // from make() to connected
  Duration first_retransmission =
      200ms;  // doubles each time; RFC 6347 §4.2.4.1 lets a real-time application start below 1 s
  // In the order of preference. AEAD first: half the work per packet, and no older than the rest for any browser.
  std::span<const SrtpProfile> profiles = kDefaultProfiles;

  static constexpr SrtpProfile kDefaultProfiles[] = {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm,
                                                     SrtpProfile::kAesCm128HmacSha1_80};
};

class DtlsContext;

class OpensslDtlsFactory final : public DtlsFactory {
 public:
  explicit OpensslDtlsFactory(const Certificate& certificate, const DtlsOptions& options = {});
  std::unique_ptr<Dtls> make(const Fingerprint& expected_peer, Time now) override;

 private:
  std::shared_ptr<const DtlsContext> context_;  // shared with the ends
};

}  // namespace parley

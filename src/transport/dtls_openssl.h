// DTLS 1.2 by OpenSSL. A factory belongs to one worker and must outlive the ends it made.
#pragma once

#include <memory>
#include <span>

#include "base/time.h"
#include "transport/certificate.h"
#include "transport/dtls.h"

namespace parley {

struct DtlsOptions {
  Duration handshake_timeout = 15s;  // from make() to connected
  // In the order of preference. AEAD first: half the work per packet, and no older than the rest for any browser.
  std::span<const SrtpProfile> profiles = kDefaultProfiles;

  static constexpr SrtpProfile kDefaultProfiles[] = {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm,
                                                     SrtpProfile::kAesCm128HmacSha1_80};
};

class OpensslDtlsFactory final : public DtlsFactory {
 public:
  explicit OpensslDtlsFactory(const Certificate& certificate, const DtlsOptions& options = {});
  ~OpensslDtlsFactory() override;
  std::unique_ptr<Dtls> make(const Fingerprint& expected_peer, Time now) override;

 private:
  class Context;
  std::unique_ptr<Context> context_;
};

}  // namespace parley

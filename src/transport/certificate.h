// The certificate we show in DTLS: self-signed and made at start, or given by the operator. What a peer checks is its
// fingerprint, which travelled in SDP (RFC 8122); chains, names and dates mean nothing here. Immutable, and cheap to
// copy: all workers show the same one.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/fingerprint.h"

namespace parley {

class Certificate {
 public:
  struct Handles;  // OpenSSL's objects; see certificate_handles.h

  // ECDSA P-256: small in the handshake and cheap to sign with. The error is a sentence.
  static std::expected<Certificate, std::string> generate();
  // From the contents of PEM files. The errors name what is wrong and no part of the key.
  static std::expected<Certificate, std::string> from_pem(std::string_view certificate, std::string_view key);

  Fingerprint fingerprint(HashAlgorithm algorithm) const;
  const Handles& handles() const { return *handles_; }

 private:
  explicit Certificate(std::shared_ptr<const Handles> handles) : handles_(std::move(handles)) {}
  std::shared_ptr<const Handles> handles_;
};

// Whether a certificate in DER is the one that the fingerprint announced. Takes the same time wherever they differ.
bool matches(const Fingerprint& announced, Bytes certificate_der);

}  // namespace parley

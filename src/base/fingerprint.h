// The hash of a certificate as SDP carries it (RFC 8122). `digest` holds 32, 48 or 64 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace parley {

enum class HashAlgorithm : std::uint8_t { kSha256, kSha384, kSha512 };

constexpr std::size_t digest_size(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256: return 32;
    case HashAlgorithm::kSha384: return 48;
    case HashAlgorithm::kSha512: return 64;
  }
  return 0;
}

struct Fingerprint {
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  std::vector<std::uint8_t> digest;
  bool operator==(const Fingerprint&) const = default;
};

}  // namespace parley

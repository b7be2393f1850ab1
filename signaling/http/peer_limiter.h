// An allowance per peer address, in bounded memory. An IPv6 peer is its /64: that much one person has.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "signaling/hub/token_bucket.h"

namespace parley::signaling {

// What counts as one peer: an IPv4 address, the first 64 bits of an IPv6 one.
std::string peer_key(std::string_view address);

class PeerLimiter {
 public:
  explicit PeerLimiter(Allowance allowance, std::size_t max_peers = 16 * 1024)
      : allowance_(allowance), max_peers_(max_peers) {}

  bool take(std::string_view address, TokenBucket::Point now);
  std::size_t peers() const { return buckets_.size(); }

 private:
  Allowance allowance_;
  std::size_t max_peers_;
  std::unordered_map<std::string, TokenBucket> buckets_;
  std::optional<TokenBucket::Point> swept_;
};

}  // namespace parley::signaling

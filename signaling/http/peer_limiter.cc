#include "signaling/http/peer_limiter.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace parley::signaling {

std::string peer_key(std::string_view address) {
  const std::string text(address);
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    char four[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, six.s6_addr + 12, four, sizeof four);
    return four;
  }
  std::memset(six.s6_addr + 8, 0, 8);
  char prefix[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &six, prefix, sizeof prefix);
  return std::string(prefix) + "/64";
}

bool PeerLimiter::take(std::string_view address, TokenBucket::Point now) {
  const std::string key = peer_key(address);
  if (!buckets_.contains(key) && buckets_.size() >= max_peers_) {
    // A sweep looks at every bucket: once a second at most, or a flood of addresses would pay for many.
    if (!swept_ || now - *swept_ >= std::chrono::seconds(1)) {
      std::erase_if(buckets_, [&](const auto& entry) { return entry.second.full(allowance_, now); });
      swept_ = now;
    }
    if (buckets_.size() >= max_peers_) buckets_.erase(buckets_.begin());
  }
  return buckets_[key].take(allowance_, now);
}

}  // namespace parley::signaling

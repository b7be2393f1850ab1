// How a receiver knows that an event came from this server: HMAC-SHA256 (RFC 2104) over "timestamp.id.body", once per
// secret, so that a receiver that knows either of two takes it while one is exchanged for the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::signaling {

// "v1=<hex>", or "v1=<hex>,v1=<hex>".
std::string webhook_signature(const std::vector<std::string>& secrets, std::int64_t timestamp, std::string_view id,
                              std::string_view body);

}  // namespace parley::signaling

// Where a webhook may point, as far as its URL tells: https, and a host written plainly. What the host's name leads to
// is looked at when a connection is opened (address_policy.h). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parley/error.h"
#include "signaling/webhooks/address_policy.h"

namespace parley::signaling {

struct WebhookTarget {
  std::string host;  // lower case; an IPv6 address without its brackets
  std::uint16_t port = 443;
};

// The error is a sentence for whoever entered the URL.
Result<WebhookTarget> parse_target(std::string_view url);
// And refuses an address that the server would not connect to anyway.
Result<WebhookTarget> check_target(std::string_view url, const AddressPolicy& policy);

}  // namespace parley::signaling

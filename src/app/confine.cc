#include "app/confine.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace parley {
namespace {

constexpr const char* kLoopback = "127.0.0.1";

bool is_any(const std::string& address) {
  return address.empty() || address == "0.0.0.0" || address == "::";
}

Result<void> confine(const char* key, std::string& address) {
  if (is_any(address)) address = kLoopback;
  if (is_loopback(address)) return {};
  return std::unexpected(Error{ErrorCode::kConfig, std::string(key) + " is " + address +
                                                       ": example.enabled signs in anyone who asks, so it listens on "
                                                       "loopback addresses alone, unless started with --lan"});
}

}  // namespace

bool is_loopback(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

Result<void> confine_example(AppConfig& config) {
  if (!config.signaling.example.enabled) return {};
  if (auto done = confine("http.listen", config.signaling.listen.address); !done) return done;
  if (auto done = confine("admin.listen", config.signaling.admin.address); !done) return done;
  MediaConfig& media = config.server.media;
  std::vector<std::string> addresses;
  for (std::string& address : media.listen) {
    if (auto done = confine("media.listen", address); !done) return done;
    // Every IPv4 and every IPv6 address have become the same one.
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
  }
  media.listen = std::move(addresses);
  media.announce_loopback = true;
  return {};
}

}  // namespace parley

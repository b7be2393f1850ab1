// Which addresses the server may open a connection to on the word of somebody else: those of the open internet, and
// what the configuration lists. Asked after a name was resolved, so that no name leads inside. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace parley::signaling {

// IPv4 as ::ffff:a.b.c.d, so that both ways to write one address are one.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  bool is_v4() const;
  bool operator==(const IpAddress&) const = default;
};

std::optional<IpAddress> parse_address(std::string_view text);
// None: neither IPv4 nor IPv6, or cut short.
std::optional<IpAddress> address_of(const sockaddr* address, std::size_t size);

struct AddressRange {
  IpAddress first;
  int bits = 128;  // of 128, for IPv4 too

  bool holds(const IpAddress& address) const;
};

// "10.0.0.0/8", "fd00::/8", or one address.
std::optional<AddressRange> parse_range(std::string_view text);

class AddressPolicy {
 public:
  explicit AddressPolicy(std::vector<AddressRange> listed = {}) : listed_(std::move(listed)) {}
  bool allows(const IpAddress& address) const;

 private:
  std::vector<AddressRange> listed_;
};

}  // namespace parley::signaling

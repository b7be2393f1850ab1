#include "io/sockaddr.h"

#include <arpa/inet.h>

#include <array>
#include <cstring>

namespace parley {

in_addr to_in_addr(const Address& address) {
  const std::array<std::uint8_t, 4> octets = address.v4_octets();
  in_addr out{};
  std::memcpy(&out, octets.data(), octets.size());
  return out;
}

in6_addr to_in6_addr(const Address& address) {
  in6_addr out{};
  std::memcpy(&out, address.v6_octets().data(), sizeof out);
  return out;
}

Address from_in_addr(const in_addr& ip, std::uint16_t port) {
  std::array<std::uint8_t, 4> octets{};
  std::memcpy(octets.data(), &ip, octets.size());
  return Address::v4(octets, port);
}

Address from_in6_addr(const in6_addr& ip, std::uint16_t port, std::uint32_t scope) {
  std::array<std::uint8_t, 16> octets{};
  std::memcpy(octets.data(), &ip, octets.size());
  // Only a link-local address means something else on another interface.
  return Address::v6(octets, port, IN6_IS_ADDR_LINKLOCAL(&ip) ? scope : 0);
}

socklen_t to_sockaddr(const Address& address, SocketAddress& out) {
  if (address.is_v4()) {
    out.v4 = {};
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(address.port());
    out.v4.sin_addr = to_in_addr(address);
    return sizeof out.v4;
  }
  if (address.is_v6()) {
    out.v6 = {};
    out.v6.sin6_family = AF_INET6;
    out.v6.sin6_port = htons(address.port());
    out.v6.sin6_addr = to_in6_addr(address);
    out.v6.sin6_scope_id = address.scope();
    return sizeof out.v6;
  }
  return 0;
}

Address from_sockaddr(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    return from_in_addr(v4.sin_addr, ntohs(v4.sin_port));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    return from_in6_addr(v6.sin6_addr, ntohs(v6.sin6_port), v6.sin6_scope_id);
  }
  return {};
}

bool is_link_local(const Address& address) {
  if (address.is_v4()) return address.v4_octets()[0] == 169 && address.v4_octets()[1] == 254;
  if (!address.is_v6()) return false;
  const in6_addr ip = to_in6_addr(address);
  return IN6_IS_ADDR_LINKLOCAL(&ip) != 0;
}

}  // namespace parley

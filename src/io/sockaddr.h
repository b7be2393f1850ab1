// Address to and from the kernel's socket addresses.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address.h"

namespace parley {

// Room for either family, a fraction of sockaddr_storage.
union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

// The length that counts; 0 for an address that is none.
socklen_t to_sockaddr(const Address& address, SocketAddress& out);
Address from_sockaddr(const sockaddr& address);
Address from_in_addr(const in_addr& ip, std::uint16_t port);
Address from_in6_addr(const in6_addr& ip, std::uint16_t port, std::uint32_t scope);
in_addr to_in_addr(const Address& address);
in6_addr to_in6_addr(const Address& address);

bool is_link_local(const Address& address);

}  // namespace parley

#include "io/interfaces.h"

#include <uv.h>

#include <cstring>

#include "io/sockaddr.h"

namespace parley {

std::vector<Address> interface_addresses() {
  uv_interface_address_t* list = nullptr;
  int count = 0;
  if (uv_interface_addresses(&list, &count) != 0) return {};
  std::vector<Address> addresses;
  for (int i = 0; i < count; ++i) {
    SocketAddress address{};
    std::memcpy(&address, &list[i].address, sizeof list[i].address);
    const Address found = from_sockaddr(address.any).with_port(0);
    if (found.valid()) addresses.push_back(found);
  }
  uv_free_interface_addresses(list, count);
  return addresses;
}

}  // namespace parley

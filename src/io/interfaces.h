// The machine's own addresses, as its interfaces have them now. Control thread.
#pragma once

#include <vector>

#include "base/address.h"

namespace parley {

// Port 0; loopback and link-local ones included.
std::vector<Address> interface_addresses();

}  // namespace parley

// Keeps a server that lets anybody in on this machine: the example community without --lan.
#pragma once

#include <string>

#include "app/config_file.h"

namespace parley {

// Of a numeric address.
bool is_loopback(const std::string& address);

// Listeners that were left open to every address become those of the loopback; one that names another address is
// refused. A server without the example is left as it is.
Result<void> confine_example(AppConfig& config);

}  // namespace parley

// The process: one libuv loop on the main thread, the library and signaling upon it, until a signal ends it.
#pragma once

#include "app/config_file.h"

namespace parley {

// Returns the exit code.
int run(const AppConfig& config);

}  // namespace parley

// `parley backup` and `parley restore`: copies of the database, made while the server runs and put back while it does
// not.
#pragma once

#include <string>

#include "app/config_file.h"
#include "parley/error.h"

namespace parley {

// One moment of the database, whole or not at all. An existing file is replaced.
Result<void> back_up(const AppConfig& config, const std::string& to);
// Refused while a server has the database. What was there stays beside it as <database>.replaced.
Result<void> restore(const AppConfig& config, const std::string& from);

}  // namespace parley

// Whether a join is well-formed, and how full the house is. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "parley/config.h"
#include "parley/error.h"
#include "parley/server.h"

namespace parley {

Result<void> check_join(const JoinRequest& request);
Result<void> check_restart(const IceRestart& restart);

// What there would be beside the newcomer.
struct Occupancy {
  std::size_t sessions = 0;
  std::size_t rooms = 0;
  std::size_t in_room = 0;
};
Result<void> check_occupancy(const Occupancy& occupancy, const LimitsConfig& limits);

bool is_utf8(std::string_view text);

}  // namespace parley

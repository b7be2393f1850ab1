// What a token allows its bearer. Made from a token by read_token(), used by the hub and by the HTTP routes.
#pragma once

#include <chrono>
#include <string>

#include "parley/types.h"

namespace parley::signaling {

// One process serves one site; tokens of another site are refused, so that two sites may share a key by mistake without
// harm.
inline constexpr const char* kSite = "default";

struct Grant {
  std::string site = kSite;
  std::string member;  // empty only for a service
  std::string room;    // empty: any room
  bool publish = false;
  bool subscribe = false;
  bool service = false;  // may enter any room as any member, and read the figures
  std::chrono::sys_seconds expires_at{};

  bool allows_room(const std::string& name) const { return service || room.empty() || room == name; }
  Permissions permissions() const { return {publish, subscribe}; }
};

}  // namespace parley::signaling

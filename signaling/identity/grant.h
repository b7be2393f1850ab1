// What a token allows its bearer. Made from a token by read_token(), used by the hub and by the HTTP routes.
#pragma once

#include <chrono>
#include <string>

#include "parley/types.h"

namespace parley::signaling {

// The site of whoever names none: rooms alone need no other.
inline constexpr const char* kSite = "default";

struct Grant {
  std::string site = kSite;
  std::string member;  // empty only for a service
  std::string room;    // empty: any room
  bool publish = false;
  bool subscribe = false;
  bool service = false;  // may enter any room of the site as any member; its bearer administers the site
  std::chrono::sys_seconds expires_at{};
  std::string key_id{};  // of the key that signed it

  bool allows_room(const std::string& name) const { return service || room.empty() || room == name; }
  // Private calls are for members themselves: a service, and whoever is bound to a room, has none (R23).
  bool allows_calls() const { return !service && room.empty(); }
  Permissions permissions() const { return {publish, subscribe}; }
};

}  // namespace parley::signaling

#include "server/join_check.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace parley {
namespace {

constexpr std::size_t kMaxNameBytes = 128;
// Longer than a member's: callers put namespaces before the names that people give.
constexpr std::size_t kMaxRoomBytes = 640;

std::unexpected<Error> refuse(ErrorCode code, std::string why) {
  return std::unexpected(Error{code, std::move(why)});
}

Result<void> check_identity(std::string_view what, std::string_view text, std::size_t max = kMaxNameBytes) {
  if (!text.empty() && text.size() <= max && is_utf8(text)) return {};
  return refuse(ErrorCode::kBadRequest, std::string(what) + " must be 1 to " + std::to_string(max) + " bytes of UTF-8");
}

// RFC 8839 §5.4
bool are_ice_chars(std::string_view text, std::size_t min) {
  return text.size() >= min && text.size() <= 256 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
         });
}

}  // namespace

Result<void> check_join(const JoinRequest& request) {
  if (auto r = check_identity("the room's name", request.room, kMaxRoomBytes); !r) return r;
  if (auto r = check_identity("the member's identity", request.member); !r) return r;
  if (request.name.size() > kMaxNameBytes || !is_utf8(request.name)) {
    return refuse(ErrorCode::kBadRequest, "the member's name must be at most 128 bytes of UTF-8");
  }
  if (!request.only_publisher.empty()) return check_identity("the publisher to receive", request.only_publisher);
  return {};
}

Result<void> check_restart(const IceRestart& restart) {
  if (!are_ice_chars(restart.ufrag, 4))
    return refuse(ErrorCode::kBadRequest, "the ICE ufrag must be 4 to 256 ice-chars");
  if (!are_ice_chars(restart.pwd, 22)) return refuse(ErrorCode::kBadRequest, "the ICE pwd must be 22 to 256 ice-chars");
  return {};
}

Result<void> check_occupancy(const Occupancy& occupancy, const LimitsConfig& limits) {
  if (occupancy.sessions >= limits.max_sessions) return refuse(ErrorCode::kTooMany, "the server is full");
  if (occupancy.rooms >= limits.max_rooms) return refuse(ErrorCode::kTooMany, "there are too many rooms");
  if (occupancy.in_room >= limits.max_sessions_per_room) return refuse(ErrorCode::kTooMany, "the room is full");
  return {};
}

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const std::uint8_t lead = byte(i);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return false;
    }
    if (length > 2) {
      const std::uint8_t second = byte(i + 1);
      if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
          (lead == 0xf4 && second > 0x8f)) {
        return false;
      }
    }
    i += length;
  }
  return true;
}

}  // namespace parley

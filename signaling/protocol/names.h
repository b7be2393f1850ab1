// The words of the wire for the library's enumerations.
#pragma once

#include <optional>
#include <string_view>

#include "parley/error.h"
#include "parley/events.h"
#include "parley/types.h"

namespace parley::signaling {

std::string_view wire_name(ErrorCode code);
inline std::string_view wire_name(CloseReason reason) {
  return to_string(reason);
}
inline std::string_view wire_name(UnbindReason reason) {
  return to_string(reason);
}
std::optional<TrackSource> track_source(std::string_view name);

}  // namespace parley::signaling

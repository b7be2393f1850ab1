// The messages of private calls <-> JSON objects (docs/websocket-calls.md), for codec.h, which has the frame around
// them. Pure; the bounds on what a client says about calls stand here.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "signaling/protocol/call_messages.h"
#include "signaling/protocol/fields.h"

namespace parley::signaling {

inline constexpr std::size_t kMaxWatched = 200;
inline constexpr std::size_t kMaxMarked = 200;
inline constexpr std::size_t kMaxMessageBytes = 4000;

// Nothing: no message of calls has this type. What is wrong with its fields is complained of in `fields`.
std::optional<CallClientMessage> read_call_message(std::string_view type, Fields& fields);

nlohmann::json call_json(const CallClientMessage& message);
nlohmann::json call_json(const CallServerMessage& message);

}  // namespace parley::signaling

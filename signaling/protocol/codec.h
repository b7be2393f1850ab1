// JSON text <-> messages. The only place that knows the messages' JSON. Pure; every bound on what a client says stands
// here.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "signaling/protocol/messages.h"

namespace parley::signaling {

inline constexpr std::size_t kMaxFrameBytes = 576 * 1024;
inline constexpr std::size_t kMaxSdpBytes = 512 * 1024;
inline constexpr std::size_t kMaxIdBytes = 64;
inline constexpr std::size_t kMaxMidBytes = 64;
inline constexpr std::size_t kMaxNotes = 128;
inline constexpr std::size_t kMaxDepth = 8;

struct DecodeError {
  Error error;
  std::string id;          // of the request, if it could be read
  bool malformed = false;  // not one JSON object: whoever sends that does not speak this protocol
};

std::expected<ClientRequest, DecodeError> decode_request(std::string_view text);
std::string encode(const ClientRequest& request);

// `id` is the request's that this answers; empty for what nobody asked.
std::string encode(const ServerMessage& message, std::string_view id = {});
std::string encode(const CallServerMessage& message, std::string_view id = {});

}  // namespace parley::signaling

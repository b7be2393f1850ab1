// One event as platforms get it: the body of a webhook, and an element of what GET /v1/events lists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "signaling/protocol/call_messages.h"

namespace parley::signaling {

struct EventReport {
  std::uint64_t serial = 0;
  std::string_view topic;
  WallMs at{};
  std::string_view data;  // a JSON object, as it was written with what it tells
};

std::string event_json(const EventReport& event);

}  // namespace parley::signaling

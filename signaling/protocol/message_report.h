// What platforms are told of a message between members: who and when, never what it says.
#pragma once

#include <optional>
#include <string>

#include "signaling/protocol/call_messages.h"

namespace parley::signaling {

inline constexpr const char* kMessageCreated = "message.created";

struct MessageReport {
  call::SiteId site;
  call::MemberId from;
  call::MemberId to;
  std::optional<call::CallId> call;
  WallMs at{};
};

std::string message_report_json(const MessageReport& report);

}  // namespace parley::signaling

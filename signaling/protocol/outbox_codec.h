// The JSON bodies of what platforms are told about calls.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "signaling/call/call_types.h"
#include "signaling/protocol/call_messages.h"

namespace parley::signaling {

// A call as it stands after what `topic` names.
struct CallReport {
  std::string_view topic;
  call::CallId call;
  call::SiteId site;
  call::MemberId caller;
  call::MemberId callee;
  call::Origin origin;
  call::Ring ring{};
  call::Reason reason{};
  call::State state{};
  WallMs at{};
  WallMs started_at{};
  std::optional<WallMs> answered_at;
  std::optional<WallMs> ended_at;
  WallMs expires_at{};
  SpanMs talked{0};
};

std::string call_report_json(const CallReport& report);

}  // namespace parley::signaling

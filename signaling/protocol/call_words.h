// The words of the wire for private calls: types of moves and events, enumerations, and the sentence for each refusal.
#pragma once

#include <optional>
#include <string_view>

#include "signaling/protocol/call_messages.h"

namespace parley::signaling {

// "call_decline" and so on.
std::string_view wire_name(CallMove move);
std::optional<CallMove> call_move(std::string_view type);
// "ring", "ring_stopped", ...: the event's type on the wire.
std::string_view wire_name(const call::Event& event);
std::string_view wire_name(Taken taken);
std::string_view wire_name(AttendanceEnd reason);
std::string_view wire_name(MessengerKind kind);
std::string_view wire_name(call::AfterRing after);

// What a person reads when a rule says no. It knows no names; a page that has one says it better.
std::string_view sentence_of(call::RefusalCode code);

}  // namespace parley::signaling

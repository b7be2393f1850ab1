// Who may go into the room, and who may write a message about a call. Asked at every join, at the door, and for the
// page's buttons.
#pragma once

#include <expected>

#include "signaling/call/call_types.h"

namespace parley::signaling::call {

using Verdict = std::expected<void, Refusal>;

// For a ticket: R16, R17, R23, R39, R43, R50. Does not look at other tabs.
Verdict may_join(const CallRecord& record, Party party, const Facts& facts, CallTime now);
// For a ticket at the door: whether its call, tab and time still stand (R24).
Verdict may_enter(const CallRecord& record, Party party, const TabId& tab, CallTime ticket_until, const Facts& facts,
                  CallTime now);

// R13: one switch off of the three is enough.
bool messenger_usable(const Facts& facts);
// R38: asked when the message is sent.
Verdict may_message(const CallRecord& record, const MemberId& sender, const Facts& facts);
// Whether the outcome that stands comes with "send a message instead" (R10, R19, R43).
bool message_offered(const CallRecord& record, const Facts& facts);

// Not a member of the site any more, or deactivated.
bool is_gone(const MemberFacts& member);

}  // namespace parley::signaling::call

// What can happen to a call: a move of one of the two, the room's word about who is gone, or time and facts that went
// on.
#pragma once

#include <cstdint>
#include <variant>

#include "signaling/call/call_types.h"

namespace parley::signaling::call {

// Who moves, and from where.
struct By {
  Party party{};
  TabId tab;
  DeviceId device;
};

// Audio or video (R5, R47). From the callee of a ringing call it is the accept (R32).
struct Choose {
  By by;
  Media media{};
};
struct Accept {
  By by;
  Media media{};
};
struct Decline {
  By by;
};
// While ringing the end of the request (R6), afterwards leaving (R49). From the callee of a ringing call it is the
// decline (R32).
struct Cancel {
  By by;
};
// The pop-up was put away without a choice (R29).
struct Dismiss {
  By by;
};
// The pop-up is on a screen (R20).
struct RingShown {
  By by;
};
// The devices are granted; the tab wants in (R8, R21, R24).
struct AskTicket {
  By by;
};
// A ticket is shown at the room's door. Its secret, and that it is used once, are the ticket book's; the rest is
// decided here.
struct Enter {
  By by;
  CallTime ticket_until{};
};
// The member leaves by its own choice, from whichever tab.
struct Leave {
  By by;
};
// The room lost the connection of this entry. Nothing if a later one has replaced it.
struct Left {
  Party party{};
  std::uint32_t entry = 0;
};
struct TabConnected {
  By by;
};
struct TabClosed {
  By by;
  bool signed_out = false;
};
// An operator cuts the call.
struct Terminate {};
// A deadline is due, or a fact changed: the toggle, a member deactivated, a device gone. Every input settles these
// first.
struct Wake {};
// The process that held the rooms is gone; it was alive at `last_alive`. Once per unfinished call after a start of the
// server.
struct Restarted {
  CallTime last_alive{};
};

using Input = std::variant<Choose, Accept, Decline, Cancel, Dismiss, RingShown, AskTicket, Enter, Leave, Left,
                           TabConnected, TabClosed, Terminate, Wake, Restarted>;

}  // namespace parley::signaling::call

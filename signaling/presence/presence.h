// Who is active, judged by the server (R3): a member with a live session that reported interaction lately, or in a
// call. One machine per member, of values: the hub feeds it sockets, pongs and interaction, and wakes it when it asks
// to.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "signaling/call/call_time.h"
#include "signaling/call/call_types.h"
#include "signaling/call/ids.h"

namespace parley::signaling::presence {

using call::CallSpan;
using call::CallTime;
using call::DeviceId;
using call::TabId;

struct Rules {
  CallSpan interaction{300'000};  // how long one interaction counts
  CallSpan closed{15'000};        // a closed session counts as live so long: pages are changed
  CallSpan silence{75'000};       // two pings of 30 s unanswered, and some
  std::size_t max_tabs = 32;
};

struct Tab {
  TabId id;
  DeviceId device;
  CallTime heard{};  // the latest sign of the browser behind the socket
  std::optional<CallTime> interacted;
  std::optional<CallTime> closed;  // none: the socket is open
  bool known_live = false;         // as calls know it; TabGone follows when it stops

  bool operator==(const Tab&) const = default;
};

struct Presence {
  std::vector<Tab> tabs;
  bool in_call = false;
  bool shown_active = false;  // what others were told last

  bool operator==(const Presence&) const = default;
};

// A page was opened, which is interaction, or a connection came back by itself, which is not.
struct Opened {
  TabId tab;
  DeviceId device;
  bool by_hand = false;
};
struct Heard {
  TabId tab;
};  // a pong
struct Interacted {
  TabId tab;
};
struct Closed {
  TabId tab;
  bool signed_out = false;
};
struct InCall {
  bool now = false;
};
struct Wake {};

using Input = std::variant<Opened, Heard, Interacted, Closed, InCall, Wake>;

// For the cards that show the member (R50).
struct ActivityChanged {
  bool active = false;
};
// Not live any more: calls that ring at the member want to know (R29).
struct TabGone {
  TabId tab;
  DeviceId device;
};
// Too many tabs; the socket is to be closed.
struct Refused {
  TabId tab;
};
struct WakeAt {
  std::optional<CallTime> at;
};

using Effect = std::variant<ActivityChanged, TabGone, Refused, WakeAt>;

struct Step {
  Presence next;
  std::vector<Effect> effects;
};

Step step(const Presence& presence, const Input& input, const Rules& rules, CallTime now);

bool is_live(const Tab& tab, const Rules& rules, CallTime now);
bool is_active(const Presence& presence, const Rules& rules, CallTime now);
// The next moment at which time alone changes something.
std::optional<CallTime> next_deadline(const Presence& presence, const Rules& rules, CallTime now);
// As calls want to know them.
std::vector<call::LiveTab> live_tabs(const Presence& presence, const Rules& rules, CallTime now);

}  // namespace parley::signaling::presence

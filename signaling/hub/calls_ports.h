// Where the parts of private calls meet. The Hub knows connections and rooms, Attendance knows tabs, Calls runs the
// call machine against the store, Desk answers from what is stored; each sees the others through these ports only. All
// on the control thread; answers may come later.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parley/error.h"
#include "signaling/call/call_effects.h"
#include "signaling/call/call_types.h"
#include "signaling/hub/connection.h"
#include "signaling/identity/grant.h"
#include "signaling/now.h"
#include "signaling/protocol/call_messages.h"

namespace parley::signaling {

// One member of one site.
struct MemberKey {
  call::SiteId site;
  call::MemberId member;
  auto operator<=>(const MemberKey&) const = default;
};

// A tab that attends: who speaks.
struct Seat {
  MemberKey who;
  call::TabId tab;
  call::DeviceId device;
};

// Either a rule's no or a fault of request or store.
using CallFault = std::variant<call::RefusalCode, Error>;
template <class T>
using CallResult = std::expected<T, CallFault>;

// The hub's side of connections, for those who answer on them. A connection that is gone swallows what is said. One
// that these calls close (a reader too slow, hang_up) is told to closed() later, never before they return.
class Lines {
 public:
  virtual ~Lines() = default;
  virtual void say(ConnectionId to, const CallServerMessage& message, std::string_view request) = 0;
  virtual void refuse(ConnectionId to, const Error& error, std::string_view request) = 0;
  // Sends what is queued, then closes. The hub calls closed() for it as for any other end.
  virtual void hang_up(ConnectionId to, CloseCode code, std::string_view reason) = 0;
};

// What the hub hands over: everything that a call connection says or suffers after its token was taken.
class CallsFront {
 public:
  virtual ~CallsFront() = default;
  virtual void request(ConnectionId from, const Grant& grant, const std::string& id, const CallClientMessage& message,
                       Now now) = 0;
  virtual void pong(ConnectionId from, Now now) = 0;
  virtual void closed(ConnectionId from, Now now) = 0;
  virtual void tick(Now now) = 0;
};

// An entry of a call's room: the one that Enter admitted.
struct CallEntry {
  call::CallId call;
  call::Party party{};
  std::uint32_t entry = 0;
  bool operator==(const CallEntry&) const = default;
};
struct Admission {
  CallEntry entry;
  std::string room;  // the media room's name, in the namespace that no token can spell (R23)
  Person person;
};

// The room's door: the hub asks it for each join by ticket, and tells it who is gone.
class CallDoor {
 public:
  virtual ~CallDoor() = default;
  // `then` comes after the entry is committed. Every refusal at the door is one uniform kNotFound (R23, R24).
  virtual void enter(const Grant& grant, const std::string& ticket, const call::TabId& tab,
                     std::function<void(Result<Admission>)> then) = 0;
  // The media session of this entry has ended, or never began.
  virtual void left(const CallEntry& entry) = 0;
};

// The rooms, for those who put people out: ends the entry's media session, if there is one.
class CallRooms {
 public:
  virtual ~CallRooms() = default;
  virtual void remove(const CallEntry& entry, call::RemoveReason reason) = 0;
};

// Who is there. Filled by Attendance.
class Tabs {
 public:
  virtual ~Tabs() = default;
  virtual std::vector<call::LiveTab> live_tabs(const MemberKey& who) const = 0;
  virtual bool is_active(const MemberKey& who) const = 0;
  // To the connected tabs of one member, less what the audience excludes. `make` gets the tab's device.
  virtual void tell(const MemberKey& who, const call::Audience& audience,
                    const std::function<CallServerMessage(const call::DeviceId&)>& make) = 0;
  // Being in a call counts as active (R3).
  virtual void in_call(const MemberKey& who, bool inside) = 0;
};

// What happened to tabs, for Calls.
class TabWatcher {
 public:
  virtual ~TabWatcher() = default;
  virtual void tab_connected(const Seat& seat) = 0;
  virtual void tab_closed(const Seat& seat, bool signed_out) = 0;
  // Not live any more, 15 s after it closed (R29).
  virtual void tab_gone(const MemberKey& who) = 0;
};

// Facts that REST, settings pages and operators change, told after they are stored.
class CallsControl {
 public:
  virtual ~CallsControl() = default;
  virtual void site_changed(const call::SiteId& site) = 0;
  // Name, switches, blocks, or deactivated: then every session of the member is closed (R50).
  virtual void member_changed(const MemberKey& who) = 0;
  // The platform saw the member do something just now (R3).
  virtual void member_interacted(const MemberKey& who) = 0;
  virtual void terminate(const call::CallId& call, std::function<void(CallResult<SnapshotNote>)> then) = 0;
  // Sent over REST by the platform, or by a page: to the tabs of both.
  virtual void message_stored(const call::SiteId& site, const MessageNote& message) = 0;
};

}  // namespace parley::signaling

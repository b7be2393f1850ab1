// Which tabs of which members are here: connections that attend, their presence (R3), who watches whom (R50), one
// connection per tab. Sans-I/O, on the control thread; filled by CallsHub, read by Calls.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "signaling/hub/calls_ports.h"
#include "signaling/hub/watch_list.h"
#include "signaling/presence/presence.h"

namespace parley::signaling {

struct AttendanceLimits {
  presence::Rules presence;
  call::CallSpan between_interactions{60'000};  // of one tab; what comes sooner does not count
  std::size_t max_watched = 200;                // by one tab
  std::size_t max_held = 256;                   // messages for a tab whose first answer is being made
};

// What a change of a member is to those who watch it.
struct PersonFacts {
  Person person;
  bool reachable = true;                // takes calls, and is not deactivated
  std::vector<call::MemberId> blocked;  // by this member
};

class Attendance : public Tabs {
 public:
  Attendance(Lines& lines, TabWatcher& watcher, AttendanceLimits limits, std::function<Now()> clock);
  ~Attendance() override;

  // Once per connection, for a member who is known and not deactivated: the caller has read it. An older connection of
  // the same tab is told `replaced` and closed. False: too many tabs.
  bool attend(ConnectionId connection, const Seat& seat, bool opened);
  // The first answer. What was to be told before it is told after it.
  void greet(ConnectionId connection, const Attending& attending, std::string_view request);
  std::optional<Seat> seat_of(ConnectionId connection) const;
  void interacted(ConnectionId connection);
  void sign_out(ConnectionId connection);
  void pong(ConnectionId connection);
  void closed(ConnectionId connection);
  // Replaces what the connection watched. Persons are read by the caller; here only who is active is known.
  std::vector<PersonState> watch(ConnectionId connection, std::vector<Card> cards);
  // A name, a picture, a switch or a block changed: the cards that show the member are told, if they look different.
  void person_changed(const MemberKey& who, const PersonFacts& facts);
  // Every tab of the member, told why and closed; none of them counts any more.
  void close_all(const MemberKey& who, AttendanceEnd reason);
  void close_site(const call::SiteId& site, AttendanceEnd reason);
  void member_interacted(const MemberKey& who);
  // To every connected tab of a site, or of a member less one tab.
  void tell_site(const call::SiteId& site, const CallServerMessage& message);
  void tell_member(const MemberKey& who, const CallServerMessage& message, std::optional<call::TabId> except = {});
  // The site's toggle, as last told to the cards.
  void site_open(const call::SiteId& site, bool private_calls);

  std::vector<call::LiveTab> live_tabs(const MemberKey& who) const override;
  bool is_active(const MemberKey& who) const override;
  void tell(const MemberKey& who, const call::Audience& audience,
            const std::function<CallServerMessage(const call::DeviceId&)>& make) override;
  void in_call(const MemberKey& who, bool inside) override;

  void tick();
  std::size_t tabs() const;
  // Has a connected tab, or is watched by one.
  bool concerns(const MemberKey& who) const;
  // Members of whom anything is remembered, and links of watching: for statistics.
  std::size_t members() const;
  std::size_t watched() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::signaling

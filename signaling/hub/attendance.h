// Which tabs of which members are here: connections that attend, their presence (R3), who watches whom (R50), one
// connection per tab. Sans-I/O, on the control thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "signaling/hub/calls_ports.h"
#include "signaling/presence/presence.h"

namespace parley::signaling {

struct AttendanceLimits {
  presence::Rules presence;
  std::size_t max_watched = 200;  // by one tab
};

class Attendance : public Tabs {
 public:
  Attendance(Lines& lines, TabWatcher& watcher, AttendanceLimits limits, std::function<Now()> clock);
  ~Attendance() override;

  // The member is known and not deactivated: the caller has read it. An older connection of the same tab is told
  // `replaced` and closed. False: too many tabs.
  bool attend(ConnectionId connection, const Seat& seat, bool opened);
  std::optional<Seat> seat_of(ConnectionId connection) const;
  void interacted(ConnectionId connection);
  void sign_out(ConnectionId connection);
  void pong(ConnectionId connection);
  void closed(ConnectionId connection);
  // Replaces what the connection watched. Persons are read by the caller; here only who is active is known.
  void watch(ConnectionId connection, std::vector<Person> members);
  // A name, a picture or a switch changed: the cards that show the member are told.
  void person_changed(const MemberKey& who, const Person& person);
  // Every tab of the member, told why and closed.
  void close_all(const MemberKey& who, AttendanceEnd reason);
  void member_interacted(const MemberKey& who);
  // To every connected tab of a site, or of a member less one tab.
  void tell_site(const call::SiteId& site, const CallServerMessage& message);
  void tell_member(const MemberKey& who, const CallServerMessage& message, std::optional<call::TabId> except = {});
  // The site's toggle, as last told to the cards.
  void site_open(const call::SiteId& site, bool private_calls);
  PersonState state_of(const MemberKey& watcher, const MemberKey& who, const Person& person) const;

  std::vector<call::LiveTab> live_tabs(const MemberKey& who) const override;
  bool is_active(const MemberKey& who) const override;
  void tell(const MemberKey& who, const call::Audience& audience,
            const std::function<CallServerMessage(const call::DeviceId&)>& make) override;
  void in_call(const MemberKey& who, bool inside) override;

  void tick();
  std::size_t tabs() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::signaling

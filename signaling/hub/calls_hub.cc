#include "signaling/hub/calls_hub.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "signaling/hub/lifeline.h"
#include "signaling/hub/store_faults.h"

namespace parley::signaling {
namespace {

// Changed members that are read at a time: a platform may send thousands of them at once.
constexpr std::size_t kReading = 16;

SiteNote site_note(const call::SiteId& site, const call::SiteSettings& settings) {
  return {site, settings.private_calls, settings.messenger,
          settings.messenger_by_platform ? MessengerKind::kPlatform : MessengerKind::kBuiltin};
}

bool is_admin(const store::MemberProfile& profile) {
  return profile.role == store::Role::kAdmin;
}

}  // namespace

struct CallsHub::Impl {
  // Attendance comes before Calls, which reads it, and tells it what tabs do.
  struct ToCalls : TabWatcher {
    void tab_connected(const Seat& seat) override { calls->tab_connected(seat); }
    void tab_closed(const Seat& seat, bool signed_out) override { calls->tab_closed(seat, signed_out); }
    void tab_gone(const MemberKey& who) override { calls->tab_gone(who); }

    Calls* calls = nullptr;
  };

  // A request of a tab: who asks, and where the answer goes.
  struct Asked {
    ConnectionId from{};
    std::string id;
    Seat seat;
  };

  explicit Impl(const CallsHubWiring& wiring)
      : store(wiring.store),
        lines(wiring.lines),
        clock(wiring.clock),
        attendance(wiring.lines, to_calls, wiring.limits, wiring.clock),
        calls({wiring.store, attendance, wiring.rooms, wiring.clock, wiring.random_hex, wiring.log}),
        desk(wiring.store, wiring.clock) {
    to_calls.calls = &calls;
  }

  void refuse(ConnectionId to, const CallFault& fault, const std::string& id) {
    if (const auto* code = std::get_if<call::RefusalCode>(&fault)) return lines.say(to, RefusalNote{*code}, id);
    lines.refuse(to, std::get<Error>(fault), id);
  }
  void refuse_and_close(ConnectionId to, const CallFault& fault, const std::string& id, CloseCode code) {
    refuse(to, fault, id);
    lines.hang_up(to, code, "not attending");
  }
  // Says the answer as it is, or the refusal.
  template <class T>
  auto answer(const Asked& asked) {
    return answer<T>(asked, [](T value) { return value; });
  }
  template <class T, class Make>
  auto answer(const Asked& asked, Make make) {
    return lifeline.wrap([this, from = asked.from, id = asked.id, make](CallResult<T> result) {
      if (!result) return refuse(from, result.error(), id);
      lines.say(from, make(*std::move(result)), id);
    });
  }

  // ---- a tab comes
  void attend(ConnectionId from, const Grant& grant, const std::string& id, const Attend& wish) {
    if (!grant.allows_calls() || grant.member.empty()) {
      const Error error{ErrorCode::kForbidden, "this token is not a member's own: it has no private calls"};
      return refuse_and_close(from, error, id, CloseCode::kPolicy);
    }
    if (arriving.contains(from) || attendance.seat_of(from)) {
      return refuse(from, Error{ErrorCode::kConflict, "this connection attends already"}, id);
    }
    const Seat seat{{call::SiteId(grant.site), call::MemberId(grant.member)}, wish.tab, wish.device};
    arriving.emplace(from, seat.who);
    // One request for site and member, and the seat in the same moment as its answer: what changes later finds the tab.
    desk.standing(seat.who,
                  lifeline.wrap([this, from, id, seat, opened = wish.opened](const CallResult<MemberStanding>& found) {
                    if (arriving.erase(from) > 0) take_seat({from, id, seat}, opened, found);
                  }));
  }

  void take_seat(const Asked& asked, bool opened, const CallResult<MemberStanding>& found) {
    if (!found) return refuse_and_close(asked.from, found.error(), asked.id, CloseCode::kGoingAway);
    if (found->site.version == 0 || !found->profile || found->profile->deactivated) {
      const Error error{ErrorCode::kForbidden, "not a member of this site"};
      return refuse_and_close(asked.from, error, asked.id, CloseCode::kPolicy);
    }
    attendance.site_open(asked.seat.who.site, found->site.settings.private_calls);
    if (!attendance.attend(asked.from, asked.seat, opened)) {
      const Error error{ErrorCode::kTooMany, "too many tabs of one member"};
      return refuse_and_close(asked.from, error, asked.id, CloseCode::kPolicy);
    }
    welcome(asked, *found);
  }

  void welcome(const Asked& asked, const MemberStanding& standing) {
    const store::MemberProfile& profile = *standing.profile;
    Attending attending;
    attending.you = person_of(profile);
    attending.admin = is_admin(profile);
    attending.messenger = profile.messenger;
    attending.takes_calls = profile.takes_calls;
    attending.site = site_note(asked.seat.who.site, standing.site.settings);
    calls.snapshots(asked.seat, lifeline.wrap([this, asked, attending](std::vector<SnapshotNote> snapshots) mutable {
      attending.calls = std::move(snapshots);
      desk.undelivered(asked.seat.who,
                       lifeline.wrap([this, asked, attending](const CallResult<NotificationsAnswer>& missed) {
                         greet(asked, attending, missed);
                       }));
    }));
  }

  void greet(const Asked& asked, Attending attending, const CallResult<NotificationsAnswer>& missed) {
    if (!attendance.seat_of(asked.from)) return;
    if (!missed) return refuse_and_close(asked.from, missed.error(), asked.id, CloseCode::kGoingAway);
    attending.at = clock().calendar;
    attending.notifications = missed->items;
    attending.unread = missed->unread;
    attendance.greet(asked.from, attending, asked.id);
    desk.delivered(asked.seat.who, missed->items);
  }

  // ---- what a seated tab says
  void handle(const Asked& asked, const Attend&) {
    refuse(asked.from, Error{ErrorCode::kConflict, "this connection attends already"}, asked.id);
  }
  void handle(const Asked& asked, const Interacted&) { attendance.interacted(asked.from); }
  void handle(const Asked& asked, const SignOut&) { attendance.sign_out(asked.from); }
  void handle(const Asked& asked, const Watch& wish) {
    ++looking;
    desk.cards(asked.seat.who, wish.members, lifeline.wrap([this, asked](CallResult<std::vector<Card>> cards) {
      --looking;
      if (!cards) return refuse(asked.from, cards.error(), asked.id);
      lines.say(asked.from, Watching{attendance.watch(asked.from, *std::move(cards))}, asked.id);
    }));
  }
  void handle(const Asked& asked, const CallStart& wish) { calls.start(asked.seat, wish, answer<CallAnswer>(asked)); }
  void handle(const Asked& asked, const CallAct& wish) { calls.act(asked.seat, wish, answer<CallAnswer>(asked)); }
  void handle(const Asked& asked, const CallChoose& wish) { calls.choose(asked.seat, wish, answer<CallAnswer>(asked)); }
  void handle(const Asked& asked, const CallTicket& wish) {
    calls.ticket(asked.seat, wish.call, answer<TicketNote>(asked));
  }
  void handle(const Asked& asked, const CallDetailsWish& wish) {
    calls.details(asked.seat, wish.call, answer<DetailsNote>(asked, [](DetailsNote details) {
                    return CallDetailsAnswer{std::move(details)};
                  }));
  }
  void handle(const Asked& asked, const CallHistory& wish) {
    calls.history(asked.seat, wish.before, answer<CallHistoryAnswer>(asked));
  }
  void handle(const Asked& asked, const NotificationsWish& wish) {
    desk.notifications(asked.seat.who, wish, answer<NotificationsAnswer>(asked));
  }
  void handle(const Asked& asked, const MarkRead& wish) { desk.mark_read(asked.seat.who, wish, answer<Marked>(asked)); }
  void handle(const Asked& asked, const ThreadWish& wish) {
    desk.thread(asked.seat.who, wish, answer<ThreadAnswer>(asked));
  }
  void handle(const Asked& asked, const MessageSend& wish) {
    desk.send(asked.seat.who, wish, lifeline.wrap([this, asked](const CallResult<Sent>& sent) {
      if (!sent) return refuse(asked.from, sent.error(), asked.id);
      lines.say(asked.from, MessageAnswer{sent->message}, asked.id);
      if (!sent->repeated) tell_message(asked.seat.who.site, sent->message, sent->from, asked.seat.tab);
    }));
  }

  // ---- what others are told
  void tell_message(const call::SiteId& site, MessageNote message, const Person& from,
                    const std::optional<call::TabId>& sent_by) {
    attendance.tell_member({site, message.from}, MessageEvent{message, from}, sent_by);
    message.key.clear();
    attendance.tell_member({site, message.to}, MessageEvent{message, from});
  }

  void tell_stored(const call::SiteId& site, const MessageNote& message) {
    desk.standing({site, message.from}, lifeline.wrap([this, site, message](const CallResult<MemberStanding>& found) {
      const bool known = found && found->profile;
      tell_message(site, message, known ? person_of(*found->profile) : Person{message.from, {}, {}}, {});
    }));
  }

  // ---- facts that changed. What the store could not answer is asked again with the next tick.
  void read_sites() {
    for (const call::SiteId& site : std::exchange(changed_sites, {})) {
      store.read_site(site, lifeline.wrap([this, site](const store::Answer<store::SiteEntry>& entry) {
        if (!entry) return void(changed_sites.insert(site));
        // Erased, and its members with it.
        if (entry->version == 0) return attendance.close_site(site, AttendanceEnd::kDeactivated);
        attendance.tell_site(site, SiteChangedNote{site_note(site, entry->settings)});
        attendance.site_open(site, entry->settings.private_calls);
      }));
    }
  }

  // Or one whose answer is under way, made from what was before.
  bool concerns_a_tab(const MemberKey& who) const {
    return attendance.concerns(who) || looking > 0 ||
           std::ranges::any_of(arriving, [&](const auto& each) { return each.second == who; });
  }
  void read_members() {
    while (reading < kReading && !changed_members.empty()) {
      const MemberKey who = changed_members.extract(changed_members.begin()).value();
      ++reading;
      desk.news(who, lifeline.wrap([this, who](const CallResult<MemberNews>& news) {
        --reading;
        if (!news) return void(changed_members.insert(who));
        apply(who, *news);
        read_members();
      }));
    }
  }
  void apply(const MemberKey& who, const MemberNews& news) {
    if (!news.profile || news.profile->deactivated) {
      const Person person = news.profile ? person_of(*news.profile) : Person{who.member, {}, {}};
      attendance.person_changed(who, {person, false, {}});
      return attendance.close_all(who, AttendanceEnd::kDeactivated);
    }
    const store::MemberProfile& profile = *news.profile;
    attendance.person_changed(who, {person_of(profile), profile.takes_calls, news.blocked});
    attendance.tell_member(
        who, YouChangedNote{person_of(profile), is_admin(profile), profile.messenger, profile.takes_calls});
  }

  store::CallStore& store;
  Lines& lines;
  const std::function<Now()> clock;
  ToCalls to_calls;
  Attendance attendance;
  Calls calls;
  Desk desk;
  std::map<ConnectionId, MemberKey> arriving;  // whose attend is being answered
  std::set<call::SiteId> changed_sites;
  std::set<MemberKey> changed_members;
  std::size_t reading = 0;  // of changed members
  std::size_t looking = 0;  // watches that are being answered
  Lifeline lifeline;
};

CallsHub::CallsHub(CallsHubWiring wiring) : impl_(std::make_unique<Impl>(wiring)) {}

CallsHub::~CallsHub() = default;

void CallsHub::request(ConnectionId from, const Grant& grant, const std::string& id, const CallClientMessage& message,
                       Now) {
  const auto seat = impl_->attendance.seat_of(from);
  if (const auto* wish = std::get_if<Attend>(&message); wish != nullptr && !seat) {
    return impl_->attend(from, grant, id, *wish);
  }
  if (!seat) return impl_->lines.refuse(from, Error{ErrorCode::kConflict, "attend first"}, id);
  const Impl::Asked asked{from, id, *seat};
  std::visit([&](const auto& wish) { impl_->handle(asked, wish); }, message);
}

void CallsHub::pong(ConnectionId from, Now) {
  impl_->attendance.pong(from);
}

void CallsHub::closed(ConnectionId from, Now) {
  impl_->arriving.erase(from);
  impl_->attendance.closed(from);
}

void CallsHub::tick(Now) {
  impl_->attendance.tick();
  impl_->calls.tick();
  impl_->read_sites();
  impl_->read_members();
}

void CallsHub::site_changed(const call::SiteId& site) {
  impl_->calls.site_changed(site);
  impl_->changed_sites.insert(site);
  impl_->read_sites();
}

void CallsHub::member_changed(const MemberKey& who) {
  impl_->calls.member_changed(who);
  if (!impl_->concerns_a_tab(who)) return;
  impl_->changed_members.insert(who);
  impl_->read_members();
}

void CallsHub::member_interacted(const MemberKey& who) {
  impl_->attendance.member_interacted(who);
}

void CallsHub::terminate(const call::CallId& call, std::function<void(CallResult<SnapshotNote>)> then) {
  impl_->calls.terminate(call, std::move(then));
}

void CallsHub::message_stored(const call::SiteId& site, const MessageNote& message) {
  impl_->tell_stored(site, message);
}

CallDoor& CallsHub::door() {
  return impl_->calls;
}

void CallsHub::recover(call::CallTime last_alive, std::function<void(Result<std::size_t>)> done) {
  impl_->calls.recover(last_alive, std::move(done));
}

std::size_t CallsHub::unfinished() const {
  return impl_->calls.unfinished();
}

std::size_t CallsHub::busy() const {
  return impl_->calls.busy();
}

std::size_t CallsHub::tabs() const {
  return impl_->attendance.tabs();
}

}  // namespace parley::signaling

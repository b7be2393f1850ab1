// A story told by bytes: three members with two tabs each start, answer, enter, lose and leave calls while the site's
// settings change, the store fails and the server is killed; in between what must always hold is checked
// (docs/private-calls.md). Random tests and the fuzzer tell such stories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/calls_hub_world.h"

namespace parley::signaling::world {

class Story {
 public:
  explicit Story(std::span<const std::uint8_t> bytes) : bytes_(bytes) {
    const std::uint8_t a = draw(), b = draw(), c = draw();
    w_.settings.ring = call::CallSpan{10'000 + 1'000 * (a % 111)};
    w_.settings.lifetime = call::CallSpan{10'000 + 5'000 * b};
    w_.settings.busy = c & 1 ? call::BusyPolicy::kReject : call::BusyPolicy::kRing;
    w_.settings.on_disable = c & 2 ? call::OnDisable::kTerminate : call::OnDisable::kKeep;
    w_.settings.second_tab = c & 4 ? call::SecondTab::kRefuse : call::SecondTab::kReplace;
    w_.settings.per_minute = {1'000, 1'000, 1'000};
    w_.put_site();
    for (const Seat& one : {kCarl, kAnn2}) w_.open(one);
    w_.memory->committed = [this](const call::CallRecord* before, const store::Change& change) {
      check_commit(before, change);
    };
  }

  // The first property that did not hold; empty: all did.
  const std::string& tell() {
    while (!bytes_.empty() && broken_.empty()) {
      const std::uint8_t event = draw();
      happen(event, draw());
    }
    break_store(false);
    w_.after(kRetries);
    demand(w_.calls->busy() == 0, "everything comes to rest");
    settle();
    // Nothing rings or is open without end.
    w_.after(SpanMs{130'000});
    settle();
    for (const auto& [id, known] : known_) demand(w_.record(id).ring != call::Ring::kRinging, "no ring without end");
    w_.pass(w_.settings.lifetime);
    w_.after(SpanMs{40'000});
    settle();
    demand(w_.calls->unfinished() == 0, "every call ends");
    demand(w_.rooms.inside.empty(), "nobody inside after the end");
    return broken_;
  }
  const std::string& so_far() const { return story_; }
  std::size_t calls() const { return ids_.size(); }
  std::size_t entries() const { return entries_; }

 private:
  // What waits for the store is tried again within this time.
  static constexpr SpanMs kRetries{5'000};

  struct Known {
    std::size_t notices = 0;
    std::size_t started = 0, answered = 0, ended = 0;
  };
  std::uint8_t draw() {
    if (bytes_.empty()) return 0;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  void demand(bool holds, const std::string& property) {
    if (!holds && broken_.empty()) broken_ = property;
  }
  static const Seat& seat_of(std::size_t number) {
    static const Seat kSeats[] = {kAnn, kBen, kCarl, kAnn2, kBen2, kCarl2};
    return kSeats[number % std::size(kSeats)];
  }
  // One of the newest calls and mostly one of its two, by either tab; sometimes anybody.
  struct Mover {
    call::CallId call;
    Seat by;
  };
  Mover mover(std::size_t with) const {
    if (ids_.empty()) return {*call::CallId::parse("00000000000000000000000000000001"), seat_of(with)};
    const call::CallId& id = ids_[ids_.size() - 1 - (with >> 2) % std::min<std::size_t>(ids_.size(), 4)];
    if (with >= 240) return {id, seat_of(with)};
    const auto& [caller, callee] = parties_.at(id);
    const MemberKey who{kTown, with & 1 ? callee : caller};
    for (std::size_t i = with & 2 ? 3 : 0; i < 6; ++i) {
      if (seat_of(i).who == who) return {id, seat_of(i)};
    }
    return {id, seat_of(with)};
  }

  template <class T>
  auto answered() {
    ++asked_;
    return [this, life = life_](const CallResult<T>&) {
      if (life != life_) demand(false, "no answer after the end of the server");
      --asked_;
    };
  }
  void act(std::size_t with, CallMove move) {
    const auto [id, by] = mover(with);
    w_.calls->act(by, {id, move}, answered<CallAnswer>());
  }
  void choose(std::size_t with, bool accept) {
    const auto [id, by] = mover(with);
    const auto media = with & 64 ? call::Media::kVideo : call::Media::kAudio;
    w_.calls->choose(by, {id, media, accept}, answered<CallAnswer>());
  }
  void ticket(std::size_t with) {
    const auto [id, by] = mover(with);
    w_.calls->ticket(by, id, [this, by = by, told = answered<TicketNote>()](const CallResult<TicketNote>& result) {
      told(result);
      if (result) tickets_.push_back({by, result->ticket});
    });
  }
  void enter(std::size_t with) {
    if (tickets_.empty()) return;
    auto [by, secret] = tickets_[tickets_.size() - 1 - with % std::min<std::size_t>(tickets_.size(), 4)];
    if (with >= 240) by = seat_of(with);
    Grant grant;
    grant.site = by.who.site.text();
    grant.member = by.who.member.text();
    ++asked_;
    w_.calls->enter(grant, secret, by.tab, [this](const Result<Admission>& result) {
      --asked_;
      if (!result) return;
      for (const CallEntry& one : w_.rooms.inside)
        demand(one.call != result->entry.call || one.party != result->entry.party, "one presence per member and call");
      w_.rooms.inside.push_back(result->entry);
      ++entries_;
    });
  }
  void member(std::size_t number, const std::function<void(store::MemberUpdate&, bool)>& change) {
    store::MemberUpdate update;
    update.member = seat_of(number % 3).who.member;
    change(update, (number / 3) % 4 == 0);
    w_.store->upsert_members(kTown, {update}, [this, who = update.member, life = life_](const auto&) {
      if (life == life_) w_.calls->member_changed({kTown, who});
    });
  }
  void break_store(bool broken) {
    if (w_.memory->broken && !broken) whole_since_ = w_.now.line;
    w_.memory->broken = broken;
  }
  void kill(std::size_t away) {
    w_.kill();
    ++life_;
    asked_ = 0;
    tickets_.clear();
    const call::CallTime last_alive = w_.now.line;
    w_.pass(SpanMs{away * 100});
    const bool was_broken = std::exchange(w_.memory->broken, false);
    demand(w_.start_again(last_alive).has_value(), "a server that was killed starts again");
    w_.memory->broken = was_broken;
    // The pages come back by themselves, most of them.
    for (std::size_t i = away % 8 == 0 ? 1 : 0; i < 6; ++i) {
      w_.tabs.open(seat_of(i));
      w_.calls->tab_connected(seat_of(i));
    }
  }

  enum class Event : std::uint8_t {
    kStart,
    kRepeat,
    kChoose,
    kAccept,
    kDecline,
    kCancel,
    kDismiss,
    kShown,
    kLeave,
    kTicket,
    kEnter,
    kLose,
    kOpen,
    kClose,
    kSignOut,
    kGone,
    kToggle,
    kDeactivate,
    kSwitches,
    kPump,
    kTime,
    kLong,
    kKill,
    kStore,
    kTerminate,
    kRead,
    kSettle,
    kGoIn
  };
  // How often each comes.
  static Event event_of(std::size_t byte) {
    using enum Event;
    static constexpr Event kDeck[] = {
        kStart,     kStart,  kStart,      kStart,    kRepeat,  kChoose, kChoose,  kChoose, kChoose, kAccept,
        kAccept,    kAccept, kAccept,     kAccept,   kDecline, kCancel, kDismiss, kShown,  kLeave,  kLeave,
        kTicket,    kTicket, kTicket,     kTicket,   kTicket,  kTicket, kTicket,  kEnter,  kEnter,  kEnter,
        kEnter,     kEnter,  kEnter,      kEnter,    kLose,    kLose,   kOpen,    kOpen,   kClose,  kSignOut,
        kGone,      kToggle, kDeactivate, kSwitches, kPump,    kPump,   kPump,    kPump,   kPump,   kPump,
        kPump,      kPump,   kPump,       kTime,     kTime,    kTime,   kTime,    kLong,   kKill,   kStore,
        kTerminate, kRead,   kSettle,     kGoIn,     kGoIn,    kGoIn,   kGoIn,    kGoIn,   kGoIn};
    return kDeck[byte % std::size(kDeck)];
  }

  void happen(std::uint8_t byte, std::size_t with) {
    const Event event = event_of(byte);
    story_ += std::to_string(static_cast<int>(event)) + " " + std::to_string(with) + "\n";
    const Seat& by = seat_of(with % 6);
    switch (event) {
      case Event::kStart:
      case Event::kRepeat: {
        const call::RequestId request{"q" + std::to_string(event == Event::kStart ? requests_++ : with % 4)};
        const call::MemberId& to = seat_of(with % 3 + 1 + with / 128).who.member;
        return w_.calls->start(seat_of(with), {to, {}, request}, answered<CallAnswer>());
      }
      case Event::kChoose: return choose(with, false);
      case Event::kAccept: return choose(with | 1, true);
      case Event::kDecline: return act(with, CallMove::kDecline);
      case Event::kCancel: return act(with, CallMove::kCancel);
      case Event::kDismiss: return act(with | 1, CallMove::kDismiss);
      case Event::kShown: return act(with | 1, CallMove::kRingShown);
      case Event::kLeave: return act(with, CallMove::kLeave);
      case Event::kTicket: return ticket(with);
      case Event::kEnter: return enter(with);
      case Event::kLose: {
        if (w_.rooms.inside.empty()) return;
        const CallEntry entry = w_.rooms.inside[with % w_.rooms.inside.size()];
        std::erase(w_.rooms.inside, entry);
        return w_.calls->left(entry);
      }
      case Event::kOpen: w_.tabs.open(by); return w_.calls->tab_connected(by);
      case Event::kClose:
      case Event::kSignOut:
        if (!w_.tabs.connected(by)) return;
        if (event == Event::kClose) w_.tabs.close(by);
        if (event == Event::kSignOut) w_.tabs.erase(by);
        return w_.calls->tab_closed(by, event == Event::kSignOut);
      case Event::kGone:
        if (!w_.tabs.listed(by) || w_.tabs.connected(by)) return;
        w_.tabs.erase(by);
        return w_.calls->tab_gone(by.who);
      case Event::kToggle:
        w_.settings.private_calls = with % 4 != 0;
        w_.settings.messenger = with % 8 < 6;
        return w_.store->put_site({kTown, w_.settings, {}}, [this, life = life_](const auto&) {
          if (life == life_) w_.calls->site_changed(kTown);
        });
      case Event::kDeactivate:
        return member(with, [](store::MemberUpdate& update, bool off) { update.deactivated = off; });
      case Event::kSwitches:
        return member(with,
                      [](store::MemberUpdate& update, bool off) { update.messenger = update.takes_calls = !off; });
      case Event::kPump: return w_.pump(with % 32);
      case Event::kTime:
      case Event::kLong: w_.pass(SpanMs{with * (event == Event::kTime ? 10 : 250)}); return w_.calls->tick();
      case Event::kKill: return kill(with);
      case Event::kStore: return break_store(with % 4 == 0);
      case Event::kTerminate:
        if (with % 4 == 0) w_.calls->terminate(mover(with).call, answered<SnapshotNote>());
        return;
      case Event::kRead:
        w_.calls->details(by, mover(with).call, answered<DetailsNote>());
        w_.calls->history(by, {}, answered<CallHistoryAnswer>());
        return w_.calls->snapshots(by, [](const auto&) {});
      case Event::kSettle: return settle();
      // The usual way, which chance alone seldom finds.
      case Event::kGoIn:
        choose(with, with & 1);
        ticket(with);
        w_.pump(16 + with % 32);
        return enter(0);
    }
  }

  // ---- what must hold
  void check_commit(const call::CallRecord* before, const store::Change& change) {
    const call::CallRecord& next = change.record;
    const auto [at, is_new] = known_.try_emplace(next.id);
    Known& known = at->second;
    demand(is_new == (before == nullptr), "a call is new once");
    if (is_new) ids_.push_back(next.id);
    parties_[next.id] = {next.caller, next.callee};
    if (before) {
      const bool over = before->state != call::State::kRinging && before->state != call::State::kOpen;
      demand(before->ring == call::Ring::kRinging || next.ring == before->ring, "one outcome");
      demand(!over || next.state == before->state, "an end is an end");
      demand(next.expires_at == before->expires_at && next.started_at == before->started_at,
             "the window does not move");
    }
    known.notices += change.persist.missed_notice;
    demand(known.notices <= 1, "at most one notification");
    for (const store::OutboxDraft& draft : change.outbox) {
      demand(known.ended == 0, "nothing is told of a call after its end");
      known.started += draft.topic == "call.started";
      known.answered += draft.topic == "call.answered";
      known.ended += draft.topic == "call.ended";
      demand(known.started == 1 && known.answered <= 1, "a call is told from its beginning, once");
    }
  }

  // Once nothing is under way: the store, the room and the books say the same.
  void settle() {
    w_.pump();
    w_.calls->tick();
    w_.pump();
    check_events();
    if (w_.memory->broken || w_.now.line < whole_since_ + kRetries || w_.calls->busy() > 0) return;
    demand(asked_ == 0, "every question has an answer");
    std::vector<CallEntry> inside;
    std::map<MemberKey, std::size_t> places;
    std::size_t unfinished = 0;
    for (const auto& [id, known] : known_) {
      const call::CallRecord call = w_.record(id);
      const bool goes_on = call.state == call::State::kRinging || call.state == call::State::kOpen;
      unfinished += goes_on;
      demand((known.ended == 1) == !goes_on, "the end is told when it comes");
      demand(call.missed_notice == (known.notices == 1), "the record knows its notification");
      demand(call.ring != call::Ring::kRinging || w_.now.line < call.ring_ends_at, "no ring after its end");
      for (const call::Party party : {call::Party::kCaller, call::Party::kCallee}) {
        const call::PartyState& state = call.of(party);
        if (!state.inside) continue;
        demand(goes_on && w_.now.line < call.expires_at, "nobody inside at expires_at or after");
        inside.push_back({id, party, state.entries});
        demand(++places[{kTown, call.member(party)}] == 1, "nobody is inside twice");
      }
    }
    demand(unfinished == w_.calls->unfinished(), "the index has what is unfinished");
    demand(inside.size() == w_.rooms.inside.size(), "as many in the rooms as the records say");
    for (const CallEntry& entry : w_.rooms.inside)
      demand(std::ranges::find(inside, entry) != inside.end(), "who is in a room is so by its record");
    std::set<MemberKey> members;
    for (const auto& [who, count] : places) members.insert(who);
    demand(members == w_.tabs.inside, "who is in a call is known to presence");
  }

  // R46: for each tab the numbers of a call go up.
  void check_events() {
    for (const Heard& heard : w_.tabs.heard) {
      const auto* event = std::get_if<CallEvent>(&heard.message);
      if (!event) continue;
      const bool repeats = std::holds_alternative<call::SnapshotReady>(event->event) ||
                           std::holds_alternative<call::Settled>(event->event);
      std::uint64_t& last = last_seq_[{heard.by.tab, event->snapshot.id}];
      demand(repeats || event->seq > last, "events are numbered upwards");
      demand(event->snapshot.seq >= event->seq, "an event's call is as it stands after it");
      const call::MemberId& me = heard.by.who.member;
      const bool mine =
          (event->snapshot.you == call::Party::kCaller ? event->snapshot.caller : event->snapshot.callee).member == me;
      demand(mine, "nobody hears of a call of others");
      last = std::max(last, event->seq);
    }
    w_.tabs.heard.clear();
  }

  std::span<const std::uint8_t> bytes_;
  World w_;
  std::string story_;
  std::string broken_;
  std::map<call::CallId, Known> known_;
  std::vector<call::CallId> ids_;
  std::map<call::CallId, std::pair<call::MemberId, call::MemberId>> parties_;
  struct Held {
    Seat by;
    std::string secret;
  };
  std::vector<Held> tickets_;
  std::size_t entries_ = 0;
  std::map<std::pair<call::TabId, call::CallId>, std::uint64_t> last_seq_;
  std::size_t requests_ = 100;
  std::size_t asked_ = 0;
  std::size_t life_ = 0;
  call::CallTime whole_since_{};  // the store
};

}  // namespace parley::signaling::world

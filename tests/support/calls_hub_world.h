// The world around Calls in virtual time: a store whose answers wait until they are pumped, members with tabs that
// hear, rooms that tell who is gone, and a process that can be killed at any task and started again.
#pragma once

#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "signaling/hub/calls.h"
#include "signaling/store/memory_backend.h"

namespace parley::signaling::world {

inline const call::SiteId kTown{"town"};

inline Seat seat(const std::string& member, const std::string& tab, const std::string& device) {
  return {{kTown, call::MemberId{member}}, call::TabId{tab}, call::DeviceId{device}};
}
inline const Seat kAnn = seat("ann", "ann-tab", "ann-pc");
inline const Seat kAnn2 = seat("ann", "ann-tab-2", "ann-pc");
inline const Seat kBen = seat("ben", "ben-tab", "ben-pc");
inline const Seat kBen2 = seat("ben", "ben-tab-2", "ben-phone");
inline const Seat kCarl = seat("carl", "carl-tab", "carl-pc");
inline const Seat kCarl2 = seat("carl", "carl-tab-2", "carl-phone");

// What a connected tab was told.
struct Heard {
  Seat by;
  CallServerMessage message;
};

class FakeTabs : public Tabs {
 public:
  struct Tab {
    Seat seat;
    bool connected = true;
  };
  void open(const Seat& seat) {
    erase(seat);
    tabs_.push_back({seat, true});
  }
  void close(const Seat& seat) {
    for (Tab& tab : tabs_) {
      if (same(tab.seat, seat)) tab.connected = false;
    }
  }
  void erase(const Seat& seat) {
    std::erase_if(tabs_, [&](const Tab& tab) { return same(tab.seat, seat); });
  }
  bool listed(const Seat& seat) const {
    return std::ranges::any_of(tabs_, [&](const Tab& tab) { return same(tab.seat, seat); });
  }
  bool connected(const Seat& seat) const {
    return std::ranges::any_of(tabs_, [&](const Tab& tab) { return same(tab.seat, seat) && tab.connected; });
  }

  std::vector<call::LiveTab> live_tabs(const MemberKey& who) const override {
    std::vector<call::LiveTab> found;
    for (const Tab& tab : tabs_) {
      if (tab.seat.who == who) found.push_back({tab.seat.tab, tab.seat.device, tab.connected});
    }
    return found;
  }
  bool is_active(const MemberKey& who) const override {
    return !away.contains(who) && (inside.contains(who) || !live_tabs(who).empty());
  }
  void tell(const MemberKey& who, const call::Audience& to,
            const std::function<CallServerMessage(const call::DeviceId&)>& make) override {
    for (const Tab& tab : tabs_) {
      if (!tab.connected || tab.seat.who != who) continue;
      if (to.only && *to.only != tab.seat.tab) continue;
      if (to.except && *to.except == tab.seat.tab) continue;
      if (to.device && *to.device != tab.seat.device) continue;
      heard.push_back({tab.seat, make(tab.seat.device)});
    }
  }
  void in_call(const MemberKey& who, bool now) override {
    if (now) {
      inside.insert(who);
    } else {
      inside.erase(who);
    }
  }

  std::set<MemberKey> away;  // connected, and not active
  std::set<MemberKey> inside;
  std::vector<Heard> heard;

 private:
  static bool same(const Seat& a, const Seat& b) { return a.who == b.who && a.tab == b.tab; }
  std::vector<Tab> tabs_;
};

class FakeRooms : public CallRooms {
 public:
  void remove(const CallEntry& entry, call::RemoveReason reason) override {
    removed.push_back({entry, reason});
    if (std::erase(inside, entry) > 0 && left) left(entry);
  }
  std::vector<CallEntry> inside;
  std::vector<std::pair<CallEntry, call::RemoveReason>> removed;
  std::function<void(const CallEntry&)> left;
};

// Answers the next requests with a failure, or does something just before a commit.
class TestBackend : public store::MemoryBackend {
 public:
  bool broken = false;
  std::function<void()> before_commit;
  // What came to pass: the call before, if there was one, and the change.
  std::function<void(const call::CallRecord*, const store::Change&)> committed;
  std::size_t commits = 0;
  std::size_t reads = 0;

  store::CommitAnswer commit(const store::Change& change) override {
    if (broken) return std::unexpected(failure());
    if (before_commit) std::exchange(before_commit, nullptr)();
    const auto before = MemoryBackend::read_call(change.record.id).value_or(std::nullopt);
    store::CommitAnswer answer = MemoryBackend::commit(change);
    if (!answer) return answer;
    ++commits;
    if (committed) committed(before ? &before->record : nullptr, change);
    return answer;
  }
  store::Answer<std::optional<store::StoredCall>> read_call(const call::CallId& id) override {
    ++reads;
    if (broken) return std::unexpected(failure());
    return MemoryBackend::read_call(id);
  }
  store::Answer<store::PairView> read_pair(const call::SiteId& site, const call::MemberId& caller,
                                           const call::MemberId& callee) override {
    ++reads;
    if (broken) return std::unexpected(failure());
    return MemoryBackend::read_pair(site, caller, callee);
  }

 private:
  static store::Failure failure() { return {store::Fault::kDiskFull, "no room on the disk"}; }
};

template <class T>
CallResult<T> no_answer() {
  return std::unexpected(Error{ErrorCode::kInternal, "no answer"});
}

class World {
 public:
  explicit World(std::unique_ptr<store::StoreBackend> backend = nullptr) {
    auto own = std::make_unique<TestBackend>();
    if (!backend) {
      memory = own.get();
      backend = std::move(own);
    }
    store = std::make_unique<store::CallStore>(
        std::move(backend), [this](std::function<void()> task) { tasks.push_back(std::move(task)); },
        store::CallStore::Runs::kInTheCall);
    now.line = call::call_time(1'000'000);
    now.calendar = WallMs(SpanMs(1'700'000'000'000));
    settings.private_calls = true;
    put_site();
    for (const char* name : {"ann", "ben", "carl"}) {
      store::MemberUpdate update;
      update.member = call::MemberId{name};
      update.name = std::string(1, static_cast<char>(name[0] - 32)) + (name + 1);
      put_member(update);
    }
    boot();
    for (const Seat& one : {kAnn, kBen, kBen2}) open(one);
    tabs.heard.clear();
  }

  // ---- process and time
  void boot() {
    calls = std::make_unique<Calls>(
        CallsWiring{*store, tabs, rooms, [this] { return now; }, [this](std::size_t bytes) { return hex(bytes); },
                    [this](LogLevel, std::string_view line) { log += std::string(line) + "\n"; }});
    rooms.left = [this](const CallEntry& entry) { calls->left(entry); };
  }
  // Rooms, connections, and whatever was under way are gone; the store is not.
  void kill() {
    calls.reset();
    tasks.clear();
    rooms.inside.clear();
    tabs.inside.clear();
    for (const Seat& one : {kAnn, kAnn2, kBen, kBen2, kCarl, kCarl2}) tabs.erase(one);
  }
  Result<std::size_t> start_again(call::CallTime last_alive) {
    boot();
    std::optional<Result<std::size_t>> got;
    calls->recover(last_alive, [&](Result<std::size_t> count) { got = std::move(count); });
    pump();
    return got ? *got : std::unexpected(Error{ErrorCode::kInternal, "no answer"});
  }
  void pump(std::size_t limit = 100'000) {
    for (std::size_t i = 0; i < limit && !tasks.empty(); ++i) {
      const auto task = std::move(tasks.front());
      tasks.pop_front();
      task();
    }
  }
  // Ticks on the way, a few times a second as the server does.
  void after(SpanMs span) {
    for (const SpanMs step{250}; span > SpanMs{0}; span -= step) {
      pass(std::min(span, step));
      calls->tick();
      pump();
    }
  }
  // Without a tick.
  void pass(SpanMs span) {
    now.line += span;
    now.calendar += span;
    now.steady += span;
  }

  // ---- what is stored about site and members
  void put_site() {
    store->put_site({kTown, settings, {}}, [](const auto&) {});
    pump();
    if (calls) calls->site_changed(kTown);
    pump();
  }
  void put_member(const store::MemberUpdate& update) {
    store->upsert_members(kTown, {update}, [](const auto&) {});
    pump();
    if (calls) calls->member_changed({kTown, update.member});
    pump();
  }

  // ---- tabs
  void open(const Seat& one) {
    tabs.open(one);
    calls->tab_connected(one);
    pump();
  }
  void close(const Seat& one, bool signed_out = false) {
    if (!tabs.connected(one)) return;
    if (signed_out) {
      tabs.erase(one);
    } else {
      tabs.close(one);
    }
    calls->tab_closed(one, signed_out);
    pump();
  }
  void gone(const Seat& one) {
    tabs.erase(one);
    calls->tab_gone(one.who);
    pump();
  }

  // ---- what tabs ask
  template <class T, class Ask>
  CallResult<T> ask(Ask ask) {
    std::optional<CallResult<T>> got;
    ask([&](CallResult<T> result) { got = std::move(result); });
    pump();
    return got ? *got : no_answer<T>();
  }
  CallResult<CallAnswer> start(const Seat& by, const Seat& to, const std::string& request = "r1") {
    const CallStart wish{to.who.member, *call::Origin::parse("profile"), call::RequestId{request}};
    return ask<CallAnswer>([&](auto then) { calls->start(by, wish, then); });
  }
  CallResult<CallAnswer> choose(const Seat& by, const call::CallId& id, call::Media media = call::Media::kAudio) {
    return ask<CallAnswer>([&](auto then) { calls->choose(by, {id, media, false}, then); });
  }
  CallResult<CallAnswer> accept(const Seat& by, const call::CallId& id, call::Media media = call::Media::kVideo) {
    return ask<CallAnswer>([&](auto then) { calls->choose(by, {id, media, true}, then); });
  }
  CallResult<CallAnswer> act(const Seat& by, const call::CallId& id, CallMove move) {
    return ask<CallAnswer>([&](auto then) { calls->act(by, {id, move}, then); });
  }
  CallResult<TicketNote> ticket(const Seat& by, const call::CallId& id) {
    return ask<TicketNote>([&](auto then) { calls->ticket(by, id, then); });
  }
  CallResult<DetailsNote> details(const Seat& by, const call::CallId& id) {
    return ask<DetailsNote>([&](auto then) { calls->details(by, id, then); });
  }
  CallResult<CallHistoryAnswer> history(const Seat& by, std::optional<std::uint64_t> before = {}) {
    return ask<CallHistoryAnswer>([&](auto then) { calls->history(by, before, then); });
  }
  CallResult<SnapshotNote> terminate(const call::CallId& id) {
    return ask<SnapshotNote>([&](auto then) { calls->terminate(id, then); });
  }
  std::vector<SnapshotNote> snapshots(const Seat& by) {
    std::vector<SnapshotNote> got;
    calls->snapshots(by, [&](std::vector<SnapshotNote> made) { got = std::move(made); });
    pump();
    return got;
  }
  Result<Admission> enter(const Seat& by, const std::string& secret) {
    Grant grant;
    grant.site = by.who.site.text();
    grant.member = by.who.member.text();
    std::optional<Result<Admission>> got;
    calls->enter(grant, secret, by.tab, [&](Result<Admission> result) {
      if (result) rooms.inside.push_back(result->entry);
      got = std::move(result);
    });
    pump();
    return got ? *got : std::unexpected(Error{ErrorCode::kInternal, "no answer"});
  }
  Result<Admission> go_in(const Seat& by, const call::CallId& id) {
    const auto note = ticket(by, id);
    if (!note) return std::unexpected(Error{ErrorCode::kForbidden, "no ticket"});
    return enter(by, note->ticket);
  }
  // The media connection of this entry is lost.
  void lose(CallEntry entry) {
    if (std::erase(rooms.inside, entry) == 0) return;
    calls->left(entry);
    pump();
  }

  // ---- what is there
  std::optional<store::StoredCall> stored(const call::CallId& id) {
    std::optional<store::StoredCall> got;
    store->read_call(id, [&](const auto& answer) {
      if (answer) got = *answer;
    });
    pump();
    return got;
  }
  call::CallRecord record(const call::CallId& id) {
    const auto found = stored(id);
    return found ? found->record : call::CallRecord{};
  }
  std::vector<store::Notification> notifications(const Seat& of, store::Which which = store::Which::kAll) {
    std::vector<store::Notification> got;
    store->notifications_of(of.who.site, of.who.member, which, {}, [&](const auto& answer) {
      if (answer) got = *answer;
    });
    pump();
    return got;
  }
  std::vector<store::AuditEntry> audit() {
    std::vector<store::AuditEntry> got;
    store->read_audit(kTown, {.limit = 200}, [&](const auto& answer) {
      if (answer) got = *answer;
    });
    pump();
    return got;
  }
  std::vector<store::OutboxRow> outbox() {
    std::vector<store::OutboxRow> got;
    store->read_outbox("test", 200, [&](const auto& answer) {
      if (answer) got = *answer;
    });
    pump();
    return got;
  }
  std::vector<std::string> topics(const call::CallId& id) {
    std::vector<std::string> found;
    for (const store::OutboxRow& row : outbox()) {
      if (row.call == id) found.push_back(row.what.topic);
    }
    return found;
  }
  template <class T>
  std::vector<T> heard(const Seat& by) const {
    std::vector<T> found;
    for (const Heard& one : tabs.heard) {
      if (one.by.who != by.who || one.by.tab != by.tab) continue;
      if (const auto* message = std::get_if<T>(&one.message)) found.push_back(*message);
    }
    return found;
  }
  // The names of the events that the tab heard, in order.
  std::vector<std::string> events(const Seat& by) const {
    std::vector<std::string> names;
    for (const CallEvent& event : heard<CallEvent>(by)) names.emplace_back(call::name_of(event.event));
    return names;
  }
  template <class E>
  std::optional<E> event(const Seat& by) const {
    for (const CallEvent& one : heard<CallEvent>(by)) {
      if (const auto* found = std::get_if<E>(&one.event)) return *found;
    }
    return std::nullopt;
  }
  void forget_heard() { tabs.heard.clear(); }

  TestBackend* memory = nullptr;
  std::deque<std::function<void()>> tasks;
  std::unique_ptr<store::CallStore> store;
  Now now;
  call::SiteSettings settings;
  FakeTabs tabs;
  FakeRooms rooms;
  std::string log;
  std::unique_ptr<Calls> calls;

 private:
  // Distinct, not random: a test is the same every time.
  std::string hex(std::size_t bytes) {
    std::string text;
    std::uint64_t mixed = ++drawn_ * 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < bytes; ++i) {
      char digits[3];
      mixed ^= mixed << 13;
      mixed ^= mixed >> 7;
      mixed ^= mixed << 17;
      std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(mixed & 0xff));
      text += digits;
    }
    return text;
  }
  std::uint64_t drawn_ = 0;
};

}  // namespace parley::signaling::world

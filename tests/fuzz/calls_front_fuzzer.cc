// Random tabs, requests, changes of members and time at the front of private calls, with a store that answers late.
// Whatever the order: every request of a connection that stays is answered once, nothing is told before the welcome, a
// tab has one connection, nobody deactivated keeps one, and the cards on a screen show what a fresh look would show.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "signaling/hub/calls_hub.h"
#include "signaling/store/memory_backend.h"

namespace {

using namespace parley::signaling;
using namespace std::chrono_literals;

const call::SiteId kTown{"town"};
constexpr std::size_t kPeople = 4;
constexpr std::size_t kConnections = 8;

call::MemberId person(std::size_t number) {
  return call::MemberId("m" + std::to_string(number % (kPeople + 1)));
}

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  __builtin_trap();
}

class Screens : public Lines, public CallRooms {
 public:
  struct Screen {
    call::MemberId member;
    call::TabId tab;
    bool open = true;
    bool welcome = false;
    std::set<std::string> waiting;                // requests without an answer
    std::map<call::MemberId, PersonState> cards;  // as last told
  };

  void say(ConnectionId to, const CallServerMessage& message, std::string_view request) override {
    Screen& screen = screens.at(to);
    if (!screen.open) return;
    if (!request.empty()) must(screen.waiting.erase(std::string(request)) == 1, "an answer to nothing");
    const bool closing = std::holds_alternative<AttendanceClosed>(message);
    must(!request.empty() || screen.welcome || closing, "told before the welcome");
    if (std::holds_alternative<Attending>(message)) screen.welcome = true;
    if (const auto* watching = std::get_if<Watching>(&message)) {
      screen.cards.clear();
      for (const PersonState& state : watching->members) screen.cards[state.person.member] = state;
    }
    if (const auto* note = std::get_if<PresenceNote>(&message)) {
      const auto card = screen.cards.find(note->member.person.member);
      must(card != screen.cards.end(), "told of somebody who is not watched");
      card->second = note->member;
    }
  }
  void refuse(ConnectionId to, const parley::Error&, std::string_view request) override {
    Screen& screen = screens.at(to);
    if (screen.open) must(screen.waiting.erase(std::string(request)) == 1, "a refusal of nothing");
  }
  void hang_up(ConnectionId to, CloseCode, std::string_view) override {
    if (std::exchange(screens.at(to).open, false)) front->closed(to, {});
  }
  void remove(const CallEntry&, call::RemoveReason) override {}

  std::map<ConnectionId, Screen> screens;
  CallsFront* front = nullptr;
};

class Town {
 public:
  Town() {
    auto memory = std::make_unique<store::MemoryBackend>();
    backend_ = memory.get();
    store_ = std::make_unique<store::CallStore>(
        std::move(memory), [this](std::function<void()> task) { tasks_.push_back(std::move(task)); },
        store::CallStore::Runs::kInTheCall);
    (void)backend_->put_site({.site = kTown, .settings = {.private_calls = true}, .audit = {}});
    for (std::size_t i = 0; i < kPeople; ++i) (void)backend_->upsert_members(kTown, {{.member = person(i)}});
    hub_ = std::make_unique<CallsHub>(CallsHubWiring{*store_,
                                                     screens_,
                                                     screens_,
                                                     {},
                                                     [this] { return now(); },
                                                     [this](std::size_t bytes) { return hex(bytes); },
                                                     {}});
    screens_.front = hub_.get();
  }
  // What is under way may still speak.
  ~Town() { settle(); }

  void event(std::uint8_t what, std::uint8_t with) {
    switch (what % 9) {
      case 0: return attend(with);
      case 1: return close(pick(with));
      case 2: return ask(pick(with), request_of(with));
      case 3: return hub_->pong(pick(with), now());
      case 4: return pass(std::chrono::milliseconds(with * (with % 2 == 0 ? 10 : 500)));
      case 5: return answer(with % 8U + 1U);
      case 6: return change_member(with);
      case 7: return change_site(with);
      default: return settle();
    }
  }

  // With everything answered, what must be true at any time.
  void check() {
    settle();
    pass(0ms);
    settle();
    std::set<std::pair<call::MemberId, call::TabId>> seats;
    for (auto& [id, screen] : screens_.screens) {
      if (!screen.open) continue;
      must(screen.waiting.empty(), "a request without an answer");
      must(screen.welcome, "neither let in nor sent away");
      must(seats.emplace(screen.member, screen.tab).second, "two connections of one tab");
      const auto profile = backend_->read_member(kTown, screen.member).value();
      must(profile && !profile->deactivated, "somebody deactivated is still here");
    }
    must(hub_->tabs() == seats.size(), "a seat without a connection");
    for (auto& [id, screen] : screens_.screens) {
      if (screen.open) look_again(id, screen);
    }
  }

  void end() {
    check();
    for (auto& [id, screen] : screens_.screens) close(id);
    for (int i = 0; i < 140; ++i) {
      pass(1min);
      settle();
    }
    must(hub_->tabs() == 0, "a tab that never goes");
    must(hub_->unfinished() == 0, "a call without an end");
    must(hub_->busy() == 0, "work without an end");
  }

 private:
  Now now() const {
    Now now;
    now.line = call::call_time(at_.count());
    now.steady = std::chrono::steady_clock::time_point(at_);
    now.calendar = WallMs(at_);
    return now;
  }
  std::string hex(std::size_t bytes) {
    std::string number = std::to_string(++drawn_);
    return std::string(2 * bytes - number.size(), '0') + number;
  }
  ConnectionId pick(std::uint8_t with) const {
    return static_cast<ConnectionId>(opened_ == 0 ? 0 : opened_ - with / 16 % kConnections % opened_);
  }

  void attend(std::uint8_t with) {
    if (opened_ >= 64) return;
    const auto id = static_cast<ConnectionId>(++opened_);
    Screens::Screen& screen = screens_.screens[id];
    screen.member = person(with);
    screen.tab = call::TabId("tab" + std::to_string(with / 8 % 3));
    ask(id, Attend{screen.tab, call::DeviceId("device" + std::to_string(with / 64)), with % 2 == 0});
  }
  void ask(ConnectionId id, const CallClientMessage& message) {
    const auto found = screens_.screens.find(id);
    if (found == screens_.screens.end() || !found->second.open) return;
    const std::string request = "r" + std::to_string(++asked_);
    // These have no answer, except a refusal before the welcome.
    const bool silent = std::holds_alternative<Interacted>(message) || std::holds_alternative<SignOut>(message);
    found->second.waiting.insert(request);
    Grant grant;
    grant.site = kTown.text();
    grant.member = found->second.member.text();
    hub_->request(id, grant, request, message, now());
    if (silent) found->second.waiting.erase(request);
  }
  void close(ConnectionId id) {
    const auto found = screens_.screens.find(id);
    if (found == screens_.screens.end() || !std::exchange(found->second.open, false)) return;
    hub_->closed(id, now());
  }
  CallClientMessage request_of(std::uint8_t with) {
    const call::MemberId member = person(with);
    const auto ids = backend_->calls_of(kTown, person(with / 5U), {}).value();
    const call::CallId id = ids.empty() ? *call::CallId::parse(std::string(32, 'a')) : ids.front().record.id;
    switch (with % 16) {
      case 0: return Interacted{};
      case 1: return SignOut{};
      case 2: return Watch{{person(0), person(1), person(4)}};
      case 3: return Watch{{member, person(2), person(3), member}};
      case 4:
      case 5: return CallStart{member, {}, call::RequestId("request" + std::to_string(asked_ % 50))};
      case 6: return CallChoose{id, call::Media::kVideo, with % 3 == 0};
      case 7: return CallAct{id, static_cast<CallMove>(with / 16 % 5)};
      case 8: return CallTicket{id};
      case 9: return CallDetailsWish{id};
      case 10: return CallHistory{};
      case 11: return NotificationsWish{with % 3 == 0, {}};
      case 12: return MarkRead{};
      case 13: return MessageSend{member, "hello", {}, with % 3 == 0 ? "key" : ""};
      case 14: return ThreadWish{member, {}};
      default: return Attend{call::TabId("tab1"), call::DeviceId("device1"), false};
    }
  }
  void change_member(std::uint8_t with) {
    store::MemberUpdate update;
    update.member = person(with % kPeople);
    switch (with / 16 % 8) {
      case 0: update.deactivated = true; break;
      case 1: update.takes_calls = false; break;
      case 2: update.blocked = std::vector{person(with / 3U)}; break;
      case 3: update.name = "Name " + std::to_string(with); break;
      case 4: update.messenger = with % 2 == 0; break;
      case 5: (void)hub_->member_interacted({kTown, update.member}); return;
      default:
        update.deactivated = false;
        update.takes_calls = true;
        update.blocked = std::vector<call::MemberId>{};
    }
    (void)backend_->upsert_members(kTown, {update});
    hub_->member_changed({kTown, update.member});
  }
  void change_site(std::uint8_t with) {
    call::SiteSettings settings;
    settings.private_calls = with % 4 != 0;
    settings.messenger = with % 3 != 0;
    settings.lifetime = 600s;
    (void)backend_->put_site({.site = kTown, .settings = settings, .audit = {}});
    hub_->site_changed(kTown);
  }
  void pass(std::chrono::milliseconds span) {
    at_ += span;
    hub_->tick(now());
  }
  void answer(std::size_t count) {
    for (; count > 0 && !tasks_.empty(); --count) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  void settle() {
    while (!tasks_.empty()) answer(tasks_.size());
  }

  // R50: what was told adds up to what is.
  void look_again(ConnectionId id, Screens::Screen& screen) {
    const auto told = screen.cards;
    std::vector<call::MemberId> members;
    for (const auto& [member, state] : told) members.push_back(member);
    ask(id, Watch{members});
    settle();
    for (const auto& [member, state] : told) {
      const auto fresh = screen.cards.find(member);
      if (fresh == screen.cards.end()) {
        must(!state.active || member == screen.member, "somebody who is gone looks active");
        continue;
      }
      must(fresh->second.active == state.active, "a card shows the wrong activity");
      must(fresh->second.callable == state.callable, "a card shows the wrong button");
      must(fresh->second.person == state.person, "a card shows the wrong person");
    }
  }

  store::MemoryBackend* backend_ = nullptr;
  std::deque<std::function<void()>> tasks_;
  std::unique_ptr<store::CallStore> store_;
  Screens screens_;
  std::unique_ptr<CallsHub> hub_;
  std::chrono::milliseconds at_{1'000'000};
  std::size_t opened_ = 0;
  std::size_t asked_ = 0;
  std::uint64_t drawn_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Town town;
  // Two bytes per event: which, and what with it.
  for (std::size_t i = 0; i + 1 < size && i < 600; i += 2) {
    town.event(data[i], data[i + 1]);
    if (data[i] >= 250) town.check();
  }
  town.end();
  return 0;
}

// A parley::Server in memory: remembers what it was asked, answers as it is told, and tells the rooms' events like the
// real one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/server.h"

namespace parley::signaling::test {

class FakeServer : public Server {
 public:
  struct Session {
    JoinRequest request;
    std::vector<std::string> offers;
    bool live = true;
  };

  Observer* observer = nullptr;
  std::map<SessionId, Session> sessions;
  std::vector<std::pair<SessionId, CloseReason>> left;
  std::vector<std::pair<std::string, bool>> mutes;
  std::vector<IceRestart> restarts;
  std::vector<std::pair<SessionId, RoomEvent>> during_join;  // told before join() returns
  std::vector<RoomEvent> during_negotiate;                   // to the session, before negotiate() returns
  std::optional<Error> next_error;                           // of the next join, negotiate, restart or mute
  std::optional<Error> refuse_offers;                        // while it is set
  bool is_ready = true;
  std::uint64_t last = 0;
  int generation = 0;

  void tell(SessionId to, const RoomEvent& event) {
    if (observer != nullptr) observer->on_event(to, event);
  }
  std::size_t live() const {
    std::size_t count = 0;
    for (const auto& [id, session] : sessions) count += session.live ? 1 : 0;
    return count;
  }

  Result<Joined> join(const JoinRequest& request) override {
    if (auto error = take_error()) return std::unexpected(*error);
    for (auto& [id, session] : sessions) {
      if (session.live && session.request.room == request.room && session.request.member == request.member) {
        end(id, CloseReason::kReplaced);
      }
    }
    const auto id = static_cast<SessionId>(++last);
    Joined joined;
    joined.session = id;
    const MemberInfo self{id, request.member, request.name};
    for (const auto& [other, session] : sessions) {
      if (!session.live || session.request.room != request.room) continue;
      joined.members.push_back({other, session.request.member, session.request.name});
      tell(other, MemberJoined{self});
    }
    sessions[id] = Session{request, {}, true};
    for (const auto& [to, event] : std::exchange(during_join, {})) tell(to, event);
    return joined;
  }

  Result<Negotiated> negotiate(SessionId session, std::string_view offer, const std::vector<TrackNote>&) override {
    if (auto error = take_error()) return std::unexpected(*error);
    if (refuse_offers) return std::unexpected(*refuse_offers);
    sessions[session].offers.emplace_back(offer);
    for (const RoomEvent& event : std::exchange(during_negotiate, {})) tell(session, event);
    return Negotiated{"v=0\r\nanswer\r\n", ufrag()};
  }

  Result<IceRestarted> restart_ice(SessionId, const IceRestart& restart) override {
    if (auto error = take_error()) return std::unexpected(*error);
    restarts.push_back(restart);
    ++generation;
    return IceRestarted{
        ufrag(), "serverpasswordserverpassword", {"candidate:1 1 udp 2130706431 192.0.2.1 7000 typ host"}};
  }

  Result<void> set_muted(SessionId, std::string_view mid, bool muted) override {
    if (auto error = take_error()) return std::unexpected(*error);
    mutes.emplace_back(mid, muted);
    return {};
  }

  void leave(SessionId session, CloseReason reason) override {
    left.emplace_back(session, reason);
    end(session, reason);
  }

  std::vector<std::string> addresses() const override { return {"192.0.2.1:7000"}; }
  Result<unsigned> worker_of(std::string_view) const override { return 0u; }
  void collect_stats(std::function<void(ServerStats)> done) override { stats_wanted.push_back(std::move(done)); }
  bool ready() const override { return is_ready; }
  void stop() override {
    is_ready = false;
    for (auto& [id, session] : sessions) end(id, CloseReason::kShutdown);
  }

  std::vector<std::function<void(ServerStats)>> stats_wanted;
  std::string ufrag() const { return "serverufrag" + std::to_string(generation); }

 private:
  void end(SessionId id, CloseReason reason) {
    const auto it = sessions.find(id);
    if (it == sessions.end() || !it->second.live) return;
    it->second.live = false;
    const MemberInfo gone{id, it->second.request.member, it->second.request.name};
    for (const auto& [other, session] : sessions) {
      if (session.live && session.request.room == it->second.request.room) tell(other, MemberLeft{gone, reason});
    }
    tell(id, Closed{reason});
  }
  std::optional<Error> take_error() { return std::exchange(next_error, std::nullopt); }
};

}  // namespace parley::signaling::test

// The server behind include/parley/server.h: leads calls to the registry and the rules, commands to the workers, and
// what the workers report back to the user. Control thread; the workers are reached by mailbox only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/rng.h"
#include "io/mailbox.h"
#include "io/worker.h"
#include "parley/server.h"
#include "sdp/answer.h"
#include "server/config_check.h"
#include "server/placement.h"
#include "server/room_control.h"
#include "transport/certificate.h"

namespace parley {

class ServerImpl final : public Server {
 public:
  ServerImpl(const Config& config, const CheckedMedia& media, const Certificate& certificate, uv_loop_s* loop,
             Observer& observer, LogSink log);
  ~ServerImpl() override;

  // Opens the ports and starts the threads. What began is undone by the destructor.
  Result<void> open();

  Result<Joined> join(const JoinRequest& request) override;
  Result<Negotiated> negotiate(SessionId session, std::string_view offer, const std::vector<TrackNote>& notes) override;
  Result<IceRestarted> restart_ice(SessionId session, const IceRestart& restart) override;
  Result<void> set_muted(SessionId session, std::string_view mid, bool muted) override;
  void leave(SessionId session, CloseReason reason) override;

  std::vector<std::string> addresses() const override;
  Result<unsigned> worker_of(std::string_view room) const override;
  void collect_stats(std::function<void(ServerStats)> done) override;
  bool ready() const override { return ready_; }
  void stop() override;

 private:
  struct WorkerPlace {
    std::unique_ptr<Worker> worker;
    std::vector<sdp::Candidate> candidates;
  };
  struct StatsRound {
    std::function<void(ServerStats)> done;
    ServerStats stats;
    std::size_t missing = 0;
  };

  Result<void> open_worker(unsigned index, const std::vector<Address>& machine);
  WorkerConfig worker_config(unsigned index) const;
  sdp::AnswerContext answer_context(const SessionRecord& session);
  Result<SessionRecord*> find(SessionId session);
  RoomRecord& room_for(std::string_view name);
  void end(SessionRecord& session, CloseReason reason);
  void post(unsigned worker, Commands commands);
  unsigned worker_of(const SessionRecord& session) { return registry_.room_of(session).worker; }
  void on_wake();
  void on_report(WorkerReport& report);
  void on_stats(unsigned worker, StatsReply& reply);
  void say(LogLevel level, const std::string& line) const;

  Config config_;
  CheckedMedia media_;
  Certificate certificate_;
  LogSink log_;
  Rng rng_;  // for SSRCs and session numbers in SDP

  Doorbell doorbell_;
  Mailbox<WorkerReport> reports_;
  Registry registry_;
  EventQueue events_;
  RoomControl rooms_;
  Placement placement_;
  std::vector<WorkerPlace> workers_;

  std::unordered_map<std::uint64_t, StatsRound> stats_rounds_;
  std::vector<StatsRound> finished_stats_;  // to be told
  std::uint64_t next_stats_round_ = 1;
  bool ready_ = false;
};

}  // namespace parley

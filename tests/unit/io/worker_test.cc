#include "io/worker.h"

#include <gtest/gtest.h>
#include <uv.h>

#include "unit/io/stun_client.h"

namespace parley {
namespace {

using testing::loopback;
using testing::open_socket;

// Never asked in these tests: nobody gets as far as DTLS.
class NoDtls final : public DtlsFactory {
 public:
  std::unique_ptr<Dtls> make(const Fingerprint&, Time) override { return std::make_unique<Silent>(); }

 private:
  class Silent final : public Dtls {
   public:
    DtlsState receive(Bytes, Time, DtlsSink&) override { return DtlsState::kNew; }
    DtlsState tick(Time, DtlsSink&) override { return DtlsState::kNew; }
    Time next_deadline() const override { return kNever; }
    DtlsState state() const override { return DtlsState::kNew; }
    const SrtpKeys* keys() const override { return nullptr; }
    std::string_view failure() const override { return {}; }
    void close(DtlsSink&) override {}
  };
};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() : doorbell_((uv_loop_init(&loop_), &loop_), [this] { on_ring(); }), reports_(doorbell_) {
    uv_timer_init(&loop_, &deadline_);
  }
  ~WorkerTest() override {
    if (worker_) worker_->stop();
    doorbell_.close();
    uv_close(reinterpret_cast<uv_handle_t*>(&deadline_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }

  void start(EngineConfig engine = {}, const std::vector<Address>& listen = {loopback()}) {
    auto sockets = open_sockets(listen, testing::kBuffer);
    ASSERT_TRUE(sockets) << sockets.error().message;
    auto worker = Worker::start({.index = 7, .packets = 512, .engine = engine, .seed = 1}, std::move(*sockets),
                                std::make_unique<NoDtls>(), reports_);
    ASSERT_TRUE(worker) << worker.error();
    worker_ = std::move(*worker);
  }

  AddSession session(std::uint64_t number) const {
    AddSession add;
    add.session = SessionId{number};
    add.room = RoomId{1};
    add.params.local_ice = server_ice_;
    add.params.remote_ice = client_ice_;
    return add;
  }

  // Runs the control loop until `enough`, or for five seconds.
  template <class F>
  bool run_until(F enough) {
    bool late = false;
    deadline_.data = &late;
    uv_update_time(&loop_);
    uv_timer_start(
        &deadline_, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; }, testing::kDeadlineMs, 0);
    while (!enough() && !late) uv_run(&loop_, UV_RUN_ONCE);
    uv_timer_stop(&deadline_);
    return !late;
  }

  WorkerStats stats() {
    stats_.reset();
    worker_->request_stats(42);
    EXPECT_TRUE(run_until([this] { return stats_.has_value(); }));
    return stats_.value_or(WorkerStats{});
  }

  const IceCredentials server_ice_ = random_ice_credentials();
  const IceCredentials client_ice_ = random_ice_credentials();
  uv_loop_t loop_{};
  uv_timer_t deadline_{};
  Doorbell doorbell_;
  Mailbox<WorkerReport> reports_;
  std::unique_ptr<Worker> worker_;
  std::vector<EngineEvent> events_;
  std::optional<WorkerStats> stats_;

 private:
  void on_ring() {
    for (WorkerReport& report : reports_.take()) {
      EXPECT_EQ(report.worker, 7u);
      if (auto* reply = std::get_if<StatsReply>(&report.content)) {
        EXPECT_EQ(reply->request, 42u);
        stats_ = std::move(reply->stats);
      } else {
        for (const EngineEvent& event : std::get<std::vector<EngineEvent>>(report.content)) events_.push_back(event);
      }
    }
  }
};

TEST_F(WorkerTest, AnswersTheConnectivityCheckOfASession) {
  start();
  worker_->post({session(1)});
  const UdpSocket client = open_socket(loopback());
  EXPECT_EQ(testing::check(client, worker_->addresses()[0], client_ice_, server_ice_), client.local());
}

TEST_F(WorkerTest, AnswersOnEachOfItsAddresses) {
  start({}, {loopback(), Address::v4({127, 0, 0, 2}, 0)});
  ASSERT_EQ(worker_->addresses().size(), 2u);
  worker_->post({session(1)});
  for (const Address& address : worker_->addresses()) {
    const UdpSocket client = open_socket(loopback());
    EXPECT_EQ(testing::check(client, address, client_ice_, server_ice_), client.local());
  }
}

TEST_F(WorkerTest, AnswersNobodyItDoesNotKnowAndCountsThem) {
  start();
  const UdpSocket client = open_socket(loopback());
  testing::send_check(client, worker_->addresses()[0], client_ice_, server_ice_);
  testing::send_text(client, worker_->addresses()[0], "\xff what is this");
  for (int i = 0; i < 1000 && stats().datagrams_received < 2; ++i) {
  }
  worker_->post({session(1)});
  ASSERT_TRUE(testing::check(client, worker_->addresses()[0], client_ice_, server_ice_));

  const WorkerStats stats = this->stats();
  EXPECT_EQ(stats.datagrams_received, 3u);
  EXPECT_EQ(stats.datagrams_sent, 1u);
  EXPECT_EQ(stats.sessions, 1u);
  EXPECT_EQ(stats.rooms, 1u);
  EXPECT_EQ(stats.packets_in_use, 0u);
  const std::vector<std::pair<std::string, std::uint64_t>> drops = {{"unknown_datagram", 1}, {"stun_integrity", 1}};
  EXPECT_EQ(stats.drops, drops);
}

TEST_F(WorkerTest, FeelsTimePassAndReportsWhoNeverConnected) {
  start({.ice_connect_timeout = 20ms});
  worker_->post({session(5)});
  ASSERT_TRUE(run_until([this] { return !events_.empty(); }));
  const auto* ended = std::get_if<SessionEnded>(&events_[0]);
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(ended->session, SessionId{5});
  EXPECT_EQ(ended->reason, CloseReason::kIceTimeout);
  EXPECT_EQ(stats().sessions, 0u);
}

TEST_F(WorkerTest, StopsTwiceAndTakesCommandsStill) {
  start();
  worker_->stop();
  worker_->stop();
  worker_->post({session(1)});
  worker_->request_stats(42);
}

TEST_F(WorkerTest, GivesItsPortBack) {
  start();
  const Address address = worker_->addresses()[0];
  EXPECT_FALSE(UdpSocket::open(address, testing::kBuffer).has_value());
  worker_->stop();
  EXPECT_TRUE(UdpSocket::open(address, testing::kBuffer).has_value());
}

}  // namespace
}  // namespace parley

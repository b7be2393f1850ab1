#include "parley/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <uv.h>

#include <algorithm>
#include <fstream>

#include "unit/server/client.h"
#include "unit/server/event_recorder.h"

namespace parley {
namespace {

using testing::Client;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::EventRecorder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::OfferLine;
using ::testing::StartsWith;

Config small_config() {
  Config config;
  config.media.workers = 2;
  config.media.udp_port = 0;
  config.media.listen = {"127.0.0.1"};
  config.media.packets_per_worker = 512;
  config.media.socket_buffer = 256 * 1024;
  return config;
}

const OfferLine kMicrophone{"m", "audio", "sendonly"};
const OfferLine kAudioSlot{"a0", "audio", "recvonly"};

class ServerTest : public ::testing::Test, protected EventRecorder {
 protected:
  ServerTest() {
    uv_loop_init(&loop_);
    uv_timer_init(&loop_, &deadline_);
  }
  ~ServerTest() override {
    server_.reset();
    uv_close(reinterpret_cast<uv_handle_t*>(&deadline_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }

  void start(const Config& config = small_config()) {
    auto server = Server::start(config, &loop_, *this,
                                [this](LogLevel level, std::string_view line) { log_.emplace_back(level, line); });
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  Error start_error(const Config& config) {
    auto server = Server::start(config, &loop_, *this, {});
    EXPECT_FALSE(server.has_value());
    return server ? Error{} : server.error();
  }

  SessionId join(const std::string& room, const std::string& member, Permissions permissions = {true, true}) {
    const auto joined = server_->join({room, member, member, permissions, {}});
    EXPECT_TRUE(joined) << joined.error().message;
    return joined ? joined->session : SessionId{};
  }
  Negotiated negotiate(SessionId session, const std::string& offer) {
    auto negotiated = server_->negotiate(session, offer, {});
    EXPECT_TRUE(negotiated) << negotiated.error().message;
    return negotiated ? *negotiated : Negotiated{};
  }
  void connect(Client& client, SessionId session, const std::vector<OfferLine>& lines) {
    client.read_answer(negotiate(session, client.offer(lines)).answer);
    client.connect();
    ASSERT_TRUE(run_until_event(std::to_string(number(session)) + " connected"));
  }

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
  bool run_until_event(const std::string& beginning) {
    return run_until(
        [&] { return std::ranges::any_of(events, [&](const auto& e) { return e.starts_with(beginning); }); });
  }

  uv_loop_t loop_{};
  uv_timer_t deadline_{};
  std::unique_ptr<Server> server_;
  std::vector<std::pair<LogLevel, std::string>> log_;
};

TEST_F(ServerTest, CarriesMediaFromOneClientToAnotherAndSaysSo) {
  start();
  const SessionId alice = join("room", "alice");
  const SessionId bob = join("room", "bob");
  Client a, b;
  connect(a, alice, {kMicrophone});
  connect(b, bob, {kAudioSlot});

  for (std::uint16_t i = 0; i < 20; ++i) a.send_audio("m", i, "opus " + std::to_string(i));
  EXPECT_EQ(b.hear_rtp(), "opus 0");
  EXPECT_EQ(b.hear_rtp(), "opus 1");
  ASSERT_TRUE(run_until_event("2 bound a0=1/microphone")) << ::testing::PrintToString(events);

  server_->leave(alice, CloseReason::kLeft);
  ASSERT_TRUE(run_until_event("1 closed"));
  EXPECT_EQ(events.back(), "1 closed left");
  EXPECT_THAT(events, Contains("2 unbound a0=1/microphone member_left"));
}

TEST_F(ServerTest, NeverTellsAnEventFromWithinACall) {
  start();
  join("room", "alice");
  join("room", "bob");
  EXPECT_THAT(events, IsEmpty());
  ASSERT_TRUE(run_until_event("1 joined bob"));
}

TEST_F(ServerTest, TheNewestOfOneMemberWins) {
  start();
  const SessionId first = join("room", "alice");
  const SessionId second = join("room", "alice");
  EXPECT_NE(first, second);
  ASSERT_TRUE(run_until_event("1 closed replaced"));
  EXPECT_THAT(events, ElementsAre("1 closed replaced"));
  EXPECT_EQ(server_->set_muted(first, "m", true).error().code, ErrorCode::kNotFound);
}

TEST_F(ServerTest, PlacesRoomsOnTheWorkerWithTheFewestSessions) {
  start();
  join("a", "1");
  join("b", "1");
  EXPECT_NE(*server_->worker_of("a"), *server_->worker_of("b"));
  join("a", "2");
  join("c", "1");
  EXPECT_EQ(*server_->worker_of("c"), *server_->worker_of("b"));
  EXPECT_EQ(server_->worker_of("nowhere").error().code, ErrorCode::kNotFound);
}

TEST_F(ServerTest, AnswersWithTheCandidatesOfTheRoomsWorker) {
  start();
  const std::vector<std::string> addresses = server_->addresses();
  ASSERT_EQ(addresses.size(), 2u);
  for (const char* room : {"a", "b"}) {
    Client client;
    client.read_answer(negotiate(join(room, "1"), client.offer({kAudioSlot})).answer);
    EXPECT_EQ(client.server().to_string(), addresses[*server_->worker_of(room)]);
    EXPECT_EQ(testing::check(client.socket(), client.server(), client.ice_, client.server_ice_),
              client.socket().local());
  }
}

TEST_F(ServerTest, ARefusedOfferChangesNothing) {
  start();
  const SessionId alice = join("room", "alice");
  join("room", "bob");
  Client client;
  const Negotiated first = negotiate(alice, client.offer({kMicrophone}));
  ASSERT_TRUE(run_until_event("2 published"));
  take();

  EXPECT_EQ(server_->negotiate(alice, "v=0\r\nnonsense", {}).error().code, ErrorCode::kBadSdp);
  const std::vector<TrackNote> wrong = {{"n", TrackSource::kScreen, false}};
  const std::string more = client.offer({kMicrophone, {"n", "audio", "sendonly"}});
  EXPECT_EQ(server_->negotiate(alice, more, wrong).error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(server_->negotiate(alice, std::string(1 << 20, 'x'), {}).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(server_->set_muted(alice, "n", true).error().code, ErrorCode::kNotFound);

  EXPECT_EQ(negotiate(alice, client.offer({kMicrophone})).ice_ufrag, first.ice_ufrag);
  EXPECT_TRUE(server_->set_muted(alice, "m", true));
  ASSERT_TRUE(run_until_event("2 mute"));
  EXPECT_THAT(events, ElementsAre("2 mute 1/microphone (muted)"));
}

TEST_F(ServerTest, PermissionsDecideWhatAnOfferGets) {
  start();
  const SessionId viewer = join("room", "viewer", {.publish = false, .subscribe = true});
  join("room", "bob");
  Client client;
  negotiate(viewer, client.offer({kMicrophone, kAudioSlot}));
  EXPECT_EQ(server_->set_muted(viewer, "m", true).error().code, ErrorCode::kNotFound);
}

TEST_F(ServerTest, RestartsIceWithoutAnOffer) {
  start();
  const SessionId alice = join("room", "alice");
  EXPECT_EQ(server_->restart_ice(alice, {"ufra", std::string(22, 'p')}).error().code, ErrorCode::kConflict);
  Client client;
  connect(client, alice, {kMicrophone});

  client.ice_ = random_ice_credentials();
  const auto restarted = server_->restart_ice(alice, {client.ice_.ufrag, client.ice_.pwd});
  ASSERT_TRUE(restarted) << restarted.error().message;
  EXPECT_NE(restarted->ufrag, client.server_ice_.ufrag);
  ASSERT_EQ(restarted->candidates.size(), 1u);
  EXPECT_THAT(restarted->candidates[0], StartsWith("candidate:1 1 udp"));

  // The worker learns of it by mailbox, so a check may come too early; the next one does not.
  client.server_ice_ = {restarted->ufrag, restarted->pwd};
  std::optional<Address> seen;
  for (int i = 0; i < 50 && !seen; ++i) {
    testing::send_check(client.socket(), client.server(), client.ice_, client.server_ice_);
    seen = testing::hear_success(client.socket(), restarted->pwd, 100);
  }
  EXPECT_EQ(seen, client.socket().local());
}

TEST_F(ServerTest, LimitsWhatStrangersCanGrow) {
  Config config = small_config();
  config.limits.max_rooms = 2;
  config.limits.max_sessions = 3;
  config.limits.max_sessions_per_room = 2;
  start(config);
  join("a", "1");
  join("a", "2");
  EXPECT_EQ(server_->join({"a", "3", "", {}, {}}).error().message, "the room is full");
  EXPECT_TRUE(server_->join({"a", "2", "", {}, {}})) << "who replaces themselves needs no more room";
  join("b", "1");
  EXPECT_EQ(server_->join({"b", "2", "", {}, {}}).error().code, ErrorCode::kTooMany);
  EXPECT_EQ(server_->join({"", "2", "", {}, {}}).error().code, ErrorCode::kBadRequest);
}

TEST_F(ServerTest, ReportsAClientThatNeverCame) {
  Config config = small_config();
  config.timing.ice_connect_timeout = std::chrono::milliseconds(20);
  start(config);
  Client client;
  negotiate(join("room", "alice"), client.offer({kMicrophone}));
  ASSERT_TRUE(run_until_event("1 closed ice_timeout"));
  EXPECT_EQ(server_->worker_of("room").error().code, ErrorCode::kNotFound);
}

TEST_F(ServerTest, CollectsFigures) {
  start();
  Client client;
  connect(client, join("room", "alice"), {kMicrophone});
  std::optional<ServerStats> stats;
  server_->collect_stats([&stats](ServerStats s) { stats = std::move(s); });
  ASSERT_TRUE(run_until([&stats] { return stats.has_value(); }));
  EXPECT_EQ(stats->sessions, 1u);
  EXPECT_EQ(stats->rooms, 1u);
  ASSERT_EQ(stats->workers.size(), 2u);
  EXPECT_EQ(stats->workers[0].sessions + stats->workers[1].sessions, 1u);
  EXPECT_GT(stats->workers[0].datagrams_sent + stats->workers[1].datagrams_sent, 0u);
}

TEST_F(ServerTest, StopsOnceAndForAll) {
  start();
  const SessionId alice = join("room", "alice");
  Client client;
  negotiate(alice, client.offer({kMicrophone}));
  join("room", "bob");
  EXPECT_TRUE(server_->ready());
  bool answered = false;
  server_->collect_stats([&answered](const ServerStats&) { answered = true; });
  server_->stop();
  EXPECT_FALSE(server_->ready());
  EXPECT_TRUE(answered);
  EXPECT_THAT(events, Contains("1 closed shutdown"));
  EXPECT_EQ(events.back(), "2 closed shutdown");
  server_->stop();
  EXPECT_EQ(server_->join({"room", "carol", "", {}, {}}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(server_->negotiate(alice, client.offer({kMicrophone}), {}).error().code, ErrorCode::kNotFound);
}

TEST_F(ServerTest, RefusesToStartWithASentenceThatNamesTheKey) {
  Config config = small_config();
  config.media.listen = {"nowhere"};
  EXPECT_EQ(start_error(config).code, ErrorCode::kConfig);
  EXPECT_THAT(start_error(config).message, StartsWith("media.listen: "));

  config = small_config();
  config.media.listen = {"198.51.100.77"};
  EXPECT_EQ(start_error(config).code, ErrorCode::kEnvironment);
  EXPECT_THAT(start_error(config).message, HasSubstr("198.51.100.77"));

  config = small_config();
  config.media.dtls_certificate = "/nonexistent/certificate.pem";
  config.media.dtls_key = "/nonexistent/key.pem";
  EXPECT_EQ(start_error(config).code, ErrorCode::kEnvironment);
  EXPECT_THAT(start_error(config).message,
              StartsWith("media.dtls_certificate: can't read /nonexistent/certificate.pem: No such file"));

  const std::string nonsense = ::testing::TempDir() + "nonsense.pem";
  std::ofstream(nonsense) << "nonsense";
  config.media.dtls_certificate = config.media.dtls_key = nonsense;
  EXPECT_EQ(start_error(config).code, ErrorCode::kConfig);
  EXPECT_THAT(start_error(config).message, StartsWith("media.dtls_certificate: "));
}

}  // namespace
}  // namespace parley

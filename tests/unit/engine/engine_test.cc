#include "engine/engine.h"

#include <gtest/gtest.h>

#include <map>

#include "base/check.h"
#include "support/bare_client.h"

namespace parley {
namespace {

using test::Buffer;
using test::path_of;

constexpr RoomId kRoom{1};

class EngineTest : public testing::Test {
 protected:
  // Session n publishes video as track 10 n and has a slot of video; its peer lives at port n.
  static SessionParams params(std::uint16_t n, std::string ufrag = "") {
    SessionParams params;
    params.local_ice = {ufrag.empty() ? "server" + std::to_string(n) : std::move(ufrag), "password-of-the-server-1"};
    params.remote_ice = {"peer", "password-of-the-peer-123"};
    params.extensions = test::kPublisherIds;
    params.cname = "cname";
    params.receive.push_back({"v", MediaKind::kVideo, {test::video_codec()}, {}, {}});
    params.send.push_back(test::slot("slot", 1000u * n, test::video_codec()));
    return params;
  }
  static SessionId session(std::uint16_t n) { return SessionId{n}; }
  static TrackId track(std::uint16_t n) { return TrackId{n * 10u}; }

  void execute(Command command) {
    engine_->execute(std::move(command), now_, out_);
    after();
  }
  void receive(const Path& path, const Buffer& bytes) {
    engine_->receive({path, now_, pool_.copy_of(bytes)}, out_);
    after();
  }
  void tick(Duration later = 20ms) {
    now_ += later;
    engine_->tick(now_, out_);
    after();
  }
  void after() {
    engine_->flush(now_, out_);
    for (auto& [port, client] : clients_) client.open(out_.datagrams, port);
    sent_ += out_.datagrams.items().size();
    out_.datagrams.clear();
    events_.insert(events_.end(), out_.events.begin(), out_.events.end());
    out_.events.clear();
  }
  void check(std::uint16_t n, std::uint16_t port, std::string ufrag = "", bool nominate = true) {
    receive(path_of(port), test::binding_request(params(n, std::move(ufrag)).local_ice, ++transaction_, nominate));
  }
  void add(std::uint16_t n, RoomId room = kRoom) {
    execute(AddSession{session(n), room, params(n)});
    execute(PublishTrack{session(n), track(n), "v", false});
  }
  test::Sealer& connect(std::uint16_t n) {
    clients_[n];
    check(n, n);
    receive(path_of(n), {test::kHello});
    return clients_[n];
  }
  void bind(std::uint16_t viewer, std::uint16_t publisher) {
    execute(BindSlot{session(viewer), "slot", track(publisher)});
  }
  void send(std::uint16_t n, std::uint16_t sequence, bool keyframe = true) {
    receive(path_of(n), sealed(n, sequence, keyframe));
  }
  Buffer sealed(std::uint16_t n, std::uint16_t sequence, bool keyframe = true) {
    test::RtpSpec spec;
    spec.sequence = sequence;
    spec.mid = "v";
    spec.payload = test::vp8_payload(sequence, keyframe);
    return clients_.at(n).rtp(test::make_rtp(spec));
  }
  template <class T>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(events_, [](const EngineEvent& e) { return std::holds_alternative<T>(e); }));
  }
  std::uint64_t dropped(DropReason reason) const { return engine_->stats().drops[reason]; }
  std::size_t heard(std::uint16_t n) { return clients_[n].opened_rtp.size(); }
  void remake(EngineConfig config) { engine_ = std::make_unique<Engine>(config, pool_, dtls_, Rng(1)); }

  PacketPool pool_{64};
  test::FakeDtlsFactory dtls_;
  std::unique_ptr<Engine> engine_ = std::make_unique<Engine>(EngineConfig{}, pool_, dtls_, Rng(1));
  EngineOutput out_;
  std::map<std::uint16_t, test::Sealer> clients_;
  std::vector<EngineEvent> events_;
  std::size_t sent_ = 0;
  std::uint8_t transaction_ = 0;
  Time now_{100s};
};

TEST_F(EngineTest, LeadsAPacketFromItsPublisherToItsSubscriber) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  EXPECT_EQ(count<SessionConnected>(), 2u);
  bind(2, 1);
  send(1, 100);
  ASSERT_EQ(heard(2), 1u);
  EXPECT_EQ(heard(1), 0u);
  EXPECT_EQ(clients_[2].opened_rtp[0].rtp().ssrc, Ssrc(2000));
  ASSERT_EQ(count<SlotStarted>(), 1u);
  EXPECT_EQ(engine_->stats().rtp_forwarded, 1u);
}

TEST_F(EngineTest, AStrangerGetsNoAnswerWhateverItSends) {
  add(1);
  receive(path_of(9), {test::kHello});
  receive(path_of(9), test::make_rtp({}));
  receive(path_of(9), {0x80, 200, 0, 1, 0, 0, 0, 0});
  receive(path_of(9), {0xff, 1, 2, 3});
  receive(path_of(9), {});
  receive(path_of(9), test::binding_request({"nobody", "password-of-the-server-1"}, 1));
  receive(path_of(9), test::binding_request({"server1", "a-password-that-is-wrong"}, 1));
  receive(path_of(9), {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(sent_, 0u);
  EXPECT_EQ(dropped(DropReason::kAddressNotValidated), 3u);
  EXPECT_EQ(dropped(DropReason::kUnknownDatagram), 2u);
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(EngineTest, ASessionRemovedInTheSameTurnStillSendsWhatWasQueued) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  bind(2, 1);
  // One turn: media, removal, and a newcomer in the same place of the table.
  engine_->receive({path_of(1), now_, pool_.copy_of(sealed(1, 100))}, out_);
  engine_->execute(RemoveSession{session(2)}, now_, out_);
  engine_->execute(AddSession{session(3), kRoom, params(3)}, now_, out_);
  after();
  EXPECT_EQ(heard(2), 1u);
  EXPECT_EQ(clients_[2].opened_rtcp.size(), 1u) << "a BYE";
  EXPECT_EQ(clients_[2].dtls.size(), 2u) << "the handshake and a close_notify";
  EXPECT_EQ(pool_.in_use(), 0u);
  send(1, 101);
  EXPECT_EQ(heard(2), 1u);
}

TEST_F(EngineTest, RemovalIsAnsweredByNoEvent) {
  add(1);
  connect(1);
  execute(RemoveSession{session(1)});
  EXPECT_EQ(count<SessionEnded>(), 0u);
  EXPECT_EQ(engine_->stats().sessions, 0u);
  EXPECT_EQ(engine_->stats().rooms, 0u);
}

TEST_F(EngineTest, APathTakenOverLeadsToItsNewOwnerAndBackAgain) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  bind(2, 1);
  send(1, 100);
  EXPECT_EQ(heard(2), 1u);
  check(2, 1, "", false);  // a client of session 2 writes from where session 1 was
  send(1, 101, false);
  EXPECT_EQ(heard(2), 1u);
  check(1, 1);  // session 1 proves it anew
  send(1, 102, false);
  EXPECT_EQ(heard(2), 2u);
}

TEST_F(EngineTest, ARetiredUfragIsNobodys) {
  add(1);
  connect(1);
  execute(RestartIce{session(1), {"fresh", "password-of-the-server-1"}, {"peer", "password-of-the-peer-123"}});
  check(1, 1);
  const std::size_t before = clients_[1].stun.size();
  check(1, 1);
  EXPECT_EQ(clients_[1].stun.size(), before + 1) << "answered until the new ones carry the session";
  check(1, 1, "fresh");
  check(1, 1);
  EXPECT_EQ(clients_[1].stun.size(), before + 2);
  EXPECT_EQ(dropped(DropReason::kStunIntegrity), 1u);
}

TEST_F(EngineTest, HandshakesAreBoundedAndTheRestTriesAgain) {
  EngineConfig config;
  config.max_handshakes = 2;
  remake(config);
  for (std::uint16_t n = 1; n <= 3; ++n) {
    add(n);
    clients_[n];
    check(n, n);
    receive(path_of(n), {test::kFlight});
  }
  EXPECT_EQ(dropped(DropReason::kDtlsTooEarly), 1u);
  receive(path_of(1), {test::kHello});
  tick();
  receive(path_of(3), {test::kHello});
  EXPECT_EQ(count<SessionConnected>(), 2u);
}

TEST_F(EngineTest, ASessionAddedTwiceStaysWhatItIs) {
  add(1);
  connect(1);
  const std::uint64_t bugs = bug_count();
  execute(AddSession{session(1), RoomId{2}, params(1, "other")});
  EXPECT_EQ(bug_count(), bugs + 1);
  EXPECT_EQ(count<SessionEnded>(), 0u) << "it has not ended";
  EXPECT_EQ(engine_->stats().sessions, 1u);
  EXPECT_EQ(engine_->stats().rooms, 1u);
}

TEST_F(EngineTest, MoreSessionsThanItHoldsAreRefused) {
  EngineConfig config;
  config.max_sessions = 1;
  remake(config);
  add(1);
  add(2);
  ASSERT_EQ(count<SessionEnded>(), 1u);
  EXPECT_EQ(std::get<SessionEnded>(events_[0]).session, session(2));
  EXPECT_EQ(engine_->stats().sessions, 1u);
}

TEST_F(EngineTest, CommandsForWhatIsNotThereAreNoMatter) {
  execute(UpdateSession{session(9), params(9)});
  execute(RestartIce{session(9), {}, {}});
  execute(RemoveSession{session(9)});
  execute(PublishTrack{session(9), track(9), "v", false});
  execute(UnpublishTrack{track(9)});
  execute(MuteTrack{track(9), true});
  execute(BindSlot{session(9), "slot", track(9)});
  execute(UnbindSlot{session(9), "slot"});
  add(1);
  connect(1);
  execute(PublishTrack{session(1), track(7), "no such line", false});
  execute(BindSlot{session(1), "no such slot", track(1)});
  execute(BindSlot{session(1), "slot", track(9)});
  execute(UnbindSlot{session(1), "no such slot"});
  send(1, 100);
  EXPECT_EQ(events_.size(), 1u) << "connected, and nothing else";
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(EngineTest, ARoomThatEmptiedBeginsAnewUnderItsNumber) {
  add(1);
  connect(1);
  execute(RemoveSession{session(1)});
  add(2);
  add(3);
  connect(2);
  connect(3);
  execute(BindSlot{session(3), "slot", track(1)});
  bind(3, 2);
  send(2, 100);
  EXPECT_EQ(heard(3), 1u);
  EXPECT_EQ(engine_->stats().rooms, 1u);
}

TEST_F(EngineTest, TracksGoWithTheirSessionAndTheirNumberMayComeBack) {
  add(1);
  add(2);
  connect(2);
  const std::uint64_t bugs = bug_count();
  for (std::uint16_t i = 0; i < 100; ++i) {
    execute(RemoveSession{session(1)});
    add(1);
  }
  EXPECT_EQ(bug_count(), bugs) << "a track of a session that is gone is still known";
  connect(1);
  bind(2, 1);
  send(1, 100);
  EXPECT_EQ(heard(2), 1u);
}

TEST_F(EngineTest, RoomsDoNotHearEachOther) {
  add(1, RoomId{1});
  add(2, RoomId{2});
  connect(1);
  connect(2);
  bind(2, 1);
  send(1, 100);
  EXPECT_EQ(heard(2), 0u);
}

TEST_F(EngineTest, ASessionWithoutConsentEndsOnceAndInSilence) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  bind(2, 1);
  for (int i = 0; i < 20; ++i) {
    tick(2s);
    check(1, 1);
  }
  ASSERT_EQ(count<SessionEnded>(), 1u);
  EXPECT_EQ(clients_[2].dtls.size(), 1u) << "no close_notify without consent";
  EXPECT_EQ(count<SessionSuspect>(), 1u);
  send(1, 100);
  EXPECT_EQ(dropped(DropReason::kNoSubscriber), 1u);
}

TEST_F(EngineTest, ACloseNotifyEndsTheSession) {
  add(1);
  connect(1);
  receive(path_of(1), {test::kCloseNotify});
  ASSERT_EQ(count<SessionEnded>(), 1u);
  EXPECT_EQ(engine_->stats().sessions, 0u);
  receive(path_of(1), {test::kHello});
  EXPECT_EQ(dropped(DropReason::kAddressNotValidated), 1u);
}

TEST_F(EngineTest, AKeyframeWishTravelsToThePublisher) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  bind(2, 1);
  send(1, 100);
  tick(1s);
  clients_[1].forget();
  receive(path_of(2), clients_[2].write_rtcp([](ByteWriter& out) { write_pli(out, Ssrc(1), Ssrc(2000)); }));
  tick();
  bool asked = false;
  for (const test::OpenedRtcp& compound : clients_[1].opened_rtcp) {
    for (const RtcpPacket& packet : compound.packets()) {
      const auto pli = parse_pli(packet);
      asked = asked || (pli && pli->media == Ssrc(0x1111));
    }
  }
  EXPECT_TRUE(asked);
  EXPECT_EQ(engine_->stats().keyframes_requested, 1u) << "the binding's wish was granted before it was sent";
}

TEST_F(EngineTest, APublishersNewSsrcIsForwardedInTheSameStream) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  bind(2, 1);
  const auto send_as = [&](std::uint32_t ssrc, std::uint16_t sequence) {
    receive(path_of(1), clients_[1].rtp(test::make_rtp({.sequence = sequence,
                                                        .timestamp = ssrc * 77,
                                                        .ssrc = ssrc,
                                                        .mid = "v",
                                                        .payload = test::vp8_payload(sequence, true)})));
  };
  send_as(1, 60'000);
  send_as(1, 60'001);
  send_as(2, 5);
  send_as(2, 6);
  ASSERT_EQ(heard(2), 4u);
  for (std::size_t i = 1; i < 4; ++i) {
    const RtpView before = clients_[2].opened_rtp[i - 1].rtp(), rtp = clients_[2].opened_rtp[i].rtp();
    EXPECT_EQ(rtp.sequence, static_cast<std::uint16_t>(before.sequence + 1));
    EXPECT_LT(rtp.timestamp - before.timestamp, 90'000u);
  }
}

TEST_F(EngineTest, AnExhaustedPoolIsCountedAndRecovers) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  bind(2, 1);
  const Buffer first = sealed(1, 100), second = sealed(1, 101);
  PacketRef datagram = pool_.copy_of(first);
  std::vector<PacketRef> all;
  while (PacketRef packet = pool_.take()) all.push_back(std::move(packet));
  engine_->receive({path_of(1), now_, std::move(datagram)}, out_);
  after();
  EXPECT_EQ(heard(2), 0u);
  EXPECT_EQ(dropped(DropReason::kPoolExhausted), 1u);
  all.clear();
  receive(path_of(1), second);
  EXPECT_EQ(heard(2), 1u);
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(EngineTest, ItsDeadlineIsWhereTickHasWork) {
  EXPECT_EQ(engine_->next_deadline(), kNever);
  add(1);
  const Time deadline = engine_->next_deadline();
  EXPECT_EQ(deadline, now_ + 30s);
  now_ = deadline;
  tick(0s);
  EXPECT_EQ(count<SessionEnded>(), 1u);
  EXPECT_EQ(engine_->next_deadline(), kNever);
}

TEST_F(EngineTest, AllPacketsComeBackWhenItGoes) {
  add(1);
  add(2);
  connect(1);
  connect(2);
  bind(2, 1);
  engine_->receive({path_of(1), now_, pool_.copy_of(sealed(1, 100))}, out_);
  EXPECT_GT(pool_.in_use(), 0u);
  engine_.reset();
  EXPECT_EQ(pool_.in_use(), 0u);
}

}  // namespace
}  // namespace parley

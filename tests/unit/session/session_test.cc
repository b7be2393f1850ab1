#include "session/session.h"

#include <gtest/gtest.h>

#include "support/bare_client.h"
#include "support/media_packets.h"

namespace parley {
namespace {

using test::Buffer;
using test::path_of;

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    params_.local_ice = {"server", "password-of-the-server-1"};
    params_.remote_ice = {"peer", "password-of-the-peer-123"};
    params_.extensions = test::kPublisherIds;
    params_.cname = "cname";
    params_.receive.push_back({"v", MediaKind::kVideo, {test::video_codec()}, {}, {}});
    params_.send.push_back(test::slot("sa", 0xa1, test::opus_codec()));
    params_.send.push_back(test::slot("sv", 0xa2, test::video_codec()));
    make();
  }
  void make() { session_ = std::make_unique<Session>(params_, context_, 0, now_); }

  void check(std::uint16_t port = 1, bool nominate = true) {
    const Buffer request = test::binding_request(session_->local_ice(), ++transaction_, nominate);
    session_->receive_stun(*parse_stun(request), path_of(port), now_, out_, events_);
  }
  void dtls(std::uint8_t what, std::uint16_t port = 1) {
    session_->receive_dtls({path_of(port), now_, pool_.copy_of(Bytes(&what, 1))}, out_, events_);
  }
  void connect() {
    check();
    dtls(test::kHello);
  }
  void rtp(const test::RtpSpec& spec) {
    session_->receive_rtp({path_of(1), now_, pool_.copy_of(client_.rtp(test::make_rtp(spec)))}, events_);
  }
  template <class Write>
  void rtcp(Write&& write) {
    session_->receive_rtcp({path_of(1), now_, pool_.copy_of(client_.write_rtcp(write))}, events_);
  }
  void tick(Duration later) {
    now_ += later;
    session_->tick(now_, out_, events_);
  }
  void flush() {
    session_->flush(now_, out_);
    open();
  }
  void open() {
    client_.open(out_);
    out_.clear();
  }
  template <class T>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(events_, [](const SessionEvent& e) { return std::holds_alternative<T>(e); }));
  }
  std::vector<RtcpPacket> sent(RtcpType type) const {
    std::vector<RtcpPacket> found;
    for (const test::OpenedRtcp& compound : client_.opened_rtcp) {
      for (const RtcpPacket& packet : compound.packets()) {
        if (packet.type == type) found.push_back(packet);
      }
    }
    return found;
  }
  std::vector<Ssrc> byes() const {
    std::vector<Ssrc> found;
    for (const RtcpPacket& packet : sent(RtcpType::kBye)) {
      const auto bye = parse_bye(packet);
      for (const Ssrc ssrc : bye->ssrcs) found.push_back(ssrc);
    }
    return found;
  }
  SendStream& stream(std::string_view mid) { return *streams_.find(session_->slot(mid)); }

  PacketPool pool_{256};
  SlotMap<SendStream> streams_;
  DirtyList dirty_;
  DropCounters drops_;
  test::FakeDtlsFactory dtls_;
  Rng rng_{1};
  SessionContext context_{pool_, streams_, dirty_, drops_, dtls_, rng_, SrtpLibrary::kOpenssl, {}};
  SessionParams params_;
  Time now_{100s};
  std::unique_ptr<Session> session_;
  Outbox out_;
  SessionEvents events_;
  test::Sealer client_;
  std::uint8_t transaction_ = 0;
};

TEST_F(SessionTest, ComesUpByACheckAndAHandshake) {
  check();
  EXPECT_EQ(count<PathValidated>(), 1u);
  EXPECT_FALSE(session_->up());
  dtls(test::kFlight);
  EXPECT_TRUE(session_->handshaking());
  dtls(test::kHello);
  EXPECT_TRUE(session_->up());
  EXPECT_FALSE(session_->handshaking());
  EXPECT_EQ(count<SessionUp>(), 1u);
  dtls(test::kHello);
  EXPECT_EQ(count<SessionUp>(), 1u);
  open();
  EXPECT_EQ(client_.stun.size(), 1u);
  EXPECT_EQ(client_.dtls.size(), 1u);
}

TEST_F(SessionTest, EveryProofOfAPathIsTold) {
  check();
  check();
  EXPECT_EQ(count<PathValidated>(), 2u) << "the path may have been another session's between the two";
}

TEST_F(SessionTest, AWrongPasswordProvesNothing) {
  const Buffer request = test::binding_request({"server", "another-password-altogether"}, 1);
  session_->receive_stun(*parse_stun(request), path_of(1), now_, out_, events_);
  EXPECT_TRUE(events_.empty());
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(drops_[DropReason::kStunIntegrity], 1u);
}

TEST_F(SessionTest, SlotsAreHeldUntilThereAreKeysAndAPath) {
  EXPECT_TRUE(stream("sa").held());
  check(1, false);
  dtls(test::kHello);
  EXPECT_TRUE(session_->up());
  EXPECT_TRUE(stream("sa").held()) << "validated is not nominated";
  check();
  EXPECT_FALSE(stream("sa").held());
  EXPECT_FALSE(stream("sv").held());
}

TEST_F(SessionTest, VideoIsHeldWhileThePathIsSuspect) {
  connect();
  tick(8s);
  EXPECT_EQ(count<SuspectChanged>(), 1u);
  EXPECT_TRUE(stream("sv").held());
  EXPECT_FALSE(stream("sa").held());
  check();
  EXPECT_EQ(count<SuspectChanged>(), 2u);
  EXPECT_FALSE(stream("sv").held());
}

TEST_F(SessionTest, EverythingIsHeldWhenTheNominatedPathLostItsConsent) {
  connect();
  for (int i = 0; i < 8; ++i) {
    tick(4s);
    check(2, false);
  }
  EXPECT_EQ(count<SessionOver>(), 0u);
  tick(1ms);
  EXPECT_TRUE(stream("sa").held());
}

TEST_F(SessionTest, NothingIsSentOnceConsentIsGone) {
  connect();
  open();
  client_.forget();
  tick(31s);
  ASSERT_EQ(count<SessionOver>(), 1u);
  session_->close(now_, out_);
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(session_->next_deadline(), kNever);
}

TEST_F(SessionTest, AFailedHandshakeEndsItOnce) {
  check();
  dtls(test::kNonsense);
  dtls(test::kNonsense);
  ASSERT_EQ(count<SessionOver>(), 1u);
  EXPECT_EQ(drops_[DropReason::kDtlsFailed], 1u);
}

TEST_F(SessionTest, ACloseNotifyEndsIt) {
  connect();
  dtls(test::kCloseNotify);
  ASSERT_EQ(count<SessionOver>(), 1u);
}

TEST_F(SessionTest, MediaBeforeTheHandshakeIsDropped) {
  check();
  rtp({.mid = "v"});
  rtcp([](ByteWriter& out) { write_receiver_report(out, Ssrc(1)); });
  EXPECT_EQ(drops_[DropReason::kNoKeys], 2u);
}

TEST_F(SessionTest, MediaCrossesUpwardWithItsRoute) {
  connect();
  session_->set_route("v", Route{4, 1});
  rtp({.mid = "v", .payload = test::vp8_payload(1, true)});
  ASSERT_EQ(count<MediaPacket>(), 1u);
  EXPECT_EQ(std::get<MediaPacket>(events_.back()).route, (Route{4, 1}));
}

TEST_F(SessionTest, AReplayOrAForgeryDoesNot) {
  connect();
  const Buffer sealed = client_.rtp(test::make_rtp({.mid = "v", .payload = test::vp8_payload(1, true)}));
  Buffer forged = client_.rtp(test::make_rtp({.sequence = 101, .mid = "v", .payload = test::vp8_payload(1, true)}));
  forged.back() ^= 1;
  for (const Buffer& bytes : {sealed, sealed, forged})
    session_->receive_rtp({path_of(1), now_, pool_.copy_of(bytes)}, events_);
  EXPECT_EQ(count<MediaPacket>(), 1u);
  EXPECT_EQ(drops_[DropReason::kReplay], 1u);
  EXPECT_EQ(drops_[DropReason::kAuthentication], 1u);
}

TEST_F(SessionTest, TheFirstReceiverReportLeavesWithinAFifthOfASecond) {
  connect();
  tick(1ms);
  rtp({.ssrc = 0x77, .mid = "v", .payload = test::vp8_payload(1, true)});
  const Time heard = now_;
  client_.forget();
  while (sent(RtcpType::kReceiverReport).empty()) {
    ASSERT_LT(now_ - heard, 200ms);
    tick(20ms);
    flush();
  }
  EXPECT_EQ(parse_receiver_report(sent(RtcpType::kReceiverReport)[0])->blocks[0].ssrc, Ssrc(0x77));
  EXPECT_EQ(sent(RtcpType::kSdes).size(), 1u);
}

TEST_F(SessionTest, KeyframeRequestsAreCompoundUnlessReducedSizeWasAnswered) {
  connect();
  session_->set_route("v", Route{4, 1});
  EXPECT_FALSE(session_->request_keyframe(Route{4, 1})) << "nobody was heard";
  rtp({.ssrc = 0x77, .mid = "v", .payload = test::vp8_payload(1, true)});
  EXPECT_TRUE(session_->request_keyframe(Route{4, 1}));
  flush();
  ASSERT_EQ(client_.opened_rtcp.size(), 1u);
  EXPECT_EQ(client_.opened_rtcp[0].packets().size(), 3u);

  client_.forget();
  params_.reduced_size_rtcp = true;
  session_->update(params_, now_, events_);
  EXPECT_TRUE(session_->request_keyframe(Route{4, 1}));
  flush();
  ASSERT_EQ(client_.opened_rtcp.size(), 1u);
  EXPECT_EQ(client_.opened_rtcp[0].packets().size(), 1u);
}

TEST_F(SessionTest, AnUpdateKeepsWhatStaysAndSaysByeForWhatGoes) {
  connect();
  const auto audio = session_->slot("sa");
  params_.send.erase(params_.send.begin() + 1);
  params_.send.push_back(test::slot("new", 0xa3, test::video_codec()));
  session_->update(params_, now_, events_);
  EXPECT_EQ(session_->slot("sa"), audio);
  EXPECT_FALSE(session_->slot("sv"));
  EXPECT_FALSE(stream("new").held());
  flush();
  EXPECT_EQ(byes(), std::vector{Ssrc(0xa2)});
  EXPECT_EQ(streams_.size(), 2u);
}

TEST_F(SessionTest, EverySlotThatGoesSaysByeHoweverMany) {
  for (std::uint32_t i = 0; i < 70; ++i)
    params_.send.push_back(test::slot("x" + std::to_string(i), 1000 + i, test::video_codec()));
  make();
  connect();
  params_.send.clear();
  session_->update(params_, now_, events_);
  flush();
  EXPECT_EQ(byes().size(), 72u);
}

TEST_F(SessionTest, ClosingSaysByeAndCloseNotifyAndSendsWhatWaits) {
  connect();
  open();
  client_.forget();
  ASSERT_TRUE(stream("sv").forward(test::make_media(pool_, {.payload = test::vp8_payload(1, true)}, now_)));
  session_->close(now_, out_);
  open();
  EXPECT_EQ(client_.opened_rtp.size(), 1u);
  EXPECT_EQ(byes().size(), 2u);
  EXPECT_EQ(client_.dtls.size(), 1u);
}

TEST_F(SessionTest, ItsSlotsGoWithItAndItsPacketsComeBack) {
  connect();
  ASSERT_TRUE(stream("sv").forward(test::make_media(pool_, {.payload = test::vp8_payload(1, true)}, now_)));
  session_.reset();
  out_.clear();
  events_.clear();
  EXPECT_TRUE(streams_.empty());
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(SessionTest, AnExhaustedPoolSilencesItForAWhileOnly) {
  std::vector<PacketRef> all;
  while (PacketRef packet = pool_.take()) all.push_back(std::move(packet));
  check();
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(drops_[DropReason::kPoolExhausted], 1u);
  all.clear();
  connect();
  EXPECT_TRUE(session_->up());
  open();
  while (PacketRef packet = pool_.take()) all.push_back(std::move(packet));
  tick(2s);
  session_->close(now_, out_);
  EXPECT_TRUE(out_.empty());
}

TEST_F(SessionTest, ARestartRetiresTheOldCredentialsOnceANewPairIsNominated) {
  connect();
  session_->restart_ice({"server2", "password-of-the-server-2"}, {"peer2", "password-of-the-peer-222"}, now_, events_);
  EXPECT_EQ(count<UfragRetired>(), 0u);
  check(2);
  ASSERT_EQ(count<UfragRetired>(), 1u);
  EXPECT_EQ(
      std::get<UfragRetired>(
          *std::ranges::find_if(events_, [](const SessionEvent& e) { return std::holds_alternative<UfragRetired>(e); }))
          .ufrag,
      "server");
  EXPECT_TRUE(session_->up()) << "keys outlive a restart";
}

TEST_F(SessionTest, AnUpdateWithOtherCredentialsIsARestart) {
  connect();
  params_.local_ice = {"server2", "password-of-the-server-2"};
  session_->update(params_, now_, events_);
  EXPECT_EQ(session_->local_ice().ufrag, "server2");
  check(2);
  EXPECT_EQ(count<UfragRetired>(), 1u);
}

TEST_F(SessionTest, ASenderReportFollowsTheFirstPacketAndIsOnItsLine) {
  connect();
  tick(1ms);
  ASSERT_TRUE(stream("sv").forward(test::make_media(pool_, {.payload = test::vp8_payload(1, true)}, now_)));
  flush();
  const std::uint32_t timestamp = client_.opened_rtp.at(0).rtp().timestamp;
  const Time sent_at = now_;
  tick(50ms);
  flush();
  ASSERT_EQ(sent(RtcpType::kSenderReport).size(), 1u);
  const SenderInfo info = parse_sender_report(sent(RtcpType::kSenderReport)[0])->info;
  EXPECT_EQ(info.sender, Ssrc(0xa2));
  EXPECT_EQ(info.ntp, to_ntp(now_));
  EXPECT_EQ(info.rtp_timestamp - timestamp, static_cast<std::uint32_t>(to_seconds(now_ - sent_at) * 90'000));
  EXPECT_EQ(info.packet_count, 1u);
}

TEST_F(SessionTest, ABrokenCompoundIsCounted) {
  connect();
  rtcp([](ByteWriter& out) {
    write_receiver_report(out, Ssrc(1));
    out.be32(0x81c9'0007);
  });
  EXPECT_EQ(drops_[DropReason::kBadRtcp], 1u);
}

}  // namespace
}  // namespace parley

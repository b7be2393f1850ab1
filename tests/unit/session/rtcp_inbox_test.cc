#include "session/rtcp_inbox.h"

#include <gtest/gtest.h>

#include "support/bare_client.h"

namespace parley {
namespace {

using test::Buffer;

class RtcpInboxTest : public testing::Test {
 protected:
  RtcpInboxTest() {
    params_.extensions = test::kPublisherIds;
    params_.receive.push_back({"v", MediaKind::kVideo, {test::video_codec()}, {}, {{Ssrc(0x1111), {}}}});
    ingress_.configure(params_);
    ingress_.set_route("v", Route{5, 1});
    for (std::uint32_t ssrc : {0xa1u, 0xa2u}) {
      const auto h = streams_.emplace(SendStreamParams{"m", MediaKind::kVideo, Ssrc(ssrc), {}}, queue_, rng_);
      slots_.push_back({Ssrc(ssrc), h});
    }
  }
  template <class Write>
  bool receive(Write&& write) {
    Buffer bytes(1200);
    ByteWriter out(bytes);
    write(out);
    EXPECT_TRUE(out.ok());
    return receive_rtcp(out.written(), now_, ingress_, slots_, streams_, round_trip_, events_);
  }
  std::vector<Handle<SendStream>> wanted() const {
    std::vector<Handle<SendStream>> found;
    for (const SessionEvent& event : events_) {
      if (const auto* w = std::get_if<KeyframeWanted>(&event)) found.push_back(w->stream);
    }
    return found;
  }
  static ReportBlock block(std::uint32_t ssrc, std::uint32_t lsr, std::uint32_t dlsr) {
    ReportBlock b;
    b.ssrc = Ssrc(ssrc);
    b.fraction_lost = 77;
    b.last_sender_report = lsr;
    b.delay_since_last_report = dlsr;
    return b;
  }

  PacketPool pool_{16};
  SessionParams params_;
  Ingress ingress_;
  DirtyList dirty_;
  EgressQueue queue_{dirty_, 0};
  Rng rng_{1};
  SlotMap<SendStream> streams_;
  std::vector<SlotRef> slots_;
  RoundTrip round_trip_;
  SessionEvents events_;
  Time now_{100s};
};

TEST_F(RtcpInboxTest, APliForASlotOfOursIsAWish) {
  EXPECT_TRUE(receive([](ByteWriter& out) { write_pli(out, Ssrc(1), Ssrc(0xa2)); }));
  EXPECT_EQ(wanted(), std::vector{slots_[1].handle});
}

TEST_F(RtcpInboxTest, AFirForASlotOfOursIsAWish) {
  EXPECT_TRUE(receive([](ByteWriter& out) { write_fir(out, Ssrc(1), {Ssrc(0xa1), 4}); }));
  EXPECT_EQ(wanted(), std::vector{slots_[0].handle});
}

TEST_F(RtcpInboxTest, WishesForStrangersAreNone) {
  EXPECT_TRUE(receive([](ByteWriter& out) {
    write_pli(out, Ssrc(0xa1), Ssrc(0xa3));
    write_fir(out, Ssrc(0xa1), {Ssrc(0x1111), 4});
  }));
  EXPECT_TRUE(events_.empty());
}

TEST_F(RtcpInboxTest, ACompoundFullOfWishesIsOneWishPerSlot) {
  EXPECT_TRUE(receive([](ByteWriter& out) {
    for (int i = 0; i < 40; ++i) {
      write_pli(out, Ssrc(1), Ssrc(0xa1));
      write_fir(out, Ssrc(1), {Ssrc(0xa2), 1});
    }
  }));
  EXPECT_EQ(wanted().size(), 2u);
}

TEST_F(RtcpInboxTest, TheRoundTripIsWhatLsrAndDlsrLeave) {
  const std::uint32_t lsr = compact_ntp(to_ntp(now_ - 300ms));
  EXPECT_TRUE(receive([&](ByteWriter& out) {
    write_receiver_report(out, Ssrc(1), std::array{block(0xa1, lsr, to_compact_span(250ms))});
  }));
  ASSERT_TRUE(round_trip_.known);
  EXPECT_NEAR(to_seconds(round_trip_.smoothed), 0.050, 0.001);
  EXPECT_EQ(streams_.find(slots_[0].handle)->fraction_lost(), 77);
}

TEST_F(RtcpInboxTest, TheRoundTripIsSmoothed) {
  round_trip_.add(80ms);
  round_trip_.add(160ms);
  EXPECT_EQ(round_trip_.smoothed, 90ms);
}

TEST_F(RtcpInboxTest, NoRoundTripComesFromABlockWithoutAReportOrFromABrokenClock) {
  const std::uint32_t ahead = compact_ntp(to_ntp(now_ + 5s));
  const std::uint32_t lsr = compact_ntp(to_ntp(now_ - 20s));
  EXPECT_TRUE(receive([&](ByteWriter& out) {
    write_receiver_report(out, Ssrc(1), std::array{block(0xa1, 0, 5), block(0xa1, ahead, 0), block(0xa2, lsr, 0)});
  }));
  EXPECT_FALSE(round_trip_.known);
}

TEST_F(RtcpInboxTest, ABlockAboutAStrangersStreamSaysNothing) {
  EXPECT_TRUE(receive([&](ByteWriter& out) {
    write_receiver_report(out, Ssrc(1), std::array{block(0xa9, compact_ntp(to_ntp(now_ - 10ms)), 0)});
  }));
  EXPECT_FALSE(round_trip_.known);
}

TEST_F(RtcpInboxTest, BlocksOfASenderReportCountAsWell) {
  EXPECT_TRUE(receive([&](ByteWriter& out) {
    write_sender_report(out, {Ssrc(0x1111), to_ntp(now_), 0, 1, 1},
                        std::array{block(0xa1, compact_ntp(to_ntp(now_ - 10ms)), 0)});
  }));
  EXPECT_TRUE(round_trip_.known);
}

TEST_F(RtcpInboxTest, AByeEndsTheStreamItNamesAndOnlyThat) {
  ASSERT_TRUE(
      ingress_.receive(pool_.copy_of(test::make_rtp({.mid = "v", .payload = test::vp8_payload(1, true)})), now_));
  EXPECT_TRUE(receive([](ByteWriter& out) { write_bye(out, std::array{Ssrc(0xa1), Ssrc(0x1111)}); }));
  EXPECT_EQ(ingress_.streams(), 0u);
}

TEST_F(RtcpInboxTest, ARoundTripThatRoundingMadeNegativeCountsAsNone) {
  EXPECT_TRUE(receive([&](ByteWriter& out) {
    write_receiver_report(out, Ssrc(1), std::array{block(0xa1, compact_ntp(to_ntp(now_)), 3)});
  }));
  EXPECT_TRUE(round_trip_.known);
  EXPECT_EQ(round_trip_.smoothed, Duration{});
}

TEST_F(RtcpInboxTest, NothingIsTakenFromACompoundThatIsBrokenAtItsEnd) {
  EXPECT_FALSE(receive([](ByteWriter& out) {
    write_pli(out, Ssrc(1), Ssrc(0xa1));
    out.be32(0x81c9'0007);
  }));
  EXPECT_TRUE(events_.empty());
}

TEST_F(RtcpInboxTest, ReducedSizeNeedsNoReportInFront) {
  EXPECT_TRUE(receive([](ByteWriter& out) { write_pli(out, Ssrc(1), Ssrc(0xa1)); }));
  EXPECT_EQ(wanted().size(), 1u);
}

TEST_F(RtcpInboxTest, TypesNobodyKnowsAreSteppedOver) {
  EXPECT_TRUE(receive([](ByteWriter& out) {
    out.be32(0x80d3'0001);
    out.be32(0);
    write_pli(out, Ssrc(1), Ssrc(0xa1));
  }));
  EXPECT_EQ(wanted().size(), 1u);
}

}  // namespace
}  // namespace parley

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdp/answer.h"
#include "unit/sdp/offers.h"

namespace parley::sdp {
namespace {

using test::kAudioPart;
using test::kSessionPart;
using test::kVideoPart;
using test::load;
using test::parsed;
using test::replaced;
using test::replaced_all;
using test::Session;
using test::small_offer;
using test::with_line;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The small offer with its video m-line stopped.
std::string video_stopped() {
  return replaced(replaced(small_offer(), "m=video 9", "m=video 0"), "BUNDLE 0 1", "BUNDLE 0");
}

TEST(SdpReoffer, ThatRepeatsTheOfferChangesNothingButTheVersion) {
  Session session;
  const auto first = session.accept(small_offer());
  session.context = test::context(2);
  const auto second = session.accept(small_offer());
  EXPECT_EQ(second.params, first.params);
  EXPECT_THAT(second.delta.send_changed, IsEmpty());
  EXPECT_THAT(second.delta.receive_changed, IsEmpty());
  EXPECT_FALSE(second.delta.ice_restarted);
  EXPECT_EQ(parsed(second.sdp).origin.session_id, parsed(first.sdp).origin.session_id);
  EXPECT_EQ(parsed(second.sdp).origin.version, parsed(first.sdp).origin.version + 1);
}

TEST(SdpReoffer, AddsSlotsAndLeavesTheOthersAlone) {
  Session session;
  const auto first = session.accept(small_offer());
  const auto second = session.accept(with_line(small_offer(), kVideoPart, "2", "recvonly"));
  EXPECT_THAT(second.delta.send_added, ElementsAre("2"));
  EXPECT_THAT(second.delta.send_changed, IsEmpty());
  EXPECT_EQ(second.params.send[0], first.params.send[0]);
  EXPECT_EQ(second.params.send[1], first.params.send[1]);
  EXPECT_EQ(second.params.send[2].stream_id, "slot-1");
}

TEST(SdpReoffer, StopsATrackAndASlot) {
  Session session;
  session.accept(small_offer());
  const auto out = session.accept(video_stopped());
  EXPECT_THAT(out.delta.receive_removed, ElementsAre("1"));
  EXPECT_THAT(out.delta.send_removed, ElementsAre("1"));
  EXPECT_EQ(parsed(out.sdp).media[1].port, 0);
  EXPECT_THAT(parsed(out.sdp).bundle, ElementsAre("0"));
}

TEST(SdpReoffer, RemovesATrackWhoseMLineStopsSending) {
  Session session;
  session.accept(small_offer());
  const auto out = session.accept(replaced(small_offer(), "a=sendrecv", "a=recvonly"));
  EXPECT_THAT(out.delta.receive_removed, ElementsAre("0"));
  EXPECT_THAT(out.delta.send_removed, IsEmpty());
}

TEST(SdpReoffer, GivesASlotThatComesBackANewSsrc) {
  Session session;
  const auto first = session.accept(small_offer());
  session.accept(replaced(small_offer(), "a=sendrecv", "a=inactive"));
  const auto third = session.accept(small_offer());
  EXPECT_THAT(third.delta.send_added, ElementsAre("0"));
  EXPECT_NE(third.params.send[0].ssrc, first.params.send[0].ssrc);
  EXPECT_EQ(third.params.send[0].stream_id, first.params.send[0].stream_id);
}

TEST(SdpReoffer, NotesAChangeOfATrack) {
  Session session;
  session.accept(small_offer());
  const auto out = session.accept(replaced_all(small_offer(), "a=ssrc:1000", "a=ssrc:1001"));
  EXPECT_THAT(out.delta.receive_changed, ElementsAre("0"));
  EXPECT_THAT(out.delta.send_changed, IsEmpty());
}

TEST(SdpReoffer, KeepsASlotWhenItsRetransmissionComesAndGoes) {
  Session session;
  session.context.capabilities.nack = true;
  const auto with_rtx = session.accept(small_offer());
  const auto without_rtx = session.accept(replaced(small_offer(), "a=fmtp:97 apt=96\r\n", ""));
  EXPECT_THAT(without_rtx.delta.send_changed, ElementsAre("1"));
  EXPECT_FALSE(without_rtx.params.send[1].rtx_ssrc);
  EXPECT_EQ(session.accept(small_offer()).params.send[1], with_rtx.params.send[1]);
}

TEST(SdpReoffer, RestartsIceWhenTheUfragChanges) {
  Session session;
  const auto first = session.accept(small_offer());
  session.context = test::context(2);
  const auto out = session.accept(replaced(small_offer(), "a=ice-ufrag:peer", "a=ice-ufrag:peer2"));
  EXPECT_TRUE(out.delta.ice_restarted);
  EXPECT_EQ(out.params.remote_ice.ufrag, "peer2");
  EXPECT_EQ(out.params.local_ice.ufrag, "srv2");
  EXPECT_NE(out.params.local_ice, first.params.local_ice);
  EXPECT_EQ(out.params.send, first.params.send);
}

TEST(SdpReoffer, FollowsAnIceRestartThatCameWithoutAnOffer) {
  Session session;
  session.accept(small_offer());
  restart_ice(session.state, {"peer2", "0123456789abcdefghijkl"}, {"srv9", "serverpasswordserver09"});
  const auto out = session.accept(replaced(small_offer(), "a=ice-ufrag:peer", "a=ice-ufrag:peer2"));
  EXPECT_FALSE(out.delta.ice_restarted);
  EXPECT_EQ(out.params.local_ice.ufrag, "srv9");
}

TEST(SdpReoffer, RefusesAnotherCertificate) {
  Session session;
  session.accept(small_offer());
  EXPECT_THAT(session.refusal(replaced(small_offer(), "sha-256 00:11", "sha-256 00:12")),
              HasSubstr("fingerprint changed"));
}

TEST(SdpReoffer, RefusesToLoseAnMLine) {
  Session session;
  session.accept(small_offer());
  EXPECT_THAT(session.refusal(replaced(std::string(kSessionPart), "BUNDLE 0 1", "BUNDLE 0").append(kAudioPart)),
              HasSubstr("1 m-lines where the last one had 2"));
}

TEST(SdpReoffer, RefusesAnotherMidOrKindInAPlaceThatIsInUse) {
  Session session;
  session.accept(small_offer());
  EXPECT_THAT(session.refusal(replaced(replaced(small_offer(), "a=mid:1", "a=mid:7"), "BUNDLE 0 1", "BUNDLE 0 7")),
              HasSubstr("the m-line's mid was '1'"));
  const auto swapped = std::string(kSessionPart).append(kVideoPart).append(kAudioPart);
  EXPECT_THAT(session.refusal(swapped), HasSubstr("mid '1' is in use by another m-line"));
  auto other_kind = replaced(std::string(kAudioPart), "a=mid:0", "a=mid:1");
  EXPECT_THAT(session.refusal(std::string(kSessionPart).append(kAudioPart) + other_kind),
              HasSubstr("the m-line was 'video'"));
}

TEST(SdpReoffer, LeavesTheStateAsItWasWhenItRefuses) {
  Session session;
  const auto first = session.accept(small_offer());
  session.refusal(replaced(small_offer(), "a=rtcp-mux\r\n", ""));
  EXPECT_EQ(session.accept(small_offer()).params, first.params);
}

TEST(SdpReoffer, LetsAnotherMLineTakeAStoppedPlace) {
  Session session;
  const auto first = session.accept(small_offer());
  session.accept(video_stopped());
  const auto out = session.accept(replaced(replaced(small_offer(), "a=mid:1", "a=mid:7"), "BUNDLE 0 1", "BUNDLE 0 7"));
  EXPECT_THAT(out.delta.receive_added, ElementsAre("7"));
  EXPECT_THAT(out.delta.send_added, ElementsAre("7"));
  EXPECT_NE(out.params.send[1].ssrc, first.params.send[1].ssrc);
}

TEST(SdpReoffer, LetsAnotherMLineTakeThePlaceOfARejectedOne) {
  Session session;
  session.accept(replaced(small_offer(), "m=video", "m=text"));
  const auto out = session.accept(replaced(replaced(small_offer(), "a=mid:1", "a=mid:7"), "BUNDLE 0 1", "BUNDLE 0 7"));
  EXPECT_THAT(out.delta.receive_added, ElementsAre("7"));
}

TEST(SdpReoffer, MayStopEverything) {
  Session session;
  const auto first = session.accept(small_offer());
  auto all_stopped = replaced(video_stopped(), "m=audio 9", "m=audio 0");
  all_stopped = replaced(all_stopped, "a=group:BUNDLE 0\r\n", "");
  const auto out = session.accept(all_stopped);
  EXPECT_THAT(out.delta.receive_removed, ElementsAre("0", "1"));
  EXPECT_EQ(out.params.remote_ice, first.params.remote_ice);
  EXPECT_EQ(out.params.remote_fingerprint, first.params.remote_fingerprint);
  EXPECT_THAT(Session().refusal(all_stopped), HasSubstr("every m-line of the offer is stopped"));
}

TEST(SdpReoffer, TakesAwayWhatAPermissionNoLongerAllows) {
  Session session;
  session.accept(small_offer());
  session.context.may_publish = false;
  const auto out = session.accept(small_offer());
  EXPECT_THAT(out.delta.receive_removed, ElementsAre("0", "1"));
  EXPECT_THAT(out.delta.send_removed, IsEmpty());
}

class CapturedSequence : public testing::TestWithParam<std::string> {};

// 1: audio; 2: two videos more; 3: the first video stops sending; 4: it is stopped; 5: another video takes its place.
TEST_P(CapturedSequence, OfAddedRemovedAndRecycledTracksIsFollowed) {
  Session session;
  const auto offer = [&](int n) {
    return session.accept(load(GetParam() + "_add_remove_tracks_offer" + std::to_string(n)));
  };
  EXPECT_THAT(offer(1).delta.receive_added, ElementsAre("0"));
  const auto second = offer(2);
  EXPECT_THAT(second.delta.receive_added, ElementsAre("1", "2"));
  EXPECT_THAT(second.delta.send_added, ElementsAre("1", "2"));
  const auto third = offer(3);
  EXPECT_THAT(third.delta.receive_removed, ElementsAre("1"));
  EXPECT_THAT(third.delta.send_removed, IsEmpty());
  ASSERT_EQ(third.params.send.size(), second.params.send.size());
  for (std::size_t i = 0; i < second.params.send.size(); ++i) {
    EXPECT_EQ(third.params.send[i].ssrc, second.params.send[i].ssrc);
    EXPECT_EQ(third.params.send[i].stream_id, second.params.send[i].stream_id);
  }
  const auto fourth = offer(4);
  EXPECT_THAT(fourth.delta.send_removed, ElementsAre("1"));
  const auto fifth = offer(5);
  EXPECT_THAT(fifth.delta.receive_added, ElementsAre("3"));
  EXPECT_THAT(fifth.delta.send_added, IsEmpty());
  EXPECT_EQ(fifth.params.send.back(), second.params.send.back());
  EXPECT_THAT(parsed(fifth.sdp).bundle, ElementsAre("0", "3", "2"));
  EXPECT_EQ(parsed(fifth.sdp).origin.version, 5u);
}

TEST_P(CapturedSequence, OfAnIceRestartIsFollowed) {
  Session session;
  const auto first = session.accept(load(GetParam() + "_ice_restart_offer1"));
  session.context = test::context(2);
  const auto second = session.accept(load(GetParam() + "_ice_restart_offer2"));
  EXPECT_TRUE(second.delta.ice_restarted);
  EXPECT_EQ(second.params.local_ice.ufrag, "srv2");
  EXPECT_EQ(second.params.send, first.params.send);
  EXPECT_EQ(second.params.receive, first.params.receive);
}

INSTANTIATE_TEST_SUITE_P(Browsers, CapturedSequence, testing::Values("chromium", "firefox"));

}  // namespace
}  // namespace parley::sdp

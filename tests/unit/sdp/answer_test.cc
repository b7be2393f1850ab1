#include "sdp/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

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
using testing::Not;

std::string with_direction(std::string_view direction) {
  return replaced_all(small_offer(), "a=sendrecv", "a=" + std::string(direction));
}
std::string without(std::string_view line) {
  return replaced(small_offer(), line, "");
}

std::vector<Codec> codecs_of(const std::vector<CodecParams>& params) {
  std::vector<Codec> out;
  for (const CodecParams& codec : params) out.push_back(codec.codec);
  return out;
}

TEST(SdpAnswer, IsThatOfALitePassiveAgentWithOneBundle) {
  const auto out = Session().accept(small_offer());
  const auto text = parsed(out.sdp);
  EXPECT_TRUE(text.ice_lite);
  EXPECT_THAT(text.bundle, ElementsAre("0", "1"));
  for (const MediaSection& media : text.media) {
    EXPECT_EQ(media.transport.setup, Setup::kPassive);
    EXPECT_EQ(media.transport.ice_ufrag, "srv1");
    EXPECT_EQ(media.transport.ice_pwd, out.params.local_ice.pwd);
    EXPECT_THAT(media.transport.fingerprints, ElementsAre(test::our_fingerprint()));
    EXPECT_TRUE(media.rtcp_mux);
    EXPECT_EQ(media.port, 9);
  }
  EXPECT_THAT(out.sdp, HasSubstr("a=msid-semantic: WMS *\r\n"));
  EXPECT_EQ(out.params.remote_ice, (IceCredentials{"peer", "0123456789abcdefghijkl"}));
  EXPECT_EQ(out.params.remote_fingerprint.digest.size(), 32u);
}

TEST(SdpAnswer, GivesCandidatesOnceOnTheBundlesFirstAcceptedMLine) {
  const auto out = Session().accept(small_offer());
  const auto first = out.sdp.find(
      "a=candidate:1 1 udp 2130706431 2001:db8::1 7000 typ host\r\n"
      "a=candidate:2 1 udp 2130706175 192.0.2.1 7000 typ host\r\n"
      "a=end-of-candidates\r\n");
  ASSERT_NE(first, std::string::npos);
  EXPECT_LT(first, out.sdp.find("m=video"));
  EXPECT_EQ(out.sdp.find("a=candidate", out.sdp.find("m=video")), std::string::npos);
}

TEST(SdpAnswer, KeepsTheOrderOfTheBundle) {
  const auto out = Session().accept(replaced(small_offer(), "BUNDLE 0 1", "BUNDLE 1 0"));
  EXPECT_THAT(parsed(out.sdp).bundle, ElementsAre("1", "0"));
  EXPECT_GT(out.sdp.find("a=candidate"), out.sdp.find("m=video"));
}

TEST(SdpAnswer, TurnsDirectionsRound) {
  const auto answered = [](std::string_view offered) {
    return parsed(Session().accept(with_direction(offered)).sdp).media[0].direction;
  };
  EXPECT_EQ(answered("sendonly"), Direction::kRecvOnly);
  EXPECT_EQ(answered("recvonly"), Direction::kSendOnly);
  EXPECT_EQ(answered("sendrecv"), Direction::kSendRecv);
  EXPECT_EQ(answered("inactive"), Direction::kInactive);
}

TEST(SdpAnswer, MakesTracksOfWhatSendsAndSlotsOfWhatReceives) {
  const auto sending = Session().accept(with_direction("sendonly"));
  EXPECT_EQ(sending.params.receive.size(), 2u);
  EXPECT_THAT(sending.params.send, IsEmpty());
  EXPECT_THAT(sending.sdp, Not(HasSubstr("a=ssrc")));
  EXPECT_THAT(sending.sdp, Not(HasSubstr("a=msid:")));

  const auto receiving = Session().accept(with_direction("recvonly"));
  EXPECT_THAT(receiving.params.receive, IsEmpty());
  EXPECT_EQ(receiving.params.send.size(), 2u);

  const auto both = Session().accept(small_offer());
  EXPECT_EQ(both.params.receive.size(), 2u);
  EXPECT_EQ(both.params.send.size(), 2u);
}

TEST(SdpAnswer, ReceivesNothingFromThoseWhoMayNotPublish) {
  Session session;
  session.context.may_publish = false;
  EXPECT_EQ(parsed(session.accept(small_offer()).sdp).media[0].direction, Direction::kSendOnly);
  Session sender;
  sender.context.may_publish = false;
  const auto out = sender.accept(with_direction("sendonly"));
  EXPECT_EQ(parsed(out.sdp).media[0].direction, Direction::kInactive);
  EXPECT_THAT(out.params.receive, IsEmpty());
}

TEST(SdpAnswer, GivesNoSlotsToThoseWhoMayNotSubscribe) {
  Session session;
  session.context.may_subscribe = false;
  const auto out = session.accept(small_offer());
  EXPECT_EQ(parsed(out.sdp).media[0].direction, Direction::kRecvOnly);
  EXPECT_THAT(out.params.send, IsEmpty());
}

TEST(SdpAnswer, ListsCodecsInOurOrderUnderTheOffersNumbers) {
  const auto out = Session().accept(small_offer());
  const MediaSection video = parsed(out.sdp).media[1];
  EXPECT_THAT(video.formats, ElementsAre("96", "98", "102"));
  EXPECT_THAT(codecs_of(out.params.receive[1].codecs), ElementsAre(Codec::kVp8, Codec::kVp9, Codec::kH264));
  EXPECT_EQ(out.params.receive[1].codecs[1].profile.profile, 2);
  EXPECT_EQ(out.params.receive[1].codecs[2].payload_type, PayloadType(102));
  EXPECT_THAT(parsed(out.sdp).media[0].formats, ElementsAre("111"));
}

TEST(SdpAnswer, LetsARoomPreferAnotherCodecOrLeaveOneOut) {
  Session session;
  session.context.capabilities.video_order = {Codec::kH264, Codec::kVp8};
  const auto out = session.accept(small_offer());
  EXPECT_THAT(codecs_of(out.params.send[1].codecs), ElementsAre(Codec::kH264, Codec::kVp8));
}

TEST(SdpAnswer, TakesOfTwoEqualPayloadTypesTheFirst) {
  const auto out = Session().accept(replaced(small_offer(), "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=0",
                                             "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1"));
  EXPECT_THAT(parsed(out.sdp).media[1].formats, ElementsAre("96", "98", "102"));
}

TEST(SdpAnswer, LeavesOutPayloadTypesThatWouldReadAsRtcp) {
  auto text = replaced_all(small_offer(), ":96 ", ":72 ");
  text = replaced(text, "SAVPF 96", "SAVPF 72");
  EXPECT_THAT(parsed(Session().accept(text).sdp).media[1].formats, ElementsAre("98", "102"));
}

TEST(SdpAnswer, AsksForKeyframesOnlyUntilMoreIsSwitchedOn) {
  const auto out = Session().accept(small_offer());
  const auto vp8 = parsed(out.sdp).media[1].codecs[0];
  EXPECT_THAT(vp8.feedback, ElementsAre("ccm fir", "nack pli"));
  EXPECT_TRUE(out.params.receive[1].codecs[0].pli);
  EXPECT_TRUE(out.params.receive[1].codecs[0].fir);
  EXPECT_FALSE(out.params.receive[1].codecs[0].nack);
  EXPECT_FALSE(out.params.receive[1].codecs[0].rtx_payload_type);
  EXPECT_FALSE(out.params.send[1].rtx_ssrc);
  EXPECT_FALSE(out.params.extensions.has(RtpExtension::kTransportCc));
  EXPECT_THAT(out.sdp, Not(HasSubstr("transport-wide-cc")));
}

TEST(SdpAnswer, AnswersRetransmissionWhenNackIsOn) {
  Session session;
  session.context.capabilities.nack = true;
  const auto out = session.accept(small_offer());
  const MediaSection video = parsed(out.sdp).media[1];
  EXPECT_THAT(video.formats, ElementsAre("96", "97", "98", "102"));
  EXPECT_THAT(video.codecs[0].feedback, ElementsAre("ccm fir", "nack", "nack pli"));
  EXPECT_EQ(video.codecs[1].fmtp, "apt=96");
  EXPECT_EQ(out.params.send[1].codecs[0].rtx_payload_type, PayloadType(97));

  // The slot announces both of its streams.
  const SendSlot& slot = out.params.send[1];
  ASSERT_TRUE(slot.rtx_ssrc);
  EXPECT_NE(*slot.rtx_ssrc, slot.ssrc);
  ASSERT_EQ(video.ssrc_groups.size(), 1u);
  EXPECT_EQ(video.ssrc_groups[0], (SsrcGroup{"FID", {slot.ssrc, *slot.rtx_ssrc}}));
  EXPECT_EQ(video.ssrcs.size(), 2u);
  EXPECT_FALSE(out.params.send[0].rtx_ssrc);
}

TEST(SdpAnswer, AnswersCongestionFeedbackWhenItIsOn) {
  Session session;
  session.context.capabilities.transport_cc = true;
  session.context.capabilities.remb = true;
  const auto out = session.accept(small_offer());
  EXPECT_EQ(out.params.extensions.id(RtpExtension::kTransportCc), 3);
  EXPECT_TRUE(out.params.receive[0].codecs[0].transport_cc);
  EXPECT_TRUE(out.params.receive[1].codecs[0].remb);
  EXPECT_THAT(parsed(out.sdp).media[1].codecs[0].feedback,
              ElementsAre("goog-remb", "transport-cc", "ccm fir", "nack pli"));
}

TEST(SdpAnswer, MapsExtensionsOncePerBundle) {
  const auto out = Session().accept(small_offer());
  EXPECT_EQ(out.params.extensions.id(RtpExtension::kMid), 4);
  EXPECT_EQ(out.params.extensions.id(RtpExtension::kAudioLevel), 1);
  EXPECT_EQ(out.params.extensions.id(RtpExtension::kRid), 10);
  EXPECT_THAT(parsed(out.sdp).media[0].extensions,
              ElementsAre(ExtMap{1, std::nullopt, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"},
                          ExtMap{4, std::nullopt, "urn:ietf:params:rtp-hdrext:sdes:mid"}));
}

TEST(SdpAnswer, RefusesAnIdThatMeansTwoThings) {
  EXPECT_THAT(Session().refusal(replaced(small_offer(), "a=extmap:3 http", "a=extmap:1 http")),
              HasSubstr("extension id 1 means"));
}

TEST(SdpAnswer, LeavesAnExtensionOutWhereAnotherMLineGaveItAnotherId) {
  const auto offer = std::string(kSessionPart).append(kAudioPart) +
                     replaced(std::string(kVideoPart), "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
                              "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid");
  const auto out = Session().accept(offer);
  EXPECT_EQ(out.params.extensions.id(RtpExtension::kMid), 4);
  EXPECT_THAT(parsed(out.sdp).media[1].extensions,
              ElementsAre(ExtMap{10, std::nullopt, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"}));
}

TEST(SdpAnswer, TurnsTheDirectionOfAnExtensionRound) {
  const auto out = Session().accept(load("firefox_simulcast3"));
  EXPECT_THAT(out.sdp, HasSubstr("a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"));
  EXPECT_THAT(out.sdp, HasSubstr("a=extmap:6/sendonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"));
  EXPECT_THAT(out.sdp, Not(HasSubstr("csrc-audio-level")));
}

TEST(SdpAnswer, EchoesMixedExtensionHeadersWhereTheyWereOffered) {
  EXPECT_FALSE(Session().accept(small_offer()).params.extmap_allow_mixed);
  const auto chromium = Session().accept(load("chromium_audio_video"));
  EXPECT_TRUE(chromium.params.extmap_allow_mixed);
  EXPECT_TRUE(parsed(chromium.sdp).extmap_allow_mixed);
  const auto firefox = Session().accept(load("firefox_audio_video"));
  EXPECT_TRUE(firefox.params.extmap_allow_mixed);
  EXPECT_TRUE(parsed(firefox.sdp).media[0].extmap_allow_mixed);
}

TEST(SdpAnswer, SendsCompoundRtcpUnlessEveryMLineTakesLess) {
  const auto mixed = Session().accept(load("firefox_audio_video"));
  EXPECT_FALSE(mixed.params.reduced_size_rtcp);
  EXPECT_FALSE(parsed(mixed.sdp).media[0].rtcp_rsize);
  EXPECT_TRUE(parsed(mixed.sdp).media[1].rtcp_rsize);
  EXPECT_TRUE(Session().accept(load("chromium_audio_video")).params.reduced_size_rtcp);
}

TEST(SdpAnswer, TakesEveryLayerOfSimulcastPausedOnesIncluded) {
  const auto out = Session().accept(load("chromium_simulcast_paused_rid"));
  EXPECT_THAT(out.params.receive[0].rids, ElementsAre("q", "h", "f"));
  EXPECT_THAT(out.sdp, HasSubstr("a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n"));
}

TEST(SdpAnswer, TakesTheFirstAlternativeOfALayerThatIsAnnounced) {
  const auto out = Session().accept(small_offer() +
                                    "a=rid:b send\r\na=rid:c send\r\na=rid:d recv\r\na=simulcast:send a,b;b,c;d\r\n");
  EXPECT_THAT(out.params.receive[1].rids, ElementsAre("b", "c"));
}

TEST(SdpAnswer, TakesNoSimulcastWithoutTheExtensionThatTellsLayersApart) {
  auto offer = small_offer() + "a=rid:b send\r\na=rid:c send\r\na=simulcast:send b;c\r\n";
  EXPECT_THAT(Session().accept(offer).params.receive[1].rids, ElementsAre("b", "c"));
  const auto out =
      Session().accept(replaced(offer, "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n", ""));
  EXPECT_THAT(out.params.receive[1].rids, IsEmpty());
  EXPECT_THAT(out.sdp, Not(HasSubstr("simulcast")));
}

TEST(SdpAnswer, TakesOneStreamOfASimulcastSenderWhenLayersCantBeForwarded) {
  Session session;
  session.context.capabilities.simulcast = false;
  const auto out = session.accept(load("chromium_simulcast3"));
  ASSERT_FALSE(out.params.receive.empty());
  for (const ReceiveLine& line : out.params.receive) EXPECT_THAT(line.rids, IsEmpty());
  EXPECT_THAT(out.sdp, Not(HasSubstr("simulcast")));
  EXPECT_THAT(out.sdp, Not(HasSubstr("a=rid")));
}

TEST(SdpAnswer, NotesTheSsrcsTheClientAnnounced) {
  const auto out = Session().accept(small_offer());
  EXPECT_THAT(out.params.receive[0].ssrcs, ElementsAre(AnnouncedSsrc{Ssrc(1000), std::nullopt}));
  EXPECT_THAT(out.params.receive[1].ssrcs, ElementsAre(AnnouncedSsrc{Ssrc(2000), Ssrc(2001)}));
}

TEST(SdpAnswer, NotesTheSsrcsOfEveryLayer) {
  const auto out = Session().accept(load("firefox_simulcast3"));
  EXPECT_THAT(out.params.receive[1].ssrcs, ElementsAre(AnnouncedSsrc{Ssrc(2889154595), Ssrc(1899917608)},
                                                       AnnouncedSsrc{Ssrc(2769046362), Ssrc(3683896425)},
                                                       AnnouncedSsrc{Ssrc(2319445818), Ssrc(1401223635)}));
}

TEST(SdpAnswer, PairsTheKthAudioSlotWithTheKthVideoSlot) {
  auto offer = with_line(small_offer(), kVideoPart, "2", "recvonly");
  offer = with_line(offer, kAudioPart, "3", "recvonly");
  const auto out = Session().accept(offer);
  ASSERT_EQ(out.params.send.size(), 4u);
  EXPECT_EQ(out.params.send[0].stream_id, out.params.send[1].stream_id);
  EXPECT_EQ(out.params.send[2].stream_id, out.params.send[3].stream_id);
  EXPECT_NE(out.params.send[0].stream_id, out.params.send[2].stream_id);
}

TEST(SdpAnswer, NamesEachSlotsStreamAndSource) {
  const auto out = Session().accept(small_offer());
  const MediaSection video = parsed(out.sdp).media[1];
  const SendSlot& slot = out.params.send[1];
  EXPECT_EQ(video.msid, slot.stream_id + " " + slot.stream_id + "-video");
  EXPECT_THAT(video.ssrcs, ElementsAre(SsrcAttribute{slot.ssrc, "parley-cname", video.msid}));
  EXPECT_EQ(out.params.cname, "parley-cname");
}

TEST(SdpAnswer, GivesEverySlotSsrcsOfItsOwn) {
  Session session;
  session.context.capabilities.nack = true;
  const auto out = session.accept(load("chromium_many_recvonly_16"));
  std::set<std::uint32_t> ssrcs;
  std::size_t count = 0;
  for (const SendSlot& slot : out.params.send) {
    ssrcs.insert(slot.ssrc.value());
    ++count;
    if (slot.rtx_ssrc) ssrcs.insert(slot.rtx_ssrc->value()), ++count;
  }
  EXPECT_EQ(out.params.send.size(), 32u);
  EXPECT_EQ(count, 48u);
  EXPECT_EQ(ssrcs.size(), count);
}

TEST(SdpAnswer, RejectsADataChannelAndKeepsItOutOfTheBundle) {
  const auto out = Session().accept(load("chromium_audio_video_datachannel"));
  const auto text = parsed(out.sdp);
  ASSERT_EQ(text.media.size(), 3u);
  EXPECT_EQ(text.media[2].port, 0);
  EXPECT_EQ(text.media[2].media, "application");
  EXPECT_EQ(text.media[2].protocol, "UDP/DTLS/SCTP");
  EXPECT_THAT(text.media[2].formats, ElementsAre("webrtc-datachannel"));
  EXPECT_EQ(text.media[2].mid, "2");
  EXPECT_THAT(text.bundle, ElementsAre("0", "1"));
}

TEST(SdpAnswer, RejectsMediaWhoseCodecsAreAllUnknown) {
  const auto out = Session().accept(replaced(small_offer(), "opus/48000/2", "speex/16000"));
  const auto text = parsed(out.sdp);
  EXPECT_EQ(text.media[0].port, 0);
  EXPECT_THAT(text.media[0].formats, ElementsAre("111", "0"));
  EXPECT_THAT(text.bundle, ElementsAre("1"));
  EXPECT_THAT(out.sdp.substr(out.sdp.find("m=video")), HasSubstr("a=candidate"));
}

TEST(SdpAnswer, RejectsOtherMediaAndProtocols) {
  EXPECT_EQ(parsed(Session().accept(replaced(small_offer(), "m=audio", "m=text")).sdp).media[0].port, 0);
  EXPECT_EQ(parsed(Session().accept(replaced(small_offer(), "m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 9 RTP/AVP")).sdp)
                .media[0]
                .port,
            0);
}

TEST(SdpAnswer, RejectsAnMLineOutsideTheBundle) {
  const auto out = Session().accept(replaced(small_offer(), "BUNDLE 0 1", "BUNDLE 1"));
  EXPECT_EQ(parsed(out.sdp).media[0].port, 0);
  EXPECT_EQ(out.params.receive.size(), 1u);
}

TEST(SdpAnswer, TakesABundleOnlyMLineInSpiteOfItsPortZero) {
  const auto out = Session().accept(replaced(small_offer(), "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 102 103\r\n",
                                             "m=video 0 UDP/TLS/RTP/SAVPF 96 97 98 102 103\r\na=bundle-only\r\n"));
  EXPECT_EQ(parsed(out.sdp).media[1].port, 9);
}

TEST(SdpAnswer, TakesTheTransportOfTheBundlesFirstLiveMLine) {
  auto offer = replaced(small_offer(), "m=audio 9", "m=audio 0");
  offer = replaced(offer, "a=mid:1\r\n", "a=mid:1\r\na=ice-ufrag:videoufrag\r\n");
  EXPECT_EQ(Session().accept(offer).params.remote_ice.ufrag, "videoufrag");
}

TEST(SdpAnswer, MirrorsTheHashOfTheFingerprint) {
  std::string digest = "00";
  for (int i = 1; i < 48; ++i) digest += ":00";
  const auto offer = replaced(small_offer(), "a=setup", "a=fingerprint:SHA-384 " + digest + "\r\na=setup");
  const auto out = Session().accept(offer);
  EXPECT_EQ(out.params.remote_fingerprint.algorithm, HashAlgorithm::kSha384);
  EXPECT_THAT(out.sdp, HasSubstr("a=fingerprint:sha-384 AB:AB"));
}

TEST(SdpAnswer, TakesAnActiveOfferer) {
  Session().accept(replaced(small_offer(), "setup:actpass", "setup:active"));
}

TEST(SdpAnswer, RefusesAnOfferThatLacksWhatItNeedsAndSaysWhat) {
  EXPECT_THAT(Session().refusal(without("a=group:BUNDLE 0 1\r\n")), HasSubstr("no a=group:BUNDLE"));
  EXPECT_THAT(Session().refusal(without("a=rtcp-mux\r\n")), HasSubstr("line 10: the m-line has no a=rtcp-mux"));
  EXPECT_THAT(Session().refusal(without("a=ice-ufrag:peer\r\n")), HasSubstr("no a=ice-ufrag"));
  EXPECT_THAT(Session().refusal(without("a=ice-pwd:0123456789abcdefghijkl\r\n")), HasSubstr("no a=ice-pwd"));
  EXPECT_THAT(Session().refusal(replaced(small_offer(), "a=fingerprint:sha-256", "a=fingerprint:sha-1")),
              HasSubstr("no a=fingerprint"));
  EXPECT_THAT(Session().refusal(without("a=setup:actpass\r\n")), HasSubstr("no a=setup"));
  EXPECT_THAT(Session().refusal(replaced(small_offer(), "setup:actpass", "setup:passive")),
              HasSubstr("a=setup:actpass or a=setup:active"));
  EXPECT_THAT(Session().refusal(without("a=mid:0\r\n")), HasSubstr("no a=mid"));
  EXPECT_THAT(Session().refusal(std::string(kSessionPart)), HasSubstr("no m-lines"));
}

TEST(SdpAnswer, RefusesABundleThatIsNotInOrder) {
  EXPECT_THAT(Session().refusal(replaced(small_offer(), "BUNDLE 0 1", "BUNDLE 0 7")),
              HasSubstr("names mid '7', which no m-line has"));
  EXPECT_THAT(Session().refusal(replaced(small_offer(), "BUNDLE 0 1", "BUNDLE 0 0")), HasSubstr("names mid '0' twice"));
  EXPECT_THAT(Session().refusal(replaced(small_offer(), "BUNDLE 0 1", "BUNDLE")),
              HasSubstr("names no m-line that is in use"));
}

TEST(SdpAnswer, RefusesAnotherLiteAgent) {
  EXPECT_THAT(Session().refusal(replaced(small_offer(), "a=setup:actpass\r\n", "a=setup:actpass\r\na=ice-lite\r\n")),
              HasSubstr("a=ice-lite"));
}

TEST(SdpAnswer, RefusesMoreTracksThanAllowed) {
  Session session;
  session.context.max_tracks = 1;
  EXPECT_THAT(session.refusal(small_offer()), HasSubstr("more than 1 m-lines"));
  session.accept(with_direction("recvonly"));
}

TEST(SdpAnswer, NamesEverythingAddedOnTheFirstOffer) {
  const auto out = Session().accept(small_offer());
  EXPECT_THAT(out.delta.receive_added, ElementsAre("0", "1"));
  EXPECT_THAT(out.delta.send_added, ElementsAre("0", "1"));
  EXPECT_FALSE(out.delta.ice_restarted);
}

TEST(SdpAnswer, IsTheSameForTheSameSeed) {
  EXPECT_EQ(Session().accept(small_offer()).sdp, Session().accept(small_offer()).sdp);
}

}  // namespace
}  // namespace parley::sdp

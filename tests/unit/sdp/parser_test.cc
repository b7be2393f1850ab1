#include "sdp/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdp/writer.h"
#include "unit/sdp/offers.h"

namespace parley::sdp {
namespace {

using test::captured_offers;
using test::kAudioPart;
using test::kSessionPart;
using test::load;
using test::parsed;
using test::replaced;
using test::replaced_all;
using test::small_offer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(const std::string& text, const ParseLimits& limits = {}) {
  const auto out = parse(text, limits);
  EXPECT_FALSE(out) << text;
  return out ? "" : to_string(out.error());
}

// The small offer with one more attribute on its last (video) m-line.
std::string with(std::string_view attribute) {
  return small_offer().append(attribute).append("\r\n");
}

TEST(SdpParser, ReadsTheSessionPart) {
  const auto offer = parsed(load("chromium_audio_video"));
  EXPECT_EQ(offer.origin.version, 2u);
  EXPECT_EQ(offer.origin.address, "IN IP4 127.0.0.1");
  EXPECT_THAT(offer.bundle, ElementsAre("0", "1"));
  EXPECT_TRUE(offer.extmap_allow_mixed);
  EXPECT_FALSE(offer.ice_lite);
}

TEST(SdpParser, ReadsAnMLineWithItsCodecs) {
  const auto offer = parsed(small_offer());
  ASSERT_EQ(offer.media.size(), 2u);
  const MediaSection& video = offer.media[1];
  EXPECT_EQ(video.media, "video");
  EXPECT_EQ(video.protocol, "UDP/TLS/RTP/SAVPF");
  EXPECT_EQ(video.mid, "1");
  EXPECT_TRUE(video.rtcp_mux);
  EXPECT_TRUE(video.rtcp_rsize);
  ASSERT_EQ(video.codecs.size(), 5u);
  EXPECT_EQ(video.codecs[0].name, "VP8");
  EXPECT_THAT(video.codecs[0].feedback, ElementsAre("nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"));
  EXPECT_EQ(video.codecs[1].fmtp, "apt=96");
  EXPECT_EQ(offer.media[0].codecs[0].channels, 2u);
}

TEST(SdpParser, ListsCodecsInTheOrderOfTheMLineNotOfTheAttributes) {
  const auto offer = parsed(load("firefox_audio_video"));
  std::vector<int> payload_types;
  for (const RtpMap& codec : offer.media[1].codecs) payload_types.push_back(codec.payload_type.value());
  EXPECT_THAT(payload_types, ElementsAre(120, 124, 121, 125, 99, 100, 123, 122, 119));
  EXPECT_EQ(offer.media[1].codecs[0].fmtp, "max-fs=12288;max-fr=60");
}

TEST(SdpParser, TakesBareLineFeeds) {
  EXPECT_EQ(parsed(replaced_all(small_offer(), "\r\n", "\n")), parsed(small_offer()));
}

TEST(SdpParser, TakesATextWithoutAFinalLineEnd) {
  auto text = small_offer();
  text.resize(text.size() - 2);
  EXPECT_EQ(parsed(text), parsed(small_offer()));
}

TEST(SdpParser, PassesOverWhatItDoesNotKnow) {
  EXPECT_EQ(parsed(with("a=quality:10\r\nb=AS:500\r\nz=1\r\na=x-conference")), parsed(small_offer()));
}

TEST(SdpParser, GivesAnMLineTheDirectionOfTheSessionPart) {
  auto text = replaced_all(small_offer(), "a=sendrecv\r\n", "");
  text = replaced(text, "a=setup:actpass\r\n", "a=setup:actpass\r\na=recvonly\r\n");
  EXPECT_EQ(parsed(text).media[0].direction, Direction::kRecvOnly);
}

TEST(SdpParser, SpreadsFeedbackForEveryPayloadType) {
  const auto offer = parsed(with("a=rtcp-fb:* nack pli"));
  EXPECT_THAT(offer.media[1].codecs[2].feedback, ElementsAre("nack pli"));
}

TEST(SdpParser, ReadsSimulcastWithAlternativesAndPausedLayers) {
  const auto offer =
      parsed(with("a=rid:q send\r\na=rid:h send pt=96\r\na=rid:x recv\r\na=simulcast:send q,h;~h recv x"));
  const MediaSection& video = offer.media[1];
  EXPECT_THAT(video.rids, ElementsAre(Rid{"q", true}, Rid{"h", true}, Rid{"x", false}));
  ASSERT_EQ(video.simulcast_send.size(), 2u);
  EXPECT_THAT(video.simulcast_send[0], ElementsAre(SimulcastAlternative{"q", false}, SimulcastAlternative{"h", false}));
  EXPECT_THAT(video.simulcast_send[1], ElementsAre(SimulcastAlternative{"h", true}));
  ASSERT_EQ(video.simulcast_recv.size(), 1u);
}

TEST(SdpParser, ReadsDirectionsOfExtensions) {
  const auto offer = parsed(load("firefox_simulcast3"));
  const auto found = std::ranges::find(offer.media[1].extensions, uri_of(RtpExtension::kRid), &ExtMap::uri);
  ASSERT_NE(found, offer.media[1].extensions.end());
  EXPECT_EQ(found->direction, Direction::kSendOnly);
}

TEST(SdpParser, SkipsTheSurplusIdsOfAnOffersExtensions) {
  EXPECT_EQ(parsed(with("a=extmap:4096 urn:x")), parsed(small_offer()));
}

TEST(SdpParser, KeepsAtMost64AnnouncedSsrcs) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a=ssrc:" + std::to_string(5000 + i) + " cname:x\r\n";
  EXPECT_EQ(parsed(small_offer() + many).media[1].ssrcs.size(), kMaxAnnouncedSsrcs);
}

TEST(SdpParser, SaysWhichLineIsWrong) {
  EXPECT_THAT(refusal(replaced(small_offer(), "a=mid:0", "a=mid:")), HasSubstr("line 11: a mid is 1 to 16"));
}

TEST(SdpParser, RefusesWhatIsNoSdp) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("{\"type\":\"offer\"}"), HasSubstr("line 1: not a line of SDP"));
  EXPECT_THAT(refusal("o=- 1 1 IN IP4 127.0.0.1\r\n"), HasSubstr("line 1: a description starts with v=0"));
  EXPECT_THAT(refusal("v=1\r\n"), HasSubstr("v=0"));
  EXPECT_THAT(refusal(with("garbage")), HasSubstr("not a line of SDP: 'garbage'"));
}

TEST(SdpParser, RefusesControlCharacters) {
  EXPECT_THAT(refusal(with("a=msid:a\rb")), HasSubstr("control character"));
  EXPECT_THAT(refusal(with(std::string_view("a=msid:a\0b", 10))), HasSubstr("control character"));
}

TEST(SdpParser, RefusesMidsThatWouldNotFitAHeaderExtension) {
  const auto with_mid = [](std::string_view mid) {
    return replaced(small_offer(), "a=mid:0", "a=mid:" + std::string(mid));
  };
  EXPECT_TRUE(parse(with_mid("0123456789abcdef")));
  EXPECT_THAT(refusal(with_mid("0123456789abcdefg")), HasSubstr("1 to 16 token characters"));
  EXPECT_THAT(refusal(with_mid("a b")), HasSubstr("1 to 16 token characters"));
  EXPECT_THAT(refusal(with_mid("1")), HasSubstr("that of another m-line"));
  EXPECT_THAT(refusal(with("a=mid:7")), HasSubstr("two a=mid"));
}

TEST(SdpParser, RefusesPayloadTypesThatAreNoneOrTwice) {
  const auto with_formats = [](std::string_view formats) {
    return replaced(small_offer(), "SAVPF 111 0", "SAVPF " + std::string(formats));
  };
  EXPECT_THAT(refusal(with_formats("111 111")), HasSubstr("payload type 111 twice"));
  EXPECT_THAT(refusal(with_formats("128")), HasSubstr("0 to 127"));
  EXPECT_THAT(refusal(with_formats("99999999999999999999999")), HasSubstr("0 to 127"));
  EXPECT_THAT(refusal(with_formats("-1")), HasSubstr("0 to 127"));
  EXPECT_THAT(refusal(with_formats("")), HasSubstr("no formats"));
  EXPECT_THAT(refusal(with("a=rtpmap:96 VP9/90000")), HasSubstr("two a=rtpmap"));
  EXPECT_THAT(refusal(with("a=rtpmap:40 VP8/99999999999")), HasSubstr("a=rtpmap reads"));
}

TEST(SdpParser, RefusesMalformedMLines) {
  EXPECT_THAT(refusal(replaced(small_offer(), "m=audio 9 ", "m=audio 70000 ")), HasSubstr("an m-line reads"));
  EXPECT_THAT(refusal(replaced(small_offer(), "m=audio 9 ", "m=audio ")), HasSubstr("an m-line reads"));
}

TEST(SdpParser, RefusesMalformedExtensions) {
  EXPECT_THAT(refusal(with("a=extmap:0 urn:x")), HasSubstr("1 to 255"));
  EXPECT_THAT(refusal(with("a=extmap:256 urn:x")), HasSubstr("1 to 255"));
  EXPECT_THAT(refusal(with("a=extmap:5")), HasSubstr("a=extmap reads"));
  EXPECT_THAT(refusal(with("a=extmap:5/sideways urn:x")), HasSubstr("no direction"));
  EXPECT_THAT(refusal(with("a=extmap:4 urn:x")), HasSubstr("id 4 twice"));
}

TEST(SdpParser, RefusesMalformedRidsAndSimulcast) {
  EXPECT_THAT(refusal(with("a=rid:0123456789abcdefg send")), HasSubstr("a rid is 1 to 16"));
  EXPECT_THAT(refusal(with("a=rid:q sideways")), HasSubstr("send or recv"));
  EXPECT_THAT(refusal(with("a=rid:q send\r\na=rid:q send")), HasSubstr("rid 'q' twice"));
  EXPECT_THAT(refusal(with("a=simulcast:send")), HasSubstr("a=simulcast is malformed"));
  EXPECT_THAT(refusal(with("a=simulcast:send q;;h")), HasSubstr("a=simulcast is malformed"));
  EXPECT_THAT(refusal(with("a=simulcast:send q send h")), HasSubstr("same direction twice"));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "a=rid:r" + std::to_string(i) + " send\r\n";
  EXPECT_THAT(refusal(small_offer() + many), HasSubstr("more than 16 rids"));
}

TEST(SdpParser, RefusesMalformedTransportAttributes) {
  EXPECT_THAT(refusal(replaced(small_offer(), "a=ice-ufrag:peer", "a=ice-ufrag:p")),
              HasSubstr("a=ice-ufrag must be 4"));
  EXPECT_THAT(refusal(replaced(small_offer(), "a=ice-ufrag:peer", "a=ice-ufrag:pe:er")),
              HasSubstr("a=ice-ufrag must be 4"));
  EXPECT_THAT(refusal(replaced(small_offer(), "a=ice-pwd:0", "a=ice-pwd:")), HasSubstr("a=ice-pwd must be 22"));
  EXPECT_THAT(refusal(replaced(small_offer(), "sha-256 00:", "sha-256 ")), HasSubstr("not 32 bytes"));
  EXPECT_THAT(refusal(replaced(small_offer(), "sha-256 00:", "sha-256 0g:")), HasSubstr("not 32 bytes"));
  EXPECT_THAT(refusal(replaced(small_offer(), "setup:actpass", "setup:both")), HasSubstr("no role"));
}

TEST(SdpParser, RefusesMalformedSsrcs) {
  EXPECT_THAT(refusal(with("a=ssrc:4294967296 cname:x")), HasSubstr("32-bit"));
  EXPECT_THAT(refusal(with("a=ssrc-group:FID 1 x")), HasSubstr("a=ssrc-group reads"));
}

TEST(SdpParser, BoundsEverything) {
  ParseLimits limits;
  limits.max_mlines = 1;
  EXPECT_THAT(refusal(small_offer(), limits), HasSubstr("more than 1 m-lines"));
  limits = {};
  limits.max_bytes = 100;
  EXPECT_THAT(refusal(small_offer(), limits), HasSubstr("longer than 100 bytes"));
  EXPECT_THAT(refusal(with("a=x:" + std::string(64 * 1024, 'x'))), HasSubstr("too long"));
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "a=x\r\n";
  EXPECT_THAT(refusal(small_offer() + many), HasSubstr("too many lines"));
}

TEST(SdpParser, TakesThe128MLinesOfALargeCall) {
  std::string text(kSessionPart);
  for (int i = 0; i < 128; ++i) text += replaced(std::string(kAudioPart), "a=mid:0", "a=mid:" + std::to_string(i));
  EXPECT_EQ(parsed(text).media.size(), 128u);
  EXPECT_THAT(refusal(text + replaced(std::string(kAudioPart), "a=mid:0", "a=mid:128")),
              HasSubstr("more than 128 m-lines"));
}

TEST(SdpParser, ReadsEveryCapturedOfferAndTheWriterGivesItBack) {
  const auto names = captured_offers();
  ASSERT_GT(names.size(), 40u);
  for (const auto& name : names) {
    SCOPED_TRACE(name);
    const auto offer = parsed(load(name));
    EXPECT_FALSE(offer.media.empty());
    EXPECT_EQ(parsed(write(offer)), offer);
  }
}

}  // namespace
}  // namespace parley::sdp

#include "sdp/writer.h"

#include <gtest/gtest.h>

#include "unit/sdp/offers.h"

namespace parley::sdp {
namespace {

TEST(SdpWriter, WritesEveryFieldItKnows) {
  SessionDescription description;
  description.origin = {"-", 42, 7, "IN IP4 127.0.0.1"};
  description.has_bundle = true;
  description.bundle = {"a", "b"};
  description.ice_lite = true;
  description.extmap_allow_mixed = true;
  description.msid_semantic = true;
  MediaSection& media = description.media.emplace_back();
  media.media = "video";
  media.protocol = "UDP/TLS/RTP/SAVPF";
  media.formats = {"96", "97"};
  media.mid = "a";
  media.direction = Direction::kSendRecv;
  media.rtcp_mux = true;
  media.rtcp_rsize = true;
  media.transport.ice_ufrag = "ufrag";
  media.transport.ice_pwd = "pwd";
  media.transport.setup = Setup::kPassive;
  media.transport.fingerprints = {{HashAlgorithm::kSha256, {0x00, 0xff}}};
  media.codecs = {{PayloadType(96), "VP9", 90'000, 0, "profile-id=0", {"ccm fir", "nack pli"}},
                  {PayloadType(97), "rtx", 90'000, 0, "apt=96", {}}};
  media.extensions = {{4, std::nullopt, "urn:mid"}, {9, Direction::kRecvOnly, "urn:rid"}};
  media.rids = {{"q", false}, {"h", false}};
  media.simulcast_recv = {{{"q", false}}, {{"h", false}, {"x", true}}};
  media.msid = "s t";
  media.ssrcs = {{Ssrc(1), "cname", "s t"}};
  media.ssrc_groups = {{"FID", {Ssrc(1), Ssrc(2)}}};
  media.candidates = {"candidate:1 1 udp 1 192.0.2.1 7000 typ host"};
  media.end_of_candidates = true;

  EXPECT_EQ(write(description),
            "v=0\r\n"
            "o=- 42 7 IN IP4 127.0.0.1\r\n"
            "s=-\r\n"
            "t=0 0\r\n"
            "a=group:BUNDLE a b\r\n"
            "a=extmap-allow-mixed\r\n"
            "a=msid-semantic: WMS *\r\n"
            "a=ice-lite\r\n"
            "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
            "c=IN IP4 0.0.0.0\r\n"
            "a=candidate:1 1 udp 1 192.0.2.1 7000 typ host\r\n"
            "a=end-of-candidates\r\n"
            "a=ice-ufrag:ufrag\r\n"
            "a=ice-pwd:pwd\r\n"
            "a=fingerprint:sha-256 00:FF\r\n"
            "a=setup:passive\r\n"
            "a=mid:a\r\n"
            "a=extmap:4 urn:mid\r\n"
            "a=extmap:9/recvonly urn:rid\r\n"
            "a=sendrecv\r\n"
            "a=msid:s t\r\n"
            "a=rtcp-mux\r\n"
            "a=rtcp-rsize\r\n"
            "a=rtpmap:96 VP9/90000\r\n"
            "a=rtcp-fb:96 ccm fir\r\n"
            "a=rtcp-fb:96 nack pli\r\n"
            "a=fmtp:96 profile-id=0\r\n"
            "a=rtpmap:97 rtx/90000\r\n"
            "a=fmtp:97 apt=96\r\n"
            "a=rid:q recv\r\n"
            "a=rid:h recv\r\n"
            "a=simulcast:recv q;h,~x\r\n"
            "a=ssrc-group:FID 1 2\r\n"
            "a=ssrc:1 cname:cname\r\n"
            "a=ssrc:1 msid:s t\r\n");
}

TEST(SdpWriter, WritesBothDirectionsOfSimulcastOnOneLine) {
  SessionDescription description;
  MediaSection& media = description.media.emplace_back();
  media.media = "video";
  media.protocol = "UDP/TLS/RTP/SAVPF";
  media.formats = {"96"};
  media.simulcast_send = {{{"a", false}}, {{"b", true}}};
  media.simulcast_recv = {{{"c", false}}};
  EXPECT_NE(write(description).find("a=simulcast:send a;~b recv c\r\n"), std::string::npos);
}

}  // namespace
}  // namespace parley::sdp

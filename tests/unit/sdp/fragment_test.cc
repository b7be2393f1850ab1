#include "sdp/fragment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdp/text.h"

namespace parley::sdp {
namespace {

using testing::HasSubstr;

constexpr std::string_view kRestart =
    "a=ice-options:trickle ice2\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=mid:0\r\n"
    "a=ice-ufrag:ysXw\r\n"
    "a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n"
    "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag ysXw network-id 1\r\n"
    "a=candidate:3471623853 1 udp 2122194687 3b0a5c6e-1111-2222-3333-444455556666.local 61765 typ host\r\n"
    "a=end-of-candidates\r\n";

std::string refusal(std::string_view text) {
  const auto out = parse_fragment(text);
  EXPECT_FALSE(out);
  return out ? "" : to_string(out.error());
}

TEST(SdpFragment, GivesTheCredentialsAndCountsTheCandidates) {
  const auto fragment = parse_fragment(kRestart);
  ASSERT_TRUE(fragment) << to_string(fragment.error());
  EXPECT_EQ(fragment->ice, (IceCredentials{"ysXw", "vw5LmwG4y/e6dPP/zAP9Gp5k"}));
  EXPECT_EQ(fragment->candidates, 2u);
}

TEST(SdpFragment, TakesCandidatesAlone) {
  const auto fragment =
      parse_fragment("m=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:0\na=candidate:1 1 udp 1 x.local 1 typ host\n");
  ASSERT_TRUE(fragment);
  EXPECT_FALSE(fragment->ice);
  EXPECT_EQ(fragment->candidates, 1u);
}

TEST(SdpFragment, TakesTheFirstMLinesCredentials) {
  const auto fragment =
      parse_fragment(std::string(kRestart) + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=ice-ufrag:otherone\r\n");
  ASSERT_TRUE(fragment);
  EXPECT_EQ(fragment->ice->ufrag, "ysXw");
}

TEST(SdpFragment, RefusesHalfOfTheCredentials) {
  EXPECT_THAT(refusal("a=ice-ufrag:ysXw\r\n"), HasSubstr("only one of"));
  EXPECT_THAT(refusal("a=ice-ufrag:y\r\n"), HasSubstr("line 1: a=ice-ufrag must be"));
  EXPECT_THAT(refusal("a=mid:0\r\nhello\r\n"), HasSubstr("line 2: not a line of SDP"));
  EXPECT_THAT(refusal(std::string(65'537, 'a')), HasSubstr("longer than"));
}

TEST(SdpFragment, WritesWhatAClientReads) {
  const Address address = *Address::parse_ip("192.0.2.1", 7000);
  const IceCredentials ours{"srv1", "serverpasswordserver01"};
  const auto text = write_fragment(ours, host_candidates({&address, 1}), "0", "video");
  EXPECT_EQ(text,
            "a=ice-lite\r\n"
            "a=group:BUNDLE 0\r\n"
            "m=video 9 UDP/TLS/RTP/SAVPF 0\r\n"
            "a=mid:0\r\n"
            "a=ice-ufrag:srv1\r\n"
            "a=ice-pwd:serverpasswordserver01\r\n"
            "a=candidate:1 1 udp 2130706431 192.0.2.1 7000 typ host\r\n"
            "a=end-of-candidates\r\n");
  EXPECT_EQ(parse_fragment(text), (Fragment{ours, 1}));
}

}  // namespace
}  // namespace parley::sdp

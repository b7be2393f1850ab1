#include "sdp/capabilities.h"

#include <gtest/gtest.h>

namespace parley::sdp {
namespace {

RtpMap video(std::string name, std::string fmtp = {}) {
  return {PayloadType(96), std::move(name), 90'000, 0, std::move(fmtp), {}};
}
RtpMap h264(const std::string& profile_level_id, const std::string& mode = "1") {
  return video("H264",
               "level-asymmetry-allowed=1;packetization-mode=" + mode + ";profile-level-id=" + profile_level_id);
}
std::uint16_t h264_profile(const std::string& profile_level_id) {
  const auto found = match(h264(profile_level_id));
  return found ? found->profile.profile : 0;
}

TEST(Capabilities, MatchCodecsByNameInAnyCase) {
  EXPECT_EQ(match(video("vp8")), (CodecMatch{Codec::kVp8, {}}));
  EXPECT_EQ(match({PayloadType(111), "OPUS", 48'000, 2, {}, {}}), (CodecMatch{Codec::kOpus, {}}));
  EXPECT_EQ(codec_by_name("av1"), Codec::kAv1);
  EXPECT_FALSE(codec_by_name("H265"));
}

TEST(Capabilities, DoNotMatchAnotherClockRateOrChannelCount) {
  EXPECT_FALSE(match({PayloadType(96), "VP8", 48'000, 0, {}, {}}));
  EXPECT_FALSE(match({PayloadType(111), "opus", 48'000, 1, {}, {}}));
  EXPECT_FALSE(match({PayloadType(111), "opus", 48'000, 0, {}, {}}));
}

TEST(Capabilities, KeepTheProfilesOfVp9Apart) {
  EXPECT_EQ(match(video("VP9"))->profile.profile, 0);
  for (std::uint16_t profile = 0; profile <= 3; ++profile) {
    EXPECT_EQ(match(video("VP9", "profile-id=" + std::to_string(profile)))->profile.profile, profile);
  }
  EXPECT_FALSE(match(video("VP9", "profile-id=4")));
  EXPECT_FALSE(match(video("VP9", "profile-id=99999999999")));
}

TEST(Capabilities, TakeAv1InItsMainProfileOnly) {
  EXPECT_TRUE(match(video("AV1")));
  EXPECT_TRUE(match(video("AV1", "level-idx=5;profile=0;tier=0")));
  EXPECT_FALSE(match(video("AV1", "level-idx=5;profile=1;tier=0")));
}

TEST(Capabilities, TakeH264InPacketizationModeOneOnly) {
  EXPECT_TRUE(match(h264("42e01f")));
  EXPECT_FALSE(match(h264("42e01f", "0")));
  EXPECT_FALSE(match(video("H264", "profile-level-id=42e01f")));
  EXPECT_FALSE(match(video("H264", "packetization-mode=1")));
}

TEST(Capabilities, TellTheProfilesOfH264ByWhatTheirFlagsMean) {
  EXPECT_EQ(h264_profile("42001f"), 0x4200);
  EXPECT_EQ(h264_profile("42e01f"), 0x42e0);
  EXPECT_EQ(h264_profile("42C034"), 0x42e0);
  EXPECT_EQ(h264_profile("4d801f"), 0x42e0);
  EXPECT_EQ(h264_profile("4d001f"), 0x4d00);
  EXPECT_EQ(h264_profile("4d401f"), 0x4d00);
  EXPECT_EQ(h264_profile("64001f"), 0x6400);
  EXPECT_EQ(h264_profile("640c1f"), 0x640c);
  EXPECT_EQ(h264_profile("f4001f"), 0xf400);
}

TEST(Capabilities, DoNotTakeProfilesOfH264NoBrowserSends) {
  EXPECT_FALSE(match(h264("6e001f")));
  EXPECT_FALSE(match(h264("42e0")));
  EXPECT_FALSE(match(h264("42e0zz")));
}

TEST(Capabilities, GiveBackTheParametersTheyKnow) {
  EXPECT_EQ(answered_fmtp({Codec::kOpus, {}}, "minptime=10;useinbandfec=0;x=1;usedtx=1"),
            "minptime=10;useinbandfec=1;usedtx=1");
  EXPECT_EQ(answered_fmtp({Codec::kOpus, {}}, ""), "useinbandfec=1");
  EXPECT_EQ(answered_fmtp({Codec::kVp8, {}}, "max-fs=12288;max-fr=60"), "");
  EXPECT_EQ(answered_fmtp({Codec::kVp9, {}}, "profile-id=2"), "profile-id=2");
  EXPECT_EQ(answered_fmtp({Codec::kAv1, {}}, "level-idx=5;profile=0;tier=0;evil=a b"), "level-idx=5;profile=0;tier=0");
  EXPECT_EQ(answered_fmtp({Codec::kH264, {}}, "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1"),
            "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
  EXPECT_EQ(answered_fmtp({Codec::kVp9, {}}, "profile-id=2 a=evil"), "");
}

TEST(Capabilities, FindParametersAmongOthers) {
  EXPECT_EQ(fmtp_parameter("a=1; APT = 96 ;b", "apt"), "96");
  EXPECT_EQ(fmtp_parameter("b", "b"), "");
  EXPECT_FALSE(fmtp_parameter("aapt=1", "apt"));
  EXPECT_FALSE(fmtp_parameter("", "apt"));
}

TEST(Capabilities, SwitchTransportCcOnAndOff) {
  Capabilities capabilities;
  EXPECT_FALSE(answers(RtpExtension::kTransportCc, MediaKind::kVideo, capabilities));
  capabilities.transport_cc = true;
  EXPECT_TRUE(answers(RtpExtension::kTransportCc, MediaKind::kVideo, capabilities));
  EXPECT_TRUE(answers(RtpExtension::kTransportCc, MediaKind::kAudio, capabilities));
}

TEST(Capabilities, GiveEachKindItsExtensions) {
  EXPECT_TRUE(answers(RtpExtension::kMid, MediaKind::kAudio, {}));
  EXPECT_TRUE(answers(RtpExtension::kAudioLevel, MediaKind::kAudio, {}));
  EXPECT_FALSE(answers(RtpExtension::kAudioLevel, MediaKind::kVideo, {}));
  EXPECT_TRUE(answers(RtpExtension::kRid, MediaKind::kVideo, {}));
  EXPECT_FALSE(answers(RtpExtension::kVideoOrientation, MediaKind::kAudio, {}));
  EXPECT_EQ(extension_by_uri("urn:3gpp:video-orientation"), RtpExtension::kVideoOrientation);
  EXPECT_FALSE(extension_by_uri("urn:ietf:params:rtp-hdrext:toffset"));
  EXPECT_FALSE(extension_by_uri(""));
}

}  // namespace
}  // namespace parley::sdp

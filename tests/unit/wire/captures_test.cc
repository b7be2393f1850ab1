// What real clients send, against facts that other programs counted in the same files.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/pcap.h"
#include "wire/dependency_descriptor.h"
#include "wire/payload_facts.h"
#include "wire/rtcp_feedback.h"
#include "wire/rtcp_reports.h"
#include "wire/rtcp_sdes.h"
#include "wire/rtp_extensions.h"
#include "wire/rtx.h"
#include "wire/transport_cc.h"

namespace parley {
namespace {

using test::CapturedDatagram;
using test::load_pcap;
using test::looks_like_rtcp;

struct VideoCapture {
  const char* name;
  Codec codec;
  std::uint8_t payload_type;
  std::uint32_t ssrc;
  std::size_t packets;
  std::size_t pictures;  // distinct timestamps
  std::size_t markers;
  std::size_t
      keyframes;  // as GStreamer's depayloaders count them, where they can: not AV1, bare VP9 or pictures cut in layers
};

std::ostream& operator<<(std::ostream& out, const VideoCapture& capture) {
  return out << capture.name;
}

class VideoCaptures : public testing::TestWithParam<VideoCapture> {};

TEST_P(VideoCaptures, HoldWhatWasCounted) {
  const VideoCapture& capture = GetParam();
  std::size_t packets = 0;
  std::size_t markers = 0;
  std::set<std::uint32_t> pictures;
  std::set<std::uint32_t> keyframes;
  std::set<std::uint32_t> started;
  for (const CapturedDatagram& datagram : load_pcap(std::string("rtp/") + capture.name + ".pcap")) {
    if (looks_like_rtcp(datagram.payload)) continue;
    const auto rtp = parse_rtp(datagram.payload);
    ASSERT_TRUE(rtp);
    if (rtp->ssrc != Ssrc(capture.ssrc)) continue;
    EXPECT_EQ(rtp->payload_type, PayloadType(capture.payload_type));
    ++packets;
    markers += rtp->marker ? 1u : 0u;
    pictures.insert(rtp->timestamp);
    if (rtp->padding_only()) continue;  // a probe
    const auto facts = payload_facts(capture.codec, rtp->payload, rtp->marker);
    ASSERT_TRUE(facts) << "sequence " << rtp->sequence;
    if (facts->frame_start) started.insert(rtp->timestamp);
    if (facts->keyframe_start) keyframes.insert(rtp->timestamp);
  }
  EXPECT_EQ(packets, capture.packets);
  EXPECT_EQ(markers, capture.markers);
  EXPECT_EQ(pictures.size(), capture.pictures);
  EXPECT_GE(started.size() + 1, capture.pictures);  // one may be cut off
  EXPECT_EQ(keyframes.size(), capture.keyframes);
}

INSTANTIATE_TEST_SUITE_P(
    Rtp, VideoCaptures,
    testing::Values(VideoCapture{"chromium_vp8_opus_rtx", Codec::kVp8, 96, 575010509u, 47, 43, 43, 1},
                    VideoCapture{"chromium_vp8_simulcast", Codec::kVp8, 96, 3732415171u, 14, 8, 7, 2},
                    VideoCapture{"firefox_vp8_opus", Codec::kVp8, 120, 2738755055u, 50, 35, 35, 1},
                    VideoCapture{"chromium_vp8_three_temporal_layers", Codec::kVp8, 96, 2971229303u, 33, 32, 32, 1},
                    VideoCapture{"chromium_vp9", Codec::kVp9, 98, 3038558256u, 39, 32, 32, 1},
                    VideoCapture{"chromium_vp9_l3t3_key", Codec::kVp9, 98, 2501159754u, 32, 6, 4, 3},
                    VideoCapture{"chromium_vp9_s3t3", Codec::kVp9, 98, 2151071132u, 17, 8, 7, 3},
                    VideoCapture{"chromium_h264", Codec::kH264, 108, 3994266259u, 35, 33, 33, 1},
                    VideoCapture{"chromium_av1", Codec::kAv1, 45, 3898151619u, 48, 20, 20, 1},
                    VideoCapture{"chromium_av1_l3t3", Codec::kAv1, 45, 3955241734u, 57, 9, 8, 1},
                    VideoCapture{"firefox_av1", Codec::kAv1, 99, 361341299u, 64, 56, 56, 2},
                    VideoCapture{"gstreamer_vp8_7_bit_picture_id", Codec::kVp8, 96, 1002u, 30, 25, 25, 1},
                    VideoCapture{"gstreamer_vp8_without_picture_id", Codec::kVp8, 96, 1003u, 30, 25, 25, 1},
                    VideoCapture{"gstreamer_vp9", Codec::kVp9, 98, 1005u, 23, 11, 11, 1},
                    VideoCapture{"gstreamer_h264_stap_a", Codec::kH264, 102, 1006u, 38, 11, 10, 1},
                    VideoCapture{"gstreamer_h264_single_nal", Codec::kH264, 102, 1007u, 52, 10, 9, 1},
                    VideoCapture{"ffmpeg_h264_mode_0", Codec::kH264, 102, 2004u, 56, 37, 37, 2},
                    VideoCapture{"ffmpeg_vp9_bare_descriptor", Codec::kVp9, 98, 2002u, 32, 19, 19, 1}),
    [](const auto& instance) { return std::string(instance.param.name); });

ExtensionMap chromium_map() {
  ExtensionMap map;
  map.set(RtpExtension::kAudioLevel, 1);
  map.set(RtpExtension::kAbsSendTime, 2);
  map.set(RtpExtension::kTransportCc, 3);
  map.set(RtpExtension::kMid, 4);
  map.set(RtpExtension::kRid, 10);
  map.set(RtpExtension::kRepairedRid, 11);
  return map;
}

TEST(Captures, ChromiumNumbersEveryPacketAndNamesItsMids) {
  std::set<std::uint16_t> sequences;
  std::set<std::string> mids;
  std::size_t packets = 0;
  std::size_t levels = 0;
  std::size_t audio = 0;
  for (const CapturedDatagram& datagram : load_pcap("rtp/chromium_vp8_opus_rtx.pcap")) {
    if (looks_like_rtcp(datagram.payload)) continue;
    const auto rtp = parse_rtp(datagram.payload);
    ASSERT_TRUE(rtp);
    const auto extensions = parse_rtp_extensions(*rtp, chromium_map());
    ASSERT_TRUE(extensions.transport_cc);
    EXPECT_TRUE(extensions.abs_send_time || rtp->payload_type == PayloadType(111));
    sequences.insert(*extensions.transport_cc);
    if (!extensions.mid.empty()) mids.insert(std::string(extensions.mid));
    ++packets;
    if (rtp->payload_type == PayloadType(111)) {
      ++audio;
      levels += extensions.audio_level ? 1u : 0u;
    }
  }
  EXPECT_EQ(packets, 17u + 47u + 72u);
  EXPECT_EQ(sequences.size(), packets);
  EXPECT_EQ(mids, (std::set<std::string>{"0", "1"}));
  EXPECT_EQ(levels, audio);
}

TEST(Captures, ChromiumRetransmissionsUnwrapToPacketsOfTheMediaStream) {
  std::map<std::uint16_t, std::vector<std::uint8_t>> media;
  std::size_t compared = 0;
  const auto datagrams = load_pcap("rtp/chromium_vp8_opus_rtx.pcap");
  for (const CapturedDatagram& datagram : datagrams) {
    const auto rtp = looks_like_rtcp(datagram.payload) ? std::nullopt : parse_rtp(datagram.payload);
    if (!rtp || rtp->ssrc != Ssrc(575010509)) continue;
    media[rtp->sequence].assign(rtp->payload.begin(), rtp->payload.end());
  }
  for (const CapturedDatagram& datagram : datagrams) {
    const auto rtp = looks_like_rtcp(datagram.payload) ? std::nullopt : parse_rtp(datagram.payload);
    if (!rtp || rtp->ssrc != Ssrc(1739475064)) continue;
    const auto original = unwrap_rtx(*rtp, PayloadType(96), Ssrc(575010509));
    if (!original) continue;
    const auto sent = media.find(original->sequence);
    ASSERT_NE(sent, media.end());
    EXPECT_EQ(std::vector<std::uint8_t>(original->payload.begin(), original->payload.end()), sent->second);
    ++compared;
  }
  EXPECT_GT(compared, 0u);
}

struct RtcpCounts {
  std::size_t compounds = 0;
  std::size_t sender_reports = 0;
  std::size_t cnames = 0;
  std::size_t feedback = 0;
  std::size_t arrivals = 0;
  std::size_t plis = 0;
};

RtcpCounts count_rtcp(const std::string& name) {
  RtcpCounts counts;
  for (const CapturedDatagram& datagram : load_pcap(name)) {
    if (!looks_like_rtcp(datagram.payload)) continue;
    ++counts.compounds;
    EXPECT_TRUE(for_each_rtcp(datagram.payload, [&](const RtcpPacket& packet) {
      if (packet.type == RtcpType::kSenderReport) {
        const auto report = parse_sender_report(packet);
        ASSERT_TRUE(report);
        EXPECT_NE(report->info.ntp, 0u);
        ++counts.sender_reports;
      }
      if (packet.type == RtcpType::kReceiverReport) {
        EXPECT_TRUE(parse_receiver_report(packet));
      }
      if (packet.type == RtcpType::kSdes) {
        const auto chunks = parse_sdes(packet);
        ASSERT_TRUE(chunks);
        for (const SdesChunk& chunk : *chunks) counts.cnames += chunk.cname.empty() ? 0u : 1u;
      }
      if (packet.type == RtcpType::kTransportFeedback && packet.count == kFormatTransportCc) {
        const auto feedback = parse_transport_cc(packet);
        ASSERT_TRUE(feedback);
        ++counts.feedback;
        feedback->for_each([&](const TransportCcStatus& status) { counts.arrivals += status.received ? 1u : 0u; });
      }
      if (parse_pli(packet)) ++counts.plis;
    }));
  }
  return counts;
}

TEST(Captures, RtcpOfBrowsersIsRead) {
  const RtcpCounts chromium = count_rtcp("rtp/chromium_vp8_opus_rtx.pcap");
  EXPECT_EQ(chromium.compounds, 18u);
  EXPECT_EQ(chromium.sender_reports, 1u);
  EXPECT_GE(chromium.cnames, 1u);
  EXPECT_GT(chromium.feedback, 5u);
  EXPECT_GT(chromium.arrivals, 50u);
  const RtcpCounts firefox = count_rtcp("rtp/firefox_vp8_opus.pcap");
  EXPECT_EQ(firefox.compounds, 20u);
  EXPECT_EQ(firefox.sender_reports, 3u);
  EXPECT_GE(firefox.cnames, 3u);
  EXPECT_GT(firefox.feedback, 3u);
}

TEST(Captures, TheDependencyDescriptorAgreesWithVp9AboutLayers) {
  ExtensionMap map;
  map.set(RtpExtension::kDependencyDescriptor, 13);
  DependencyStructure structure;
  std::set<int> spatial;
  std::size_t keyframes = 0;
  for (const CapturedDatagram& datagram : load_pcap("rtp/chromium_vp9_l3t3_key.pcap")) {
    const auto rtp = looks_like_rtcp(datagram.payload) ? std::nullopt : parse_rtp(datagram.payload);
    if (!rtp || rtp->payload_type != PayloadType(98)) continue;
    const auto raw = parse_rtp_extensions(*rtp, map).dependency_descriptor;
    const auto descriptor = parse_dependency_descriptor(raw, structure);
    ASSERT_TRUE(descriptor) << "sequence " << rtp->sequence;
    const auto facts = payload_facts(Codec::kVp9, rtp->payload, rtp->marker);
    ASSERT_TRUE(facts);
    EXPECT_EQ(descriptor->spatial_id, facts->spatial_id);
    EXPECT_EQ(descriptor->temporal_id, facts->temporal_id);
    EXPECT_EQ(descriptor->frame.start_of_frame, facts->frame_start);
    EXPECT_EQ(descriptor->frame.end_of_frame, facts->frame_end);
    EXPECT_EQ(descriptor->keyframe(), facts->keyframe_start);
    keyframes += descriptor->keyframe() ? 1u : 0u;
    spatial.insert(descriptor->spatial_id);
  }
  EXPECT_GE(keyframes, 2u);
  EXPECT_EQ(spatial, (std::set<int>{0, 1, 2}));
  EXPECT_EQ(structure.spatial_layers, 3);
  EXPECT_EQ(structure.temporal_layers, 3);
}

TEST(Captures, ADescriptorOfAv1SurvivesANewMask) {
  ExtensionMap map;
  map.set(RtpExtension::kDependencyDescriptor, 13);
  DependencyStructure structure;
  DependencyStructure copy;
  std::size_t rewritten = 0;
  for (const CapturedDatagram& datagram : load_pcap("rtp/chromium_av1_l3t3.pcap")) {
    const auto rtp = looks_like_rtcp(datagram.payload) ? std::nullopt : parse_rtp(datagram.payload);
    if (!rtp || rtp->payload_type != PayloadType(45) || rtp->padding_only()) continue;
    const auto raw = parse_rtp_extensions(*rtp, map).dependency_descriptor;
    const auto before = parse_dependency_descriptor(raw, structure);
    ASSERT_TRUE(before);
    std::array<std::uint8_t, 128> out{};
    const std::size_t size = write_with_active_targets(out, raw, *before, 0b101);
    ASSERT_NE(size, 0u);
    const auto after = parse_dependency_descriptor(Bytes(out).first(size), copy);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->active_targets, 0b101u);
    EXPECT_EQ(after->frame, before->frame);
    EXPECT_EQ(after->spatial_id, before->spatial_id);
    EXPECT_EQ(after->indications, before->indications);
    EXPECT_EQ(after->frame_diffs, before->frame_diffs);
    EXPECT_EQ(after->chain_diffs, before->chain_diffs);
    ++rewritten;
  }
  EXPECT_GT(rewritten, 20u);
}

}  // namespace
}  // namespace parley

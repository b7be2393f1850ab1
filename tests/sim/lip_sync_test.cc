// Lips: what a receiver computes from sender reports must bring sound and picture back to when they were captured
// together.
#include <gtest/gtest.h>

#include <optional>

#include "support/sim_world.h"

namespace parley::sim {
namespace {

// The capture time of a received packet on the server's NTP line in seconds, as a browser computes it: by the newest
// sender report.
std::optional<double> capture_by_report(const SimPeer& peer, const Received& packet, double rate) {
  const ReceivedSenderReport* report = nullptr;
  for (const ReceivedSenderReport& r : peer.sender_reports) {
    if (r.ssrc == packet.ssrc && r.at <= packet.at) report = &r;
  }
  if (report == nullptr) return std::nullopt;
  const double ntp =
      static_cast<double>(report->ntp >> 32) + static_cast<double>(report->ntp & 0xffffffff) / 4294967296.0;
  return ntp + static_cast<double>(static_cast<std::int32_t>(packet.timestamp - report->rtp_timestamp)) / rate;
}

// How far sound and picture of the last seconds are apart, in seconds.
double skew(const SimPeer& v, std::uint32_t audio, std::uint32_t video, Time from) {
  double audio_error = 0, video_error = 0;
  int audio_n = 0, video_n = 0;
  for (const Received& r : v.received) {
    if (r.at < from || r.padding_only) continue;
    const bool is_audio = r.ssrc == audio;
    if (!is_audio && r.ssrc != video) continue;
    const auto shown = capture_by_report(v, r, is_audio ? 48'000 : 90'000);
    if (!shown) continue;
    const double error = *shown - static_cast<double>(r.stamp.captured) / 1e9;
    (is_audio ? audio_error : video_error) += error;
    ++(is_audio ? audio_n : video_n);
  }
  EXPECT_GT(audio_n, 10);
  EXPECT_GT(video_n, 10);
  return video_error / std::max(video_n, 1) - audio_error / std::max(audio_n, 1);
}

TEST(LipSync, SoundAndPictureStayTogetherWhateverThePublishersClockSays) {
  World w(1);
  PeerOptions from;
  from.number = 1;
  from.send_audio = from.send_video = true;
  from.clock_offset = 3'600s;
  LinkConditions jittery;
  jittery.delay = 40ms;
  jittery.jitter = 30ms;
  SimPeer& p = w.add(from, RoomId{1}, jittery);
  PeerOptions to;
  to.number = 2;
  to.audio_slots = to.video_slots = 1;
  SimPeer& v = w.add(to);
  w.run(2s);
  w.bind(v, MediaKind::kAudio, 0, p.audio_track());
  w.bind(v, MediaKind::kVideo, 0, p.video_track());
  w.run(10s);
  EXPECT_LT(std::abs(skew(v, 2'000'000, 2'001'000, w.now() - 5s)), 0.02);
}

TEST(LipSync, ASlotThatChangesItsMemberIsInSyncAgain) {
  World w(2);
  for (std::uint32_t n = 1; n <= 2; ++n) {
    PeerOptions from;
    from.number = n;
    from.send_audio = from.send_video = true;
    from.clock_offset = n * 77s;
    LinkConditions link;
    link.delay = n * 60ms;
    w.add(from, RoomId{1}, link);
  }
  PeerOptions to;
  to.number = 3;
  to.audio_slots = to.video_slots = 1;
  SimPeer& v = w.add(to);
  w.run(3s);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const std::uint32_t n = 1 + i % 2;
    w.bind(v, MediaKind::kAudio, 0, static_cast<TrackId>(n * 10));
    w.bind(v, MediaKind::kVideo, 0, static_cast<TrackId>(n * 10 + 1));
    w.run(5s);
    EXPECT_LT(std::abs(skew(v, 3'000'000, 3'001'000, w.now() - 3s)), 0.02) << "after binding " << i;
  }
}

TEST(LipSync, ASenderReportFollowsEachBindingAtOnceAndNoneASilentStream) {
  World w(3);
  PeerOptions from;
  from.number = 1;
  from.send_audio = from.send_video = true;
  SimPeer& p = w.add(from);
  PeerOptions to;
  to.number = 2;
  to.audio_slots = to.video_slots = 1;
  SimPeer& v = w.add(to);
  w.run(3s);
  w.bind(v, MediaKind::kAudio, 0, p.audio_track());
  w.run(300ms);
  EXPECT_GE(v.sender_reports.size(), 1u);
  p.pause_sending(true);
  w.run(3s);
  const std::size_t reports = v.sender_reports.size();
  w.run(5s);
  EXPECT_EQ(v.sender_reports.size(), reports);
}

}  // namespace
}  // namespace parley::sim

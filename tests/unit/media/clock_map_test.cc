#include "media/clock_map.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace parley {
namespace {

// A publisher in virtual time: a wall clock with an offset and a drift against the server's line, and streams captured
// by it.
struct Publisher {
  double drift = 0;  // 200e-6: its clock runs that much fast.
  Duration set{};    // How far its clock has been set.

  NtpTime ntp_at(Time t) const {
    const Duration since = t.time_since_epoch();
    const auto drifted = Duration(static_cast<std::int64_t>(static_cast<double>(since.count()) * drift));
    // Its line is hours off the server's.
    return to_ntp(t + drifted + set + 12'345s);
  }
};

struct Stream {
  std::uint32_t clock_rate;
  Duration path;  // Capture to arrival, of media.
  Duration report_path = path;
  std::uint32_t first_timestamp = 0xffff'f000;  // Wraps soon.
  ClockMap map{clock_rate};

  std::uint32_t timestamp_at(Time capture) const {
    const auto ns = capture.time_since_epoch().count();
    return first_timestamp + static_cast<std::uint32_t>(ns / 1'000'000 * clock_rate / 1000);
  }
  void packet(Time capture, Duration extra = {}) { map.on_packet(timestamp_at(capture), capture + path + extra); }
  void report(Time t, const Publisher& publisher, PublisherClock& clock, Duration extra = {}) {
    const NtpTime ntp = publisher.ntp_at(t);
    clock.on_sender_report(ntp, t + report_path + extra);
    map.on_sender_report(timestamp_at(t), ntp, clock);
  }
  Time capture(Time t, const PublisherClock& clock) const { return map.capture_time(timestamp_at(t), clock); }
};

double ms(Duration d) {
  return to_seconds(d) * 1000;
}

constexpr Time kStart{1'000s};

TEST(WindowedMinimum, ForgetsASmallValueAfterTwoWindows) {
  WindowedMinimum m(5s);
  EXPECT_TRUE(m.empty());
  m.add(10ms, kStart);
  m.add(30ms, kStart + 1s);
  EXPECT_EQ(m.value(), 10ms);
  m.add(30ms, kStart + 6s);
  EXPECT_EQ(m.value(), 10ms) << "the window before this still counts";
  m.add(30ms, kStart + 11s);
  EXPECT_EQ(m.value(), 30ms);
}

TEST(WindowedMinimum, StartsOverAfterALongSilence) {
  WindowedMinimum m(5s);
  m.add(10ms, kStart);
  m.add(50ms, kStart + 60s);
  EXPECT_EQ(m.value(), 50ms);
}

TEST(ClockMap, GoesByArrivalBeforeTheFirstReport) {
  Stream video{.clock_rate = 90'000, .path = 40ms};
  const PublisherClock clock;
  for (int i = 0; i < 100; ++i) video.packet(kStart + i * 40ms);
  EXPECT_FALSE(video.map.by_reports());
  EXPECT_NEAR(ms(video.capture(kStart + 2s, clock) - (kStart + 2s)), 40, 0.1);
}

TEST(ClockMap, JitterDoesNotMoveTheArrivalLine) {
  Stream video{.clock_rate = 90'000, .path = 40ms};
  const PublisherClock clock;
  Rng rng(7);
  for (int i = 0; i < 1000; ++i) {
    video.packet(kStart + i * 40ms, Duration(static_cast<std::int64_t>(rng.below(80'000'000))));
    if (i < 100) continue;
    const Time t = kStart + i * 40ms;
    ASSERT_NEAR(ms(video.capture(t, clock) - t), 40, 8) << i;  // A tenth of what single arrivals are off.
  }
}

TEST(ClockMap, TheFirstReportMovesTheLineToTheCapture) {
  Publisher publisher;
  PublisherClock clock;
  // Media takes 150 ms to be encoded and paced, reports only the network's 20.
  Stream video{.clock_rate = 90'000, .path = 150ms, .report_path = 20ms};
  for (int i = 0; i < 50; ++i) video.packet(kStart + i * 40ms);
  const Time t = kStart + 2s;
  EXPECT_NEAR(ms(video.capture(t, clock) - t), 150, 0.1);
  video.report(t, publisher, clock);
  EXPECT_TRUE(video.map.by_reports());
  EXPECT_NEAR(ms(video.capture(t, clock) - t), 20, 0.1);
}

TEST(ClockMap, LipsStayTogetherWhenVideoTakesLongerThanAudio) {
  Publisher publisher;
  PublisherClock clock;
  Stream audio{.clock_rate = 48'000, .path = 20ms, .report_path = 15ms, .first_timestamp = 0xffff'ff00};
  Stream video{.clock_rate = 90'000, .path = 220ms, .report_path = 90ms, .first_timestamp = 77};
  for (int i = 0; i < 3000; ++i) {
    const Time t = kStart + i * 20ms;
    audio.packet(t);
    if (i % 2 == 0) video.packet(t);
    if (i % 250 == 10) audio.report(t, publisher, clock);
    if (i % 50 == 5) video.report(t, publisher, clock);
    if (i < 50) continue;
    if (!audio.map.by_reports() || !video.map.by_reports()) continue;
    ASSERT_NEAR(ms(audio.capture(t, clock) - video.capture(t, clock)), 0, 0.1) << i;
  }
  // And the common line is the least delayed report's.
  const Time end = kStart + 60s;
  EXPECT_NEAR(ms(audio.capture(end, clock) - end), 15, 0.5);
}

TEST(ClockMap, FollowsADriftOf200PpmWithoutSteps) {
  for (const double drift : {200e-6, -200e-6}) {
    Publisher publisher{.drift = drift};
    PublisherClock clock;
    Stream audio{.clock_rate = 48'000, .path = 30ms};
    Time last{};
    for (int i = 0; i < 180'000; ++i) {  // An hour.
      const Time t = kStart + i * 20ms;
      audio.packet(t);
      if (i % 250 == 0) audio.report(t, publisher, clock);
      const Time capture = audio.capture(t, clock);
      if (i > 1000) {
        ASSERT_NEAR(ms(capture - t), 30, 6) << drift << " after " << i * 20 << " ms";
        ASSERT_NEAR(ms(capture - last), 20, 1.5);
      }
      last = capture;
    }
  }
}

TEST(ClockMap, AReportThatWasOvertakenIsIgnored) {
  Publisher publisher;
  PublisherClock clock;
  Stream video{.clock_rate = 90'000, .path = 40ms};
  for (int i = 0; i < 100; ++i) video.packet(kStart + i * 40ms);
  video.report(kStart + 3s, publisher, clock);
  const Time before = video.capture(kStart + 4s, clock);
  // An older report whose timestamp is 100 ms off: taken, it would show.
  video.map.on_sender_report(video.timestamp_at(kStart + 2s) + 9000, publisher.ntp_at(kStart + 2s), clock);
  EXPECT_EQ(video.capture(kStart + 4s, clock), before);
  // The same, newer, is taken.
  video.map.on_sender_report(video.timestamp_at(kStart + 4s) + 9000, publisher.ntp_at(kStart + 4s), clock);
  EXPECT_NEAR(ms(video.capture(kStart + 4s, clock) - before), -100, 0.1);
}

TEST(ClockMap, ImplausibleReportsAreIgnored) {
  Publisher publisher;
  PublisherClock clock;
  Stream video{.clock_rate = 90'000, .path = 40ms};
  // Before any packet there is nothing to measure it by.
  video.report(kStart, publisher, clock);
  EXPECT_FALSE(video.map.by_reports());
  for (int i = 0; i < 100; ++i) video.packet(kStart + i * 40ms);
  // Its timestamp is a minute off, or there is no clock.
  video.map.on_sender_report(video.timestamp_at(kStart + 64s), publisher.ntp_at(kStart + 4s), clock);
  video.map.on_sender_report(video.timestamp_at(kStart + 4s), 0, clock);
  EXPECT_FALSE(video.map.by_reports());
}

TEST(ClockMap, SurvivesManyWrapsOfTheTimestamp) {
  Publisher publisher;
  PublisherClock clock;
  Stream video{.clock_rate = 90'000, .path = 40ms};
  for (int i = 0; i < 400'000; ++i) {  // 55 hours, four wraps.
    const Time t = kStart + i * 500ms;
    video.packet(t);
    if (i % 10 == 0) video.report(t, publisher, clock);
    ASSERT_NEAR(ms(video.capture(t, clock) - t), 40, 0.1) << i;
  }
}

TEST(ClockMap, StartsOverWhenTheTimestampsDo) {
  Publisher publisher;
  PublisherClock clock;
  Stream video{.clock_rate = 90'000, .path = 40ms};
  for (int i = 0; i < 100; ++i) video.packet(kStart + i * 40ms);
  video.report(kStart + 4s, publisher, clock);
  video.first_timestamp += 0x3000'0000;
  const Time t = kStart + 5s;
  video.packet(t);
  EXPECT_FALSE(video.map.by_reports());
  EXPECT_NEAR(ms(video.capture(t, clock) - t), 40, 0.1);
  video.report(t + 1s, publisher, clock);
  EXPECT_TRUE(video.map.by_reports());
}

TEST(ClockMap, ASilenceThatKeepsItsTimestampsChangesNothing) {
  Publisher publisher;
  PublisherClock clock;
  Stream audio{.clock_rate = 48'000, .path = 30ms};
  for (int i = 0; i < 100; ++i) audio.packet(kStart + i * 20ms);
  audio.report(kStart + 2s, publisher, clock);
  const Time t = kStart + 600s;
  audio.packet(t);
  EXPECT_TRUE(audio.map.by_reports());
  EXPECT_NEAR(ms(audio.capture(t, clock) - t), 30, 0.1);
}

TEST(PublisherClock, ADelayedReportHardlyMovesIt) {
  Publisher publisher;
  PublisherClock clock;
  Rng rng(3);
  for (int i = 0; i < 600; ++i) {
    const Time t = kStart + i * 1s;
    const Duration queue = i % 5 == 0 ? 0ms : Duration(static_cast<std::int64_t>(rng.below(900'000'000)));
    clock.on_sender_report(publisher.ntp_at(t), t + 25ms + queue);
    ASSERT_NEAR(ms(clock.to_server(publisher.ntp_at(t)) - t), 25, 0.1) << i;
  }
}

TEST(PublisherClock, SlewsByNoMoreThanFiveMillisecondsPerSecond) {
  Publisher publisher;
  PublisherClock clock;
  // The first report was 300 ms late; those that follow are not.
  clock.on_sender_report(publisher.ntp_at(kStart), kStart + 300ms);
  Time t = kStart;
  double last = 300;
  for (int i = 1; i <= 70; ++i) {
    t += 1s;
    clock.on_sender_report(publisher.ntp_at(t), t);
    const double now = ms(clock.to_server(publisher.ntp_at(t)) - t);
    ASSERT_LE(last - now, 5.01) << i;
    ASSERT_LE(now, last + 0.001);
    last = now;
  }
  EXPECT_NEAR(last, 0, 0.1);
}

TEST(PublisherClock, AnchorsAnewAtOnceWhenThePeersClockIsSetForward) {
  Publisher publisher;
  PublisherClock clock;
  clock.on_sender_report(publisher.ntp_at(kStart), kStart + 20ms);
  const auto anchor = clock.anchor();
  publisher.set = 3600s;
  const Time t = kStart + 1s;
  clock.on_sender_report(publisher.ntp_at(t), t + 20ms);
  EXPECT_NE(clock.anchor(), anchor);
  EXPECT_NEAR(ms(clock.to_server(publisher.ntp_at(t)) - t), 20, 0.1);
}

TEST(PublisherClock, NeedsTwoReportsThatAgreeToBelieveItWasSetBack) {
  Publisher publisher;
  PublisherClock clock;
  clock.on_sender_report(publisher.ntp_at(kStart), kStart + 20ms);
  const auto anchor = clock.anchor();
  // One that is only very late.
  clock.on_sender_report(publisher.ntp_at(kStart + 1s), kStart + 4s);
  clock.on_sender_report(publisher.ntp_at(kStart + 4s), kStart + 4s + 20ms);
  EXPECT_EQ(clock.anchor(), anchor);

  publisher.set = -3600s;
  clock.on_sender_report(publisher.ntp_at(kStart + 5s), kStart + 5s + 20ms);
  EXPECT_EQ(clock.anchor(), anchor);
  const Time t = kStart + 6s;
  clock.on_sender_report(publisher.ntp_at(t), t + 20ms);
  EXPECT_NE(clock.anchor(), anchor);
  EXPECT_NEAR(ms(clock.to_server(publisher.ntp_at(t)) - t), 20, 0.1);
}

TEST(ClockMap, AStreamKeepsItsLineUntilItReportsByTheClockThatWasSet) {
  Publisher publisher;
  PublisherClock clock;
  Stream audio{.clock_rate = 48'000, .path = 30ms};
  Stream video{.clock_rate = 90'000, .path = 60ms, .report_path = 30ms};
  for (int i = 0; i < 400; ++i) {
    const Time t = kStart + i * 20ms;
    if (i == 200) publisher.set = -3600s;
    audio.packet(t);
    video.packet(t);
    if (i % 50 == 1) video.report(t, publisher, clock);
    if (i == 10 || i == 390) audio.report(t, publisher, clock);
    if (i < 20) continue;
    ASSERT_NEAR(ms(audio.capture(t, clock) - t), 30, 0.5) << i;
    ASSERT_NEAR(ms(video.capture(t, clock) - t), 30, 0.5) << i;
  }
}

TEST(PublisherClock, AReportWithoutAClockSaysNothing) {
  PublisherClock clock;
  clock.on_sender_report(0, kStart);
  EXPECT_FALSE(clock.known());
}

TEST(PublisherClock, AnyValueIsSurvived) {
  Rng rng(11);
  PublisherClock clock;
  ClockMap map(90'000);
  Time now = kStart;
  for (int i = 0; i < 100'000; ++i) {
    now += Duration(static_cast<std::int64_t>(rng.below(2'000'000'000)));
    const NtpTime ntp = rng.next();
    const std::uint32_t timestamp = rng.u32();
    clock.on_sender_report(ntp, now);
    map.on_sender_report(timestamp, ntp, clock);
    map.on_packet(rng.u32(), now);
    // Never further from now than a timestamp can say: half a lap of 90 kHz.
    const Duration off = map.capture_time(rng.u32(), clock) - now;
    ASSERT_LT(std::abs(to_seconds(off)), 2 * 86'400);
  }
}

}  // namespace
}  // namespace parley

#include "media/receive_stream.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

constexpr std::uint32_t kClock = 90'000;
constexpr std::uint32_t kFrame = 3'000;  // Ticks at 30 per second.
constexpr Duration kFrameTime = Duration(1'000'000'000 / 30);

struct Feed {
  ReceiveStream stream{kClock};
  Time now{100s};
  std::uint32_t timestamp = 0xffff'0000;

  // One packet a frame, on time.
  ReceiveStream::Received next(std::uint16_t sequence) {
    now += kFrameTime;
    timestamp += kFrame;
    return stream.on_packet(sequence, timestamp, 1000, now);
  }
};

TEST(ReceiveStream, UnwrapsAcrossTheEdgeOfTheNumbering) {
  Feed f;
  const auto first = f.next(65'534).sequence;
  EXPECT_EQ(f.next(1).sequence, first + 3);
  EXPECT_EQ(f.next(65'535).sequence, first + 1);
  EXPECT_EQ(f.next(2).sequence, first + 4);
  EXPECT_EQ(f.stream.highest_sequence(), first + 4);
}

TEST(ReceiveStream, TellsDuplicatesApartAlsoOfLatePackets) {
  Feed f;
  f.next(10);
  f.next(13);
  EXPECT_FALSE(f.next(11).duplicate);
  EXPECT_TRUE(f.next(11).duplicate);
  EXPECT_TRUE(f.next(13).duplicate);
  EXPECT_TRUE(f.next(10).duplicate);
  EXPECT_FALSE(f.next(12).duplicate);
}

TEST(ReceiveStream, ForgetsWhatWasSeenOneLapOfItsMemoryAgo) {
  Feed f;
  // In swapped pairs, since only late ones are looked up.
  for (std::uint32_t i = 0; i < 70'000; ++i) ASSERT_FALSE(f.next(static_cast<std::uint16_t>(i ^ 1)).duplicate) << i;
}

TEST(ReceiveStream, TakesAPacketAtTheEdgeOfItsWindowOnce) {
  Feed f;
  f.next(0);
  f.next(3000);
  EXPECT_FALSE(f.next(1).duplicate);
  EXPECT_TRUE(f.next(1).duplicate);
  EXPECT_TRUE(f.next(0).duplicate) << "too old to tell";
}

TEST(ReceiveStream, BelievesAFarJumpOnlyWhenTheNextPacketConfirmsIt) {
  Feed f;
  const auto first = f.next(1000).sequence;
  EXPECT_TRUE(f.next(30'000).duplicate);
  EXPECT_FALSE(f.next(1001).duplicate) << "a stray changes nothing";
  EXPECT_EQ(f.stream.highest_sequence(), first + 1);
  EXPECT_TRUE(f.next(30'001).duplicate) << "two in a row, or none";

  EXPECT_TRUE(f.next(30'000).duplicate);
  const auto confirmed = f.next(30'001);
  EXPECT_FALSE(confirmed.duplicate);
  EXPECT_TRUE(confirmed.restarted);
  EXPECT_EQ(confirmed.sequence, first + 29'001);
  EXPECT_FALSE(f.next(30'002).restarted);
}

TEST(ReceiveStream, GoesOnUpwardsWhenTheNumberingRestartsLower) {
  Feed f;
  const auto first = f.next(20'000).sequence;
  f.next(5);
  const auto confirmed = f.next(6);
  EXPECT_TRUE(confirmed.restarted);
  EXPECT_GT(confirmed.sequence, first);
  EXPECT_EQ(static_cast<std::uint16_t>(confirmed.sequence), 6);
  EXPECT_EQ(f.stream.report(f.now).cumulative_lost, 0) << "the jump was no loss";
}

TEST(ReceiveStream, ReportsTheFractionLostSinceTheLastReport) {
  Feed f;
  for (std::uint16_t s = 0; s < 100; ++s) {
    if (s % 4 != 3) f.next(s);
  }
  f.next(100);
  // 101 expected, 76 came: 25 * 256 / 101.
  auto report = f.stream.report(f.now);
  EXPECT_EQ(report.fraction_lost, 63);
  EXPECT_EQ(report.cumulative_lost, 25);
  EXPECT_EQ(report.extended_highest_sequence, 100u);

  for (std::uint16_t s = 101; s < 150; ++s) f.next(s);
  report = f.stream.report(f.now);
  EXPECT_EQ(report.fraction_lost, 0);
  EXPECT_EQ(report.cumulative_lost, 25);
}

TEST(ReceiveStream, LatePacketsMendTheLossWithoutANegativeFraction) {
  Feed f;
  f.next(0);
  f.next(5);
  EXPECT_EQ(f.stream.report(f.now).cumulative_lost, 4);
  for (std::uint16_t s = 1; s < 5; ++s) f.next(s);
  const auto report = f.stream.report(f.now);
  EXPECT_EQ(report.cumulative_lost, 0);
  EXPECT_EQ(report.fraction_lost, 0);
}

TEST(ReceiveStream, DuplicatesDoNotHideLoss) {
  Feed f;
  f.next(0);
  f.next(2);
  f.next(2);
  f.next(2);
  EXPECT_EQ(f.stream.report(f.now).cumulative_lost, 1);
  EXPECT_EQ(f.stream.packets(), 4u);
  EXPECT_EQ(f.stream.bytes(), 4000u);
}

TEST(ReceiveStream, ARepairedPacketIsKnownButStaysLost) {
  Feed f;
  f.next(0);
  f.next(2);
  EXPECT_FALSE(f.stream.on_repaired_packet(1).duplicate);
  EXPECT_TRUE(f.stream.on_repaired_packet(1).duplicate);
  EXPECT_TRUE(f.next(1).duplicate);
  EXPECT_EQ(f.stream.report(f.now).cumulative_lost, 1);
}

TEST(ReceiveStream, ARepairedPacketCannotRestartTheNumbering) {
  Feed f;
  const auto first = f.next(0).sequence;
  EXPECT_TRUE(f.stream.on_repaired_packet(30'000).duplicate);
  EXPECT_TRUE(f.stream.on_repaired_packet(30'001).duplicate);
  EXPECT_EQ(f.stream.highest_sequence(), first);
  ReceiveStream unheard(kClock);
  EXPECT_TRUE(unheard.on_repaired_packet(7).duplicate);
}

TEST(ReceiveStream, CountsLapsInTheExtendedNumber) {
  Feed f;
  f.next(65'535);
  EXPECT_EQ(f.stream.report(f.now).extended_highest_sequence, 65'535u);
  f.next(0);
  EXPECT_EQ(f.stream.report(f.now).extended_highest_sequence, 65'536u);
}

TEST(ReceiveStream, CumulativeLossKeepsToItsTwentyFourBits) {
  Feed f;
  f.next(0);
  std::uint16_t s = 0;
  // Three thousand lost at a time, 3000 times.
  for (int i = 0; i < 3000; ++i) f.next(s = static_cast<std::uint16_t>(s + 3000));
  EXPECT_EQ(f.stream.report(f.now).cumulative_lost, 0x7f'ffff);
}

TEST(ReceiveStream, APunctualStreamHasNoJitter) {
  Feed f;
  for (std::uint16_t s = 0; s < 200; ++s) f.next(s);
  EXPECT_LE(f.stream.report(f.now).jitter, 1u);
}

TEST(ReceiveStream, JitterTendsToTheMeanDeviation) {
  // RFC 3550 A.8: every second packet 10 ms late makes every difference 900 ticks.
  ReceiveStream stream(kClock);
  for (std::uint16_t s = 0; s < 400; ++s) {
    const Time on_time = Time(1000s) + s * Duration(33'333'333);
    stream.on_packet(s, s * 3000u, 1000, on_time + (s % 2 == 0 ? 0ms : 10ms));
  }
  EXPECT_NEAR(stream.report(Time(2000s)).jitter, 900, 10);
  EXPECT_NEAR(static_cast<double>(to_ms(stream.jitter())), 10, 1);
}

TEST(ReceiveStream, PacketsOfOneFrameAddNoJitter) {
  ReceiveStream stream(kClock);
  std::uint16_t s = 0;
  for (int frame = 0; frame < 100; ++frame) {
    for (int i = 0; i < 5; ++i) {
      stream.on_packet(s++, static_cast<std::uint32_t>(frame) * 9000, 1000, Time(1000s) + frame * 100ms + i * 4ms);
    }
  }
  EXPECT_EQ(stream.report(Time(2000s)).jitter, 0u);
}

TEST(ReceiveStream, AJumpOfTheTimestampsIsNotJitter) {
  Feed f;
  for (std::uint16_t s = 0; s < 10; ++s) f.next(s);
  f.timestamp += 0x4000'0000;
  for (std::uint16_t s = 10; s < 20; ++s) f.next(s);
  EXPECT_LE(f.stream.report(f.now).jitter, 1u);
}

TEST(ReceiveStream, EchoesTheLastSenderReportWithItsAge) {
  Feed f;
  f.next(0);
  EXPECT_EQ(f.stream.report(f.now).last_sr, 0u);
  EXPECT_EQ(f.stream.report(f.now).delay_since_last_sr, 0u);

  f.stream.on_sender_report(0x1122'3344'5566'7788u, f.now);
  const auto report = f.stream.report(f.now + 1500ms);
  EXPECT_EQ(report.last_sr, 0x3344'5566u);
  EXPECT_EQ(report.delay_since_last_sr, 0x1'8000u);
}

TEST(ReceiveStream, SaysNothingBeforeItHeardAnything) {
  ReceiveStream stream(kClock);
  EXPECT_FALSE(stream.heard());
  const auto report = stream.report(Time(5s));
  EXPECT_EQ(report.extended_highest_sequence, 0u);
  EXPECT_EQ(report.fraction_lost, 0);
  EXPECT_EQ(report.cumulative_lost, 0);
}

}  // namespace
}  // namespace parley

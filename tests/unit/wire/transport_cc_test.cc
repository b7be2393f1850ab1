#include "wire/transport_cc.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

#include "base/rng.h"

namespace parley {
namespace {

RtcpPacket feedback_packet(const std::vector<std::uint8_t>& body) {
  return {RtcpType::kTransportFeedback, kFormatTransportCc, body};
}

std::vector<TransportCcStatus> statuses(const TransportCc& feedback) {
  std::vector<TransportCcStatus> result;
  feedback.for_each([&](const TransportCcStatus& status) { result.push_back(status); });
  return result;
}

const std::vector<std::uint8_t> kEveryChunk = {
    0,    0,    0,    1,    0, 0, 0, 2,  // sender, media
    0xff, 0xfe, 0x00, 0x0d,              // base 65534, 13 packets
    0x00, 0x01, 0x02, 0x07,              // reference 258 (16.512 s), feedback 7
    0x20, 0x02,                          // run: two small deltas
    0xd9, 0x00,                          // two bits each: 1 2 1 0 0 0 0 (65534+2 .. +8)
    0xa8, 0x00,                          // one bit each: 1 0 1 0 ... (only four are counted)
    0x04,                                // 65534: 1 ms
    0x00,                                // 65535
    0xff,                                // 0: 63.75 ms
    0xff, 0xf0,                          // 1: 4 ms earlier
    0x08,                                // 2: 2 ms
    0x01, 0x02,                          // 7, 9
    0x00, 0x00,                          // padding
};

TEST(TransportCc, EveryKindOfChunkAndDeltaIsRead) {
  const auto feedback = parse_transport_cc(feedback_packet(kEveryChunk));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender, Ssrc(1));
  EXPECT_EQ(feedback->media, Ssrc(2));
  EXPECT_EQ(feedback->base_sequence, 65534);
  EXPECT_EQ(feedback->status_count, 13);
  EXPECT_EQ(feedback->reference_time, 258u);
  EXPECT_EQ(feedback->feedback_count, 7);

  const auto all = statuses(*feedback);
  ASSERT_EQ(all.size(), 13u);
  EXPECT_EQ(all[0].sequence, 65534);
  EXPECT_EQ(all[0].arrival, 1ms);
  EXPECT_EQ(all[1].arrival, 1ms);
  EXPECT_EQ(all[2].sequence, 0);
  EXPECT_EQ(all[2].arrival, 64'750us);
  EXPECT_EQ(all[3].arrival, 60'750us);
  EXPECT_EQ(all[4].arrival, 62'750us);
  for (const std::size_t lost : {5u, 6u, 7u, 8u, 10u, 12u}) EXPECT_FALSE(all[lost].received) << lost;
  EXPECT_EQ(all[9].arrival, 63ms);
  EXPECT_EQ(all[11].arrival, 63'500us);
}

TEST(TransportCc, RefusesWhatIsCutShort) {
  for (std::size_t size = 0; size < kEveryChunk.size() - 2; ++size) {
    const std::vector<std::uint8_t> shorter(kEveryChunk.begin(),
                                            kEveryChunk.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_transport_cc(feedback_packet(shorter))) << size;
  }
}

TEST(TransportCc, RefusesTheReservedSymbolAndAnEmptyReport) {
  auto reserved = kEveryChunk;
  reserved[16] = 0x60;
  EXPECT_FALSE(parse_transport_cc(feedback_packet(reserved)));
  auto none = kEveryChunk;
  none[11] = 0;
  EXPECT_FALSE(parse_transport_cc(feedback_packet(none)));
}

TEST(TransportCc, ARunCoversMoreThanTheCount) {
  const std::vector<std::uint8_t> body = {0, 0, 0, 1, 0, 0, 0, 2, 0, 5, 0, 1, 0, 0, 0, 0, 0x3f, 0xff, 0x09, 0x00};
  const auto feedback = parse_transport_cc(feedback_packet(body));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(statuses(*feedback).size(), 1u);
}

// Builds, writes, parses; checks that each packet comes back within the unit of 250 us.
void expect_round_trip(std::uint16_t base, const std::vector<std::pair<std::uint16_t, Time>>& arrivals) {
  TransportCcBuilder builder;
  builder.start(base, arrivals.front().second);
  for (const auto& [sequence, time] : arrivals) ASSERT_TRUE(builder.add(sequence, time));
  std::array<std::uint8_t, TransportCcBuilder::kMaxSize> out{};
  ByteWriter writer(out);
  ASSERT_TRUE(builder.write(writer, Ssrc(1), Ssrc(2), 3));
  RtcpCursor cursor(writer.written());
  const auto packet = cursor.next();
  ASSERT_TRUE(packet);
  const auto feedback = parse_transport_cc(*packet);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->status_count, builder.status_count());
  EXPECT_EQ(feedback->base_sequence, base);

  std::size_t next = 0;
  feedback->for_each([&](const TransportCcStatus& status) {
    if (!status.received) return;
    ASSERT_LT(next, arrivals.size());
    EXPECT_EQ(status.sequence, arrivals[next].first);
    const Duration reference = feedback->reference_time * kTransportCcReferenceUnit;
    const Duration error = arrivals[next].second.time_since_epoch() - (reference + status.arrival);
    EXPECT_GE(error, 0us);
    EXPECT_LT(error, 250us);
    ++next;
  });
  EXPECT_EQ(next, arrivals.size());
}

TEST(TransportCcBuilder, RandomArrivalsComeBack) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Rng rng(seed);
    std::vector<std::pair<std::uint16_t, Time>> arrivals;
    const double loss = rng.unit() * 0.6;
    Time now(Duration(1'000'000'000 + static_cast<std::int64_t>(rng.below(5'000'000'000))));
    auto sequence = static_cast<std::uint16_t>(rng.u16());
    const std::uint16_t base = sequence;
    for (int i = 0; i < 250; ++i, ++sequence) {
      now += Duration(static_cast<std::int64_t>(rng.below(rng.chance(0.1) ? 200'000'000 : 3'000'000)));
      if (i != 0 && rng.chance(0.1)) now -= 5ms;
      if (!rng.chance(loss)) arrivals.emplace_back(sequence, now);
    }
    SCOPED_TRACE(seed);
    expect_round_trip(base, arrivals);
  }
}

TEST(TransportCcBuilder, TheBaseMayComeBeforeTheFirstArrival) {
  expect_round_trip(65530, {{3, Time(10s)}, {4, Time(10s + 1ms)}});
}

TEST(TransportCcBuilder, LongRunsTakeOneChunk) {
  TransportCcBuilder builder;
  builder.start(0, Time(1s));
  for (std::uint16_t i = 0; i < 200; ++i) ASSERT_TRUE(builder.add(i, Time(1s + i * 1ms)));
  std::array<std::uint8_t, 1000> out{};
  ByteWriter writer(out);
  ASSERT_TRUE(builder.write(writer, Ssrc(1), Ssrc(2), 0));
  EXPECT_EQ(writer.size(), 4u + 16 + 2 + 200 + 2);
}

TEST(TransportCcBuilder, SendsWhatDoesNotFitToTheNextMessage) {
  TransportCcBuilder builder;
  builder.start(10, Time(1s));
  EXPECT_TRUE(builder.empty());
  ASSERT_TRUE(builder.add(10, Time(1s)));
  EXPECT_FALSE(builder.add(10, Time(1s)));  // not ahead
  EXPECT_FALSE(builder.add(9, Time(1s)));
  EXPECT_FALSE(builder.add(11, Time(10s)));  // beyond a 16-bit delta
  EXPECT_FALSE(builder.add(static_cast<std::uint16_t>(10 + TransportCcBuilder::kMaxStatuses), Time(1s)));
  EXPECT_EQ(builder.next_sequence(), 11);
  std::uint16_t sequence = 11;
  while (builder.add(sequence, Time(1s))) ++sequence;
  std::array<std::uint8_t, TransportCcBuilder::kMaxSize> out{};
  ByteWriter writer(out);
  EXPECT_TRUE(builder.write(writer, Ssrc(1), Ssrc(2), 0));
  EXPECT_GT(builder.status_count(), 500u);
}

TEST(TransportCcBuilder, WritesNothingIfEmptyOrTooLarge) {
  TransportCcBuilder builder;
  std::array<std::uint8_t, 20> out{};
  ByteWriter writer(out);
  EXPECT_FALSE(builder.write(writer, Ssrc(1), Ssrc(2), 0));
  builder.start(0, Time(1s));
  ASSERT_TRUE(builder.add(0, Time(1s)));
  EXPECT_FALSE(builder.write(writer, Ssrc(1), Ssrc(2), 0));
  EXPECT_EQ(writer.size(), 0u);
}

}  // namespace
}  // namespace parley

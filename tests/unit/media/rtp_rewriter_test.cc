#include "media/rtp_rewriter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/rng.h"
#include "base/sequence.h"

namespace parley {
namespace {

using Out = RtpRewriter::Out;

// A stream bound at 500, its clock at 10,000, to a slot that starts at 65,534.
struct Bound {
  RtpRewriter rewriter{65'534, 77};
  Bound() { rewriter.rebase(500, 10'000, 900'000, 3000); }
  std::optional<Out> map(std::int64_t in) { return rewriter.map(in, timestamp(in)); }
  std::optional<Out> skip(std::int64_t in) { return rewriter.skip(in, timestamp(in)); }
  static std::uint32_t timestamp(std::int64_t in) { return static_cast<std::uint32_t>(10'000 + (in - 500) * 100); }
  // What `in` becomes as the nth number of the slot.
  static Out nth(int n, std::int64_t in) {
    return {static_cast<std::uint16_t>(65'534 + n), static_cast<std::uint32_t>(900'000 + (in - 500) * 100)};
  }
};

TEST(RtpRewriter, MapsNothingBeforeAnythingIsBound) {
  RtpRewriter rewriter(1, 2);
  EXPECT_FALSE(rewriter.map(10, 0));
  EXPECT_FALSE(rewriter.skip(10, 0));
  EXPECT_FALSE(rewriter.started());
}

TEST(RtpRewriter, StartsWithItsFirstNumberAtTheTimestampWanted) {
  Bound b;
  EXPECT_FALSE(b.rewriter.started());
  EXPECT_EQ(b.map(500), (Out{65'534, 900'000}));
  EXPECT_TRUE(b.rewriter.started());
  EXPECT_EQ(b.rewriter.last_sequence(), 65'534);
  EXPECT_EQ(b.rewriter.last_timestamp(), 900'000u);
}

TEST(RtpRewriter, KeepsTheOffsetAcrossTheWrap) {
  Bound b;
  for (int n = 0; n < 10; ++n) EXPECT_EQ(b.map(500 + n), Bound::nth(n, 500 + n));
}

TEST(RtpRewriter, APacketLeftOutClosesTheGapBehindIt) {
  Bound b;
  b.map(500);
  EXPECT_FALSE(b.skip(501));
  EXPECT_FALSE(b.skip(502));
  EXPECT_EQ(b.map(503), Bound::nth(1, 503));
  EXPECT_EQ(b.map(504), Bound::nth(2, 504));
}

TEST(RtpRewriter, AGapOfThePathStaysAndItsPacketFitsInLate) {
  Bound b;
  b.map(500);
  EXPECT_EQ(b.map(503), Bound::nth(3, 503));
  EXPECT_EQ(b.map(501), Bound::nth(1, 501));
  EXPECT_EQ(b.rewriter.last_timestamp(), Bound::nth(3, 503).timestamp);
  EXPECT_EQ(b.map(502), Bound::nth(2, 502));
}

TEST(RtpRewriter, ALatePacketKeepsTheOffsetOfItsTime) {
  Bound b;
  b.map(500);
  b.map(502);  // 501 is reserved.
  b.skip(503);
  EXPECT_EQ(b.map(504), Bound::nth(3, 504));
  EXPECT_EQ(b.map(501), Bound::nth(1, 501));
}

TEST(RtpRewriter, GivesAReservedNumberBackWhenItsPacketIsLeftOutLate) {
  Bound b;
  b.map(500);
  b.map(502);
  EXPECT_EQ(b.skip(501), Bound::nth(1, 501));
  EXPECT_FALSE(b.skip(501)) << "once";
  EXPECT_FALSE(b.map(501));
}

TEST(RtpRewriter, NeverUsesANumberTwice) {
  Bound b;
  b.map(500);
  b.skip(501);
  b.map(502);
  EXPECT_FALSE(b.map(500));
  EXPECT_FALSE(b.map(502));
  EXPECT_FALSE(b.map(501)) << "it was left out, its number went to the next";
  EXPECT_FALSE(b.skip(502)) << "it has been sent";
}

TEST(RtpRewriter, RefusesWhatIsOlderThanTheRun) {
  Bound b;
  b.map(500);
  EXPECT_FALSE(b.map(499));
  EXPECT_FALSE(b.skip(499));
}

TEST(RtpRewriter, ARunFollowsTheLastPacketSent) {
  Bound b;
  b.map(500);
  b.map(501);
  b.rewriter.rebase(70'000, 5, 1'000'000, 3000);
  EXPECT_EQ(b.rewriter.map(70'000, 5), (Out{0, 1'000'000}));
  EXPECT_EQ(b.rewriter.map(70'001, 3005), (Out{1, 1'003'000}));
}

TEST(RtpRewriter, ARunReusesNumbersThatWereReservedBehindTheLastOneSent) {
  Bound b;
  b.map(500);
  b.skip(503);  // 501 and 502 hold numbers that nothing was sent behind.
  b.rewriter.rebase(9000, 0, 1'000'000, 0);
  EXPECT_EQ(b.rewriter.map(9000, 0)->sequence, 65'535);
}

TEST(RtpRewriter, TimeAlwaysAdvancesByTheLeastStep) {
  Bound b;
  b.map(500);  // 900,000.
  b.rewriter.rebase(1, 50, 900'000 - 12'345, 3000);
  EXPECT_EQ(b.rewriter.map(1, 50)->timestamp, 903'000u);
  b.rewriter.rebase(1, 50, 903'001, 3000);
  EXPECT_EQ(b.rewriter.map(1, 50)->timestamp, 906'000u);
  b.rewriter.rebase(1, 50, 909'000, 3000);
  EXPECT_EQ(b.rewriter.map(1, 50)->timestamp, 909'000u);
}

TEST(RtpRewriter, TheLeastStepCrossesTheWrap) {
  RtpRewriter rewriter(1, 0);
  rewriter.rebase(1, 0, 0xffff'ff00, 3000);
  rewriter.map(1, 0);
  rewriter.rebase(5, 0, 0x0000'0100, 3000);
  EXPECT_EQ(rewriter.map(5, 0)->timestamp, 0xffff'ff00u + 3000);
}

TEST(RtpRewriter, PaddingTakesANumberOfItsOwn) {
  Bound b;
  b.map(500);
  EXPECT_EQ(b.rewriter.next_padding(), (Out{65'535, 900'000}));
  EXPECT_EQ(b.rewriter.next_padding(), (Out{0, 900'000}));
  EXPECT_EQ(b.map(501), Bound::nth(3, 501));
  b.map(503);
  b.rewriter.next_padding();
  EXPECT_EQ(b.map(502), Bound::nth(4, 502)) << "late ones keep theirs";
  EXPECT_EQ(b.map(504), Bound::nth(7, 504));
}

TEST(RtpRewriter, PaddingMayComeFirst) {
  RtpRewriter rewriter(9, 1000);
  EXPECT_EQ(rewriter.next_padding(), (Out{9, 1000}));
  rewriter.rebase(1, 0, 5000, 0);
  EXPECT_EQ(rewriter.map(1, 0), (Out{10, 5000}));
}

TEST(RtpRewriter, NamesTheHolesTheOldBindingLeft) {
  Bound b;
  b.map(500);
  b.map(503);
  EXPECT_FALSE(b.rewriter.take_hole()) << "they may still be filled";
  b.map(501);
  b.rewriter.rebase(9000, 0, 1'000'000, 0);
  EXPECT_EQ(b.rewriter.take_hole(), (Out{0, Bound::nth(3, 503).timestamp}));
  EXPECT_FALSE(b.rewriter.take_hole());
  EXPECT_EQ(b.rewriter.map(9000, 0)->sequence, 2);
}

TEST(RtpRewriter, ClosesNoMoreHolesThanAReceiverWouldAskFor) {
  Bound b;
  b.map(500);
  b.map(3500);
  b.rewriter.rebase(9000, 0, 1'000'000, 0);
  int holes = 0;
  while (b.rewriter.take_hole()) ++holes;
  EXPECT_EQ(holes, 255);
}

TEST(RtpRewriter, AJumpOfThePublishersNumberingIsClosed) {
  Bound b;
  b.map(500);
  EXPECT_EQ(b.map(500 + 3000), Bound::nth(3000, 3500)) << "the longest gap that is kept";
  EXPECT_EQ(b.map(3500 + 3001), Bound::nth(3001, 6501));
  EXPECT_EQ(b.map(6502), Bound::nth(3002, 6502));
  EXPECT_FALSE(b.map(6500)) << "nothing was reserved within the jump";
}

TEST(RtpRewriter, ForgetsTheOldestRunsRatherThanGuess) {
  Bound b;
  b.map(500);
  // 501 is missing; then every other packet is left out.
  for (std::int64_t in = 502; in < 800; ++in) in % 2 == 0 ? (void)b.map(in) : (void)b.skip(in);
  EXPECT_FALSE(b.map(501));
}

// One binding after another, each with loss, reordering, duplicates, packets left out and padding in between. The model
// knows what the path did and checks every promise.
class Story {
 public:
  explicit Story(std::uint64_t seed)
      : rng_(seed), first_(static_cast<std::uint16_t>(65'000 + rng_.below(1000))), rewriter_(first_, rng_.u32()) {
    highest_ = unwrapper_.unwrap(first_) - 1;
    low_ = highest_ + 1;
  }

  void run(bool close_holes) {
    const auto in_first = static_cast<std::int64_t>(65'536 + rng_.below(1u << 20));
    const std::uint32_t ts_first = rng_.u32();
    const std::uint32_t wanted = rewriter_.last_timestamp() + static_cast<std::uint32_t>(rng_.below(9000)) - 4000;
    rewriter_.rebase(in_first, ts_first, wanted, 1500);
    const std::int64_t before = highest_;
    const std::uint32_t time_before = rewriter_.last_timestamp();
    const bool started = rewriter_.started();

    if (close_holes) {
      while (const auto hole = rewriter_.take_hole()) use(*hole);
      ASSERT_EQ(static_cast<std::int64_t>(used_.size()), highest_ - low_ + 1) << "every number has been sent";
    }

    // What the path makes of it: an order of arrival.
    struct Arrival {
      std::int64_t key;
      std::int64_t in;
    };
    std::vector<Arrival> arrivals;
    std::set<std::int64_t> lost, left_out;
    const auto length = static_cast<std::int64_t>(1 + rng_.below(200));
    for (std::int64_t i = 0; i < length; ++i) {
      const std::int64_t in = in_first + i;
      if (i > 0 && rng_.chance(0.3)) left_out.insert(in);
      if (i > 0 && rng_.chance(0.05)) {
        lost.insert(in);
        continue;
      }
      const auto late = i > 0 && rng_.chance(0.1) ? static_cast<std::int64_t>(rng_.below(30)) : 0;
      arrivals.push_back({i + late, in});
      if (rng_.chance(0.05)) arrivals.push_back({i + late + static_cast<std::int64_t>(rng_.below(30)), in});
    }
    if (rng_.chance(0.5)) arrivals.push_back({2, in_first - 1});
    std::sort(arrivals.begin(), arrivals.end(),
              [](auto a, auto b) { return std::pair(a.key, a.in) < std::pair(b.key, b.in); });

    std::map<std::int64_t, std::int64_t> sent;  // In to out, of what was mapped.
    std::set<std::int64_t> met;
    std::optional<std::uint32_t> shift;
    std::int64_t paddings = 0;
    std::int64_t last_media = 0;
    std::int64_t paddings_at_last_media = 0;
    for (const Arrival& arrival : arrivals) {
      const std::int64_t in = arrival.in;
      const std::uint32_t ts = ts_first + static_cast<std::uint32_t>(in - in_first) / 3 * 3000;
      const bool first_sight = met.insert(in).second;
      if (left_out.contains(in)) {
        const auto closed = rewriter_.skip(in, ts);
        if (closed) {
          ASSERT_TRUE(first_sight);
          use(*closed);
        }
      } else {
        const auto out = rewriter_.map(in, ts);
        ASSERT_EQ(out.has_value(), first_sight && in >= in_first) << in - in_first;
        if (!out) continue;
        const std::int64_t number = use(*out);
        // Timestamps keep their distances.
        if (!shift) shift = out->timestamp - ts;
        ASSERT_EQ(out->timestamp - ts, *shift);
        if (sent.empty()) {
          ASSERT_EQ(number, before + 1);
          if (started) {
            ASSERT_GE(static_cast<std::int32_t>(out->timestamp - time_before), 1500);
          } else {
            ASSERT_EQ(out->timestamp, wanted);
          }
        }
        // Order is kept.
        const auto next = sent.emplace(in, number).first;
        if (next != sent.begin()) {
          ASSERT_LT(std::prev(next)->second, number);
        }
        if (std::next(next) != sent.end()) {
          ASSERT_GT(std::next(next)->second, number);
        } else {
          last_media = number;
          paddings_at_last_media = paddings;
        }
      }
      if (rng_.chance(0.03)) {
        const Out padding = rewriter_.next_padding();
        ASSERT_EQ(use(padding), highest_);
        ++paddings;
      }
      ASSERT_EQ(rewriter_.last_sequence(), static_cast<std::uint16_t>(highest_));
    }

    // The only numbers missing below the last packet sent belong to packets that the path lost.
    std::int64_t missing = 0;
    for (std::int64_t n = before + 1; n < last_media; ++n) missing += !used_.contains(n);
    std::int64_t lost_below = 0;
    for (const std::int64_t in : lost) lost_below += in < sent.rbegin()->first;
    ASSERT_EQ(missing, lost_below);
    // Nor were more numbers spent than packets and paddings took.
    ASSERT_LE(last_media - before, length + paddings_at_last_media);
  }

 private:
  // The number, unwrapped; it must be new.
  std::int64_t use(Out out) {
    const std::int64_t number =
        highest_ + static_cast<std::int16_t>(out.sequence - static_cast<std::uint16_t>(highest_));
    EXPECT_TRUE(used_.insert(number).second) << "twice: " << out.sequence;
    highest_ = std::max(highest_, number);
    return number;
  }

  Rng rng_;
  std::uint16_t first_;
  RtpRewriter rewriter_;
  SequenceUnwrapper unwrapper_;
  std::int64_t low_ = 0;
  std::int64_t highest_ = 0;
  std::set<std::int64_t> used_;
};

TEST(RtpRewriter, KeepsItsPromisesWhateverThePathDoes) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Story story(seed);
    for (int i = 0; i < 100; ++i) {
      story.run(false);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(RtpRewriter, LeavesNoNumberOpenWhenHolesAreClosedAtEachBinding) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Story story(seed);
    for (int i = 0; i < 100; ++i) {
      story.run(true);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(RtpRewriter, NumbersOneLapApartAreTwoNumbers) {
  Bound b;
  for (std::int64_t in = 500; in < 500 + 140'000; ++in) {
    const auto out = b.map(in);
    ASSERT_TRUE(out);
    ASSERT_EQ(out->sequence, static_cast<std::uint16_t>(65'534 + in - 500));
  }
}

}  // namespace
}  // namespace parley

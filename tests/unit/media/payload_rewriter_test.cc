#include "media/payload_rewriter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/pcap.h"
#include "wire/rtp.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

namespace parley {
namespace {

using Payload = std::vector<std::uint8_t>;

Payload mapped(PayloadRewriter& rewriter, Codec codec, Payload payload) {
  rewriter.map(codec, payload).apply(payload);
  return payload;
}

// As Chromium writes VP8 without layers: X, S; I; a picture id of 15 bits; then a keyframe's first bytes.
Payload chromium_vp8(std::uint16_t picture_id) {
  return {0x90,
          0x80,
          static_cast<std::uint8_t>(0x80 | picture_id >> 8),
          static_cast<std::uint8_t>(picture_id),
          0xf0,
          0x3b,
          0x00,
          0x9d,
          0x01,
          0x2a,
          0x40,
          0x01,
          0xb4,
          0x00};
}

// With temporal layers: X, S; I, L, T, K; picture id of 15 bits, TL0PICIDX, TID | Y | KEYIDX.
Payload layered_vp8(std::uint16_t picture_id, std::uint8_t tl0, std::uint8_t tid, bool sync, std::uint8_t key_index) {
  return {0x90,
          0xf0,
          static_cast<std::uint8_t>(0x80 | picture_id >> 8),
          static_cast<std::uint8_t>(picture_id),
          tl0,
          static_cast<std::uint8_t>(tid << 6 | (sync ? 0x20 : 0) | key_index),
          0x11,
          0x2b,
          0x00};
}

// As GStreamer writes it: a picture id of 7 bits.
Payload short_vp8(std::uint8_t picture_id) {
  return {0x90, 0x80, picture_id, 0x11, 0x15, 0x00, 0x17, 0x11};
}

// Non-flexible VP9 with layers: I, P, L, B; picture id of 15 bits; TID 0, SID 0; TL0PICIDX.
Payload layered_vp9(std::uint16_t picture_id, std::uint8_t tl0) {
  return {
      0xe8, static_cast<std::uint8_t>(0x80 | picture_id >> 8), static_cast<std::uint8_t>(picture_id), 0x00, tl0, 0x86,
      0x00};
}

// Flexible VP9 as Chromium writes it: I, P, L, F, B, E, Z; picture id 0x0c47, layers, one difference.
const Payload kChromiumVp9 = {0xfd, 0x8c, 0x47, 0x50, 0x02, 0x87, 0x00, 0x00, 0x00, 0x02, 0x7e};

std::uint16_t picture_id_of(const Payload& payload) {
  return parse_vp8(payload)->picture_id.value();
}

TEST(PayloadRewriter, TheFirstRunKeepsItsIds) {
  PayloadRewriter rewriter;
  EXPECT_EQ(rewriter.map(Codec::kVp8, layered_vp8(0x25a5, 7, 0, false, 3)).count, 0);
  EXPECT_EQ(rewriter.map(Codec::kVp8, layered_vp8(0x25a6, 7, 2, true, 3)).count, 0);
  EXPECT_FALSE(rewriter.map_frame_number(900));
}

TEST(PayloadRewriter, ARunGoesOnFromTheLastIdsSent) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, layered_vp8(0x25a5, 7, 0, false, 3));
  rewriter.map(Codec::kVp8, layered_vp8(0x25a6, 7, 1, false, 3));
  rewriter.rebase();
  const auto patches = rewriter.map(Codec::kVp8, layered_vp8(0x0101, 200, 0, true, 30));
  ASSERT_EQ(patches.count, 3);
  EXPECT_EQ(patches.patches[0], (BytePatch{2, 2, 0x8000 | 0x25a7}));  // M is kept.
  EXPECT_EQ(patches.patches[1], (BytePatch{4, 1, 8}));
  EXPECT_EQ(patches.patches[2], (BytePatch{5, 1, 0x20 | 4}));  // So are TID and Y.
  // A frame later.
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(0x0102, 201, 2, false, 30)), layered_vp8(0x25a8, 9, 2, false, 4));
}

TEST(PayloadRewriter, PacketsOfOneFrameShareTheirIds) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, chromium_vp8(100));
  rewriter.rebase();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(mapped(rewriter, Codec::kVp8, chromium_vp8(0x25a5)), chromium_vp8(101));
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, chromium_vp8(0x25a6)), chromium_vp8(102));
}

TEST(PayloadRewriter, ALatePacketAgreesWithItsFrame) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, chromium_vp8(100));
  rewriter.rebase();
  rewriter.map(Codec::kVp8, chromium_vp8(5000));
  rewriter.map(Codec::kVp8, chromium_vp8(5004));
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, chromium_vp8(5001)), chromium_vp8(102));
  // Nor does it move the next run back.
  rewriter.rebase();
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, chromium_vp8(9)), chromium_vp8(106));
}

TEST(PayloadRewriter, EveryIdWrapsInItsOwnWidth) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, layered_vp8(0x7ffe, 254, 0, false, 30));
  rewriter.rebase();
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(10, 20, 0, false, 5)), layered_vp8(0x7fff, 255, 0, false, 31));
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(11, 21, 0, false, 6)), layered_vp8(0, 0, 0, false, 0));
  // And the incoming ones, once more round.
  rewriter.rebase();
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(0x7fff, 255, 0, false, 31)), layered_vp8(1, 1, 0, false, 1));
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(0, 0, 0, false, 0)), layered_vp8(2, 2, 0, false, 2));
}

TEST(PayloadRewriter, AShortPictureIdStaysShort) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, chromium_vp8(0x01ff));
  rewriter.rebase();
  EXPECT_EQ(rewriter.map(Codec::kVp8, short_vp8(0x53)).patches[0], (BytePatch{2, 1, 0x00}));
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, short_vp8(0x54)), short_vp8(0x01));
  // The longer form goes on where the shorter one stood.
  rewriter.rebase();
  EXPECT_EQ(picture_id_of(mapped(rewriter, Codec::kVp8, chromium_vp8(77))), 0x0202);
}

TEST(PayloadRewriter, ShortIdsRunOnOverTheirWrap) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, short_vp8(3));
  rewriter.rebase();
  for (int i = 0; i < 400; ++i) {
    const auto in = static_cast<std::uint8_t>((100 + i) % 128);
    ASSERT_EQ(mapped(rewriter, Codec::kVp8, short_vp8(in)), short_vp8(static_cast<std::uint8_t>((4 + i) % 128)));
  }
}

TEST(PayloadRewriter, AFrameLeftOutLeavesNoMissingPictureIdInVp8) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, layered_vp8(10, 1, 0, false, 0));
  rewriter.skip(Codec::kVp8, layered_vp8(11, 1, 2, false, 0));
  rewriter.skip(Codec::kVp8, layered_vp8(11, 1, 2, false, 0));  // Its second packet.
  rewriter.skip(Codec::kVp8, layered_vp8(12, 1, 2, false, 0));
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(13, 1, 1, false, 0)), layered_vp8(11, 1, 1, false, 0));
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(14, 2, 0, false, 0)), layered_vp8(12, 2, 0, false, 0));
  // Late ones keep the offset of their time.
  EXPECT_EQ(mapped(rewriter, Codec::kVp8, layered_vp8(10, 1, 0, false, 0)), layered_vp8(10, 1, 0, false, 0));
}

TEST(PayloadRewriter, ALostFrameBetweenTwoLeftOutKeepsItsPictureId) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, chromium_vp8(10));
  rewriter.skip(Codec::kVp8, chromium_vp8(11));
  rewriter.skip(Codec::kVp8, chromium_vp8(13));  // 12 has not come yet.
  EXPECT_EQ(picture_id_of(mapped(rewriter, Codec::kVp8, chromium_vp8(14))), 12);
  EXPECT_EQ(picture_id_of(mapped(rewriter, Codec::kVp8, chromium_vp8(12))), 11);
}

TEST(PayloadRewriter, ManyFramesLeftOutInARowAreOneStepToRemember) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, chromium_vp8(10));
  rewriter.skip(Codec::kVp8, chromium_vp8(11));
  rewriter.map(Codec::kVp8, chromium_vp8(12));  // Becomes 11.
  for (std::uint16_t id = 13; id < 113; ++id) rewriter.skip(Codec::kVp8, chromium_vp8(id));
  EXPECT_EQ(picture_id_of(mapped(rewriter, Codec::kVp8, chromium_vp8(113))), 12);
  EXPECT_EQ(picture_id_of(mapped(rewriter, Codec::kVp8, chromium_vp8(10))), 10);
}

TEST(PayloadRewriter, AlternateFramesLeftOutForLongStayContinuous) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, chromium_vp8(0));
  for (int i = 0; i < 50'000; ++i) {
    const auto id = static_cast<std::uint16_t>(2 * i + 1);
    rewriter.skip(Codec::kVp8, chromium_vp8(id & 0x7fff));
    ASSERT_EQ(picture_id_of(mapped(rewriter, Codec::kVp8, chromium_vp8((id + 1) & 0x7fff))), (i + 1) & 0x7fff);
  }
}

TEST(PayloadRewriter, Vp9IdsKeepTheirDistancesWhenFramesAreLeftOut) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp9, layered_vp9(0x0f00, 9));
  rewriter.rebase();
  EXPECT_EQ(mapped(rewriter, Codec::kVp9, layered_vp9(3, 50)), layered_vp9(0x0f01, 10));
  rewriter.skip(Codec::kVp9, layered_vp9(4, 50));
  EXPECT_EQ(mapped(rewriter, Codec::kVp9, layered_vp9(5, 51)), layered_vp9(0x0f03, 11));
}

TEST(PayloadRewriter, FlexibleVp9HasAPictureIdAlone) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp9, layered_vp9(0x7fff, 9));
  rewriter.rebase();
  Payload expected = kChromiumVp9;
  expected[1] = 0x80;
  expected[2] = 0x00;
  EXPECT_EQ(mapped(rewriter, Codec::kVp9, kChromiumVp9), expected);
}

TEST(PayloadRewriter, OtherCodecsAndBrokenPayloadsAreLeftAlone) {
  PayloadRewriter rewriter;
  rewriter.map(Codec::kVp8, chromium_vp8(1));
  rewriter.rebase();
  EXPECT_EQ(rewriter.map(Codec::kH264, chromium_vp8(9)).count, 0);
  EXPECT_EQ(rewriter.map(Codec::kAv1, chromium_vp8(9)).count, 0);
  EXPECT_EQ(rewriter.map(Codec::kOpus, chromium_vp8(9)).count, 0);
  EXPECT_EQ(rewriter.map(Codec::kVp8, Bytes{}).count, 0);
  EXPECT_EQ(rewriter.map(Codec::kVp8, Payload{0x90, 0x80, 0xa5}).count, 0);
  EXPECT_EQ(rewriter.map(Codec::kVp9, Payload{0x80}).count, 0);
  // None of them began the run.
  EXPECT_EQ(picture_id_of(mapped(rewriter, Codec::kVp8, chromium_vp8(9))), 2);
}

TEST(PayloadRewriter, FrameNumbersGoOnFromTheLastAndKeepTheirDistances) {
  PayloadRewriter rewriter;
  EXPECT_FALSE(rewriter.map_frame_number(65'534));
  EXPECT_FALSE(rewriter.map_frame_number(65'535));
  rewriter.rebase();
  EXPECT_EQ(rewriter.map_frame_number(300), 0);
  EXPECT_EQ(rewriter.map_frame_number(303), 3);
  EXPECT_EQ(rewriter.map_frame_number(301), 1);
  rewriter.rebase();
  EXPECT_FALSE(rewriter.map_frame_number(4)) << "it happens to fit";
  EXPECT_FALSE(rewriter.map_frame_number(5));
}

TEST(PayloadPatches, NeverWriteBeyondThePayload) {
  PayloadPatches patches;
  patches.add({3, 2, 0x1234});
  patches.add({1, 1, 0x56});
  Payload payload = {1, 2, 3, 4};
  patches.apply(payload);
  EXPECT_EQ(payload, (Payload{1, 0x56, 3, 4}));
}

// A captured stream bound three times: its ids are those of one endless stream, and nothing else changes.
void expect_one_stream(const std::string& capture, std::uint8_t payload_type, bool long_form) {
  std::vector<Payload> payloads;
  for (const auto& datagram : test::load_pcap(capture)) {
    if (test::looks_like_rtcp(datagram.payload)) continue;
    const auto rtp = parse_rtp(datagram.payload);
    if (!rtp || rtp->payload_type.value() != payload_type || rtp->payload.empty()) continue;
    payloads.emplace_back(rtp->payload.begin(), rtp->payload.end());
  }
  ASSERT_GT(payloads.size(), 5u);

  const std::uint16_t mask = long_form ? 0x7fff : 0x7f;
  PayloadRewriter rewriter;
  std::optional<std::uint16_t> last;
  for (int run = 0; run < 3; ++run) {
    std::optional<std::uint16_t> last_in;
    for (const Payload& payload : payloads) {
      const Payload out = mapped(rewriter, Codec::kVp8, payload);
      const auto before = parse_vp8(payload);
      const auto after = parse_vp8(out);
      ASSERT_TRUE(before && after);
      ASSERT_EQ(after->picture_id_15_bit, long_form);
      const auto step = static_cast<std::uint16_t>(last_in ? (*before->picture_id - *last_in) & mask : 1);
      if (last) {
        ASSERT_EQ(*after->picture_id, (*last + step) & mask);
      }
      ASSERT_TRUE(std::equal(out.begin() + static_cast<std::ptrdiff_t>(after->size), out.end(),
                             payload.begin() + static_cast<std::ptrdiff_t>(before->size)));
      last_in = before->picture_id;
      last = after->picture_id;
    }
    rewriter.rebase();
  }
}

TEST(PayloadRewriter, MakesOneStreamOfFirefoxsVp8BoundThreeTimes) {
  expect_one_stream("rtp/firefox_vp8_opus.pcap", 120, true);
}

TEST(PayloadRewriter, MakesOneStreamOfShortPictureIdsBoundThreeTimes) {
  expect_one_stream("rtp/gstreamer_vp8_7_bit_picture_id.pcap", 96, false);
}

}  // namespace
}  // namespace parley

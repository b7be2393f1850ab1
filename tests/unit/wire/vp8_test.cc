#include "wire/vp8.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

using Payload = std::vector<std::uint8_t>;

const Payload kKeyframe = {
    0x90,              // X, S, partition 0
    0xf0,              // I, L, T, K
    0x9a, 0xbc,        // 15-bit picture id 0x1abc
    0x42,              // TL0PICIDX
    0x65,              // TID 1, Y, KEYIDX 5
    0x10, 0x02, 0x00,  // frame tag: keyframe
    0x9d, 0x01, 0x2a,  // start code
    0x80, 0x42,        // width 640, scale 1
    0x68, 0x01,        // height 360
};

TEST(Vp8, EveryFieldOfADescriptorIsRead) {
  const auto vp8 = parse_vp8(kKeyframe);
  ASSERT_TRUE(vp8);
  EXPECT_TRUE(vp8->frame_start);
  EXPECT_TRUE(vp8->keyframe);
  EXPECT_EQ(vp8->picture_id, 0x1abc);
  EXPECT_TRUE(vp8->picture_id_15_bit);
  EXPECT_EQ(vp8->picture_id_offset, 2u);
  EXPECT_EQ(vp8->tl0_index, 0x42);
  EXPECT_EQ(vp8->tl0_index_offset, 4u);
  EXPECT_EQ(vp8->temporal_id, 1);
  EXPECT_TRUE(vp8->layer_sync);
  EXPECT_EQ(vp8->key_index, 5);
  EXPECT_EQ(vp8->size, 6u);
  EXPECT_EQ(vp8->width, 640);
  EXPECT_EQ(vp8->height, 360);
}

TEST(Vp8, ADescriptorMayBeOneByte) {
  const auto vp8 = parse_vp8(Payload{0x30, 0x01});
  ASSERT_TRUE(vp8);
  EXPECT_TRUE(vp8->non_reference);
  EXPECT_TRUE(vp8->frame_start);
  EXPECT_FALSE(vp8->keyframe);
  EXPECT_FALSE(vp8->picture_id);
  EXPECT_FALSE(vp8->temporal_id);
  EXPECT_EQ(vp8->size, 1u);
}

TEST(Vp8, LaterPartitionsAreNoFrameStart) {
  const auto vp8 = parse_vp8(Payload{0x11, 0x00});
  ASSERT_TRUE(vp8);
  EXPECT_TRUE(vp8->start_of_partition);
  EXPECT_FALSE(vp8->frame_start);
  EXPECT_FALSE(vp8->keyframe);
}

TEST(Vp8, TheKeyIndexStandsWithoutATemporalId) {
  const auto vp8 = parse_vp8(Payload{0x80, 0x10, 0xff, 0x00});
  ASSERT_TRUE(vp8);
  EXPECT_FALSE(vp8->temporal_id);
  EXPECT_FALSE(vp8->layer_sync);
  EXPECT_EQ(vp8->key_index, 0x1f);
}

TEST(Vp8, RefusesADescriptorThatIsCutOrHasNothingBehind) {
  for (std::size_t size = 0; size <= 6; ++size) EXPECT_FALSE(parse_vp8(Bytes(kKeyframe).first(size))) << size;
  EXPECT_TRUE(parse_vp8(Bytes(kKeyframe).first(7)));
  EXPECT_EQ(parse_vp8(Bytes(kKeyframe).first(15))->width, 0);
}

TEST(Vp8, IdsAreRewrittenInPlace) {
  Payload payload = kKeyframe;
  const auto vp8 = parse_vp8(payload);
  rewrite_vp8_picture_id(payload, *vp8, 0x7fff);
  rewrite_vp8_tl0_index(payload, *vp8, 0xff);
  const auto rewritten = parse_vp8(payload);
  ASSERT_TRUE(rewritten);
  EXPECT_EQ(rewritten->picture_id, 0x7fff);
  EXPECT_EQ(rewritten->tl0_index, 0xff);
  EXPECT_EQ(rewritten->temporal_id, 1);
  EXPECT_EQ(rewritten->size, vp8->size);
}

TEST(Vp8, ASevenBitIdStaysSevenBits) {
  Payload payload = {0x90, 0x80, 0x7f, 0x01};
  const auto vp8 = parse_vp8(payload);
  ASSERT_TRUE(vp8);
  EXPECT_FALSE(vp8->picture_id_15_bit);
  rewrite_vp8_picture_id(payload, *vp8, 0x80);
  EXPECT_EQ(payload, (Payload{0x90, 0x80, 0x00, 0x01}));
}

TEST(Vp8, NothingIsRewrittenThatIsNotThere) {
  Payload payload = {0x10, 0x00};
  const auto vp8 = parse_vp8(payload);
  rewrite_vp8_picture_id(payload, *vp8, 1);
  rewrite_vp8_tl0_index(payload, *vp8, 1);
  EXPECT_EQ(payload, (Payload{0x10, 0x00}));
}

}  // namespace
}  // namespace parley

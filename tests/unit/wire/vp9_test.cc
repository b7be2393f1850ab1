#include "wire/vp9.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

using Payload = std::vector<std::uint8_t>;

TEST(Vp9, AKeyframeOfThreeLayersWithItsStructure) {
  const Payload payload = {
      0xaa,                    // I, L, B, V
      0x81, 0x02,              // 15-bit picture id 258
      0x10,                    // TID 0, U, SID 0
      0x07,                    // TL0PICIDX
      0x58,                    // three layers, Y, G
      0x01, 0x40, 0x00, 0xb4,  // 320x180
      0x02, 0x80, 0x01, 0x68,  // 640x360
      0x05, 0x00, 0x02, 0xd0,  // 1280x720
      0x02,                    // two pictures
      0x04, 0x01,              // TID 0, one reference
      0x38, 0x01, 0x02,        // TID 1, U, two references
      0x82,                    // VP9
  };
  const auto vp9 = parse_vp9(payload);
  ASSERT_TRUE(vp9);
  EXPECT_TRUE(vp9->keyframe);
  EXPECT_EQ(vp9->picture_id, 258);
  EXPECT_EQ(vp9->picture_id_offset, 1u);
  EXPECT_TRUE(vp9->switching_up);
  EXPECT_EQ(vp9->tl0_index, 7);
  EXPECT_EQ(vp9->tl0_index_offset, 4u);
  ASSERT_TRUE(vp9->structure);
  EXPECT_EQ(vp9->structure->spatial_layers, 3);
  EXPECT_EQ(vp9->structure->resolutions[2].width, 1280);
  EXPECT_EQ(vp9->structure->resolutions[2].height, 720);
  EXPECT_EQ(vp9->structure->picture_group_size, 2);
  EXPECT_EQ(vp9->size, payload.size() - 1);
  for (std::size_t size = 0; size < payload.size(); ++size) EXPECT_FALSE(parse_vp9(Bytes(payload).first(size))) << size;
}

TEST(Vp9, FlexibleModeListsUpToThreeReferences) {
  const Payload payload = {0xfc, 0x05, 0x67, 0x03, 0x05, 0x06, 0x00};  // I P L F B E; TID 3, SID 3, D
  const auto vp9 = parse_vp9(payload);
  ASSERT_TRUE(vp9);
  EXPECT_EQ(vp9->picture_id, 5);
  EXPECT_FALSE(vp9->picture_id_15_bit);
  EXPECT_EQ(vp9->temporal_id, 3);
  EXPECT_EQ(vp9->spatial_id, 3);
  EXPECT_TRUE(vp9->inter_layer_predicted);
  EXPECT_FALSE(vp9->tl0_index);
  ASSERT_EQ(vp9->picture_diffs.size(), 3u);
  EXPECT_EQ(vp9->picture_diffs[0], 1);
  EXPECT_EQ(vp9->picture_diffs[2], 3);
  EXPECT_FALSE(vp9->keyframe);
  EXPECT_FALSE(parse_vp9(Payload{0xfc, 0x05, 0x67, 0x03, 0x05, 0x07, 0x01, 0x00}));  // a fourth
}

TEST(Vp9, AnUpperLayerOfAKeyPictureIsNoStart) {
  EXPECT_TRUE(parse_vp9(Payload{0xa8, 0x05, 0x00, 0x00, 0x82})->keyframe);
  EXPECT_FALSE(parse_vp9(Payload{0xa8, 0x05, 0x03, 0x00, 0x82})->keyframe);  // SID 1, D
  EXPECT_TRUE(parse_vp9(Payload{0xa8, 0x05, 0x02, 0x00, 0x82})->keyframe);   // SID 1 of its own
  EXPECT_FALSE(parse_vp9(Payload{0xa0, 0x05, 0x00, 0x00, 0x82})->keyframe);  // not its first packet
}

TEST(Vp9, ABareDescriptorLeavesItToTheFrame) {
  EXPECT_TRUE(parse_vp9(Payload{0x0c, 0x82, 0x49})->keyframe);
  EXPECT_FALSE(parse_vp9(Payload{0x0c, 0x86, 0x00})->keyframe);  // frame_type 1
  EXPECT_FALSE(parse_vp9(Payload{0x0c, 0x88, 0x00})->keyframe);  // show_existing_frame
  EXPECT_FALSE(parse_vp9(Payload{0x0c, 0xb2, 0x00})->keyframe);  // profile 3, frame_type 1
  EXPECT_TRUE(parse_vp9(Payload{0x8c, 0x01, 0x86})->keyframe);   // a picture id: the descriptor is believed
}

TEST(Vp9, IdsAreRewrittenInPlace) {
  Payload payload = {0xa8, 0x81, 0x02, 0x00, 0x09, 0x82};
  const auto vp9 = parse_vp9(payload);
  ASSERT_TRUE(vp9);
  rewrite_vp9_picture_id(payload, *vp9, 0x1234);
  rewrite_vp9_tl0_index(payload, *vp9, 0x55);
  EXPECT_EQ(payload, (Payload{0xa8, 0x92, 0x34, 0x00, 0x55, 0x82}));
  Payload short_id = {0x88, 0x01, 0x82};
  rewrite_vp9_picture_id(short_id, *parse_vp9(short_id), 0xff);
  EXPECT_EQ(short_id, (Payload{0x88, 0x7f, 0x82}));
}

}  // namespace
}  // namespace parley

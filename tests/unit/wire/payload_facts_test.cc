#include "wire/payload_facts.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

using Payload = std::vector<std::uint8_t>;

TEST(PayloadFacts, Vp8TellsLayersAndSize) {
  const Payload payload = {0xb0, 0xe0, 0x80, 0x05, 0x07, 0x60, 0x10, 0x02,
                           0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  const auto facts = payload_facts(Codec::kVp8, payload, false);
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->keyframe_start && facts->frame_start && facts->has_layers && facts->layer_sync &&
              facts->discardable);
  EXPECT_FALSE(facts->frame_end);
  EXPECT_EQ(facts->temporal_id, 1);
  EXPECT_EQ(facts->picture_id, 5);
  EXPECT_EQ(facts->tl0_index, 7);
  EXPECT_EQ(facts->width, 640);
  EXPECT_EQ(facts->height, 360);
}

TEST(PayloadFacts, Vp9EndsItsFrameByItsOwnBitNotTheMarker) {
  EXPECT_FALSE(payload_facts(Codec::kVp9, Payload{0xa8, 0x05, 0x02, 0x00, 0x82}, true)->frame_end);
  const auto facts = payload_facts(Codec::kVp9, Payload{0xac, 0x05, 0x42, 0x00, 0x82}, false);
  EXPECT_TRUE(facts->frame_end);
  EXPECT_EQ(facts->spatial_id, 1);
  EXPECT_EQ(facts->temporal_id, 2);
}

TEST(PayloadFacts, OnlyAnUnreferencedSliceIsDiscardable) {
  EXPECT_TRUE(payload_facts(Codec::kH264, Payload{0x01, 0x9a}, true)->discardable);
  EXPECT_FALSE(payload_facts(Codec::kH264, Payload{0x41, 0x9a}, true)->discardable);
  EXPECT_FALSE(payload_facts(Codec::kH264, Payload{0x06, 0x05}, false)->discardable);
}

TEST(PayloadFacts, Av1StartsWithItsSequence) {
  EXPECT_TRUE(payload_facts(Codec::kAv1, Payload{0x18, 0x08, 0x00}, false)->keyframe_start);
  EXPECT_FALSE(payload_facts(Codec::kAv1, Payload{0x10, 0x30, 0x00}, true)->keyframe_start);
}

TEST(PayloadFacts, EveryOpusPacketIsAStart) {
  const auto facts = payload_facts(Codec::kOpus, Payload{0x78}, false);
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->keyframe_start && facts->frame_start && facts->frame_end);
}

TEST(PayloadFacts, NoCodecHasAnEmptyPayload) {
  for (const Codec codec : {Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) {
    EXPECT_FALSE(payload_facts(codec, {}, true)) << to_string(codec);
  }
}

}  // namespace
}  // namespace parley

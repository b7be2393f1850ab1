#include "wire/av1.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

using Payload = std::vector<std::uint8_t>;

TEST(Av1, ANewSequenceWithItsHeaderAndAFrame) {
  const Payload payload = {
      0x28,                    // W=2, N
      0x02, 0x08, 0x00,        // two bytes: sequence header OBU
      0x34, 0x48, 0xaa, 0xbb,  // the rest: frame OBU with extension, TID 2, SID 1
  };
  const auto av1 = parse_av1(payload);
  ASSERT_TRUE(av1);
  EXPECT_TRUE(av1->keyframe());
  EXPECT_TRUE(av1->frame_start());
  EXPECT_TRUE(av1->has_sequence_header && av1->has_frame_header);
  EXPECT_EQ(av1->elements, 2);
  EXPECT_EQ(av1->temporal_id, 2);
  EXPECT_EQ(av1->spatial_id, 1);
}

TEST(Av1, EveryElementHasItsLengthIfNoneAreAnnounced) {
  const auto av1 = parse_av1(Payload{0x40, 0x01, 0x10, 0x82, 0x00, 0x30, 0x55});  // Y, a length of two bytes
  ASSERT_TRUE(av1);
  EXPECT_EQ(av1->elements, 2);
  EXPECT_TRUE(av1->continued);
  EXPECT_TRUE(av1->has_frame_header);
  EXPECT_FALSE(av1->keyframe());
}

TEST(Av1, TheRestOfAnObuIsNotTakenForOne) {
  const auto av1 = parse_av1(Payload{0x90, 0x08, 0x00});  // Z, W=1: would read as a sequence header
  ASSERT_TRUE(av1);
  EXPECT_TRUE(av1->continues);
  EXPECT_FALSE(av1->has_sequence_header);
  EXPECT_FALSE(av1->frame_start());
}

TEST(Av1, RefusesWhatDoesNotAddUp) {
  EXPECT_FALSE(parse_av1({}));
  EXPECT_FALSE(parse_av1(Payload{0x10}));                          // nothing behind the header
  EXPECT_FALSE(parse_av1(Payload{0x98, 0x30}));                    // Z and N
  EXPECT_FALSE(parse_av1(Payload{0x00, 0x03, 0x30, 0x00}));        // an element that runs over
  EXPECT_FALSE(parse_av1(Payload{0x30, 0x01, 0x30, 0x01, 0x30}));  // three announced, two there
  EXPECT_FALSE(parse_av1(Payload{0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}));
}

}  // namespace
}  // namespace parley

#include "wire/h264.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

using Payload = std::vector<std::uint8_t>;

TEST(H264, SingleUnits) {
  const auto sps = parse_h264(Payload{0x67, 0x42, 0xc0});
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->first, NalType::kSps);
  EXPECT_TRUE(sps->keyframe && sps->has_sps && sps->frame_start);
  const auto idr = parse_h264(Payload{0x65, 0x88});
  EXPECT_TRUE(idr->keyframe && idr->has_idr && idr->frame_start);
  EXPECT_EQ(idr->ref_idc, 3);
  const auto later_slice = parse_h264(Payload{0x41, 0x40});
  EXPECT_FALSE(later_slice->keyframe);
  EXPECT_FALSE(later_slice->frame_start);
  EXPECT_FALSE(parse_h264(Payload{0x68, 0xce})->keyframe);
}

TEST(H264, AStapANamesAllItsUnits) {
  const Payload payload = {
      0x78,                    // STAP-A
      0x00, 0x02, 0x68, 0xce,  // PPS
      0x00, 0x02, 0x67, 0x42,  // SPS
      0x00, 0x02, 0x65, 0x88,  // IDR
  };
  const auto stap = parse_h264(payload);
  ASSERT_TRUE(stap);
  EXPECT_EQ(stap->structure, NalType::kStapA);
  EXPECT_EQ(stap->first, NalType::kPps);
  EXPECT_TRUE(stap->has_sps && stap->has_idr && stap->keyframe);
  for (const std::size_t size : {1u, 2u, 3u, 4u, 6u, 7u, 8u, 10u, 11u, 12u}) {
    EXPECT_FALSE(parse_h264(Bytes(payload).first(size))) << size;
  }
  EXPECT_FALSE(parse_h264(Payload{0x78, 0x00, 0x00}));  // an empty unit
}

TEST(H264, AFragmentStartsOnce) {
  const auto start = parse_h264(Payload{0x7c, 0x85, 0x88});
  ASSERT_TRUE(start);
  EXPECT_EQ(start->first, NalType::kIdr);
  EXPECT_TRUE(start->unit_start && start->keyframe && start->frame_start);
  EXPECT_FALSE(start->unit_end);
  const auto middle = parse_h264(Payload{0x7c, 0x05, 0x88});
  EXPECT_FALSE(middle->unit_start || middle->unit_end || middle->keyframe || middle->frame_start);
  EXPECT_TRUE(parse_h264(Payload{0x7c, 0x45, 0x88})->unit_end);
  EXPECT_FALSE(parse_h264(Payload{0x7c, 0xc5, 0x88}));  // both ends
  EXPECT_FALSE(parse_h264(Payload{0x7c, 0x85}));        // nothing inside
}

TEST(H264, RefusesStructuresThatMode1DoesNotHave) {
  EXPECT_FALSE(parse_h264({}));
  EXPECT_FALSE(parse_h264(Payload{0x80 | 0x65, 0x88}));
  for (const std::uint8_t type : Payload{0, 25, 26, 27, 29, 30, 31}) {
    EXPECT_FALSE(parse_h264(Payload{type, 0x00, 0x00, 0x00})) << int{type};
  }
}

}  // namespace
}  // namespace parley

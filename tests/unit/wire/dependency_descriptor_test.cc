#include "wire/dependency_descriptor.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <vector>

#include "wire/bits.h"

namespace parley {
namespace {

using Raw = std::vector<std::uint8_t>;

// A value and how many bits it takes, so that a test shows the syntax it means.
struct Field {
  std::uint32_t value;
  unsigned bits;
};
Raw pack(const std::vector<Field>& fields) {
  std::array<std::uint8_t, 255> out{};
  BitWriter writer(out);
  for (const Field& field : fields) writer.bits(field.value, field.bits);
  return Raw(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(writer.size()));
}

// Two temporal layers, two decode targets, one chain: templates 5 (key), 6 (T0), 7 (T1).
const std::vector<Field> kStructureFields = {
    {1, 1}, {1, 1},    {5, 6},    {1000, 16},          // start, end, template 5, frame 1000
    {1, 1}, {0, 1},    {0, 1},    {0, 1},     {0, 1},  // a structure, nothing else
    {5, 6}, {1, 5},                                    // first template id 5, two targets
    {0, 2}, {1, 2},    {3, 2},                         // same layer, next temporal, no more
    {2, 2}, {2, 2},                                    // template 5: switch, switch
    {3, 2}, {2, 2},                                    // template 6: required, switch
    {0, 2}, {1, 2},                                    // template 7: not present, discardable
    {0, 1},                                            // 5: no references
    {1, 1}, {1, 4},    {0, 1},                         // 6: two frames back
    {1, 1}, {0, 4},    {0, 1},                         // 7: one frame back
    {2, 2},                        // one chain: 1 as ns(3); which chain protects a target then takes no bits
    {0, 4}, {2, 4},    {1, 4},     // chain distances
    {1, 1}, {639, 16}, {359, 16},  // resolution
};

Raw with_structure() {
  return pack(kStructureFields);
}

TEST(DependencyDescriptor, ThreeBytesNeedNoState) {
  const auto frame = parse_dependency_frame(Raw{0x47, 0x12, 0x34});
  ASSERT_TRUE(frame);
  EXPECT_EQ(*frame, (DependencyFrame{false, true, 7, 0x1234}));
  EXPECT_FALSE(parse_dependency_frame(Raw{0x47, 0x12}));
}

TEST(DependencyDescriptor, AStructureIsReadAndKept) {
  DependencyStructure structure;
  const auto descriptor = parse_dependency_descriptor(with_structure(), structure);
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->keyframe());
  EXPECT_EQ(descriptor->frame.frame_number, 1000);
  EXPECT_EQ(structure.template_count, 3);
  EXPECT_EQ(structure.decode_target_count, 2);
  EXPECT_EQ(structure.chain_count, 1);
  EXPECT_EQ(structure.spatial_layers, 1);
  EXPECT_EQ(structure.temporal_layers, 2);
  EXPECT_EQ(structure.all_targets(), 0b11u);
  EXPECT_EQ(structure.target_temporal_id[0], 0);
  EXPECT_EQ(structure.target_temporal_id[1], 1);
  EXPECT_EQ(structure.resolutions[0].width, 640);
  EXPECT_EQ(structure.resolutions[0].height, 360);

  const auto upper = parse_dependency_descriptor(Raw{0xc7, 0x03, 0xe9}, structure);
  ASSERT_TRUE(upper);
  EXPECT_FALSE(upper->keyframe());
  EXPECT_EQ(upper->temporal_id, 1);
  EXPECT_EQ(upper->indications[0], DecodeTargetIndication::kNotPresent);
  EXPECT_EQ(upper->indications[1], DecodeTargetIndication::kDiscardable);
  ASSERT_EQ(upper->frame_diffs.size(), 1u);
  EXPECT_EQ(upper->frame_diffs[0], 1);
  EXPECT_EQ(upper->chain_diffs[0], 1);
}

TEST(DependencyDescriptor, AFrameMaySayOtherwise) {
  DependencyStructure structure;
  ASSERT_TRUE(parse_dependency_descriptor(with_structure(), structure));
  const Raw raw = pack({
      {1, 1},    {1, 1}, {7, 6}, {1001, 16}, {0, 1}, {1, 1},      {1, 1}, {1, 1}, {1, 1},  // all but a structure
      {0b01, 2},                                                                           // active targets
      {1, 2},    {3, 2},                                                                   // indications
      {1, 2},    {4, 4}, {2, 2}, {0x4f, 8},  {3, 2}, {0xabc, 12}, {0, 2},                  // distances 5, 80, 2749
      {200, 8},                                                                            // chain
  });
  const auto descriptor = parse_dependency_descriptor(raw, structure);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->active_targets, 0b01u);
  EXPECT_EQ(descriptor->indications[1], DecodeTargetIndication::kRequired);
  ASSERT_EQ(descriptor->frame_diffs.size(), 3u);
  EXPECT_EQ(descriptor->frame_diffs[0], 5);
  EXPECT_EQ(descriptor->frame_diffs[1], 80);
  EXPECT_EQ(descriptor->frame_diffs[2], 2749);
  EXPECT_EQ(descriptor->chain_diffs[0], 200);
}

TEST(DependencyDescriptor, WhatIsCutOrUnknownLeavesTheStructureAsItWas) {
  DependencyStructure structure;
  EXPECT_FALSE(parse_dependency_descriptor(Raw{0xc5, 0x00, 0x01}, structure));  // nothing known yet
  const Raw whole = with_structure();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_dependency_descriptor(Bytes(whole).first(size), structure)) << size;
    EXPECT_EQ(structure.template_count, 0);
  }
  ASSERT_TRUE(parse_dependency_descriptor(whole, structure));
  EXPECT_FALSE(parse_dependency_descriptor(Raw{0xc8, 0x00, 0x01}, structure));  // template 8
  EXPECT_FALSE(parse_dependency_descriptor(Raw{0xc4, 0x00, 0x01}, structure));  // template 4
}

TEST(DependencyDescriptor, RefusesMoreLayersThanThereAre) {
  DependencyStructure structure;
  std::vector<Field> fields(kStructureFields.begin(), kStructureFields.begin() + 11);
  for (int i = 0; i < 4; ++i) fields.push_back({2, 2});  // a fifth spatial layer
  fields.push_back({3, 2});
  for (int i = 0; i < 60; ++i) fields.push_back({0, 16});
  EXPECT_FALSE(parse_dependency_descriptor(pack(fields), structure));
}

TEST(DependencyDescriptor, TheFrameNumberIsRewrittenInPlace) {
  Raw raw = with_structure();
  rewrite_dependency_frame_number(raw, 0xbeef);
  DependencyStructure structure;
  const auto descriptor = parse_dependency_descriptor(raw, structure);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->frame.frame_number, 0xbeef);
  EXPECT_EQ(descriptor->frame.template_id, 5);
}

TEST(DependencyDescriptor, AMaskIsReplacedOrGained) {
  DependencyStructure structure;
  const Raw whole = with_structure();
  const auto key = parse_dependency_descriptor(whole, structure);
  ASSERT_TRUE(key);
  std::array<std::uint8_t, 64> out{};

  // Behind the structure, where none was.
  std::size_t size = write_with_active_targets(out, whole, *key, 0b01);
  ASSERT_NE(size, 0u);
  DependencyStructure copy;
  auto written = parse_dependency_descriptor(Bytes(out).first(size), copy);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->active_targets, 0b01u);
  EXPECT_EQ(copy.resolutions[0].width, 640);

  // Replaced by itself: the same bytes but for the mask.
  std::array<std::uint8_t, 64> again{};
  const std::size_t second_size = write_with_active_targets(again, Bytes(out).first(size), *written, 0b11);
  EXPECT_EQ(second_size, size);
  EXPECT_EQ(parse_dependency_descriptor(Bytes(again).first(size), copy)->active_targets, 0b11u);

  // In a descriptor of three bytes.
  const Raw plain = {0xc6, 0x00, 0x09};
  const auto frame = parse_dependency_descriptor(plain, structure);
  ASSERT_TRUE(frame);
  size = write_with_active_targets(out, plain, *frame, 0b10);
  EXPECT_EQ(size, 4u);
  written = parse_dependency_descriptor(Bytes(out).first(size), structure);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->active_targets, 0b10u);
  EXPECT_EQ(written->frame, frame->frame);
  EXPECT_EQ(write_with_active_targets(MutableBytes(out).first(3), plain, *frame, 0b10), 0u);
}

TEST(Bits, NumbersBelowABoundTakeAsFewBitsAsTheyCan) {
  // ns(5): 0, 1 and 2 take two bits, 3 and 4 three.
  const Raw bits = {0b00'01'10'11, 0b0'111'0000};
  BitReader reader(bits);
  for (std::uint32_t expected = 0; expected < 5; ++expected) EXPECT_EQ(reader.below(5), expected);
  EXPECT_EQ(reader.position(), 12u);
  EXPECT_EQ(reader.below(1), 0u);
  EXPECT_EQ(reader.position(), 12u);
}

}  // namespace
}  // namespace parley

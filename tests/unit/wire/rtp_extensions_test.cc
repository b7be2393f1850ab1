#include "wire/rtp_extensions.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace parley {
namespace {

using Block = std::vector<std::uint8_t>;

RtpView view_of(std::uint16_t profile, const Block& block) {
  RtpView view;
  view.extension_profile = profile;
  view.extension_block = block;
  return view;
}

ExtensionMap chromium_map() {
  ExtensionMap map;
  map.set(RtpExtension::kAudioLevel, 1);
  map.set(RtpExtension::kAbsSendTime, 2);
  map.set(RtpExtension::kTransportCc, 3);
  map.set(RtpExtension::kMid, 4);
  map.set(RtpExtension::kRid, 10);
  map.set(RtpExtension::kRepairedRid, 11);
  map.set(RtpExtension::kDependencyDescriptor, 13);
  map.set(RtpExtension::kVideoOrientation, 12);
  map.set(RtpExtension::kPlayoutDelay, 5);
  return map;
}

TEST(RtpExtensions, OneByteElementsAreRead) {
  const Block block = {
      0x10, 0xa5,              // id 1, audio level: voice, 37
      0x22, 0x11, 0x22, 0x33,  // id 2, abs-send-time
      0x31, 0x12, 0x34,        // id 3, transport-cc
      0x40, '0',               // id 4, mid
      0xa2, 'l',  'o',  'w',   // id 10, rid
      0xb0, 'r',               // id 11, repaired rid
      0x00,                    // padding between elements
      0xc0, 0x03,              // id 12, orientation
      0x52, 0x00, 0x01, 0x02,  // id 5, playout delay
      0xd2, 0x80, 0x00, 0x07,  // id 13, dependency descriptor
      0x00, 0x00, 0x00,
  };
  const auto e = parse_rtp_extensions(view_of(kOneByteProfile, block), chromium_map());
  EXPECT_EQ(e.audio_level, (AudioLevel{true, 37}));
  EXPECT_EQ(e.abs_send_time, 0x112233u);
  EXPECT_EQ(e.transport_cc, 0x1234);
  EXPECT_EQ(e.mid, "0");
  EXPECT_EQ(e.rid, "low");
  EXPECT_EQ(e.repaired_rid, "r");
  EXPECT_EQ(e.video_orientation, 3);
  EXPECT_EQ(e.playout_delay.size(), 3u);
  EXPECT_EQ(e.dependency_descriptor.size(), 3u);
}

TEST(RtpExtensions, TwoByteElementsMayBeEmptyAndLong) {
  Block block = {0x10, 0x00, 0x00, 0x04, 0x01, '7', 0x0d, 20};
  block.resize(block.size() + 20, 0x55);
  const RtpView view = view_of(0x1003, block);  // application bits set
  RtpExtensionReader reader(view);
  const auto empty = reader.next();
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->id, 16);
  EXPECT_TRUE(empty->data.empty());
  const auto e = parse_rtp_extensions(view, chromium_map());
  EXPECT_EQ(e.mid, "7");
  EXPECT_EQ(e.dependency_descriptor.size(), 20u);
}

TEST(RtpExtensions, Id15EndsAOneByteBlock) {
  const Block block = {0x40, 'a', 0xf0, 0x00, 0x31, 0x12, 0x34, 0x00};
  const auto e = parse_rtp_extensions(view_of(kOneByteProfile, block), chromium_map());
  EXPECT_EQ(e.mid, "a");
  EXPECT_FALSE(e.transport_cc);
}

TEST(RtpExtensions, Id0WithALengthIsSteppedOver) {
  const Block block = {0x02, 9, 9, 9, 0x40, 'a', 0x00, 0x00};
  EXPECT_EQ(parse_rtp_extensions(view_of(kOneByteProfile, block), chromium_map()).mid, "a");
}

TEST(RtpExtensions, AnElementThatRunsOverEndsTheWalk) {
  const Block one_byte = {0x40, 'a', 0x3f, 0x00};
  RtpExtensionReader reader(kOneByteProfile, one_byte);
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.malformed());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.malformed());
  EXPECT_FALSE(reader.next());

  const Block two_byte = {0x04, 0x01, 'a', 0x03};  // an id without a length
  RtpExtensionReader second(kTwoByteProfile, two_byte);
  EXPECT_TRUE(second.next());
  EXPECT_FALSE(second.next());
  EXPECT_TRUE(second.malformed());
}

TEST(RtpExtensions, WrongSizesAndUnknownProfilesYieldNothing) {
  const Block block = {0x30, 0x12, 0x21, 0x00, 0x01, 0x51, 0x00, 0x01};
  const auto e = parse_rtp_extensions(view_of(kOneByteProfile, block), chromium_map());
  EXPECT_FALSE(e.transport_cc);
  EXPECT_FALSE(e.abs_send_time);
  EXPECT_TRUE(e.playout_delay.empty());
  const Block mid = {0x40, 'a', 0x00, 0x00};
  EXPECT_TRUE(parse_rtp_extensions(view_of(0x1234, mid), chromium_map()).mid.empty());
}

TEST(RtpExtensionWriter, WritesTheOneByteFormWithOffsetsToStamp) {
  const auto map = chromium_map();
  RtpExtensionWriter writer(map, true);
  writer.set_text(RtpExtension::kMid, "12");
  writer.set_audio_level({false, 90});
  writer.reserve_abs_send_time();
  writer.reserve_transport_cc();
  std::array<std::uint8_t, 64> out;
  out.fill(0xff);
  const auto built = writer.build(out);
  ASSERT_EQ(built.profile, kOneByteProfile);
  ASSERT_EQ(built.size, 12u);
  store_be24(&out[built.abs_send_time_offset], 0xabcdef);
  store_be16(&out[built.transport_cc_offset], 0x4321);

  RtpView view;
  view.extension_profile = built.profile;
  view.extension_block = Bytes(out).first(built.size);
  const auto e = parse_rtp_extensions(view, map);
  EXPECT_EQ(e.mid, "12");
  EXPECT_EQ(e.audio_level, (AudioLevel{false, 90}));
  EXPECT_EQ(e.abs_send_time, 0xabcdefu);
  EXPECT_EQ(e.transport_cc, 0x4321);
}

TEST(RtpExtensionWriter, OneLongElementTurnsAllIntoTheTwoByteForm) {
  const auto map = chromium_map();
  const std::vector<std::uint8_t> descriptor(17, 0x11);
  std::array<std::uint8_t, 64> out{};

  RtpExtensionWriter permitted(map, true);
  permitted.set_text(RtpExtension::kMid, "1");
  permitted.set(RtpExtension::kDependencyDescriptor, descriptor);
  permitted.reserve_transport_cc();
  const auto two = permitted.build(out);
  EXPECT_EQ(two.profile, kTwoByteProfile);
  auto e = parse_rtp_extensions(view_of(two.profile, Block(out.begin(), out.begin() + 28)), map);
  EXPECT_EQ(two.size, 28u);
  EXPECT_EQ(out[two.transport_cc_offset - 1], 2);

  RtpExtensionWriter forbidden(map, false);
  forbidden.set_text(RtpExtension::kMid, "1");
  forbidden.set(RtpExtension::kDependencyDescriptor, descriptor);
  const auto one = forbidden.build(out);
  EXPECT_EQ(one.profile, kOneByteProfile);
  const Block written(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(one.size));
  e = parse_rtp_extensions(view_of(one.profile, written), map);
  EXPECT_EQ(e.mid, "1");
  EXPECT_TRUE(e.dependency_descriptor.empty());
}

TEST(RtpExtensionWriter, HighIdsAndEmptyElementsNeedTheTwoByteForm) {
  ExtensionMap map;
  map.set(RtpExtension::kMid, 15);
  std::array<std::uint8_t, 16> out{};
  RtpExtensionWriter high(map, true);
  high.set_text(RtpExtension::kMid, "x");
  EXPECT_EQ(high.build(out).profile, kTwoByteProfile);
  map.set(RtpExtension::kMid, 14);
  RtpExtensionWriter low(map, true);
  low.set_text(RtpExtension::kMid, "x");
  EXPECT_EQ(low.build(out).profile, kOneByteProfile);
  low.set_text(RtpExtension::kMid, "");
  EXPECT_EQ(low.build(out).profile, kTwoByteProfile);
}

TEST(RtpExtensionWriter, NothingNegotiatedMakesNoBlock) {
  const ExtensionMap none;
  RtpExtensionWriter writer(none, true);
  writer.set_text(RtpExtension::kMid, "1");
  std::array<std::uint8_t, 16> out{};
  const auto built = writer.build(out);
  EXPECT_EQ(built.profile, 0);
  EXPECT_EQ(built.size, 0u);
}

TEST(RtpExtensionWriter, PadsToAConstantLength) {
  const auto map = chromium_map();
  RtpExtensionWriter writer(map, true);
  writer.set_text(RtpExtension::kMid, "1");
  std::array<std::uint8_t, 64> out;
  out.fill(0xff);
  const auto built = writer.build(out, 18);
  EXPECT_EQ(built.size, 20u);
  EXPECT_EQ(out[19], 0);
  EXPECT_EQ(out[20], 0xff);
}

TEST(RtpExtensionWriter, ABlockThatDoesNotFitIsLeftOut) {
  const auto map = chromium_map();
  RtpExtensionWriter writer(map, true);
  writer.set_text(RtpExtension::kMid, "12345");
  std::array<std::uint8_t, 7> out{};
  EXPECT_EQ(writer.build(out).profile, 0);
}

TEST(RtpExtensions, AbsSendTimeIsSecondsInSixDotEighteen) {
  EXPECT_EQ(to_abs_send_time(Time(1s)), 1u << 18);
  EXPECT_EQ(to_abs_send_time(Time(64s + 500ms)), 1u << 17);
}

}  // namespace
}  // namespace parley

#include "session/egress.h"

#include <gtest/gtest.h>

#include "support/bare_client.h"
#include "support/media_packets.h"

namespace parley {
namespace {

using test::Buffer;
using test::make_media;
using test::OpenedRtp;
using test::RtpSpec;

// The receiver's ids are not the publisher's.
const ExtensionMap kReceiverIds = test::extension_ids(5);

class EgressTest : public testing::Test {
 protected:
  EgressTest() {
    egress_.configure(kReceiverIds, false);
    egress_.open(make_srtp_sender(SrtpLibrary::kOpenssl, test::fixed_keys().send));
    handle_ = add_slot("slot", 0xa1);
  }

  Handle<SendStream> add_slot(std::string mid, std::uint32_t ssrc) {
    const auto handle = streams_.emplace(
        SendStreamParams{std::move(mid), MediaKind::kVideo, Ssrc(ssrc), {{Codec::kVp8, {}, PayloadType(100)}}},
        egress_.queue(), rng_);
    streams_.find(handle)->set_handle(handle);
    return handle;
  }
  void forward(const RtpSpec& spec) {
    ASSERT_TRUE(streams_.find(handle_)->forward(make_media(publisher_pool_, spec, now_)));
  }
  void forward(const MediaPacket& media) { ASSERT_TRUE(streams_.find(handle_)->forward(media)); }
  std::size_t flush() {
    out_.clear();
    const Path path = test::path_of(1);
    const std::size_t sent = egress_.flush(now_, &path, out_);
    client_.open(out_);
    return sent;
  }
  OpenedRtp send(const RtpSpec& spec) {
    client_.forget();
    forward(spec);
    flush();
    return client_.opened_rtp.empty() ? OpenedRtp{} : client_.opened_rtp.back();
  }
  PacketRef make_receiver() {
    PacketRef compound = pool_.take();
    ByteWriter out(compound.buffer());
    EXPECT_TRUE(write_receiver_report(out, Ssrc(7)));
    compound.set_size(out.size());
    return compound;
  }
  static RtpExtensions extensions(const OpenedRtp& packet, const ExtensionMap& map = kReceiverIds) {
    return parse_rtp_extensions(packet.rtp(), map);
  }

  PacketPool publisher_pool_{8192};
  PacketPool pool_{8};
  SlotMap<SendStream> streams_;
  DirtyList dirty_;
  DropCounters drops_;
  Rng rng_{1};
  Egress egress_{pool_, streams_, dirty_, drops_, 0};
  Handle<SendStream> handle_;
  Outbox out_;
  test::Sealer client_;
  Time now_{100s};
};

TEST_F(EgressTest, APacketIsTheSlotsOwnFromHeadToPayload) {
  RtpSpec spec;
  spec.marker = true;
  spec.mid = "pub";
  spec.payload = test::vp8_payload(3, true);
  const OpenedRtp packet = send(spec);
  const RtpView rtp = packet.rtp();
  EXPECT_EQ(rtp.ssrc, Ssrc(0xa1));
  EXPECT_EQ(rtp.payload_type, PayloadType(100));
  EXPECT_TRUE(rtp.marker);
  EXPECT_EQ(rtp.csrc_count, 0);
  EXPECT_TRUE(std::ranges::equal(rtp.payload, spec.payload));
  EXPECT_EQ(extensions(packet).mid, "slot");
  EXPECT_EQ(packet.path, test::path_of(1));
}

TEST_F(EgressTest, ExtensionsAreCarriedOverUnderTheReceiversIds) {
  const Buffer delay = {1, 2, 3};
  RtpSpec spec;
  spec.extend = [&](RtpExtensionWriter& writer) {
    writer.set_audio_level({true, 33});
    writer.set_video_orientation(5);
    writer.set(RtpExtension::kPlayoutDelay, delay);
    writer.set_text(RtpExtension::kRid, "hi");
  };
  const OpenedRtp packet = send(spec);
  const RtpExtensions found = extensions(packet);
  EXPECT_EQ(found.audio_level, (AudioLevel{true, 33}));
  EXPECT_EQ(found.video_orientation, 5);
  EXPECT_TRUE(std::ranges::equal(found.playout_delay, delay));
  EXPECT_TRUE(found.rid.empty()) << "layers are between the publisher and us";
}

TEST_F(EgressTest, WhatTheReceiverDidNotNegotiateIsStripped) {
  const Buffer delay = {1, 2, 3}, descriptor = {0xc0, 0, 9};
  egress_.configure(ExtensionMap{}, true);
  RtpSpec spec;
  spec.extend = [&](RtpExtensionWriter& writer) {
    writer.set_video_orientation(5);
    writer.set(RtpExtension::kPlayoutDelay, delay);
    writer.set(RtpExtension::kDependencyDescriptor, descriptor);
  };
  EXPECT_EQ(send(spec).rtp().extension_profile, 0);
}

TEST_F(EgressTest, ADependencyDescriptorIsCarriedWithTheSlotsFrameNumber) {
  const Buffer descriptor = {0xc5, 0x00, 0x09, 0x80};
  RtpSpec spec;
  spec.extend = [&](RtpExtensionWriter& writer) { writer.set(RtpExtension::kDependencyDescriptor, descriptor); };
  send(spec);
  streams_.find(handle_)->begin_run();
  spec.sequence = 3000;
  const OpenedRtp packet = send(spec);
  const Bytes carried = extensions(packet).dependency_descriptor;
  ASSERT_EQ(carried.size(), descriptor.size());
  EXPECT_EQ(load_be16(&carried[1]), 10);
  EXPECT_EQ(carried[0], 0xc5);
  EXPECT_EQ(carried[3], 0x80);
}

TEST_F(EgressTest, ALongDescriptorNeedsTwoByteHeadersOrIsLeftOut) {
  const Buffer descriptor(40, 0x11);
  RtpSpec spec;
  spec.two_byte = true;
  spec.extend = [&](RtpExtensionWriter& writer) { writer.set(RtpExtension::kDependencyDescriptor, descriptor); };
  const OpenedRtp one_byte = send(spec);
  EXPECT_EQ(one_byte.rtp().extension_profile, kOneByteProfile);
  EXPECT_TRUE(extensions(one_byte).dependency_descriptor.empty());
  EXPECT_EQ(extensions(one_byte).mid, "slot");

  egress_.configure(kReceiverIds, true);
  ++spec.sequence;
  const OpenedRtp two_byte = send(spec);
  EXPECT_TRUE(is_two_byte_profile(two_byte.rtp().extension_profile));
  EXPECT_EQ(extensions(two_byte).dependency_descriptor.size(), descriptor.size());
  EXPECT_EQ(extensions(two_byte).mid, "slot");
}

TEST_F(EgressTest, TheOneByteFormStaysWhereItIsEnough) {
  egress_.configure(kReceiverIds, true);
  EXPECT_EQ(send({}).rtp().extension_profile, kOneByteProfile);
}

TEST_F(EgressTest, IdsAboveFourteenNeedThePermissionToo) {
  egress_.configure(test::extension_ids(14), false);
  const OpenedRtp without = send({});
  EXPECT_EQ(extensions(without, test::extension_ids(14)).mid, "slot");
  EXPECT_FALSE(extensions(without, test::extension_ids(14)).abs_send_time);
}

TEST_F(EgressTest, TheTimeOfSendingIsStampedAtDeparture) {
  forward(RtpSpec{});
  now_ += 40ms;
  flush();
  EXPECT_EQ(extensions(client_.opened_rtp.at(0)).abs_send_time, to_abs_send_time(now_));
}

TEST_F(EgressTest, OneTransportSequenceCountsEverythingThatLeaves) {
  const auto other = add_slot("other", 0xa2);
  for (std::uint16_t i = 0; i < 4; ++i) {
    RtpSpec spec;
    spec.sequence = static_cast<std::uint16_t>(100 + i);
    const MediaPacket media = make_media(publisher_pool_, spec, now_);
    ASSERT_TRUE(streams_.find(i % 2 == 0 ? handle_ : other)->forward(media));
  }
  flush();
  ASSERT_EQ(client_.opened_rtp.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(extensions(client_.opened_rtp[i]).transport_cc, i);
}

TEST_F(EgressTest, PatchesTouchTheCopyOnly) {
  RtpSpec spec;
  spec.payload = test::vp8_payload(3, true);
  const MediaPacket media = make_media(publisher_pool_, spec, now_);
  const Buffer before(media.packet.bytes().begin(), media.packet.bytes().end());
  forward(media);
  streams_.find(handle_)->begin_run();
  forward(media);
  flush();
  ASSERT_EQ(client_.opened_rtp.size(), 2u);
  EXPECT_EQ(load_be16(&client_.opened_rtp[0].rtp().payload[2]), 0x8003);
  EXPECT_EQ(load_be16(&client_.opened_rtp[1].rtp().payload[2]), 0x8004);
  EXPECT_TRUE(std::ranges::equal(before, media.packet.bytes()));
}

TEST_F(EgressTest, AClosedNumberIsAPacketOfPaddingOnly) {
  forward(RtpSpec{.sequence = 100});
  forward(RtpSpec{.sequence = 102});
  streams_.find(handle_)->skip(make_media(publisher_pool_, RtpSpec{.sequence = 101}, now_));
  EXPECT_EQ(flush(), 3u);
  const OpenedRtp& closing = client_.opened_rtp.at(2);
  EXPECT_TRUE(closing.rtp().padding_only());
  EXPECT_EQ(closing.rtp().sequence, static_cast<std::uint16_t>(client_.opened_rtp[0].rtp().sequence + 1));
  EXPECT_EQ(extensions(closing).mid, "slot");
}

TEST_F(EgressTest, AnExhaustedPoolIsCountedAndRecovers) {
  for (std::uint16_t i = 0; i < 10; ++i) forward(RtpSpec{.sequence = static_cast<std::uint16_t>(100 + i)});
  EXPECT_EQ(flush(), 8u);
  EXPECT_EQ(drops_[DropReason::kPoolExhausted], 2u);
  out_.clear();
  client_.forget();
  forward(RtpSpec{.sequence = 110});
  EXPECT_EQ(flush(), 1u);
  // What leaves carries consecutive transport numbers: what was dropped took none.
  EXPECT_EQ(extensions(client_.opened_rtp.at(0)).transport_cc, 8);
}

TEST_F(EgressTest, WhatDoesNotFitAPacketIsDropped) {
  RtpSpec spec;
  spec.payload = Buffer(2030, 0);
  spec.payload[0] = 0x10;
  forward(spec);
  EXPECT_EQ(flush(), 0u);
  EXPECT_EQ(drops_[DropReason::kTooLarge], 1u);
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(EgressTest, WithoutAPathNothingLeavesAndEachPacketIsCounted) {
  forward(RtpSpec{});
  egress_.send_rtcp(make_receiver());
  EXPECT_EQ(egress_.flush(now_, nullptr, out_), 0u);
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(drops_[DropReason::kNoPath], 2u);
  EXPECT_EQ(flush(), 0u) << "what was dropped does not come back";
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(EgressTest, NotesOfASlotThatWasClosedMeanwhileAreDropped) {
  forward(RtpSpec{});
  streams_.erase(handle_);
  EXPECT_EQ(flush(), 0u);
  EXPECT_EQ(drops_[DropReason::kNoSubscriber], 1u);
}

TEST_F(EgressTest, RtcpLeavesProtectedAndBehindTheMedia) {
  egress_.send_rtcp(make_receiver());
  forward(RtpSpec{});
  EXPECT_EQ(flush(), 1u);
  ASSERT_EQ(out_.items().size(), 2u);
  EXPECT_EQ(classify(out_.items()[1].packet.bytes()), DatagramClass::kRtcp);
  ASSERT_EQ(client_.opened_rtcp.size(), 1u);
}

TEST_F(EgressTest, TheStreamCountsWhatWasSent) {
  RtpSpec spec;
  spec.payload = test::vp8_payload(3, true, true, 200);
  send(spec);
  const auto info = streams_.find(handle_)->sender_info(now_);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->packets, 1u);
  EXPECT_EQ(info->octets, 200u);
}

TEST_F(EgressTest, MoreSsrcsThanOneKeyMayHaveAreCountedNotSent) {
  for (std::uint32_t i = 0; i < kMaxSrtpSsrcs + 5; ++i) {
    handle_ = add_slot("s", 1000 + i);
    forward(RtpSpec{.sequence = static_cast<std::uint16_t>(i)});
    flush();
  }
  EXPECT_EQ(client_.opened_rtp.size(), kMaxSrtpSsrcs);
  EXPECT_EQ(drops_[DropReason::kSsrcLimit], 5u);
}

}  // namespace
}  // namespace parley

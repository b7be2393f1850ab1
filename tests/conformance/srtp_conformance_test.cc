// One suite for whatever stands behind the SRTP port: what one back end seals the other opens, byte for byte the same,
// and neither can be talked into opening a packet twice or using an index twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "transport/srtp.h"

namespace parley {
namespace {

using Packet = std::vector<std::uint8_t>;

SrtpMasterKey key_of(SrtpProfile profile, std::uint64_t seed = 7) {
  Rng rng(seed);
  SrtpMasterKey key{.profile = profile};
  for (auto& byte : key.key) byte = static_cast<std::uint8_t>(rng.next());
  for (auto& byte : key.salt) byte = static_cast<std::uint8_t>(rng.next());
  return key;
}

struct RtpShape {
  std::size_t contributors = 0;
  std::size_t extension_words = 0;
  bool has_extension = false;
  std::size_t padding = 0;
  std::size_t payload = 100;
};

Packet rtp(std::uint32_t ssrc, std::uint16_t sequence, const RtpShape& shape = {}) {
  Packet packet(12 + 4 * shape.contributors);
  packet[0] = static_cast<std::uint8_t>(0x80 | shape.contributors);
  packet[1] = 96;
  store_be16(&packet[2], sequence);
  store_be32(&packet[4], 3000u * sequence);
  store_be32(&packet[8], ssrc);
  for (std::size_t i = 0; i < shape.contributors; ++i)
    store_be32(&packet[12 + 4 * i], static_cast<std::uint32_t>(i + 1));
  if (shape.has_extension) {
    packet[0] |= 0x10;
    const std::size_t at = packet.size();
    packet.resize(at + 4 + 4 * shape.extension_words, 0x22);
    store_be16(&packet[at], 0xbede);
    store_be16(&packet[at + 2], static_cast<std::uint16_t>(shape.extension_words));
  }
  for (std::size_t i = 0; i < shape.payload; ++i) packet.push_back(static_cast<std::uint8_t>(i * 7 + sequence));
  if (shape.padding != 0) {
    packet[0] |= 0x20;
    packet.resize(packet.size() + shape.padding);
    packet.back() = static_cast<std::uint8_t>(shape.padding);
  }
  return packet;
}

// A receiver report with some report blocks' worth of bytes behind it.
Packet rtcp(std::uint32_t ssrc, std::size_t blocks = 1) {
  Packet packet(8 + 24 * blocks, 0x33);
  packet[0] = static_cast<std::uint8_t>(0x80 | blocks);
  packet[1] = 201;
  store_be16(&packet[2], static_cast<std::uint16_t>(packet.size() / 4 - 1));
  store_be32(&packet[4], ssrc);
  return packet;
}

Packet sealed_rtp(SrtpSender& sender, Packet packet) {
  const std::size_t size = packet.size();
  packet.resize(size + kMaxSrtpOverhead);
  packet.resize(sender.protect_rtp(packet, size));
  return packet;
}
Packet sealed_rtcp(SrtpSender& sender, Packet packet) {
  const std::size_t size = packet.size();
  packet.resize(size + kMaxSrtcpOverhead);
  packet.resize(sender.protect_rtcp(packet, size));
  return packet;
}

using Opened = std::expected<Packet, DropReason>;
Opened opened_rtp(SrtpReceiver& receiver, Packet packet) {
  const auto size = receiver.unprotect_rtp(packet);
  if (!size) return std::unexpected(size.error());
  packet.resize(*size);
  return packet;
}
Opened opened_rtcp(SrtpReceiver& receiver, Packet packet) {
  const auto size = receiver.unprotect_rtcp(packet);
  if (!size) return std::unexpected(size.error());
  packet.resize(*size);
  return packet;
}

const char* name_of(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm: return "Gcm128";
    case SrtpProfile::kAeadAes256Gcm: return "Gcm256";
    case SrtpProfile::kAesCm128HmacSha1_80: return "CmSha1";
  }
  return "";
}
const char* name_of(SrtpLibrary library) {
  return library == SrtpLibrary::kOpenssl ? "Openssl" : "Libsrtp";
}

struct Pair {
  SrtpProfile profile;
  SrtpLibrary sender;
  SrtpLibrary receiver;
};

std::vector<Pair> all_pairs() {
  std::vector<Pair> pairs;
  for (const auto profile :
       {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAesCm128HmacSha1_80}) {
    for (const auto sender : {SrtpLibrary::kOpenssl, SrtpLibrary::kLibsrtp}) {
      for (const auto receiver : {SrtpLibrary::kOpenssl, SrtpLibrary::kLibsrtp})
        pairs.push_back({profile, sender, receiver});
    }
  }
  return pairs;
}
std::string name_of_pair(const testing::TestParamInfo<Pair>& info) {
  return std::string(name_of(info.param.profile)) + name_of(info.param.sender) + "To" + name_of(info.param.receiver);
}

class SrtpConformance : public testing::TestWithParam<Pair> {
 protected:
  std::unique_ptr<SrtpSender> new_sender() const {
    return make_srtp_sender(GetParam().sender, key_of(GetParam().profile));
  }
  std::unique_ptr<SrtpReceiver> new_receiver() const {
    return make_srtp_receiver(GetParam().receiver, key_of(GetParam().profile));
  }
  // The other library, under the same key.
  std::unique_ptr<SrtpSender> reference_sender() const {
    const auto other = GetParam().sender == SrtpLibrary::kOpenssl ? SrtpLibrary::kLibsrtp : SrtpLibrary::kOpenssl;
    return make_srtp_sender(other, key_of(GetParam().profile));
  }

  std::unique_ptr<SrtpSender> sender_ = new_sender();
  std::unique_ptr<SrtpReceiver> receiver_ = new_receiver();
};

INSTANTIATE_TEST_SUITE_P(All, SrtpConformance, testing::ValuesIn(all_pairs()), name_of_pair);

const std::vector<RtpShape> kShapes = {
    {},
    {.contributors = 3},
    {.extension_words = 0, .has_extension = true},
    {.extension_words = 5, .has_extension = true},
    {.contributors = 15, .extension_words = 9, .has_extension = true},
    {.padding = 224, .payload = 0},
    {.padding = 4, .payload = 33},
    {.payload = 0},
    {.payload = 1},
    {.payload = 15},
    {.payload = 16},
    {.payload = 17},
    {.payload = 1300},
};

TEST_P(SrtpConformance, RtpOfEveryShapeIsTheSameBytesFromBothAndComesBack) {
  const auto reference = reference_sender();
  std::uint16_t sequence = 1000;
  for (const RtpShape& shape : kShapes) {
    const Packet plain = rtp(0xcafe, ++sequence, shape);
    const Packet sealed = sealed_rtp(*sender_, plain);
    ASSERT_EQ(sealed.size(), plain.size() + srtp_tag_size(GetParam().profile));
    EXPECT_EQ(sealed, sealed_rtp(*reference, plain));
    EXPECT_EQ(opened_rtp(*receiver_, sealed), plain);
  }
}

TEST_P(SrtpConformance, RtcpIsTheSameBytesFromBothAndComesBack) {
  const auto reference = reference_sender();
  for (int i = 0; i < 300; ++i) {
    const Packet plain = rtcp(i % 3 == 0 ? 0xcafe : 0xbeef, static_cast<std::size_t>(i % 5));
    const Packet sealed = sealed_rtcp(*sender_, plain);
    ASSERT_EQ(sealed.size(), plain.size() + srtp_tag_size(GetParam().profile) + 4);
    ASSERT_EQ(sealed, sealed_rtcp(*reference, plain));
    ASSERT_EQ(opened_rtcp(*receiver_, sealed), plain);
  }
}

TEST_P(SrtpConformance, ManyStreamsKeepTheirOwnCounters) {
  const auto reference = reference_sender();
  std::map<std::uint32_t, std::uint16_t> sequences;
  Rng rng(3);
  for (int i = 0; i < 3000; ++i) {
    const auto ssrc = static_cast<std::uint32_t>(1 + rng.below(20));
    if (!sequences.contains(ssrc)) sequences[ssrc] = rng.u16();
    const Packet plain = rtp(ssrc, sequences[ssrc] = static_cast<std::uint16_t>(sequences[ssrc] + 1 + rng.below(3000)));
    const Packet sealed = sealed_rtp(*sender_, plain);
    ASSERT_EQ(sealed, sealed_rtp(*reference, plain)) << i;
    ASSERT_EQ(opened_rtp(*receiver_, sealed), plain) << i;
  }
}

TEST_P(SrtpConformance, RollsOverSeveralTimesWithPacketsOutOfOrderAcrossTheEdge) {
  const auto reference = reference_sender();
  std::uint16_t sequence = 65'000;
  for (int step = 0; step < 600; ++step) {
    sequence = static_cast<std::uint16_t>(sequence + 997);
    for (const int offset : {2, 0, 1, 5, 3, 4, -40}) {
      const Packet plain = rtp(0xcafe, static_cast<std::uint16_t>(sequence + offset));
      const Packet sealed = sealed_rtp(*sender_, plain);
      ASSERT_FALSE(sealed.empty()) << step << " " << offset;
      ASSERT_EQ(sealed, sealed_rtp(*reference, plain)) << step << " " << offset;
      ASSERT_EQ(opened_rtp(*receiver_, sealed), plain) << step << " " << offset;
    }
  }
}

TEST_P(SrtpConformance, AReplayIsRefused) {
  const Packet media = sealed_rtp(*sender_, rtp(1, 10));
  const Packet control = sealed_rtcp(*sender_, rtcp(1));
  ASSERT_TRUE(opened_rtp(*receiver_, media));
  ASSERT_TRUE(opened_rtcp(*receiver_, control));
  EXPECT_EQ(opened_rtp(*receiver_, media), std::unexpected(DropReason::kReplay));
  EXPECT_EQ(opened_rtcp(*receiver_, control), std::unexpected(DropReason::kReplay));
}

TEST_P(SrtpConformance, LatePacketsOpenWithinTheWindowAndNotBeyond) {
  std::vector<Packet> sealed;
  for (std::uint16_t i = 0; i < kSrtpReplayWindow + 2; ++i) {
    sealed.push_back(sealed_rtp(*sender_, rtp(1, static_cast<std::uint16_t>(65'000 + i))));
  }
  ASSERT_TRUE(opened_rtp(*receiver_, sealed[0]));
  ASSERT_TRUE(opened_rtp(*receiver_, sealed.back()));
  EXPECT_EQ(opened_rtp(*receiver_, sealed[1]), std::unexpected(DropReason::kReplay));
  for (std::size_t i = sealed.size() - 2; i >= 2; --i) ASSERT_TRUE(opened_rtp(*receiver_, sealed[i])) << i;
}

TEST_P(SrtpConformance, LateRtcpOpensWithinTheWindowAndNotBeyond) {
  std::vector<Packet> sealed;
  for (std::size_t i = 0; i < kSrtcpReplayWindow + 2; ++i) sealed.push_back(sealed_rtcp(*sender_, rtcp(1)));
  ASSERT_TRUE(opened_rtcp(*receiver_, sealed[0]));
  ASSERT_TRUE(opened_rtcp(*receiver_, sealed.back()));
  EXPECT_EQ(opened_rtcp(*receiver_, sealed[1]), std::unexpected(DropReason::kReplay));
  for (std::size_t i = sealed.size() - 2; i >= 2; --i) ASSERT_TRUE(opened_rtcp(*receiver_, sealed[i])) << i;
}

TEST_P(SrtpConformance, EveryByteOfRtpIsAuthenticatedAndAForgeryChangesNothing) {
  const Packet plain = rtp(1, 10, {.contributors = 1, .extension_words = 2, .has_extension = true, .payload = 40});
  const Packet sealed = sealed_rtp(*sender_, plain);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    Packet forged = sealed;
    forged[at] ^= 0x01;
    EXPECT_FALSE(opened_rtp(*receiver_, forged)) << at;
  }
  EXPECT_EQ(opened_rtp(*receiver_, sealed), plain);
}

TEST_P(SrtpConformance, EveryByteOfRtcpIsAuthenticatedAndAForgeryChangesNothing) {
  const Packet plain = rtcp(1, 2);
  const Packet sealed = sealed_rtcp(*sender_, plain);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    Packet forged = sealed;
    forged[at] ^= 0x01;
    EXPECT_FALSE(opened_rtcp(*receiver_, forged)) << at;
  }
  EXPECT_EQ(opened_rtcp(*receiver_, sealed), plain);
}

TEST_P(SrtpConformance, AForgedSequenceNumberDoesNotMoveTheWindow) {
  ASSERT_TRUE(opened_rtp(*receiver_, sealed_rtp(*sender_, rtp(1, 10))));
  Packet forged = sealed_rtp(*sender_, rtp(1, 11));
  store_be16(&forged[2], 30'000);
  EXPECT_EQ(opened_rtp(*receiver_, forged), std::unexpected(DropReason::kAuthentication));
  EXPECT_TRUE(opened_rtp(*receiver_, sealed_rtp(*sender_, rtp(1, 12))));
}

TEST_P(SrtpConformance, AnotherKeyOpensNothing) {
  const auto stranger = make_srtp_sender(GetParam().sender, key_of(GetParam().profile, 8));
  EXPECT_EQ(opened_rtp(*receiver_, sealed_rtp(*stranger, rtp(1, 10))), std::unexpected(DropReason::kAuthentication));
  EXPECT_EQ(opened_rtcp(*receiver_, sealed_rtcp(*stranger, rtcp(1))), std::unexpected(DropReason::kAuthentication));
}

TEST_P(SrtpConformance, StreamsOfForgersTakeNoPlace) {
  for (std::uint32_t ssrc = 0; ssrc < 10 * kMaxSrtpSsrcs; ++ssrc) {
    Packet forged = rtp(ssrc + 100, 1);
    forged.resize(forged.size() + 16);
    ASSERT_EQ(opened_rtp(*receiver_, forged), std::unexpected(DropReason::kAuthentication));
  }
  EXPECT_TRUE(opened_rtp(*receiver_, sealed_rtp(*sender_, rtp(1, 10))));
}

TEST_P(SrtpConformance, OneStreamTooManyIsRefusedAndTheKnownOnesGoOn) {
  for (std::uint32_t ssrc = 1; ssrc <= kMaxSrtpSsrcs; ++ssrc) {
    ASSERT_TRUE(opened_rtp(*receiver_, sealed_rtp(*sender_, rtp(ssrc, 1))));
  }
  EXPECT_TRUE(sealed_rtp(*sender_, rtp(9999, 1)).empty());
  EXPECT_TRUE(sealed_rtcp(*sender_, rtcp(9999)).empty());

  const auto fresh_sender = new_sender();
  EXPECT_EQ(opened_rtp(*receiver_, sealed_rtp(*fresh_sender, rtp(9999, 1))), std::unexpected(DropReason::kSsrcLimit));
  EXPECT_EQ(opened_rtcp(*receiver_, sealed_rtcp(*fresh_sender, rtcp(9999))), std::unexpected(DropReason::kSsrcLimit));
  EXPECT_TRUE(opened_rtp(*receiver_, sealed_rtp(*sender_, rtp(1, 2))));
}

TEST_P(SrtpConformance, WhatIsNoPacketIsRefusedByName) {
  for (const std::size_t size : {0u, 1u, 7u, 11u, 12u, 20u, 21u}) {
    Packet bytes(size, 0x80);
    EXPECT_EQ(receiver_->unprotect_rtp(bytes), std::unexpected(DropReason::kBadRtp)) << size;
    EXPECT_EQ(receiver_->unprotect_rtcp(bytes), std::unexpected(DropReason::kBadRtcp)) << size;
  }
  Packet long_extension = rtp(1, 1, {.has_extension = true});
  store_be16(&long_extension[14], 0xffff);
  EXPECT_EQ(receiver_->unprotect_rtp(long_extension), std::unexpected(DropReason::kBadRtp));
  EXPECT_TRUE(sealed_rtp(*sender_, long_extension).empty());
  EXPECT_TRUE(sealed_rtp(*sender_, Packet(11, 0x80)).empty());
  EXPECT_TRUE(sealed_rtcp(*sender_, Packet(7, 0x80)).empty());
}

TEST_P(SrtpConformance, WithoutRoomForTheTagNothingIsSealedAndTheIndexIsStillFree) {
  Packet packet = rtp(1, 10);
  const std::size_t size = packet.size();
  packet.resize(size + srtp_tag_size(GetParam().profile) - 1);
  EXPECT_EQ(sender_->protect_rtp(packet, size), 0u);
  EXPECT_FALSE(sealed_rtp(*sender_, rtp(1, 10)).empty());
}

TEST_P(SrtpConformance, NoIndexIsSealedTwice) {
  ASSERT_FALSE(sealed_rtp(*sender_, rtp(1, 10)).empty());
  EXPECT_TRUE(sealed_rtp(*sender_, rtp(1, 10, {.payload = 50})).empty());
  EXPECT_TRUE(sealed_rtp(*sender_, rtp(1, 10)).empty());
  EXPECT_FALSE(sealed_rtp(*sender_, rtp(2, 10)).empty());
  EXPECT_FALSE(sealed_rtp(*sender_, rtp(1, 9)).empty());
}

// Zeros show the key stream, and the same key stream twice is the same nonce twice.
TEST_P(SrtpConformance, NoNonceIsUsedTwiceUnderARandomWalk) {
  std::set<Packet> key_streams;
  Rng rng(11);
  std::uint16_t sequence = 64'000;
  std::size_t sealed_count = 0;
  for (int i = 0; i < 20'000; ++i) {
    sequence = static_cast<std::uint16_t>(sequence + rng.below(60));
    const auto late = static_cast<std::uint16_t>(rng.chance(0.3) ? rng.below(1500) : 0);
    const auto ssrc = static_cast<std::uint32_t>(1 + rng.below(2));
    Packet plain = rtp(ssrc, static_cast<std::uint16_t>(sequence - late));
    std::fill(plain.begin() + 12, plain.end(), std::uint8_t{0});
    const Packet sealed = sealed_rtp(*sender_, plain);
    if (sealed.empty()) continue;
    ++sealed_count;
    ASSERT_TRUE(key_streams.insert(Packet(sealed.begin() + 12, sealed.begin() + 28)).second) << i;
  }
  EXPECT_GT(sealed_count, 10'000u);
  EXPECT_LT(sealed_count, 20'000u);

  key_streams.clear();
  for (int i = 0; i < 1000; ++i) {
    Packet plain = rtcp(static_cast<std::uint32_t>(1 + i % 2));
    std::fill(plain.begin() + 8, plain.end(), std::uint8_t{0});
    const Packet sealed = sealed_rtcp(*sender_, plain);
    ASSERT_TRUE(key_streams.insert(Packet(sealed.begin() + 8, sealed.begin() + 24)).second) << i;
  }
}

}  // namespace
}  // namespace parley

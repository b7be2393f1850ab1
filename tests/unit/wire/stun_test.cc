#include "wire/stun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace parley {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using Fingerprint = StunView::Fingerprint;
using Buffer = std::vector<std::uint8_t>;

constexpr StunTransactionId kTransaction{0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

// RFC 5769 §2.1, §2.2 and §2.3.
// clang-format off
const Buffer kSampleRequest = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42,                          // request, length, cookie
    0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,  // transaction
    0x80, 0x22, 0x00, 0x10,                                                  // SOFTWARE
    0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74,
    0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,                          // PRIORITY
    0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36,  // ICE-CONTROLLED
    0x00, 0x06, 0x00, 0x09,                                                  // USERNAME, padded with spaces
    0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20,
    0x00, 0x08, 0x00, 0x14,                                                  // MESSAGE-INTEGRITY
    0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5,
    0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5, 0x71, 0xa2,
    0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};                         // FINGERPRINT
const Buffer kSampleResponseV4 = {
    0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42,
    0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
    0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20,
    0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,  // XOR-MAPPED-ADDRESS
    0x00, 0x08, 0x00, 0x14,
    0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9,
    0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7,
    0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96};
const Buffer kSampleResponseV6 = {
    0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42,
    0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
    0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20,
    0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47,                          // XOR-MAPPED-ADDRESS
    0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
    0x00, 0x08, 0x00, 0x14,
    0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84, 0xc9, 0x7c,
    0x82, 0x92, 0xc2, 0x75, 0xbf, 0xe3, 0xed, 0x41,
    0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb, 0x0b, 0x4c};
// clang-format on
constexpr std::uint8_t kSpace = 0x20;

Address mapped_v4() {
  return *Address::parse_ip("192.0.2.1", 32853);
}
Address mapped_v6() {
  return *Address::parse_ip("2001:db8:1234:5678:11:2233:4455:6677", 32853);
}

// A message of raw attributes under a right header, without integrity or fingerprint.
Buffer message_of(std::initializer_list<std::uint8_t> attributes) {
  Buffer bytes = {0x00, 0x01, 0x00, static_cast<std::uint8_t>(attributes.size()), 0x21, 0x12, 0xa4, 0x42};
  bytes.insert(bytes.end(), kTransaction.begin(), kTransaction.end());
  bytes.insert(bytes.end(), attributes);
  return bytes;
}

BindingRequest sample_binding() {
  BindingRequest request;
  request.transaction = kTransaction;
  request.username = "SRVR:clnt";
  request.priority = 0x7effffff;
  request.ice_controlling = 0x0102030405060708;
  request.use_candidate = true;
  return request;
}

class StunBuffer {
 public:
  MutableBytes out() { return storage_; }
  Bytes first(std::size_t n) const { return Bytes(storage_).first(n); }

 private:
  std::array<std::uint8_t, 600> storage_{};
};

TEST(Stun, ReadsTheSampleRequest) {
  const auto view = parse_stun(kSampleRequest);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->message_class, StunClass::kRequest);
  EXPECT_EQ(view->method, kStunBinding);
  EXPECT_EQ(view->transaction, kTransaction);
  EXPECT_EQ(view->username, "evtj:h6vY");
  EXPECT_EQ(view->priority, 0x6e0001ffu);
  EXPECT_EQ(view->ice_controlled, 0x932ff9b151263b36u);
  EXPECT_FALSE(view->ice_controlling);
  EXPECT_FALSE(view->use_candidate);
  EXPECT_EQ(view->unknown_count, 0u);
  EXPECT_EQ(view->fingerprint, Fingerprint::kValid);
  EXPECT_TRUE(verify_integrity(*view, kPassword));
  EXPECT_FALSE(verify_integrity(*view, "VOkJxbRl1RmTxUk/WvJxBu"));
}

TEST(Stun, ReadsTheSampleResponses) {
  const auto v4 = parse_stun(kSampleResponseV4);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->message_class, StunClass::kSuccess);
  EXPECT_EQ(v4->xor_mapped_address, mapped_v4());
  EXPECT_EQ(v4->fingerprint, Fingerprint::kValid);
  EXPECT_TRUE(verify_integrity(*v4, kPassword));

  const auto v6 = parse_stun(kSampleResponseV6);
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->xor_mapped_address, mapped_v6());
  EXPECT_EQ(v6->fingerprint, Fingerprint::kValid);
  EXPECT_TRUE(verify_integrity(*v6, kPassword));
}

TEST(Stun, WritesTheSampleRequestByteForByte) {
  StunBuffer buffer;
  StunWriter writer(buffer.out(), StunClass::kRequest, kTransaction, kSpace);
  writer.attribute(StunAttribute::kSoftware, as_bytes("STUN test client"));
  writer.priority(0x6e0001ff);
  writer.ice_controlled(0x932ff9b151263b36);
  writer.username("evtj:h6vY");
  writer.message_integrity(kPassword);
  EXPECT_THAT(buffer.first(writer.finish()), ElementsAreArray(kSampleRequest));
}

TEST(Stun, WritesTheSampleResponsesByteForByte) {
  const std::array samples{std::pair(mapped_v4(), Bytes(kSampleResponseV4)),
                           std::pair(mapped_v6(), Bytes(kSampleResponseV6))};
  for (const auto& [address, sample] : samples) {
    StunBuffer buffer;
    StunWriter writer(buffer.out(), StunClass::kSuccess, kTransaction, kSpace);
    writer.attribute(StunAttribute::kSoftware, as_bytes("test vector"));
    writer.xor_mapped_address(address);
    writer.message_integrity(kPassword);
    EXPECT_THAT(buffer.first(writer.finish()), ElementsAreArray(sample));
  }
}

TEST(Stun, NoChangedBitGoesUnnoticed) {
  for (std::size_t at = 0; at < kSampleRequest.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Buffer changed = kSampleRequest;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1 << bit);
      const auto view = parse_stun(changed);
      EXPECT_TRUE(!view || view->fingerprint != Fingerprint::kValid) << at;
      const bool before_integrity = at < kSampleRequest.size() - 8 - 24;
      // The length field is not what was hashed, but a wrong one does not parse.
      if (view && before_integrity) {
        EXPECT_FALSE(verify_integrity(*view, kPassword)) << at;
      }
    }
  }
}

TEST(Stun, RefusesEveryShorterAndLongerForm) {
  for (std::size_t size = 0; size < kSampleRequest.size(); ++size) {
    EXPECT_FALSE(parse_stun(Bytes(kSampleRequest).first(size))) << size;
  }
  Buffer longer = kSampleRequest;
  longer.insert(longer.end(), 4, 0);
  EXPECT_FALSE(parse_stun(longer));
}

TEST(Stun, RefusesAnotherCookieOrTopBits) {
  Buffer bytes = message_of({});
  EXPECT_TRUE(parse_stun(bytes));
  bytes[4] = 0x22;
  EXPECT_FALSE(parse_stun(bytes));
  bytes = message_of({});
  bytes[0] = 0x40;
  EXPECT_FALSE(parse_stun(bytes));
}

TEST(Stun, TellsClassesAndMethodsApart) {
  Buffer bytes = message_of({});
  const auto parsed = [&](std::uint16_t type) {
    store_be16(bytes.data(), type);
    const auto view = parse_stun(bytes);
    return std::pair(view->message_class, view->method);
  };
  EXPECT_EQ(parsed(0x0001), std::pair(StunClass::kRequest, kStunBinding));
  EXPECT_EQ(parsed(0x0011), std::pair(StunClass::kIndication, kStunBinding));
  EXPECT_EQ(parsed(0x0101), std::pair(StunClass::kSuccess, kStunBinding));
  EXPECT_EQ(parsed(0x0111), std::pair(StunClass::kError, kStunBinding));
  EXPECT_EQ(parsed(0x0003), std::pair(StunClass::kRequest, std::uint16_t{3}));
  EXPECT_EQ(parsed(0x3eef), std::pair(StunClass::kRequest, std::uint16_t{0xfff}));
}

TEST(Stun, RefusesKnownAttributesOfWrongLength) {
  EXPECT_FALSE(parse_stun(message_of({0x00, 0x24, 0, 3, 1, 2, 3, 0})));              // PRIORITY
  EXPECT_FALSE(parse_stun(message_of({0x00, 0x25, 0, 4, 0, 0, 0, 0})));              // USE-CANDIDATE
  EXPECT_FALSE(parse_stun(message_of({0x80, 0x2a, 0, 4, 0, 0, 0, 0})));              // ICE-CONTROLLING
  EXPECT_FALSE(parse_stun(message_of({0x80, 0x29, 0, 4, 0, 0, 0, 0})));              // ICE-CONTROLLED
  EXPECT_FALSE(parse_stun(message_of({0x00, 0x08, 0, 4, 0, 0, 0, 0})));              // MESSAGE-INTEGRITY
  EXPECT_FALSE(parse_stun(message_of({0x80, 0x28, 0, 2, 0, 0, 0, 0})));              // FINGERPRINT
  EXPECT_FALSE(parse_stun(message_of({0x00, 0x09, 0, 3, 0, 0, 4, 0})));              // ERROR-CODE
  EXPECT_FALSE(parse_stun(message_of({0x00, 0x09, 0, 4, 0, 0, 2, 0})));              // a class that does not exist
  EXPECT_FALSE(parse_stun(message_of({0x00, 0x20, 0, 8, 0, 2, 1, 1, 1, 1, 1, 1})));  // v6 in four bytes
  EXPECT_FALSE(parse_stun(message_of({0x00, 0x24, 0, 8, 1, 2, 3, 4})));              // beyond the end
}

TEST(Stun, RefusesAUsernameOfMoreThan508Bytes) {
  for (const std::size_t size : {508u, 509u}) {
    const std::string name(size, 'u');
    StunBuffer buffer;
    StunWriter writer(buffer.out(), StunClass::kRequest, kTransaction);
    writer.username(name);
    EXPECT_EQ(parse_stun(buffer.first(writer.finish())).has_value(), size == 508u);
  }
}

TEST(Stun, CollectsUnknownRequiredAttributesAndIgnoresOptionalOnes) {
  const auto view = parse_stun(message_of({0x00, 0x77, 0, 1, 9, 0, 0, 0,   // required, unknown
                                           0xc0, 0x57, 0, 4, 0, 1, 0, 10,  // optional: a browser's network cost
                                           0x7f, 0xff, 0, 0,               // required, unknown
                                           0x00, 0x77, 0, 0}));            // once more
  ASSERT_TRUE(view);
  EXPECT_THAT(view->unknown(), ElementsAre(0x0077, 0x7fff));
}

TEST(Stun, TheListOfUnknownAttributesIsBounded) {
  StunBuffer buffer;
  StunWriter writer(buffer.out(), StunClass::kRequest, kTransaction);
  for (std::uint16_t i = 0; i < 50; ++i) writer.attribute(static_cast<StunAttribute>(0x100 + i), {});
  const auto view = parse_stun(buffer.first(writer.finish()));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->unknown().size(), StunView::kMaxUnknown);
  EXPECT_EQ(view->unknown()[0], 0x100);
}

TEST(Stun, OfTwoEqualAttributesTheFirstCounts) {
  const auto message = message_of({0x00, 0x06, 0, 4, 'a', ':', 'b', 'c', 0x00, 0x06, 0, 4, 'x', ':', 'y', 'z',
                                   0x00, 0x24, 0, 4, 0,   0,   0,   1,   0x00, 0x24, 0, 4, 0,   0,   0,   2});
  const auto view = parse_stun(message);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->username, "a:bc");
  EXPECT_EQ(view->priority, 1u);
}

TEST(Stun, IgnoresWhatFollowsMessageIntegrity) {
  StunBuffer buffer;
  StunWriter writer(buffer.out(), StunClass::kRequest, kTransaction);
  writer.username("SRVR:clnt");
  writer.message_integrity(kPassword);
  writer.use_candidate();  // anyone on the way could have added these
  writer.username("other:clnt");
  writer.attribute(static_cast<StunAttribute>(0x0077), {});
  const auto view = parse_stun(buffer.first(writer.finish()));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->fingerprint, Fingerprint::kValid);
  EXPECT_EQ(view->username, "SRVR:clnt");
  EXPECT_FALSE(view->use_candidate);
  EXPECT_EQ(view->unknown_count, 0u);
  EXPECT_TRUE(verify_integrity(*view, kPassword));
}

TEST(Stun, FingerprintMustBeLast) {
  StunBuffer buffer;
  StunWriter writer(buffer.out(), StunClass::kRequest, kTransaction);
  writer.finish();
  writer.priority(1);
  EXPECT_FALSE(parse_stun(buffer.first(writer.finish())));
}

TEST(Stun, TellsAMissingFingerprintFromAWrongOne) {
  EXPECT_EQ(parse_stun(message_of({}))->fingerprint, Fingerprint::kAbsent);
  EXPECT_EQ(parse_stun(message_of({0x80, 0x28, 0, 4, 1, 2, 3, 4}))->fingerprint, Fingerprint::kWrong);
}

TEST(Stun, WithoutIntegrityNoPasswordFits) {
  const auto view = parse_stun(message_of({}));
  ASSERT_TRUE(view);
  EXPECT_FALSE(verify_integrity(*view, kPassword));
  EXPECT_FALSE(verify_integrity(*view, ""));
}

TEST(Stun, AnEmptyPasswordNeverFits) {
  StunBuffer buffer;
  const std::size_t size = write_binding_request(buffer.out(), sample_binding(), "");
  const auto view = parse_stun(buffer.first(size));
  ASSERT_TRUE(view);
  EXPECT_FALSE(verify_integrity(*view, ""));
}

TEST(Stun, ARequestComesBackAsItWasWritten) {
  StunBuffer buffer;
  const BindingRequest request = sample_binding();
  const auto view = parse_stun(buffer.first(write_binding_request(buffer.out(), request, kPassword)));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->message_class, StunClass::kRequest);
  EXPECT_EQ(view->transaction, request.transaction);
  EXPECT_EQ(view->username, request.username);
  EXPECT_EQ(view->priority, request.priority);
  EXPECT_EQ(view->ice_controlling, request.ice_controlling);
  EXPECT_EQ(view->ice_controlled, std::nullopt);
  EXPECT_TRUE(view->use_candidate);
  EXPECT_EQ(view->fingerprint, Fingerprint::kValid);
  EXPECT_TRUE(verify_integrity(*view, kPassword));
}

TEST(Stun, TheLargestAnswersFitTheirBound) {
  StunBuffer buffer;
  const std::vector<std::uint16_t> unknown(StunView::kMaxUnknown, 0x77);
  EXPECT_LE(write_binding_success(buffer.out(), kTransaction, mapped_v6(), kPassword), kMaxStunAnswer);
  const std::size_t refusal =
      write_binding_error(buffer.out(), kTransaction, StunErrorCode::kUnknownAttribute, kPassword, unknown);
  EXPECT_GT(refusal, 0u);
  EXPECT_LE(refusal, kMaxStunAnswer);
}

TEST(Stun, AnIndicationHasOnlyAFingerprint) {
  StunBuffer buffer;
  const std::size_t size = write_binding_indication(buffer.out(), kTransaction);
  EXPECT_EQ(size, kStunHeaderSize + 8);
  const auto view = parse_stun(buffer.first(size));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->message_class, StunClass::kIndication);
  EXPECT_EQ(view->fingerprint, Fingerprint::kValid);
}

TEST(Stun, ErrorsCarryTheirCodeAndTheAskersTransaction) {
  for (const auto code : {StunErrorCode::kBadRequest, StunErrorCode::kUnauthenticated, StunErrorCode::kUnknownAttribute,
                          StunErrorCode::kRoleConflict}) {
    StunBuffer buffer;
    const auto view = parse_stun(buffer.first(write_binding_error(buffer.out(), kTransaction, code, kPassword)));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->message_class, StunClass::kError);
    EXPECT_EQ(view->error_code, static_cast<std::uint16_t>(code));
    EXPECT_EQ(view->transaction, kTransaction);
    EXPECT_TRUE(verify_integrity(*view, kPassword));
  }
}

TEST(Stun, AnErrorForAStrangerHasNoIntegrity) {
  StunBuffer buffer;
  const std::size_t size = write_binding_error(buffer.out(), kTransaction, StunErrorCode::kUnauthenticated, "");
  const auto view = parse_stun(buffer.first(size));
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->integrity_offset);
  EXPECT_EQ(view->fingerprint, Fingerprint::kValid);
}

TEST(Stun, TheUnknownAttributesAreListedInThe420) {
  StunBuffer buffer;
  const std::array<std::uint16_t, 3> unknown{0x0077, 0x7fff, 0x001c};
  const std::size_t size =
      write_binding_error(buffer.out(), kTransaction, StunErrorCode::kUnknownAttribute, kPassword, unknown);
  const Buffer expected = {0x00, 0x0a, 0x00, 0x06, 0x00, 0x77, 0x7f, 0xff, 0x00, 0x1c, 0x00, 0x00};
  const Bytes message = buffer.first(size);
  EXPECT_NE(std::search(message.begin(), message.end(), expected.begin(), expected.end()), message.end());
}

TEST(Stun, WritesNothingThatDoesNotFit) {
  StunBuffer buffer;
  const std::size_t whole = write_binding_request(buffer.out(), sample_binding(), kPassword);
  ASSERT_GT(whole, 0u);
  for (std::size_t room = 0; room < whole; ++room) {
    Buffer small(room);
    EXPECT_EQ(write_binding_request(small, sample_binding(), kPassword), 0u) << room;
  }
}

TEST(Stun, TheLocalUfragStandsBeforeTheColon) {
  StunView view;
  EXPECT_EQ(local_ufrag_of(view), std::nullopt);
  view.username = "SRVR:clnt";
  EXPECT_EQ(local_ufrag_of(view), "SRVR");
  view.username = "SRVR:cl:nt";
  EXPECT_EQ(local_ufrag_of(view), "SRVR");
  view.username = "SRVR";
  EXPECT_EQ(local_ufrag_of(view), std::nullopt);
  view.username = ":clnt";
  EXPECT_EQ(local_ufrag_of(view), std::nullopt);
}

}  // namespace
}  // namespace parley

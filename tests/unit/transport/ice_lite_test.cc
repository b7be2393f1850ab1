#include "transport/ice_lite.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <string>

namespace parley {
namespace {

using State = IceLite::State;

constexpr Time kStart{100s};
constexpr std::string_view kRemoteUfrag = "clnt";

const IceCredentials kLocal{"SRVR", "server-password-one-22"};
const IceCredentials kNewLocal{"NEXT", "server-password-two-22"};
const IceCredentials kThirdLocal{"THRD", "server-password-three2"};
const IceCredentials kRemote{std::string(kRemoteUfrag), "client-password-one-22"};
const IceCredentials kNewRemote{"nxcl", "client-password-two-22"};

Path path_from(std::uint16_t port, std::string_view remote = "203.0.113.7", std::string_view local = "192.0.2.1") {
  return {*Address::parse_ip(local, 7000), *Address::parse_ip(remote, port)};
}

// A client's side: its checks as bytes, and what the agent made of them.
class Client {
 public:
  explicit Client(IceTimeouts timeouts = {}) : ice(kLocal, kRemote, timeouts, kStart) {}

  // What the next check says, beside its name and password.
  BindingRequest request{.priority = 1, .ice_controlling = 7};
  IceCredentials server = kLocal;

  IceLite::Result check(const Path& path, Time now) {
    const std::string username = server.ufrag + ":" + std::string(kRemoteUfrag);
    request.username = username;
    request.transaction[11]++;
    std::array<std::uint8_t, 300> bytes;
    const std::size_t size = write_binding_request(bytes, request, server.pwd);
    const auto result = receive(Bytes(bytes).first(size), path, now);
    request.username = {};
    return result;
  }
  IceLite::Result nominate(const Path& path, Time now) {
    request.use_candidate = true;
    const auto result = check(path, now);
    request.use_candidate = false;
    return result;
  }
  IceLite::Result receive(Bytes message, const Path& path, Time now) {
    const auto view = parse_stun(message);
    if (!view) {
      ADD_FAILURE() << "not STUN";
      return {};
    }
    const auto result = ice.receive(*view, path, now, reply_);
    answer = parse_stun(Bytes(reply_).first(result.reply_size));
    return result;
  }

  IceLite ice;
  std::optional<StunView> answer;

 private:
  std::array<std::uint8_t, kMaxStunAnswer> reply_{};
};

TEST(IceLite, AnswersACheckWithTheAddressItCameFrom) {
  Client client;
  const auto result = client.check(path_from(5000), kStart);
  EXPECT_FALSE(result.dropped);
  EXPECT_TRUE(result.validated_new);
  ASSERT_TRUE(client.answer);
  EXPECT_EQ(client.answer->message_class, StunClass::kSuccess);
  EXPECT_EQ(client.answer->transaction, client.request.transaction);
  EXPECT_EQ(client.answer->xor_mapped_address, path_from(5000).remote);
  EXPECT_EQ(client.answer->fingerprint, StunView::Fingerprint::kValid);
  EXPECT_TRUE(verify_integrity(*client.answer, kLocal.pwd));
}

TEST(IceLite, AnswersOverIpv6) {
  Client client;
  const Path path = path_from(5000, "2001:db8::7", "2001:db8::1");
  EXPECT_TRUE(client.nominate(path, kStart).nominated_changed);
  ASSERT_TRUE(client.answer);
  EXPECT_EQ(client.answer->xor_mapped_address, path.remote);
  EXPECT_EQ(client.ice.nominated(), path);
}

TEST(IceLite, SaysNothingToAWrongPassword) {
  Client client;
  client.server.pwd = "a guess";
  const auto result = client.nominate(path_from(5000), kStart);
  EXPECT_EQ(result.dropped, DropReason::kStunIntegrity);
  EXPECT_EQ(result.reply_size, 0u);
  EXPECT_FALSE(client.ice.validated(path_from(5000)));
  EXPECT_FALSE(client.ice.nominated());
  EXPECT_EQ(client.ice.state(), State::kNew);
}

TEST(IceLite, SaysNothingToAnUnknownUfrag) {
  Client client;
  client.server.ufrag = "SRVS";
  const auto result = client.check(path_from(5000), kStart);
  EXPECT_EQ(result.dropped, DropReason::kStunIntegrity);
  EXPECT_EQ(result.reply_size, 0u);
}

TEST(IceLite, SaysNothingToARequestWithoutUsernameOrIntegrity) {
  Client client;
  for (const bool with_name : {false, true}) {
    std::array<std::uint8_t, 300> bytes;
    StunWriter writer(bytes, StunClass::kRequest, {});
    if (with_name) writer.username("SRVR:clnt");
    if (!with_name) writer.message_integrity(kLocal.pwd);
    const auto result = client.receive(Bytes(bytes).first(writer.finish()), path_from(5000), kStart);
    EXPECT_EQ(result.dropped, DropReason::kStunIntegrity);
    EXPECT_EQ(result.reply_size, 0u);
  }
}

TEST(IceLite, DemandsAFingerprint) {
  Client client;
  std::array<std::uint8_t, 300> bytes;
  const std::size_t size = write_binding_request(bytes, {.username = "SRVR:clnt"}, kLocal.pwd);
  // Without its last attribute.
  store_be16(&bytes[2], static_cast<std::uint16_t>(size - 8 - kStunHeaderSize));
  EXPECT_EQ(client.receive(Bytes(bytes).first(size - 8), path_from(5000), kStart).dropped, DropReason::kBadStun);
  // With a wrong one.
  store_be16(&bytes[2], static_cast<std::uint16_t>(size - kStunHeaderSize));
  bytes[size - 1] ^= 1;
  EXPECT_EQ(client.receive(Bytes(bytes).first(size), path_from(5000), kStart).dropped, DropReason::kBadStun);
  bytes[size - 1] ^= 1;
  EXPECT_FALSE(client.receive(Bytes(bytes).first(size), path_from(5000), kStart).dropped);
}

TEST(IceLite, AnIndicationIsNeitherAnsweredNorConsent) {
  Client client;
  std::array<std::uint8_t, 64> bytes;
  const std::size_t size = write_binding_indication(bytes, {});
  const auto result = client.receive(Bytes(bytes).first(size), path_from(5000), kStart);
  EXPECT_FALSE(result.dropped);
  EXPECT_EQ(result.reply_size, 0u);
  EXPECT_FALSE(client.ice.validated(path_from(5000)));
}

TEST(IceLite, ResponsesAreDroppedForItAsksNothing) {
  Client client;
  std::array<std::uint8_t, 200> bytes;
  std::size_t size = write_binding_success(bytes, {}, path_from(1).remote, kLocal.pwd);
  EXPECT_EQ(client.receive(Bytes(bytes).first(size), path_from(5000), kStart).dropped, DropReason::kBadStun);
  size = write_binding_error(bytes, {}, StunErrorCode::kRoleConflict, kLocal.pwd);
  EXPECT_EQ(client.receive(Bytes(bytes).first(size), path_from(5000), kStart).dropped, DropReason::kBadStun);
}

TEST(IceLite, MethodsOtherThanBindingAreDropped) {
  Client client;
  std::array<std::uint8_t, 200> bytes;
  auto view = parse_stun(Bytes(bytes).first(write_binding_request(bytes, {.username = "SRVR:clnt"}, kLocal.pwd)));
  ASSERT_TRUE(view);
  view->method = 3;  // TURN's Allocate
  std::array<std::uint8_t, kMaxStunAnswer> reply;
  const auto result = client.ice.receive(*view, path_from(5000), kStart, reply);
  EXPECT_EQ(result.dropped, DropReason::kBadStun);
  EXPECT_EQ(result.reply_size, 0u);
}

TEST(IceLite, ToldThatThePeerIsControlledAnswers487) {
  Client client;
  client.request.ice_controlling.reset();
  client.request.ice_controlled = 1;
  const auto result = client.nominate(path_from(5000), kStart);
  ASSERT_TRUE(client.answer);
  EXPECT_EQ(client.answer->error_code, 487);
  EXPECT_TRUE(verify_integrity(*client.answer, kLocal.pwd));
  EXPECT_FALSE(result.validated_new);
  EXPECT_FALSE(client.ice.nominated());

  // It changes its role and is heard.
  client.request.ice_controlled.reset();
  client.request.ice_controlling = 1;
  EXPECT_TRUE(client.nominate(path_from(5000), kStart).nominated_changed);
}

TEST(IceLite, AnswersUnknownRequiredAttributesWith420) {
  Client client;
  std::array<std::uint8_t, 300> bytes;
  StunWriter writer(bytes, StunClass::kRequest, {});
  writer.username("SRVR:clnt");
  writer.attribute(static_cast<StunAttribute>(0x0077), {});
  writer.message_integrity(kLocal.pwd);
  const auto result = client.receive(Bytes(bytes).first(writer.finish()), path_from(5000), kStart);
  ASSERT_TRUE(client.answer);
  EXPECT_EQ(client.answer->error_code, 420);
  EXPECT_FALSE(result.validated_new);
}

TEST(IceLite, AStrangerWithUnknownAttributesGetsNoAnswer) {
  Client client;
  std::array<std::uint8_t, 300> bytes;
  StunWriter writer(bytes, StunClass::kRequest, {});
  writer.username("SRVR:clnt");
  writer.attribute(static_cast<StunAttribute>(0x0077), {});
  writer.message_integrity("a guess");
  EXPECT_EQ(client.receive(Bytes(bytes).first(writer.finish()), path_from(5000), kStart).reply_size, 0u);
}

TEST(IceLite, ACheckValidatesButOnlyUseCandidateNominates) {
  Client client;
  client.check(path_from(5000), kStart);
  EXPECT_TRUE(client.ice.validated(path_from(5000)));
  EXPECT_FALSE(client.ice.nominated());
  EXPECT_EQ(client.ice.state(), State::kNew);

  const auto result = client.nominate(path_from(5000), kStart);
  EXPECT_FALSE(result.validated_new);
  EXPECT_TRUE(result.nominated_changed);
  EXPECT_EQ(client.ice.nominated(), path_from(5000));
  EXPECT_EQ(client.ice.state(), State::kConnected);
}

TEST(IceLite, TheLatestNominationWinsWhateverItsPriority) {
  Client client;
  client.request.priority = 0x7effffff;
  client.nominate(path_from(5000), kStart);
  client.request.priority = 1;
  EXPECT_TRUE(client.nominate(path_from(5001), kStart + 1s).nominated_changed);
  EXPECT_EQ(client.ice.nominated(), path_from(5001));
  client.request.priority = 0x7effffff;
  EXPECT_TRUE(client.nominate(path_from(5000), kStart + 2s).nominated_changed);
  EXPECT_EQ(client.ice.nominated(), path_from(5000));
}

TEST(IceLite, NominatingAgainChangesNothing) {
  Client client;
  client.nominate(path_from(5000), kStart);
  EXPECT_FALSE(client.nominate(path_from(5000), kStart + 1s).nominated_changed);
}

TEST(IceLite, SeveralPairsAreValidatedAtOnce) {
  Client client;
  for (std::uint16_t port = 5000; port < 5005; ++port) EXPECT_TRUE(client.check(path_from(port), kStart).validated_new);
  for (std::uint16_t port = 5000; port < 5005; ++port) EXPECT_TRUE(client.ice.validated(path_from(port)));
  EXPECT_FALSE(client.ice.validated(path_from(5005)));
}

TEST(IceLite, TheLocalAddressIsPartOfThePair) {
  Client client;
  client.nominate(path_from(5000, "203.0.113.7", "192.0.2.1"), kStart);
  EXPECT_FALSE(client.ice.validated(path_from(5000, "203.0.113.7", "192.0.2.2")));
  EXPECT_TRUE(client.nominate(path_from(5000, "203.0.113.7", "192.0.2.2"), kStart).nominated_changed);
}

TEST(IceLite, AChangedAddressIsValidatedAtOnceAndUsedOnceNominated) {
  Client client;
  client.nominate(path_from(5000), kStart);
  const auto moved = client.check(path_from(6000), kStart + 1s);
  EXPECT_TRUE(moved.validated_new);
  EXPECT_EQ(client.ice.nominated(), path_from(5000));
  EXPECT_TRUE(client.nominate(path_from(6000), kStart + 2s).nominated_changed);
  EXPECT_EQ(client.ice.nominated(), path_from(6000));
  EXPECT_TRUE(client.ice.validated(path_from(5000)));
}

TEST(IceLite, ForgetsThePairUnheardForLongestButNotTheNominatedOne) {
  Client client;
  client.nominate(path_from(5000), kStart);
  for (std::uint16_t i = 1; i < IceLite::kMaxPairs; ++i) {
    EXPECT_FALSE(client.check(path_from(static_cast<std::uint16_t>(5000 + i)), kStart + i * 100ms).evicted);
  }
  client.check(path_from(5001), kStart + 2s);  // 5002 is the oldest now, beside the nominated one
  const auto result = client.check(path_from(6000), kStart + 3s);
  EXPECT_TRUE(result.validated_new);
  EXPECT_EQ(result.evicted, path_from(5002));
  EXPECT_FALSE(client.ice.validated(path_from(5002)));
  EXPECT_TRUE(client.ice.validated(path_from(5001)));
  EXPECT_TRUE(client.ice.validated(path_from(6000)));
  EXPECT_EQ(client.ice.nominated(), path_from(5000));
  EXPECT_TRUE(client.ice.validated(path_from(5000)));
}

TEST(IceLite, AThousandAddressesNeverEvictTheNominatedPair) {
  Client client;
  client.nominate(path_from(5000), kStart);
  std::size_t evicted = 0;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    const auto result = client.check(path_from(static_cast<std::uint16_t>(10'000 + i)), kStart + i * 1ms);
    if (result.evicted) ++evicted;
    EXPECT_NE(result.evicted, path_from(5000));
  }
  EXPECT_EQ(evicted, 1000 - (IceLite::kMaxPairs - 1));
  EXPECT_EQ(client.ice.nominated(), path_from(5000));
}

TEST(IceLite, TenThousandRequestsFromOnePeerGrowNothing) {
  Client client;
  client.nominate(path_from(5000), kStart);
  const auto before = mallinfo2().uordblks;
  for (int i = 1; i <= 10'000; ++i) {
    const auto result = client.nominate(path_from(5000), kStart + i * 1ms);
    ASSERT_FALSE(result.validated_new || result.nominated_changed || result.evicted || result.dropped);
  }
  EXPECT_EQ(mallinfo2().uordblks, before);
}

TEST(IceLite, FailsWhenNothingIsNominatedInTime) {
  Client client;
  EXPECT_EQ(client.ice.next_deadline(), kStart + 30s);
  client.check(path_from(5000), kStart + 20s);  // checks alone are no connection
  EXPECT_EQ(client.ice.next_deadline(), kStart + 30s);
  EXPECT_EQ(client.ice.tick(kStart + 30s - 1ns), State::kNew);
  EXPECT_EQ(client.ice.tick(kStart + 30s), State::kFailed);
  EXPECT_EQ(client.ice.next_deadline(), kNever);
}

TEST(IceLite, SuspectAfterSevenSecondsAndWellAgainWithTheNextRequest) {
  Client client;
  client.nominate(path_from(5000), kStart);
  EXPECT_EQ(client.ice.next_deadline(), kStart + 7s);
  EXPECT_EQ(client.ice.tick(kStart + 7s - 1ns), State::kConnected);
  EXPECT_EQ(client.ice.tick(kStart + 7s), State::kSuspect);
  EXPECT_EQ(client.ice.nominated(), path_from(5000));
  client.check(path_from(5000), kStart + 8s);
  EXPECT_EQ(client.ice.state(), State::kConnected);
  EXPECT_EQ(client.ice.next_deadline(), kStart + 15s);
}

TEST(IceLite, FailsForGoodAfterThirtySecondsWithoutConsent) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.ice.tick(kStart + 7s);
  EXPECT_EQ(client.ice.next_deadline(), kStart + 30s);
  EXPECT_EQ(client.ice.tick(kStart + 30s - 1ns), State::kSuspect);
  EXPECT_EQ(client.ice.tick(kStart + 30s), State::kFailed);
  EXPECT_FALSE(client.ice.nominated());
  const auto late = client.nominate(path_from(5000), kStart + 31s);
  EXPECT_EQ(late.reply_size, 0u);
  EXPECT_TRUE(late.dropped);
  EXPECT_EQ(client.ice.state(), State::kFailed);
}

TEST(IceLite, ARequestAfterConsentRanOutRevivesNothingEvenWithoutATickBetween) {
  Client client;
  client.nominate(path_from(5000), kStart);
  EXPECT_TRUE(client.nominate(path_from(5000), kStart + 30s).dropped);
  EXPECT_EQ(client.ice.state(), State::kFailed);
}

TEST(IceLite, RequestsEveryFewSecondsKeepASessionForHours) {
  Client client;
  client.nominate(path_from(5000), kStart);
  Time now = kStart;
  for (int i = 0; i < 3000; ++i) {
    now += 5s;
    EXPECT_EQ(client.ice.tick(now), State::kConnected);
    client.check(path_from(5000), now);
  }
}

TEST(IceLite, OnlyAuthenticatedRequestsAreConsent) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.server.pwd = "a guess";
  for (int second = 1; second < 30; ++second) client.check(path_from(5000), kStart + second * 1s);
  EXPECT_EQ(client.ice.tick(kStart + 29s), State::kSuspect);
  EXPECT_EQ(client.ice.tick(kStart + 30s), State::kFailed);
}

TEST(IceLite, ARequestThatIsRefusedIsNoConsent) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.request.ice_controlled = 1;
  for (int second = 1; second < 30; ++second) client.check(path_from(5000), kStart + second * 1s);
  EXPECT_EQ(client.ice.tick(kStart + 30s), State::kFailed);
}

TEST(IceLite, ConsentOnOnePairIsNoConsentOnAnother) {
  Client client;
  client.nominate(path_from(5000), kStart);
  for (int second = 5; second <= 40; second += 5) {
    client.check(path_from(6000), kStart + second * 1s);
    const bool nominated_has_consent = second < 30;
    EXPECT_EQ(client.ice.nominated().has_value(), nominated_has_consent) << second;
  }
  // Nothing may be sent, but the client is there: it nominates what works.
  EXPECT_EQ(client.ice.tick(kStart + 41s), State::kSuspect);
  EXPECT_EQ(client.ice.next_deadline(), kStart + 70s);
  EXPECT_TRUE(client.nominate(path_from(6000), kStart + 42s).nominated_changed);
  EXPECT_EQ(client.ice.state(), State::kConnected);
}

TEST(IceLite, TimesAreAsConfigured) {
  Client client({.connect = 5s, .consent = 4s, .suspect = 1s});
  EXPECT_EQ(client.ice.next_deadline(), kStart + 5s);
  client.nominate(path_from(5000), kStart);
  EXPECT_EQ(client.ice.tick(kStart + 1s), State::kSuspect);
  EXPECT_EQ(client.ice.tick(kStart + 4s), State::kFailed);
}

TEST(IceLite, DuringARestartOldAndNewCredentialsAreAnswered) {
  Client client;
  client.nominate(path_from(5000), kStart);
  EXPECT_EQ(client.ice.restart(kNewLocal, kNewRemote, kStart + 1s), "");
  EXPECT_TRUE(client.ice.accepts_ufrag("SRVR"));
  EXPECT_TRUE(client.ice.accepts_ufrag("NEXT"));
  EXPECT_EQ(client.ice.local(), kNewLocal);
  EXPECT_EQ(client.ice.remote(), kNewRemote);
  EXPECT_EQ(client.ice.nominated(), path_from(5000));  // media goes on

  EXPECT_FALSE(client.check(path_from(5000), kStart + 2s).dropped);
  EXPECT_TRUE(verify_integrity(*client.answer, kLocal.pwd));
  client.server = kNewLocal;
  EXPECT_FALSE(client.check(path_from(6000), kStart + 2s).dropped);
  EXPECT_TRUE(verify_integrity(*client.answer, kNewLocal.pwd));
  EXPECT_EQ(client.ice.nominated(), path_from(5000));
}

TEST(IceLite, EachUfragGoesWithItsOwnPassword) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.ice.restart(kNewLocal, kNewRemote, kStart);
  client.server = {kLocal.ufrag, kNewLocal.pwd};
  EXPECT_TRUE(client.check(path_from(5000), kStart).dropped);
  client.server = {kNewLocal.ufrag, kLocal.pwd};
  EXPECT_TRUE(client.check(path_from(5000), kStart).dropped);
}

TEST(IceLite, NominationUnderTheNewCredentialsRetiresTheOld) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.ice.restart(kNewLocal, kNewRemote, kStart + 1s);
  client.server = kNewLocal;
  EXPECT_EQ(client.check(path_from(6000), kStart + 2s).retired_ufrag, "");
  EXPECT_EQ(client.nominate(path_from(6000), kStart + 2s).retired_ufrag, "SRVR");
  EXPECT_EQ(client.ice.nominated(), path_from(6000));
  EXPECT_FALSE(client.ice.accepts_ufrag("SRVR"));

  client.server = kLocal;
  EXPECT_EQ(client.check(path_from(5000), kStart + 3s).dropped, DropReason::kStunIntegrity);
  client.server = kNewLocal;
  EXPECT_EQ(client.nominate(path_from(6000), kStart + 3s).retired_ufrag, "");
}

TEST(IceLite, TheSamePairNominatedAnewCompletesARestartToo) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.ice.restart(kNewLocal, kNewRemote, kStart + 1s);
  client.server = kNewLocal;
  const auto result = client.nominate(path_from(5000), kStart + 2s);
  EXPECT_FALSE(result.nominated_changed);
  EXPECT_EQ(result.retired_ufrag, "SRVR");
}

TEST(IceLite, NominationUnderTheOldCredentialsMovesTheMediaButDoesNotEndTheRestart) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.ice.restart(kNewLocal, kNewRemote, kStart + 1s);
  EXPECT_TRUE(client.nominate(path_from(5001), kStart + 2s).nominated_changed);
  EXPECT_TRUE(client.ice.accepts_ufrag("SRVR"));
  EXPECT_TRUE(client.ice.accepts_ufrag("NEXT"));
}

TEST(IceLite, OfTwoRestartsInARowTheFirstOnesCredentialsGo) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.ice.restart(kNewLocal, kNewRemote, kStart + 1s);
  EXPECT_EQ(client.ice.restart(kThirdLocal, kNewRemote, kStart + 2s), "NEXT");
  EXPECT_TRUE(client.ice.accepts_ufrag("SRVR"));  // still carries the session
  EXPECT_FALSE(client.ice.accepts_ufrag("NEXT"));
  EXPECT_TRUE(client.ice.accepts_ufrag("THRD"));
  client.server = kThirdLocal;
  EXPECT_EQ(client.nominate(path_from(5000), kStart + 3s).retired_ufrag, "SRVR");
}

TEST(IceLite, ARestartGivesALostClientTimeToBeHeard) {
  Client client;
  client.nominate(path_from(5000), kStart);
  client.ice.tick(kStart + 29s);
  client.ice.restart(kNewLocal, kNewRemote, kStart + 29s);
  // The old pair's consent runs out all the same.
  EXPECT_EQ(client.ice.tick(kStart + 30s), State::kSuspect);
  EXPECT_FALSE(client.ice.nominated());
  EXPECT_EQ(client.ice.next_deadline(), kStart + 59s);
  client.server = kNewLocal;
  client.nominate(path_from(6000), kStart + 35s);
  EXPECT_EQ(client.ice.state(), State::kConnected);
}

TEST(IceLite, ARestartBeforeConnectingStartsTheWaitAnew) {
  Client client;
  client.ice.restart(kNewLocal, kNewRemote, kStart + 20s);
  EXPECT_EQ(client.ice.next_deadline(), kStart + 50s);
  EXPECT_EQ(client.ice.tick(kStart + 49s), State::kNew);
  EXPECT_EQ(client.ice.tick(kStart + 50s), State::kFailed);
}

TEST(IceLite, AnArrivalOlderThanTheLastOneTakesNoConsentAway) {
  Client client;
  client.nominate(path_from(5000), kStart + 2s);
  client.check(path_from(5000), kStart + 1s);
  EXPECT_EQ(client.ice.next_deadline(), kStart + 9s);
}

}  // namespace
}  // namespace parley

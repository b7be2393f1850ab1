#include "io/egress_batch.h"

#include <sys/socket.h>

#include "unit/io/loopback.h"

namespace parley {
namespace {

using testing::hear;
using testing::loopback;
using testing::open_socket;

class EgressBatchTest : public ::testing::Test {
 protected:
  EgressBatchTest() {
    sockets_.push_back(open_socket(loopback()));
    for (int i = 0; i < 2; ++i) clients_.push_back(open_socket(loopback(), 4 << 20));
  }

  void queue(std::size_t client, const std::string& text) { queue_to(clients_[client].local(), text); }
  void queue_to(const Address& remote, const std::string& text) {
    outbox_.send({.local = sockets_[0].local(), .remote = remote}, pool_.copy_of(as_bytes(text)));
  }
  void send() { egress_.send(sockets_, outbox_); }

  std::vector<std::string> texts(std::size_t client, std::size_t count) {
    std::vector<std::string> out;
    for (auto& heard : hear(clients_[client], count)) out.push_back(std::move(heard.text));
    return out;
  }

  PacketPool pool_{512};
  std::vector<UdpSocket> sockets_;
  std::vector<UdpSocket> clients_;
  Outbox outbox_;
  EgressBatch egress_;
};

std::string text(char c, std::size_t size) {
  return std::string(size, c);
}

TEST_F(EgressBatchTest, SendsARunOfOneSizeAsOneMessage) {
  const std::vector<std::string> sent = {text('a', 1000), text('b', 1000), text('c', 1000)};
  for (const auto& t : sent) queue(0, t);
  send();
  EXPECT_EQ(texts(0, 3), sent);
  EXPECT_EQ(egress_.counters().messages, 1u);
  EXPECT_EQ(egress_.counters().datagrams, 3u);
  EXPECT_EQ(egress_.counters().bytes, 3000u);
  EXPECT_TRUE(outbox_.empty());
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(EgressBatchTest, LetsTheLastOfARunBeShorter) {
  const std::vector<std::string> sent = {text('a', 1000), text('b', 1000), text('c', 10), text('d', 1000)};
  for (const auto& t : sent) queue(0, t);
  send();
  EXPECT_EQ(texts(0, 4), sent);
  EXPECT_EQ(egress_.counters().messages, 2u);
}

TEST_F(EgressBatchTest, StartsAMessageWhereAPacketIsLarger) {
  const std::vector<std::string> sent = {text('a', 100), text('b', 1000), text('c', 1001)};
  for (const auto& t : sent) queue(0, t);
  send();
  EXPECT_EQ(texts(0, 3), sent);
  EXPECT_EQ(egress_.counters().messages, 3u);
}

TEST_F(EgressBatchTest, KeepsTheOrderOfEachDestinationThoughTheyAreMixed) {
  std::vector<std::string> sent[2];
  for (std::size_t i = 0; i < 100; ++i) {
    sent[i % 2].push_back(text(static_cast<char>('a' + i % 26), 100 + i % 7));
    queue(i % 2, sent[i % 2].back());
  }
  send();
  EXPECT_EQ(texts(0, 50), sent[0]);
  EXPECT_EQ(texts(1, 50), sent[1]);
}

TEST_F(EgressBatchTest, SplitsARunAtTheKernelsLimitOfSegments) {
  std::vector<std::string> sent;
  for (std::size_t i = 0; i < EgressBatch::kMaxSegments + 1; ++i)
    sent.push_back(text(static_cast<char>('a' + i % 26), 20));
  for (const auto& t : sent) queue(0, t);
  send();
  EXPECT_EQ(texts(0, sent.size()), sent);
  EXPECT_EQ(egress_.counters().messages, 2u);
}

TEST_F(EgressBatchTest, SplitsARunAtTheLargestDatagramOfIp) {
  std::vector<std::string> sent(40, text('a', 2000));
  for (const auto& t : sent) queue(0, t);
  send();
  EXPECT_EQ(texts(0, sent.size()), sent);
  EXPECT_EQ(egress_.counters().messages, 2u);
}

TEST_F(EgressBatchTest, SendsMoreThanOneSystemCallTakes) {
  std::vector<std::string> sent[2];
  for (std::size_t i = 0; i < 400; ++i) {
    sent[i % 2].push_back(text('a', 100 + i));  // ever larger: no runs
    queue(i % 2, sent[i % 2].back());
  }
  send();
  EXPECT_EQ(texts(0, 200), sent[0]);
  EXPECT_EQ(texts(1, 200), sent[1]);
  EXPECT_EQ(egress_.counters().messages, 400u);
}

TEST_F(EgressBatchTest, OnASocketForAllAddressesSendsFromTheOneThatThePathNames) {
  sockets_.clear();
  sockets_.push_back(open_socket(Address::v4({0, 0, 0, 0}, 0)));
  const Address local = Address::v4({127, 0, 0, 9}, sockets_[0].local().port());
  for (int i = 0; i < 2; ++i) {
    outbox_.send({.local = local, .remote = clients_[0].local()}, pool_.copy_of(as_bytes("from nine")));
  }
  send();
  const auto heard = hear(clients_[0], 2);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].path.remote, local);
  EXPECT_EQ(heard[1].path.remote, local);
  EXPECT_EQ(egress_.counters().messages, 1u);
}

TEST_F(EgressBatchTest, DoesTheSameForIpv6) {
  auto server = UdpSocket::open(Address::v6({}, 0), testing::kBuffer);
  if (!server) GTEST_SKIP() << "no IPv6 here";
  sockets_.clear();
  sockets_.push_back(std::move(*server));
  const Address local = *Address::parse_ip("::1", sockets_[0].local().port());
  const UdpSocket client = open_socket(local.with_port(0));
  for (int i = 0; i < 3; ++i) outbox_.send({.local = local, .remote = client.local()}, pool_.copy_of(as_bytes("six")));
  send();
  const auto heard = hear(client, 3);
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[2].path.remote, local);
  EXPECT_EQ(egress_.counters().messages, 1u);
}

TEST_F(EgressBatchTest, ADestinationThatFailsCostsTheOthersNothing) {
  const Address broadcast = Address::v4({255, 255, 255, 255}, 9);  // not allowed without SO_BROADCAST
  queue(0, "before");
  for (int i = 0; i < 2; ++i) queue_to(broadcast, "nowhere");
  queue(1, "after");
  send();
  EXPECT_EQ(texts(0, 1), std::vector<std::string>{"before"});
  EXPECT_EQ(texts(1, 1), std::vector<std::string>{"after"});
  EXPECT_EQ(egress_.counters().drops[DropReason::kSendFailed], 2u);
  EXPECT_EQ(egress_.counters().datagrams, 2u);
}

TEST_F(EgressBatchTest, WhatHasNoSocketIsDroppedAndCounted) {
  outbox_.send({.local = Address::v4({10, 9, 8, 7}, 1), .remote = clients_[0].local()},
               pool_.copy_of(as_bytes("lost")));
  queue(0, "found");
  send();
  EXPECT_EQ(texts(0, 1), std::vector<std::string>{"found"});
  EXPECT_EQ(egress_.counters().drops[DropReason::kSendFailed], 1u);
}

TEST_F(EgressBatchTest, ASocketThatCantSegmentIsServedSinglyAndNotAskedAgain) {
  // Segmentation needs checksums from the kernel; without them it says EINVAL.
  const int on = 1;
  ASSERT_EQ(setsockopt(sockets_[0].fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
  const std::vector<std::string> sent = {text('a', 500), text('b', 500), text('c', 500)};
  for (int round = 0; round < 2; ++round) {
    for (const auto& t : sent) queue(0, t);
    send();
    EXPECT_EQ(texts(0, 3), sent);
  }
  EXPECT_EQ(egress_.counters().resent, 1u);
  EXPECT_EQ(egress_.counters().datagrams, 6u);
  EXPECT_EQ(egress_.counters().messages, 6u);
}

TEST_F(EgressBatchTest, DoesNotBlameSegmentationForADestinationThatIsWrong) {
  // A port of 0 is EINVAL for any message.
  for (int i = 0; i < 2; ++i) queue_to(loopback(0), "nowhere");
  send();
  EXPECT_EQ(egress_.counters().drops[DropReason::kSendFailed], 2u);

  for (int i = 0; i < 2; ++i) queue(0, "somewhere");
  send();
  EXPECT_EQ(texts(0, 2).size(), 2u);
  EXPECT_EQ(egress_.counters().messages, 1u);
}

TEST_F(EgressBatchTest, SendsAnEmptyDatagramAsItIs) {
  queue(0, "");
  queue(0, "x");
  send();
  const std::vector<std::string> expected = {"", "x"};
  EXPECT_EQ(texts(0, 2), expected);
}

}  // namespace
}  // namespace parley

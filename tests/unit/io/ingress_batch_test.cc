#include "io/ingress_batch.h"

#include "unit/io/loopback.h"

namespace parley {
namespace {

using testing::hear;
using testing::loopback;
using testing::open_socket;
using testing::send_text;
using testing::wait_readable;

TEST(IngressBatch, TellsWhatCameFromWhereAndWhen) {
  const UdpSocket server = open_socket(loopback());
  const UdpSocket client = open_socket(loopback());
  const Time before = now();
  send_text(client, server.local(), "hello");

  const auto heard = hear(server, 1);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].text, "hello");
  EXPECT_EQ(heard[0].path.remote, client.local());
  EXPECT_EQ(heard[0].path.local, server.local());
  // Two clocks are read one after the other, so the way from one to the other is good to some microseconds.
  EXPECT_GE(heard[0].arrival, before - 1ms);
  EXPECT_LE(heard[0].arrival, now());
}

TEST(IngressBatch, ArrivalIsTheKernelsTimeAndNotThatOfReading) {
  const UdpSocket server = open_socket(loopback());
  const UdpSocket client = open_socket(loopback());
  send_text(client, server.local(), "early");
  ASSERT_TRUE(wait_readable(server));
  const Time sent = now();
  pollfd nothing{.fd = client.fd(), .events = POLLIN, .revents = 0};
  poll(&nothing, 1, 20);  // nobody writes to the client: 20 ms pass

  const auto heard = hear(server, 1);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_LE(heard[0].arrival, sent + 1ms);
}

TEST(IngressBatch, OnASocketForAllAddressesTellsTheOneThePeerWroteTo) {
  const UdpSocket server = open_socket(Address::v4({0, 0, 0, 0}, 0));
  const UdpSocket client = open_socket(loopback());
  send_text(client, Address::v4({127, 0, 0, 1}, server.local().port()), "one");
  send_text(client, Address::v4({127, 0, 0, 2}, server.local().port()), "two");

  const auto heard = hear(server, 2);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].path.local, Address::v4({127, 0, 0, 1}, server.local().port()));
  EXPECT_EQ(heard[1].path.local, Address::v4({127, 0, 0, 2}, server.local().port()));
}

TEST(IngressBatch, DoesTheSameForIpv6) {
  auto server = UdpSocket::open(Address::v6({}, 0), testing::kBuffer);
  if (!server) GTEST_SKIP() << "no IPv6 here";
  const Address local = *Address::parse_ip("::1", server->local().port());
  const UdpSocket client = open_socket(local.with_port(0));
  send_text(client, local, "six");

  const auto heard = hear(*server, 1);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].path.local, local);
  EXPECT_EQ(heard[0].path.remote, client.local());
}

TEST(IngressBatch, SaysWhenThereIsMoreToRead) {
  const UdpSocket server = open_socket(loopback());
  const UdpSocket client = open_socket(loopback());
  for (std::size_t i = 0; i <= IngressBatch::kCapacity; ++i) send_text(client, server.local(), std::to_string(i));

  PacketPool pool(64);
  IngressBatch ingress(pool);
  const IngressBatch::Batch full = ingress.read(server);
  EXPECT_EQ(full.datagrams.size(), IngressBatch::kCapacity);
  EXPECT_TRUE(full.more);
  for (Datagram& d : full.datagrams) d.packet = PacketRef();

  const IngressBatch::Batch rest = ingress.read(server);
  ASSERT_EQ(rest.datagrams.size(), 1u);
  EXPECT_EQ(as_text(rest.datagrams[0].packet.bytes()), "32");
  EXPECT_FALSE(rest.more);
  rest.datagrams[0].packet = PacketRef();
  EXPECT_TRUE(ingress.read(server).datagrams.empty());
}

TEST(IngressBatch, DropsAndCountsWhatIsLargerThanASlot) {
  const UdpSocket server = open_socket(loopback());
  const UdpSocket client = open_socket(loopback());
  send_text(client, server.local(), std::string(PacketRef::kSlotSize + 1, 'x'));
  send_text(client, server.local(), std::string(PacketRef::kSlotSize, 'y'));

  PacketPool pool(64);
  IngressBatch ingress(pool);
  const auto batch = ingress.read(server);
  ASSERT_EQ(batch.datagrams.size(), 1u);
  EXPECT_EQ(batch.datagrams[0].packet.size(), PacketRef::kSlotSize);
  EXPECT_EQ(ingress.drops()[DropReason::kTooLarge], 1u);
}

TEST(IngressBatch, WithoutSlotsReadsOnAndDropsTheNewest) {
  const UdpSocket server = open_socket(loopback());
  const UdpSocket client = open_socket(loopback());
  for (int i = 0; i < 5; ++i) send_text(client, server.local(), std::to_string(i));

  PacketPool pool(2);
  IngressBatch ingress(pool);
  auto batch = ingress.read(server);
  ASSERT_EQ(batch.datagrams.size(), 2u);
  EXPECT_EQ(as_text(batch.datagrams[1].packet.bytes()), "1");
  EXPECT_EQ(ingress.drops()[DropReason::kPoolExhausted], 3u);

  // Back to work as soon as slots come back.
  for (Datagram& d : batch.datagrams) d.packet = PacketRef();
  send_text(client, server.local(), "again");
  ASSERT_TRUE(wait_readable(server));
  batch = ingress.read(server);
  ASSERT_EQ(batch.datagrams.size(), 1u);
  EXPECT_EQ(as_text(batch.datagrams[0].packet.bytes()), "again");
}

TEST(IngressBatch, CountsWhatTheKernelHadNoRoomFor) {
  const UdpSocket server = open_socket(loopback(), 4096);
  const UdpSocket client = open_socket(loopback());
  constexpr std::uint64_t kSent = 64;
  for (std::uint64_t i = 0; i < kSent; ++i) send_text(client, server.local(), std::string(1200, 'x'));

  PacketPool pool(256);
  IngressBatch ingress(pool);
  std::uint64_t received = 0;
  while (const std::size_t n = ingress.read(server).datagrams.size()) received += n;
  ASSERT_LT(received, kSent);

  // The count travels with the next datagram.
  send_text(client, server.local(), "after");
  ASSERT_TRUE(wait_readable(server));
  received += ingress.read(server).datagrams.size();
  EXPECT_EQ(received + ingress.kernel_drops(), kSent + 1);
}

}  // namespace
}  // namespace parley

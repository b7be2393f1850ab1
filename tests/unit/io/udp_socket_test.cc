#include "io/udp_socket.h"

#include <sys/socket.h>

#include <cerrno>

#include "unit/io/loopback.h"

namespace parley {
namespace {

using testing::kBuffer;
using testing::loopback;
using testing::open_socket;

const Address kAnyV4 = Address::v4({0, 0, 0, 0}, 0);
const Address kAnyV6 = Address::v6({}, 0);
const Address kLoopbackV6 = *Address::parse_ip("::1", 0);

bool has_ipv6() {
  return UdpSocket::open(kLoopbackV6, kBuffer).has_value();
}

TEST(UdpSocket, SaysWhichPortTheKernelChose) {
  EXPECT_NE(open_socket(loopback()).local().port(), 0);
}

TEST(UdpSocket, SaysInASentenceThatAPortIsInUse) {
  const UdpSocket first = open_socket(loopback());
  const auto second = UdpSocket::open(first.local(), kBuffer);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, EADDRINUSE);
  EXPECT_NE(second.error().message.find(first.local().to_string()), std::string::npos);
}

TEST(UdpSocket, TellsWhatTheKernelGrantedOfTheBuffers) {
  const UdpSocket socket = open_socket(loopback(), 64 * 1024);
  EXPECT_GE(socket.receive_buffer(), 64 * 1024);
  EXPECT_GE(socket.send_buffer(), 64 * 1024);
}

TEST(UdpSocket, OpensOnePortOnEveryAddress) {
  if (!has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  const auto sockets = open_sockets(std::vector{kAnyV4, kAnyV6}, kBuffer);
  ASSERT_TRUE(sockets.has_value()) << sockets.error().message;
  ASSERT_EQ(sockets->size(), 2u);
  EXPECT_NE((*sockets)[0].local().port(), 0);
  EXPECT_EQ((*sockets)[0].local().port(), (*sockets)[1].local().port());
}

TEST(UdpSocket, FailsWhenAnAddressIsNotThisMachines) {
  const auto sockets = open_sockets(std::vector{loopback(), *Address::parse_ip("198.51.100.77", 0)}, kBuffer);
  ASSERT_FALSE(sockets.has_value());
  EXPECT_EQ(sockets.error().code, EADDRNOTAVAIL);
}

TEST(UdpSocket, ReturnsAnswersByTheSocketThatWasWrittenTo) {
  std::vector<UdpSocket> sockets;
  sockets.push_back(open_socket(loopback()));
  sockets.push_back(open_socket(Address::v4({127, 0, 0, 2}, 0)));
  EXPECT_EQ(socket_for(sockets, sockets[1].local()), &sockets[1]);
  EXPECT_EQ(socket_for(sockets, Address::v4({127, 0, 0, 3}, 5)), nullptr);

  sockets.push_back(open_socket(kAnyV4));
  EXPECT_EQ(socket_for(sockets, Address::v4({127, 0, 0, 3}, 5)), &sockets[2]);
  EXPECT_EQ(socket_for(sockets, sockets[0].local()), &sockets[0]);
  EXPECT_EQ(socket_for(sockets, kLoopbackV6), nullptr);
}

}  // namespace
}  // namespace parley

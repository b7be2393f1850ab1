#include "signaling/webhooks/address_policy.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace parley::signaling::test {
namespace {

bool allowed(const char* text, const AddressPolicy& policy = AddressPolicy()) {
  const auto address = parse_address(text);
  EXPECT_TRUE(address) << text;
  return address && policy.allows(*address);
}

TEST(AddressPolicy, AllowsTheOpenInternet) {
  for (const char* text :
       {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.169.0.1",
        "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"})
    EXPECT_TRUE(allowed(text)) << text;
}

TEST(AddressPolicy, RefusesWhatLeadsInsideOrNowhere) {
  for (const char* text :
       {"0.0.0.0",     "0.1.2.3",         "10.0.0.1",       "10.255.255.255", "100.64.0.1",  "127.0.0.1",
        "127.255.0.1", "169.254.169.254", "172.16.0.1",     "172.31.255.255", "192.0.0.1",   "192.0.2.1",
        "192.168.1.1", "198.18.0.1",      "198.19.255.255", "198.51.100.1",   "203.0.113.9", "224.0.0.1",
        "239.1.1.1",   "240.0.0.1",       "255.255.255.255"})
    EXPECT_FALSE(allowed(text)) << text;
  for (const char* text : {"::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
                           "2001::1", "3fff::1", "100::1", "4000::1", "::7f00:1"})
    EXPECT_FALSE(allowed(text)) << text;
}

TEST(AddressPolicy, SeesThroughTheWaysToWriteAnIpv4Address) {
  for (const char* text : {"::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.1.2.3", "64:ff9b::127.0.0.1",
                           "64:ff9b::10.0.0.1", "2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::"})
    EXPECT_FALSE(allowed(text)) << text;
}

TEST(AddressPolicy, AllowsWhatIsListedAndNoMore) {
  const AddressPolicy policy(
      {parse_range("127.0.0.1").value(), parse_range("10.1.0.0/16").value(), parse_range("fd00:1::/32").value()});
  EXPECT_TRUE(allowed("127.0.0.1", policy));
  EXPECT_TRUE(allowed("::ffff:127.0.0.1", policy));
  EXPECT_FALSE(allowed("127.0.0.2", policy));
  EXPECT_TRUE(allowed("10.1.255.1", policy));
  EXPECT_FALSE(allowed("10.2.0.1", policy));
  EXPECT_TRUE(allowed("fd00:1::9", policy));
  EXPECT_FALSE(allowed("fd00:2::9", policy));
  EXPECT_FALSE(allowed("::1", policy));
  EXPECT_TRUE(allowed("8.8.8.8", policy));
}

TEST(AddressRange, EndsAtAnyBit) {
  const auto holds = [](const char* range, const char* address) {
    return parse_range(range).value().holds(parse_address(address).value());
  };
  EXPECT_TRUE(holds("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(holds("100.64.0.0/10", "100.127.255.255"));
  EXPECT_FALSE(holds("100.64.0.0/10", "100.128.0.0"));
  EXPECT_TRUE(holds("1.2.3.4/32", "1.2.3.4"));
  EXPECT_FALSE(holds("1.2.3.4/32", "1.2.3.5"));
  EXPECT_TRUE(holds("0.0.0.0/0", "200.1.2.3"));
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_TRUE(holds("::/0", "::1"));
  EXPECT_TRUE(holds("2000::/3", "3fff::1"));
  EXPECT_FALSE(holds("2000::/3", "4000::"));
  EXPECT_TRUE(holds("::ffff:10.0.0.0/104", "10.9.9.9"));
}

TEST(AddressRange, IsNotReadFromNonsense) {
  for (const char* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8x", "10.0.0/8",
                           "::/129", "localhost", "1.2.3.4/ 8", " 1.2.3.4", "fe80::1%eth0", "0x7f.1", "[::1]"})
    EXPECT_FALSE(parse_range(text)) << text;
  EXPECT_FALSE(parse_address(std::string_view("1.2.3.4\0", 8)));
}

TEST(AddressPolicy, ReadsTheAddressesOfSockets) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(address_of(reinterpret_cast<sockaddr*>(&v4), sizeof v4), parse_address("127.0.0.1"));
  EXPECT_FALSE(address_of(reinterpret_cast<sockaddr*>(&v4), sizeof v4 - 1)) << "cut short";
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  EXPECT_EQ(address_of(reinterpret_cast<sockaddr*>(&v6), sizeof v6), parse_address("::1"));
  v6.sin6_family = AF_UNIX;
  EXPECT_FALSE(address_of(reinterpret_cast<sockaddr*>(&v6), sizeof v6));
}

}  // namespace
}  // namespace parley::signaling::test

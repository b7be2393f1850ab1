#include "base/address.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace parley {
namespace {

TEST(Address, V4TextGoesThereAndBack) {
  const auto a = Address::parse_ip("192.0.2.17", 5000);
  ASSERT_TRUE(a);
  EXPECT_TRUE(a->is_v4());
  EXPECT_EQ(a->to_string(), "192.0.2.17:5000");
}

TEST(Address, V6TextGoesThereAndBackInItsShortestForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"2001:db8:0:0:0:0:0:1", "2001:db8::1"},
      {"::1", "::1"},
      {"::", "::"},
      {"1::", "1::"},
      {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
      {"fe80::1:0:0:2", "fe80::1:0:0:2"},
      {"[::1]", "::1"},
  };
  for (const auto& [in, out] : cases) {
    const auto a = Address::parse_ip(in, 1);
    ASSERT_TRUE(a) << in;
    EXPECT_EQ(a->ip_text(), out) << in;
  }
}

TEST(Address, AMappedV6AddressIsTheV4Address) {
  EXPECT_EQ(Address::parse_ip("::ffff:192.0.2.1", 7), Address::parse_ip("192.0.2.1", 7));
}

TEST(Address, TextThatIsNoAddressIsRefused) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.x", ":::", "1:2", "1:2:3:4:5:6:7:8:9", "g::1",
                           "abc.local", "1::2::3", "1.2.3.4 ", "12345::", "[::1", "1:2:3:4:5:6:7::8:"}) {
    EXPECT_FALSE(Address::parse_ip(text, 1)) << text;
  }
}

TEST(Address, KnowsLoopbackAndAny) {
  EXPECT_TRUE(Address::parse_ip("127.8.0.1", 0)->is_loopback());
  EXPECT_TRUE(Address::parse_ip("::1", 0)->is_loopback());
  EXPECT_FALSE(Address::parse_ip("2001::1", 0)->is_loopback());
  EXPECT_TRUE(Address::parse_ip("0.0.0.0", 9)->is_any());
  EXPECT_FALSE(Address().is_any());
}

TEST(Address, DifferentPortsHashApart) {
  std::unordered_set<std::size_t> hashes;
  for (std::uint16_t port = 0; port < 1000; ++port) hashes.insert(Address::parse_ip("10.0.0.1", port)->hash());
  EXPECT_EQ(hashes.size(), 1000u);
}

}  // namespace
}  // namespace parley

#include "signaling/webhooks/target.h"

#include <gtest/gtest.h>

namespace parley::signaling::test {
namespace {

TEST(WebhookTarget, IsAHostAndAPort) {
  EXPECT_EQ(parse_target("https://example.org")->host, "example.org");
  EXPECT_EQ(parse_target("https://example.org")->port, 443);
  EXPECT_EQ(parse_target("HTTPS://Hooks.Example.ORG:8443/a?b=c")->host, "hooks.example.org");
  EXPECT_EQ(parse_target("https://hooks.example.org:8443/a?b=c")->port, 8443);
  EXPECT_EQ(parse_target("https://example.org?x")->host, "example.org");
  EXPECT_EQ(parse_target("https://[2606:4700::1111]:1/")->host, "2606:4700::1111");
  EXPECT_EQ(parse_target("https://8.8.8.8/")->host, "8.8.8.8");
  EXPECT_EQ(parse_target("https://xn--bcher-kva.example./")->host, "xn--bcher-kva.example.");
  EXPECT_EQ(parse_target("https://3com.example/")->host, "3com.example");
}

TEST(WebhookTarget, IsHttpsAndPlainlyWritten) {
  for (const char* url : {"",
                          "http://example.org",
                          "ftp://example.org",
                          "https:/example.org",
                          "https://",
                          "https:///path",
                          "//example.org",
                          "file:///etc/passwd",
                          " https://example.org",
                          "https://example.org ",
                          "https://exa mple.org",
                          "https://example.org/\n",
                          "https://user@example.org",
                          "https://user:pw@example.org",
                          "https://example.org#x",
                          "https://example.org\\@evil.org",
                          "https://exam_ple.org",
                          "https://b\xc3\xbc"
                          "cher.example",
                          "https://example..org",
                          "https://.example.org",
                          "https://example.org:",
                          "https://example.org:0",
                          "https://example.org:65536",
                          "https://example.org:-1",
                          "https://example.org:8x",
                          "https://[::1",
                          "https://[::1]x",
                          "https://[127.0.0.1]",
                          "https://[fe80::1%25eth0]",
                          "https://[]",
                          "https://%31%32%37.0.0.1"})
    EXPECT_FALSE(parse_target(url)) << url;
  EXPECT_FALSE(parse_target("https://example.org/" + std::string(2'048, 'x')));
  EXPECT_FALSE(parse_target("https://" + std::string(254, 'x')));
}

TEST(WebhookTarget, HasNoAddressInDisguise) {
  for (const char* url : {"https://0x7f000001", "https://0x7f.1", "https://2130706433", "https://017700000001",
                          "https://127.1", "https://127.0.0.1.", "https://0177.0.0.1", "https://1.2.3.4.5"})
    EXPECT_FALSE(parse_target(url)) << url;
}

TEST(WebhookTarget, IsRefusedWhenItsAddressIsInside) {
  const AddressPolicy strict;
  EXPECT_FALSE(check_target("https://127.0.0.1/", strict));
  EXPECT_FALSE(check_target("https://169.254.169.254/latest", strict));
  EXPECT_FALSE(check_target("https://[::1]/", strict));
  EXPECT_FALSE(check_target("https://[::ffff:10.0.0.1]/", strict));
  EXPECT_TRUE(check_target("https://8.8.8.8/", strict));
  EXPECT_TRUE(check_target("https://localhost/", strict)) << "a name is looked at when it was resolved";
  EXPECT_TRUE(check_target("https://127.0.0.1/", AddressPolicy({parse_range("127.0.0.0/8").value()})));
}

}  // namespace
}  // namespace parley::signaling::test

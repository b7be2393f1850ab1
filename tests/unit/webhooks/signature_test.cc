#include "signaling/webhooks/signature.h"

#include <gtest/gtest.h>

namespace parley::signaling::test {
namespace {

// Computed with another program: printf '1700000000.7.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
constexpr const char* kKnown = "v1=125c0fb3e6f463a087ef706159cbad4dba8199cb8c95139b631c24e7d13a6e5c";

TEST(WebhookSignature, IsTheHmacOfTimestampIdAndBody) {
  EXPECT_EQ(webhook_signature({"0123456789abcdef"}, 1'700'000'000, "7", R"({"a":1})"), kKnown);
}

TEST(WebhookSignature, HasOneForEachSecret) {
  const std::string first = webhook_signature({"0123456789abcdef"}, 1, "7", "x");
  const std::string second = webhook_signature({"fedcba9876543210"}, 1, "7", "x");
  EXPECT_EQ(webhook_signature({"0123456789abcdef", "fedcba9876543210"}, 1, "7", "x"), first + "," + second);
}

TEST(WebhookSignature, DiffersWithEachOfItsParts) {
  const std::string one = webhook_signature({"0123456789abcdef"}, 1, "7", "x");
  EXPECT_NE(webhook_signature({"0123456789abcdef"}, 2, "7", "x"), one);
  EXPECT_NE(webhook_signature({"0123456789abcdef"}, 1, "8", "x"), one);
  EXPECT_NE(webhook_signature({"0123456789abcdef"}, 1, "7", "y"), one);
  EXPECT_NE(webhook_signature({"1123456789abcdef"}, 1, "7", "x"), one);
}

}  // namespace
}  // namespace parley::signaling::test

#include "io/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace parley {
namespace {

bool ice_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

TEST(Random, MakesIceCredentialsOfTheLengthAndCharactersThatIceWants) {
  const IceCredentials ice = random_ice_credentials();
  EXPECT_GE(ice.ufrag.size(), 4u);
  EXPECT_GE(ice.pwd.size(), 22u);
  EXPECT_TRUE(std::ranges::all_of(ice.ufrag + ice.pwd, ice_char));
}

TEST(Random, DoesNotRepeatItself) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_token(12));
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace parley

#include "app/confine.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

AppConfig config_of(std::string_view text) {
  const auto config = parse_config(text, "parley.toml");
  EXPECT_TRUE(config);
  return config.value_or(AppConfig{});
}

TEST(Confine, LeavesAServerWithoutTheExampleAsItIs) {
  AppConfig config = config_of("[http]\nlisten = \"192.0.2.1\"\n");
  ASSERT_TRUE(confine_example(config));
  EXPECT_EQ(config.signaling.listen.address, "192.0.2.1");
  EXPECT_EQ(config.server.media.listen, MediaConfig().listen);
}

TEST(Confine, KeepsEveryListenerOfTheExampleOnThisMachine) {
  AppConfig config = config_of("[example]\nenabled = true\n");
  ASSERT_TRUE(confine_example(config));
  EXPECT_EQ(config.signaling.listen.address, "127.0.0.1");
  EXPECT_EQ(config.server.media.listen, (std::vector<std::string>{"127.0.0.1"}));
  EXPECT_TRUE(config.server.media.announce_loopback);
}

TEST(Confine, TakesALoopbackAddressAsItIs) {
  AppConfig config =
      config_of("[example]\nenabled = true\n[http]\nlisten = \"::1\"\n[media]\nlisten = [\"127.0.0.7\"]\n");
  ASSERT_TRUE(confine_example(config));
  EXPECT_EQ(config.signaling.listen.address, "::1");
  EXPECT_EQ(config.server.media.listen, (std::vector<std::string>{"127.0.0.7"}));
}

TEST(Confine, RefusesAnotherAddressByName) {
  for (const char* listen : {"[http]\nlisten = \"192.0.2.1\"\n", "[media]\nlisten = [\"127.0.0.1\", \"2001:db8::1\"]\n",
                             "[http]\nlisten = \"localhost.example\"\n", "[admin]\nlisten = \"192.0.2.1\"\n"}) {
    AppConfig config = config_of(std::string("[example]\nenabled = true\n") + listen);
    const auto refused = confine_example(config);
    ASSERT_FALSE(refused) << listen;
    EXPECT_NE(refused.error().message.find("--lan"), std::string::npos);
  }
}

}  // namespace
}  // namespace parley

#include "server/announce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Address> addresses(std::initializer_list<std::pair<const char*, int>> list) {
  std::vector<Address> out;
  for (const auto& [ip, port] : list) out.push_back(*Address::parse_ip(ip, static_cast<std::uint16_t>(port)));
  return out;
}

std::vector<std::string> texts(const AnnounceInput& input) {
  std::vector<std::string> out;
  for (const Address& address : announced_addresses(input)) out.push_back(address.to_string());
  return out;
}

const auto kAny = addresses({{"0.0.0.0", 7001}, {"::", 7001}});
const auto kMachine =
    addresses({{"127.0.0.1", 0}, {"::1", 0}, {"192.0.2.1", 0}, {"169.254.1.1", 0}, {"fe80::1", 0}, {"2001:db8::1", 0}});

TEST(Announce, TellsTheMachinesAddressesWhereItListensOnAll) {
  EXPECT_THAT(texts({.worker = 1, .listening = kAny, .configured = {}, .machine = kMachine}),
              ElementsAre("192.0.2.1:7001", "[2001:db8::1]:7001"));
}

TEST(Announce, TellsLoopbackWhenAskedToAndLinkLocalNever) {
  EXPECT_THAT(texts({.listening = kAny, .configured = {}, .machine = kMachine, .loopback = true}),
              ElementsAre("127.0.0.1:7001", "192.0.2.1:7001", "[::1]:7001", "[2001:db8::1]:7001"));
}

TEST(Announce, TellsOfTheFamilyItListensOnOnly) {
  const auto v4 = addresses({{"0.0.0.0", 7000}});
  EXPECT_THAT(texts({.listening = v4, .configured = {}, .machine = kMachine}), ElementsAre("192.0.2.1:7000"));
}

TEST(Announce, TellsAnAddressThatItWasMadeToListenOnWhateverItIs) {
  const auto one = addresses({{"127.0.0.1", 7000}});
  EXPECT_THAT(texts({.listening = one, .configured = {}, .machine = kMachine}), ElementsAre("127.0.0.1:7000"));
}

TEST(Announce, TellsWhatTheOperatorSaysInsteadOfAllElse) {
  const auto configured = addresses({{"198.51.100.1", 0}, {"198.51.100.2", 9000}});
  EXPECT_THAT(texts({.worker = 1, .listening = kAny, .configured = configured, .machine = kMachine, .loopback = true}),
              ElementsAre("198.51.100.1:7001", "198.51.100.2:9001"));
}

TEST(Announce, HasNothingToTellOnAMachineWithoutANetwork) {
  const auto alone = addresses({{"127.0.0.1", 0}});
  EXPECT_THAT(texts({.listening = kAny, .configured = {}, .machine = alone}), IsEmpty());
}

}  // namespace
}  // namespace parley

#include "sdp/candidate.h"

#include <gtest/gtest.h>

namespace parley::sdp {
namespace {

TEST(Candidate, HostCandidatesDifferInFoundationAndFallInPriority) {
  const Address addresses[] = {*Address::parse_ip("2001:db8::1", 7000), *Address::parse_ip("192.0.2.1", 7001)};
  const auto candidates = host_candidates(addresses);
  ASSERT_EQ(candidates.size(), 2u);
  EXPECT_EQ(to_attribute(candidates[0]), "candidate:1 1 udp 2130706431 2001:db8::1 7000 typ host");
  EXPECT_EQ(to_attribute(candidates[1]), "candidate:2 1 udp 2130706175 192.0.2.1 7001 typ host");
}

TEST(Candidate, ReadsBackWhatItWrites) {
  Candidate tcp{"7", CandidateTransport::kTcpPassive, 99, *Address::parse_ip("192.0.2.1", 443)};
  EXPECT_EQ(parse_candidate("a=" + to_attribute(tcp)), tcp);
  EXPECT_EQ(to_attribute(tcp), "candidate:7 1 tcp 99 192.0.2.1 443 typ host tcptype passive");
}

TEST(Candidate, ReadsTheFormsOfBrowsers) {
  const auto chromium =
      parse_candidate("candidate:2088566027 1 udp 2122194687 10.77.0.1 55437 typ host generation 0 network-id 1");
  ASSERT_TRUE(chromium);
  EXPECT_EQ(chromium->address.to_string(), "10.77.0.1:55437");
  EXPECT_TRUE(parse_candidate("0 1 UDP 2122252543 10.77.0.1 37246 typ host"));
}

TEST(Candidate, PassesOverWhatIsNoHostCandidateOfOurs) {
  EXPECT_FALSE(parse_candidate("candidate:1 1 udp 1 3b0a5c6e-1111-2222-3333-444455556666.local 5000 typ host"));
  EXPECT_FALSE(parse_candidate("candidate:0 2 UDP 2122252542 10.77.0.1 39893 typ host"));
  EXPECT_FALSE(parse_candidate("candidate:1 1 udp 1 192.0.2.1 5000 typ srflx raddr 10.0.0.1 rport 9"));
  EXPECT_FALSE(parse_candidate("candidate:1 1 TCP 2105524479 10.77.0.1 9 typ host tcptype active"));
  EXPECT_FALSE(parse_candidate("candidate:1 1 udp 99999999999 192.0.2.1 5000 typ host"));
  EXPECT_FALSE(parse_candidate(""));
}

}  // namespace
}  // namespace parley::sdp

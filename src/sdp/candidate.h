// Our own ICE candidates as text (RFC 8839 §5.1). A lite agent needs none of the peer's: parse_candidate() serves tests
// and clients.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace parley::sdp {

enum class CandidateTransport : std::uint8_t { kUdp, kTcpPassive };

struct Candidate {
  std::string foundation = "1";
  CandidateTransport transport = CandidateTransport::kUdp;
  std::uint32_t priority = 0;
  Address address;
  bool operator==(const Candidate&) const = default;
};

// One UDP host candidate per address, in this order of preference, with foundations and priorities of their own (RFC
// 8445 §5.1.2).
std::vector<Candidate> host_candidates(std::span<const Address> addresses);

// "candidate:1 1 udp 2130706431 192.0.2.1 7000 typ host"
std::string to_attribute(const Candidate& candidate);

// With or without "a=" and "candidate:". Nothing for another component, type or transport, and for mDNS names.
std::optional<Candidate> parse_candidate(std::string_view text);

}  // namespace parley::sdp

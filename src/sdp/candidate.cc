#include "sdp/candidate.h"

#include <algorithm>

#include "sdp/text.h"

namespace parley::sdp {
namespace {

// RFC 8445 §5.1.2.1 and §5.1.2.2: type preference of a host candidate, local preference, component 1.
constexpr std::uint32_t host_priority(std::uint32_t local_preference) {
  return 126u << 24 | local_preference << 8 | 255u;
}

}  // namespace

std::vector<Candidate> host_candidates(std::span<const Address> addresses) {
  std::vector<Candidate> candidates;
  std::uint32_t local_preference = 65'535;
  for (const Address& address : addresses) {
    const auto foundation = std::to_string(candidates.size() + 1);
    candidates.push_back({foundation, CandidateTransport::kUdp, host_priority(local_preference), address});
    if (local_preference > 0) --local_preference;
  }
  return candidates;
}

std::string to_attribute(const Candidate& candidate) {
  const bool tcp = candidate.transport == CandidateTransport::kTcpPassive;
  return "candidate:" + candidate.foundation + " 1 " + (tcp ? "tcp " : "udp ") + std::to_string(candidate.priority) +
         " " + candidate.address.ip_text() + " " + std::to_string(candidate.address.port()) + " typ host" +
         (tcp ? " tcptype passive" : "");
}

std::optional<Candidate> parse_candidate(std::string_view text) {
  if (text.starts_with("a=")) text.remove_prefix(2);
  if (text.starts_with("candidate:")) text.remove_prefix(10);

  Candidate candidate;
  candidate.foundation = next_word(text);
  const auto component = next_word(text);
  const auto transport = next_word(text);
  const auto priority = parse_number<std::uint32_t>(next_word(text));
  const auto ip = next_word(text);
  const auto port = parse_number<std::uint16_t>(next_word(text));
  if (candidate.foundation.empty() || candidate.foundation.size() > 32 || component != "1" || !priority || !port)
    return std::nullopt;
  if (next_word(text) != "typ" || next_word(text) != "host") return std::nullopt;

  if (equals_ignoring_case(transport, "tcp")) {
    if (next_word(text) != "tcptype" || next_word(text) != "passive") return std::nullopt;
    candidate.transport = CandidateTransport::kTcpPassive;
  } else if (!equals_ignoring_case(transport, "udp")) {
    return std::nullopt;
  }
  const auto address = Address::parse_ip(ip, *port);
  if (!address) return std::nullopt;
  candidate.priority = *priority;
  candidate.address = *address;
  return candidate;
}

}  // namespace parley::sdp

// The little of SDP that WHIP's HTTP layer must see for itself: the ICE part that PATCH carries (RFC 8840 §9, RFC 9725
// §4.3), and which way the media of an offer goes. Everything else about SDP is the library's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "parley/error.h"
#include "parley/server.h"

namespace parley::signaling {

inline constexpr std::size_t kMaxFragmentBytes = 16 * 1024;

struct IceFragment {
  std::string ufrag;  // empty: none was given
  std::string pwd;
  std::size_t candidates = 0;
  std::string media;  // the first m-line, and its mid: an answer speaks of the same
  std::string mid;
};

Result<IceFragment> read_ice_fragment(std::string_view text);
std::string write_ice_fragment(const IceRestarted& restarted, const IceFragment& asked);

struct OfferGlance {
  std::string ice_ufrag;
  bool sends = false;     // some audio or video line that is sendonly or sendrecv
  bool receives = false;  // recvonly or sendrecv
};
OfferGlance glance_at_offer(std::string_view sdp);

}  // namespace parley::signaling

// The negotiation (RFC 8829 §5.3, RFC 3264, RFC 9143): an offer and what we can do become an answer, the session's
// parameters and what changed. A pure function called by the server on the control thread, which keeps NegotiatedState
// for the next offer of the session. The server is ICE-lite and DTLS server, puts everything in one BUNDLE, and never
// offers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "sdp/candidate.h"
#include "sdp/capabilities.h"
#include "sdp/types.h"
#include "session/session_params.h"

namespace parley::sdp {

struct AnswerContext {
  Capabilities capabilities;
  IceCredentials fresh_ice;  // becomes ours in a first answer and after an ICE restart; else it goes unused
  std::vector<Fingerprint>
      fingerprints;  // of our certificate, by hash; at least SHA-256. The answer takes the offer's hash if it is here
  std::vector<Candidate> candidates;  // best first
  std::string cname;
  bool may_publish = true;      // false: nothing is received from this client
  bool may_subscribe = true;    // false: it gets no slots
  std::size_t max_tracks = 16;  // sending m-lines of the client
  ParseLimits limits;
};

// What one m-line was given that must not change under it.
struct NegotiatedLine {
  std::string mid;
  std::string media;      // "audio", "video", ...
  bool accepted = false;  // false: rejected or stopped, so another may take its place
  bool slot = false;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  std::size_t slot_index = 0;  // k: the k-th slot of its kind
  bool operator==(const NegotiatedLine&) const = default;
};

struct NegotiatedState {
  std::uint64_t session_id = 0;  // of the o= line
  std::uint64_t version = 0;
  std::vector<NegotiatedLine> lines;  // one per m-line, in order
  SessionParams params;               // as last answered
};

// By mid. A line that is stopped, or that no longer flows in this direction, is removed.
struct SessionDelta {
  std::vector<std::string> receive_added, receive_removed, receive_changed;
  std::vector<std::string> send_added, send_removed, send_changed;
  bool ice_restarted = false;
};

struct Answer {
  std::string sdp;
  SessionParams params;
  NegotiatedState state;
  SessionDelta delta;
};

// `previous`: the state the session's last answer left, or null for its first offer. On an error nothing has changed.
std::expected<Answer, SdpError> answer(std::string_view offer, const AnswerContext& context, Rng& rng,
                                       const NegotiatedState* previous);
std::expected<Answer, SdpError> answer(const SessionDescription& offer, const AnswerContext& context, Rng& rng,
                                       const NegotiatedState* previous);

// An ICE restart without an offer (RFC 9725 §4.3.2): the credentials of both ends in `state` become these.
void restart_ice(NegotiatedState& state, IceCredentials remote, IceCredentials local);

}  // namespace parley::sdp

#include "signaling/call/call_types.h"

#include <array>
#include <cstddef>
#include <utility>

namespace parley::signaling::call {
namespace {

// In the order of their enumerations.
constexpr std::array<std::string_view, 2> kParties = {"caller", "callee"};
constexpr std::array<std::string_view, 2> kMedia = {"audio", "video"};
constexpr std::array<std::string_view, 6> kRings = {"ringing", "accepted",  "declined",
                                                    "missed",  "cancelled", "withdrawn"};
constexpr std::array<std::string_view, 9> kReasons = {
    "none",       "timeout", "dismissed", "busy", "caller_lost", "feature_disabled", "member_deactivated",
    "terminated", "expired"};
constexpr std::array<std::string_view, 6> kStates = {"ringing", "open", "completed", "failed", "terminated", "ended"};
constexpr std::array<std::string_view, 15> kRefusals = {
    "private_calls_disabled", "callee_unknown", "callee_inactive", "caller_busy",    "rate_limited",
    "call_expired",           "call_over",      "not_found",       "not_your_move",  "no_media_chosen",
    "already_inside",         "bad_ticket",     "messenger_off",   "request_reused", "too_many_devices"};

template <class Enum, std::size_t N>
std::string_view name(const std::array<std::string_view, N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

template <class Enum, std::size_t N>
std::optional<Enum> value(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Party> CallRecord::party_of(const MemberId& member_id) const {
  if (member_id == caller) return Party::kCaller;
  if (member_id == callee) return Party::kCallee;
  return std::nullopt;
}

PairRow pair_of(const SiteId& site, const MemberId& a, const MemberId& b) {
  PairRow row{site, a, b, std::nullopt, 0};
  if (row.second < row.first) std::swap(row.first, row.second);
  return row;
}

std::string_view to_string(Party party) {
  return name(kParties, party);
}
std::string_view to_string(Media media) {
  return name(kMedia, media);
}
std::string_view to_string(Ring ring) {
  return name(kRings, ring);
}
std::string_view to_string(Reason reason) {
  return name(kReasons, reason);
}
std::string_view to_string(State state) {
  return name(kStates, state);
}
std::string_view to_string(RefusalCode code) {
  return name(kRefusals, code);
}

std::optional<Media> parse_media(std::string_view text) {
  return value<Media>(kMedia, text);
}
std::optional<Ring> parse_ring(std::string_view text) {
  return value<Ring>(kRings, text);
}
std::optional<Reason> parse_reason(std::string_view text) {
  return value<Reason>(kReasons, text);
}
std::optional<State> parse_state(std::string_view text) {
  return value<State>(kStates, text);
}

}  // namespace parley::signaling::call

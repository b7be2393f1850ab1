#include "signaling/protocol/call_words.h"

#include <array>
#include <cstddef>

namespace parley::signaling {
namespace {

// In the order of their enumerations, and of the variant.
constexpr std::array<std::string_view, 5> kMoves = {"call_decline", "call_cancel", "call_dismiss", "call_ring_shown",
                                                    "call_leave"};
constexpr std::array<std::string_view, std::variant_size_v<call::Event>> kEvents = {
    "ring",         "ring_stopped", "answered",    "outcome", "could_not_connect", "call_presence",
    "back_in_call", "closing_soon", "call_closed", "details", "snapshot",          "settled"};
constexpr std::array<std::string_view, 6> kTaken = {"moved", "created", "rejected_busy", "same", "glare", "join"};
constexpr std::array<std::string_view, 3> kEnds = {"signed_out", "replaced", "deactivated"};
constexpr std::array<std::string_view, 2> kKinds = {"builtin", "platform"};
constexpr std::array<std::string_view, 2> kAfter = {"offer_message", "close_dialogs"};

template <class Enum, std::size_t N>
std::string_view name(const std::array<std::string_view, N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view wire_name(CallMove move) {
  return name(kMoves, move);
}

std::optional<CallMove> call_move(std::string_view type) {
  for (std::size_t i = 0; i < kMoves.size(); ++i) {
    if (kMoves.at(i) == type) return static_cast<CallMove>(i);
  }
  return std::nullopt;
}

std::string_view wire_name(const call::Event& event) {
  return kEvents.at(event.index());
}
std::string_view wire_name(Taken taken) {
  return name(kTaken, taken);
}
std::string_view wire_name(AttendanceEnd reason) {
  return name(kEnds, reason);
}
std::string_view wire_name(MessengerKind kind) {
  return name(kKinds, kind);
}
std::string_view wire_name(call::AfterRing after) {
  return name(kAfter, after);
}

std::string_view sentence_of(call::RefusalCode code) {
  using enum call::RefusalCode;
  switch (code) {
    case kPrivateCallsDisabled: return "Private calls are turned off for this site.";
    case kCalleeUnknown: return "There is nobody here by that name.";
    case kCalleeInactive: return "This person isn't active right now.";
    case kCallerBusy: return "You are in another call. Leave it first, then call again.";
    case kRateLimited: return "Too many calls at once. Try again in a minute.";
    case kCallExpired: return "This call has ended.";
    case kCallOver: return "This call is over.";
    case kNotFound: return "There is no such call.";
    case kNotYourMove: return "This can't be done in the call as it stands.";
    case kNoMediaChosen: return "Choose audio or video first.";
    case kAlreadyInside: return "You are in this call in another tab.";
    case kBadTicket: return "This way into the call has been used, or is too old. Try again.";
    case kMessengerOff: return "Messages are turned off here.";
    case kRequestReused: return "This request belongs to another call. Try again.";
    case kTooManyDevices: return "Too many devices have put this call away.";
  }
  return "";
}

}  // namespace parley::signaling

// The secrets that open a call's door (R24): each for one call, member and tab, shown once, for a short time. Whether
// the call still lets in is the machine's to say. Kept in memory only: after a restart tabs ask again.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "signaling/call/call_time.h"
#include "signaling/hub/call_key.h"
#include "signaling/hub/calls_ports.h"

namespace parley::signaling {

struct CallTicketEntry {
  call::CallId call;
  call::Party party{};
  Seat seat;
  call::CallTime until{};
};

class TicketBook {
 public:
  static constexpr std::size_t kMaxPerMember = 8;

  explicit TicketBook(std::function<std::string(std::size_t bytes)> random_hex) : random_hex_(std::move(random_hex)) {}

  // The secret. An earlier one of the same party of the call is void, and the oldest of a member with too many.
  std::string issue(CallTicketEntry entry);
  // Whatever is shown is used up, also by somebody whose it is not. None: unknown, or too old.
  std::optional<CallTicketEntry> take(const std::string& secret, call::CallTime now);
  void withdraw(const call::CallId& call, call::Party party);
  void drop_expired(call::CallTime now);
  std::size_t size() const { return by_secret_.size(); }

 private:
  using Place = std::pair<CallKey, call::Party>;
  using Secrets = std::map<std::string, CallTicketEntry>;
  void erase(Secrets::iterator at);

  std::function<std::string(std::size_t)> random_hex_;
  Secrets by_secret_;
  std::map<Place, std::string> by_place_;
  std::multimap<call::CallTime, std::string> by_end_;
  std::map<MemberKey, std::map<Place, call::CallTime>> by_member_;
};

}  // namespace parley::signaling

#include "signaling/hub/ticket_book.h"

#include <algorithm>

namespace parley::signaling {

namespace {
constexpr std::size_t kSecretBytes = 32;
}

std::string TicketBook::issue(CallTicketEntry entry) {
  withdraw(entry.call, entry.party);
  auto& mine = by_member_[entry.seat.who];
  if (mine.size() >= kMaxPerMember) {
    const auto oldest = std::ranges::min_element(mine, {}, [](const auto& one) { return one.second; });
    const Place place = oldest->first;
    withdraw(place.first.id(), place.second);
  }
  std::string secret = random_hex_(kSecretBytes);
  const Place place{CallKey(entry.call), entry.party};
  by_member_[entry.seat.who][place] = entry.until;
  by_place_[place] = secret;
  by_end_.emplace(entry.until, secret);
  by_secret_.insert_or_assign(secret, std::move(entry));
  return secret;
}

std::optional<CallTicketEntry> TicketBook::take(const std::string& secret, call::CallTime now) {
  const auto at = by_secret_.find(secret);
  if (at == by_secret_.end()) return std::nullopt;
  CallTicketEntry entry = at->second;
  erase(at);
  if (now >= entry.until) return std::nullopt;
  return entry;
}

void TicketBook::withdraw(const call::CallId& call, call::Party party) {
  const auto at = by_place_.find({CallKey(call), party});
  if (at != by_place_.end()) erase(by_secret_.find(at->second));
}

void TicketBook::drop_expired(call::CallTime now) {
  while (!by_end_.empty() && by_end_.begin()->first <= now) erase(by_secret_.find(by_end_.begin()->second));
}

void TicketBook::erase(Secrets::iterator at) {
  const CallTicketEntry& entry = at->second;
  const Place place{CallKey(entry.call), entry.party};
  by_place_.erase(place);
  const auto member = by_member_.find(entry.seat.who);
  member->second.erase(place);
  if (member->second.empty()) by_member_.erase(member);
  const auto [from, to] = by_end_.equal_range(entry.until);
  by_end_.erase(std::ranges::find_if(from, to, [&](const auto& one) { return one.second == at->first; }));
  by_secret_.erase(at);
}

}  // namespace parley::signaling

#include "signaling/hub/participants.h"

#include <utility>

#include "signaling/identity/secret.h"

namespace parley::signaling {
namespace {

constexpr std::size_t kResumeBytes = 16;

auto key_of(const CallEntry& entry) {
  return std::tuple(entry.call.text(), entry.party, entry.entry);
}

}  // namespace

Participant& Participants::add(SessionId session, Participant seat) {
  seat.resume = std::to_string(number(session)) + "." + random_hex(kResumeBytes);
  if (seat.entry) entries_[key_of(*seat.entry)] = session;
  return seats_[session] = std::move(seat);
}

Participant* Participants::find(SessionId session) {
  const auto it = seats_.find(session);
  return it == seats_.end() ? nullptr : &it->second;
}

Participant* Participants::find_by_secret(std::string_view secret, SessionId& session) {
  // The number before the dot finds the seat; the comparison of the secret itself tells nothing by its time.
  std::uint64_t seat = 0;
  std::size_t digits = 0;
  while (digits < secret.size() && digits < 19 && secret[digits] >= '0' && secret[digits] <= '9') {
    seat = seat * 10 + static_cast<std::uint64_t>(secret[digits++] - '0');
  }
  session = static_cast<SessionId>(seat);
  Participant* const found = find(session);
  return found != nullptr && equal_in_constant_time(found->resume, secret) ? found : nullptr;
}

std::optional<SessionId> Participants::find_entry(const CallEntry& entry) const {
  const auto it = entries_.find(key_of(entry));
  return it == entries_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<Participant> Participants::take(SessionId session) {
  const auto it = seats_.find(session);
  if (it == seats_.end()) return std::nullopt;
  Participant seat = std::move(it->second);
  seats_.erase(it);
  if (seat.entry) entries_.erase(key_of(*seat.entry));
  return seat;
}

std::vector<SessionId> Participants::expired(std::chrono::sys_seconds wall) const {
  std::vector<SessionId> sessions;
  for (const auto& [session, seat] : seats_) {
    if (seat.grant.expires_at <= wall) sessions.push_back(session);
  }
  return sessions;
}

std::vector<SessionId> Participants::abandoned(std::chrono::steady_clock::time_point now) const {
  std::vector<SessionId> sessions;
  for (const auto& [session, seat] : seats_) {
    if (!seat.line && now >= seat.until) sessions.push_back(session);
  }
  return sessions;
}

std::vector<SessionId> Participants::all() const {
  std::vector<SessionId> sessions;
  for (const auto& [session, seat] : seats_) sessions.push_back(session);
  return sessions;
}

}  // namespace parley::signaling

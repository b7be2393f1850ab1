#include "signaling/hub/unfinished_calls.h"

#include <algorithm>

namespace parley::signaling {

namespace {

constexpr call::Party kBoth[] = {call::Party::kCaller, call::Party::kCallee};
constexpr std::size_t index_of(call::Party party) {
  return static_cast<std::size_t>(party);
}

}  // namespace

UnfinishedCalls::Members::value_type* UnfinishedCalls::join(MemberKey who, const CallKey& call) {
  auto& node = *members_.try_emplace(std::move(who)).first;
  node.second.push_back(call);
  return &node;
}

void UnfinishedCalls::update(const call::CallRecord& record) {
  const CallKey key(record.id);
  if (record.state != call::State::kRinging && record.state != call::State::kOpen) return forget(key);
  const auto [at, is_new] = calls_.try_emplace(key);
  Entry& entry = at->second;
  for (const call::Party party : kBoth) {
    if (is_new) entry.parties[index_of(party)] = join({record.site, record.member(party)}, key);
    entry.inside[index_of(party)] = record.of(party).inside.has_value();
  }
  entry.ringing = record.ring == call::Ring::kRinging;
}

void UnfinishedCalls::forget(const CallKey& call) {
  const auto at = calls_.find(call);
  if (at == calls_.end()) return;
  for (Members::value_type* member : at->second.parties) {
    std::erase(member->second, call);
    if (member->second.empty()) members_.erase(members_.find(member->first));
  }
  calls_.erase(at);
}

std::optional<UnfinishedCalls::Known> UnfinishedCalls::find(const CallKey& call) const {
  const auto at = calls_.find(call);
  if (at == calls_.end()) return std::nullopt;
  const Entry& entry = at->second;
  return Known{entry.parties[0]->first, entry.parties[1]->first, entry.ringing};
}

std::vector<CallKey> UnfinishedCalls::of(const MemberKey& who) const {
  const auto at = members_.find(who);
  return at == members_.end() ? std::vector<CallKey>{} : at->second;
}

std::vector<CallKey> UnfinishedCalls::ringing_of(const MemberKey& who) const {
  std::vector<CallKey> found = of(who);
  std::erase_if(found, [this](const CallKey& call) { return !calls_.at(call).ringing; });
  return found;
}

std::vector<CallKey> UnfinishedCalls::of(const call::SiteId& site) const {
  std::vector<CallKey> found;
  for (auto at = members_.lower_bound({site, {}}); at != members_.end() && at->first.site == site; ++at) {
    // Each call once: with its caller.
    for (const CallKey& call : at->second) {
      if (calls_.at(call).parties[index_of(call::Party::kCaller)] == &*at) found.push_back(call);
    }
  }
  return found;
}

bool UnfinishedCalls::inside_any(const MemberKey& who) const {
  const auto at = members_.find(who);
  if (at == members_.end()) return false;
  return std::ranges::any_of(at->second, [&](const CallKey& call) {
    const Entry& entry = calls_.at(call);
    return std::ranges::any_of(kBoth, [&](call::Party party) {
      return entry.parties[index_of(party)] == &*at && entry.inside[index_of(party)];
    });
  });
}

}  // namespace parley::signaling

#include "signaling/hub/call_timers.h"

#include <algorithm>

namespace parley::signaling {

namespace {
constexpr std::size_t kSlack = 1'024;
}

void CallTimers::arm(const CallKey& call, std::optional<call::CallTime> at) {
  if (!at) {
    armed_.erase(call);
  } else {
    const auto [known, is_new] = armed_.try_emplace(call, *at);
    if (!is_new && known->second == *at) return;
    known->second = *at;
    push({*at, call});
  }
  if (heap_.size() > 2 * armed_.size() + kSlack) {
    std::erase_if(heap_, [this](const Entry& entry) { return stale(entry); });
    std::ranges::make_heap(heap_, std::greater<>{});
  }
  drop_stale();
}

std::vector<CallKey> CallTimers::due(call::CallTime now) {
  std::vector<CallKey> found;
  for (drop_stale(); !heap_.empty() && heap_.front().at <= now; drop_stale()) {
    found.push_back(heap_.front().call);
    armed_.erase(heap_.front().call);
    pop();
  }
  return found;
}

std::optional<call::CallTime> CallTimers::armed(const CallKey& call) const {
  const auto at = armed_.find(call);
  if (at == armed_.end()) return std::nullopt;
  return at->second;
}

std::optional<call::CallTime> CallTimers::next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at;
}

bool CallTimers::stale(const Entry& entry) const {
  const auto at = armed_.find(entry.call);
  return at == armed_.end() || at->second != entry.at;
}

void CallTimers::push(Entry entry) {
  heap_.push_back(std::move(entry));
  std::ranges::push_heap(heap_, std::greater<>{});
}

void CallTimers::pop() {
  std::ranges::pop_heap(heap_, std::greater<>{});
  heap_.pop_back();
}

// So that the front is always one that counts.
void CallTimers::drop_stale() {
  while (!heap_.empty() && stale(heap_.front())) pop();
}

}  // namespace parley::signaling

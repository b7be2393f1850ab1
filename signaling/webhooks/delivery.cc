#include "signaling/webhooks/delivery.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace parley::signaling {
namespace {

// Messages without a call keep the order of their two members.
std::string line_of(const store::OutboxRow& row) {
  if (row.call) return row.call->text();
  return row.first.text() + '\n' + row.second.text();
}

}  // namespace

std::chrono::milliseconds back_off(std::uint32_t failures, double roll) {
  if (failures == 0) return std::chrono::milliseconds(0);
  // From the tenth on it would be beyond the longest.
  const auto whole = std::min(kLongestBackOff, kFirstBackOff * (1 << std::min(failures - 1, 9u)));
  const auto half = static_cast<double>(whole.count()) / 2;
  return std::chrono::milliseconds(static_cast<std::int64_t>(half + half * std::clamp(roll, 0.0, 1.0)));
}

std::optional<std::uint64_t> Delivery::wants() const {
  return held_.size() + kPage <= kMaxHeld ? std::optional(loaded_) : std::nullopt;
}

void Delivery::load(const std::vector<store::OutboxRow>& rows) {
  for (const store::OutboxRow& row : rows) {
    if (row.serial <= loaded_) continue;
    loaded_ = row.serial;
    held_.emplace(row.serial, Event{.line = line_of(row)});
  }
}

std::optional<std::uint64_t> Delivery::next(Time now) {
  if (now < not_before_ || flying_ >= (failures_ > 0 ? 1 : kMaxFlying)) return std::nullopt;
  // The oldest; but to find out whether a failing target is back, the one that failed least, for it might be the event.
  std::set<std::string_view> seen;
  std::pair<const std::uint64_t, Event>* chosen = nullptr;
  for (auto& each : held_) {
    const Event& event = each.second;
    if (!seen.insert(event.line).second || event.flying || now < event.not_before) continue;
    if (!chosen || event.failures < chosen->second.failures) chosen = &each;
    if (failures_ == 0 || event.failures == 0) break;
  }
  if (!chosen) return std::nullopt;
  chosen->second.flying = true;
  ++flying_;
  return chosen->first;
}

void Delivery::arrived(std::uint64_t serial) {
  gone(serial);
  failures_ = 0;
  not_before_ = Time::min();
}

void Delivery::failed(std::uint64_t serial, Time now, double roll) {
  land(serial);
  // Those that flew beside one that failed say the same thing once more.
  if (now >= not_before_) {
    ++failures_;
    not_before_ = now + back_off(failures_, roll);
  }
  const auto at = held_.find(serial);
  if (at == held_.end()) return;
  ++at->second.failures;
  at->second.not_before = now + back_off(at->second.failures, roll);
}

void Delivery::gone(std::uint64_t serial) {
  land(serial);
  held_.erase(serial);
}

void Delivery::put_back(std::uint64_t serial) {
  land(serial);
}

void Delivery::try_now() {
  failures_ = 0;
  not_before_ = Time::min();
  for (auto& [serial, event] : held_) {
    event.failures = 0;
    event.not_before = Time::min();
  }
}

void Delivery::land(std::uint64_t serial) {
  const auto at = held_.find(serial);
  if (at == held_.end() || !at->second.flying) return;
  at->second.flying = false;
  --flying_;
}

}  // namespace parley::signaling

#include "signaling/crash_probe.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace parley::signaling {

std::optional<CrashPoint> crash_point() {
  const char* const text = std::getenv("PARLEY_DIE_AT");
  if (text == nullptr) return std::nullopt;
  std::string_view wish = text;
  CrashPoint point;
  point.moment = wish.starts_with("after:") ? store::CommitMoment::kAfter : store::CommitMoment::kBefore;
  if (!wish.starts_with("after:") && !wish.starts_with("before:")) return std::nullopt;
  wish.remove_prefix(wish.find(':') + 1);
  const auto [end, error] = std::from_chars(wish.data(), wish.data() + wish.size(), point.number);
  if (error != std::errc() || end != wish.data() + wish.size()) return std::nullopt;
  return point;
}

std::function<void(store::CommitMoment, std::uint64_t)> crash_at(CrashPoint point) {
  return [point](store::CommitMoment moment, std::uint64_t number) {
    if (moment == point.moment && number == point.number) ::raise(SIGKILL);
  };
}

}  // namespace parley::signaling

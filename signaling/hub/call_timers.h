// When calls want to be woken: one moment per call, the earliest first.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "signaling/call/call_time.h"
#include "signaling/hub/call_key.h"

namespace parley::signaling {

class CallTimers {
 public:
  // Replaces what was armed for the call; none disarms it.
  void arm(const CallKey& call, std::optional<call::CallTime> at);
  // Those that are due, by time; they are armed no more.
  std::vector<CallKey> due(call::CallTime now);

  std::optional<call::CallTime> armed(const CallKey& call) const;
  std::optional<call::CallTime> next() const;
  std::size_t size() const { return armed_.size(); }
  // With those that were replaced and not dropped yet.
  std::size_t waiting() const { return heap_.size(); }

 private:
  struct Entry {
    call::CallTime at;
    CallKey call;
    auto operator<=>(const Entry&) const = default;
  };
  bool stale(const Entry& entry) const;
  void push(Entry entry);
  void pop();
  void drop_stale();

  // A heap by time. Entries that were replaced stay until they come up, or until they are too many.
  std::vector<Entry> heap_;
  std::unordered_map<CallKey, call::CallTime> armed_;
};

}  // namespace parley::signaling

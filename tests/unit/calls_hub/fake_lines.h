// Connections on which everything said is kept, and time that stands until a test moves it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "signaling/hub/calls_ports.h"

namespace parley::signaling::test {

inline ConnectionId line(std::uint64_t number) {
  return static_cast<ConnectionId>(number);
}

class FakeClock {
 public:
  Now now() const {
    return {std::chrono::steady_clock::time_point(at_), std::chrono::sys_seconds(kEpoch + seconds()),
            call::call_time(at_.count()), WallMs(kEpoch + at_)};
  }
  std::function<Now()> function() const {
    return [this] { return now(); };
  }
  void pass(std::chrono::milliseconds span) { at_ += span; }

 private:
  static constexpr std::chrono::seconds kEpoch{1'900'000'000};
  std::chrono::seconds seconds() const { return std::chrono::duration_cast<std::chrono::seconds>(at_); }

  std::chrono::milliseconds at_{1'000'000};
};

class FakeLines : public Lines {
 public:
  struct Said {
    CallServerMessage message;
    std::string request;
  };
  struct Refused {
    Error error;
    std::string request;
  };

  void say(ConnectionId to, const CallServerMessage& message, std::string_view request) override {
    if (!hung_up.contains(to)) said[to].push_back({message, std::string(request)});
  }
  void refuse(ConnectionId to, const Error& error, std::string_view request) override {
    if (!hung_up.contains(to)) refused[to].push_back({error, std::string(request)});
  }
  // As the hub does it: the end is told before this returns.
  void hang_up(ConnectionId to, CloseCode code, std::string_view reason) override {
    if (!hung_up.emplace(to, std::pair(code, std::string(reason))).second) return;
    if (on_hang_up) on_hang_up(to);
  }

  template <class T>
  std::vector<T> all(std::uint64_t to) const {
    std::vector<T> found;
    const auto at = said.find(line(to));
    if (at == said.end()) return found;
    for (const Said& each : at->second) {
      if (const T* message = std::get_if<T>(&each.message)) found.push_back(*message);
    }
    return found;
  }
  template <class T>
  std::size_t count(std::uint64_t to) const {
    return all<T>(to).size();
  }
  bool closed(std::uint64_t number) const { return hung_up.contains(line(number)); }
  void clear() {
    said.clear();
    refused.clear();
  }

  std::map<ConnectionId, std::vector<Said>> said;
  std::map<ConnectionId, std::vector<Refused>> refused;
  std::map<ConnectionId, std::pair<CloseCode, std::string>> hung_up;
  std::function<void(ConnectionId)> on_hang_up;
};

}  // namespace parley::signaling::test

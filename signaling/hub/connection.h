// The hub's side of one WebSocket: a port, so that the hub is tested without sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::signaling {

enum class ConnectionId : std::uint64_t {};

struct Backlog {
  std::size_t messages = 0;
  std::size_t bytes = 0;
};

// Close codes of RFC 6455 §7.4.1 that this server uses.
enum class CloseCode : std::uint16_t { kNormal = 1000, kGoingAway = 1001, kPolicy = 1008, kTooBig = 1009 };

// None of these calls back into the hub before it returns.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void send(std::string text) = 0;
  virtual void ping() = 0;
  // Sends what is queued, then the close frame.
  virtual void close(CloseCode code, std::string_view reason) = 0;
  virtual Backlog backlog() const = 0;
};

}  // namespace parley::signaling

// Many WebSocket clients (RFC 6455) on one thread over epoll: text frames out and in, no more. For benchmarks against a
// server of ours on loopback.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

class WsCrowd {
 public:
  // `on_text` gets each text frame, with the moment at which it was read.
  using OnText = std::function<void(std::size_t client, std::string_view text, std::chrono::steady_clock::time_point)>;

  WsCrowd(std::uint16_t port, OnText on_text);
  ~WsCrowd();
  WsCrowd(const WsCrowd&) = delete;
  WsCrowd& operator=(const WsCrowd&) = delete;

  // Blocks until the handshake is done; the number of the new client, or npos.
  std::size_t connect();
  void send(std::size_t client, std::string_view text);
  // Reads what there is for up to `timeout`, until `done` says so. False: time ran out, or a connection was lost.
  bool run_until(const std::function<bool()>& done, std::chrono::milliseconds timeout);

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  struct Client {
    int fd = -1;
    std::string in;
  };

  bool read_from(std::size_t client);
  void frames_of(std::size_t client, std::chrono::steady_clock::time_point at);

  std::uint16_t port_;
  OnText on_text_;
  int epoll_ = -1;
  std::vector<Client> clients_;
};

}  // namespace parley::bench

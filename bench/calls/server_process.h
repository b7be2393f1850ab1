// The real binary as a child process: started on a configuration file, watched, and ended by its id.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace parley::bench {

class ServerProcess {
 public:
  // Returns when it says that it is ready; none, with a line on stderr, if it does not.
  static std::optional<ServerProcess> start(const std::filesystem::path& binary, const std::filesystem::path& config);
  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&&) = delete;
  ~ServerProcess();

  std::uint16_t port() const { return port_; }
  std::size_t resident_bytes() const;

 private:
  ServerProcess(pid_t pid, std::uint16_t port) : pid_(pid), port_(port) {}

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace parley::bench

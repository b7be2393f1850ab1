#include "server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <utility>

namespace parley::bench {
namespace {

constexpr const char* kReady = "Parley is ready: http://";

std::uint16_t port_of(const std::string& line) {
  const auto colon = line.rfind(':');
  return static_cast<std::uint16_t>(std::strtoul(line.c_str() + colon + 1, nullptr, 10));
}

}  // namespace

std::optional<ServerProcess> ServerProcess::start(const std::filesystem::path& binary,
                                                  const std::filesystem::path& config) {
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return std::nullopt;
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::execl(binary.c_str(), binary.c_str(), "--config", config.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  ServerProcess process(pid, 0);

  // Its first words name the port; the pipe stays open, so that it may go on talking.
  FILE* const said = ::fdopen(out[0], "r");
  std::array<char, 512> line{};
  while (process.port_ == 0 && std::fgets(line.data(), line.size(), said) != nullptr) {
    const std::string text(line.data());
    if (text.starts_with(kReady)) process.port_ = port_of(text);
  }
  if (process.port_ == 0) {
    std::fprintf(stderr, "the server did not start\n");
    return std::nullopt;
  }
  return process;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), port_(other.port_) {}

ServerProcess::~ServerProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

std::size_t ServerProcess::resident_bytes() const {
  std::ifstream statm("/proc/" + std::to_string(pid_) + "/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace parley::bench

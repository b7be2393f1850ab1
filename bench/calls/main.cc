// Memory per idle call and per connected member, and the time an invitation takes, against the real binary.
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "seed.h"
#include "server_process.h"
#include "signaling/identity/token.h"
#include "ws_crowd.h"

namespace {

namespace bench = parley::bench;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

struct Options {
  std::filesystem::path binary;
  bench::Crowd crowd{10'000, 100'000};
  std::size_t invitations = 1'000;
  std::size_t at_once = 1;
};

// The folder of one run: the store, a key of ours, a configuration; gone at the end.
class Workplace {
 public:
  Workplace() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-calls-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    std::filesystem::create_directories(data());
    std::filesystem::permissions(data(), std::filesystem::perms::owner_all);
  }
  ~Workplace() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  std::filesystem::path data() const { return folder_ / "data"; }
  std::filesystem::path config() const { return folder_ / "parley.toml"; }

 private:
  std::filesystem::path folder_;
};

void write_config(const Workplace& place) {
  std::ofstream(place.config()) << "[media]\nworkers = 1\nudp_port = 0\nlisten = [\"127.0.0.1\"]\n"
                                << "[http]\nlisten = \"127.0.0.1\"\nport = 0\nhttps = false\nweb_root = \"\"\n"
                                << "max_connections_per_address = 20000\nrequests_per_second = 100000\n"
                                << "request_burst = 100000\n"
                                << "[admin]\nport = 0\n[log]\nlevel = \"warning\"\n[data]\ndir = " << place.data()
                                << "\n";
}

// The key that the server signs with: made by its first start.
std::string key_of(const Workplace& place) {
  std::ifstream file(place.data() / "token.key");
  std::string hex;
  file >> hex;
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string token_of(const std::string& key, const std::string& member) {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  parley::signaling::Grant grant;
  grant.site = bench::kSite;
  grant.member = member;
  grant.expires_at = now + std::chrono::hours(6);
  return parley::signaling::write_token(grant, {key}, now);
}

class Run {
 public:
  Run(const Options& options, std::uint16_t port)
      : options_(options), crowd_(port, [this](std::size_t client, std::string_view text, Clock::time_point at) {
          hear(client, text, at);
        }) {}

  bool connect(const std::string& key) {
    for (std::size_t i = 0; i < options_.crowd.members; ++i) {
      const std::size_t client = crowd_.connect();
      if (client == bench::WsCrowd::npos) {
        std::fprintf(stderr, "connection %zu was refused\n", i);
        return false;
      }
      const std::string member = bench::member_name(i);
      crowd_.send(client, json{{"type", "auth"}, {"token", token_of(key, member)}}.dump());
      crowd_.send(client, json{{"type", "attend"},
                               {"tab", "bench-tab-" + std::to_string(i)},
                               {"device", "bench-device-" + std::to_string(i)},
                               {"opened", true}}
                              .dump());
      if (i % 64 == 63 && !crowd_.run_until([&] { return attending_ == i + 1; }, std::chrono::seconds(20)))
        return false;
    }
    return crowd_.run_until([&] { return attending_ == options_.crowd.members; }, std::chrono::seconds(30));
  }

  // Each invites somebody of the other half; `at_once` are under way together.
  bool invite() {
    const std::size_t half = options_.crowd.members / 2;
    const std::size_t count = std::min(options_.invitations, half);
    began_.assign(options_.crowd.members, {});
    while (rung_.size() < count) {
      while (started_ < count && started_ - rung_.size() < options_.at_once) {
        const std::size_t callee = half + started_;
        began_[callee] = Clock::now();
        crowd_.send(started_, json{{"type", "call_start"},
                                   {"member", bench::member_name(callee)},
                                   {"origin", "profile"},
                                   {"request", "bench-request-" + std::to_string(started_)}}
                                  .dump());
        ++started_;
      }
      const std::size_t seen = rung_.size();
      if (!crowd_.run_until([&] { return rung_.size() > seen; }, std::chrono::seconds(10))) return false;
    }
    return true;
  }

  double quantile_ms(double q) {
    std::sort(rung_.begin(), rung_.end());
    return rung_.empty() ? 0 : rung_[static_cast<std::size_t>(q * static_cast<double>(rung_.size() - 1))];
  }
  std::size_t refused() const { return refused_; }

 private:
  void hear(std::size_t client, std::string_view text, Clock::time_point at) {
    const json message = json::parse(text, nullptr, false);
    const std::string type = message.value("type", "");
    if (type == "attending") ++attending_;
    if (type == "error") {
      if (refused_++ == 0) std::fprintf(stderr, "refused: %s\n", std::string(text).c_str());
    }
    if (type == "ring" && client < began_.size() && began_[client] != Clock::time_point{}) {
      rung_.push_back(std::chrono::duration<double, std::milli>(at - began_[client]).count());
    }
  }

  const Options& options_;
  bench::WsCrowd crowd_;
  std::size_t attending_ = 0;
  std::size_t started_ = 0;
  std::size_t refused_ = 0;
  std::vector<Clock::time_point> began_;
  std::vector<double> rung_;
};

double mib(std::size_t bytes) {
  return static_cast<double>(bytes) / (1024 * 1024);
}

int measure(const Options& options) {
  const Workplace place;
  write_config(place);

  // Empty, for comparison; it also makes the key.
  std::size_t empty = 0;
  {
    const auto server = bench::ServerProcess::start(options.binary, place.config());
    if (!server) return 1;
    empty = server->resident_bytes();
  }
  const std::string key = key_of(place);

  const auto seeding = Clock::now();
  if (!bench::seed(place.data() / "parley.db", options.crowd)) return 1;
  std::printf("seeded %zu open calls and %zu members in %.1f s\n", options.crowd.calls, options.crowd.members,
              std::chrono::duration<double>(Clock::now() - seeding).count());

  const auto starting = Clock::now();
  const auto server = bench::ServerProcess::start(options.binary, place.config());
  if (!server) return 1;
  const double start_s = std::chrono::duration<double>(Clock::now() - starting).count();
  const std::size_t with_calls = server->resident_bytes();
  std::printf("server ready in %.2f s; resident %.1f MiB empty, %.1f MiB with the calls: %.0f bytes per idle call\n",
              start_s, mib(empty), mib(with_calls),
              static_cast<double>(with_calls - std::min(with_calls, empty)) / static_cast<double>(options.crowd.calls));

  Run run(options, server->port());
  if (!run.connect(key)) {
    std::fprintf(stderr, "not every member could attend\n");
    return 1;
  }
  const std::size_t with_members = server->resident_bytes();
  std::printf("%zu members attend; resident %.1f MiB: %.0f bytes per member\n", options.crowd.members,
              mib(with_members),
              static_cast<double>(with_members - std::min(with_members, with_calls)) /
                  static_cast<double>(options.crowd.members));

  if (!run.invite()) {
    std::fprintf(stderr, "an invitation did not arrive within 10 s\n");
    return 1;
  }
  std::printf("invitations, %zu at once: p50 %.2f ms, p99 %.2f ms, max %.2f ms; refused %zu\n", options.at_once,
              run.quantile_ms(0.5), run.quantile_ms(0.99), run.quantile_ms(1), run.refused());
  return run.refused() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Private calls at scale, against the real binary");
  Options options;
  app.add_option("--binary", options.binary, "The parley binary")->required();
  app.add_option("--members", options.crowd.members, "Members who attend")->check(CLI::Range(2, 1'000'000));
  app.add_option("--calls", options.crowd.calls, "Open calls in the store")->check(CLI::Range(1, 10'000'000));
  app.add_option("--invitations", options.invitations, "How many, at most half as many as members");
  app.add_option("--at-once", options.at_once, "Invitations under way together")->check(CLI::Range(1, 10'000));
  CLI11_PARSE(app, argc, argv);
  return measure(options);
}

#include "app/run.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <uv.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "app/confine.h"
#include "app/data_folder.h"
#include "parley/server.h"
#include "signaling/service.h"

namespace parley {
namespace {

constexpr unsigned kStopSeconds = 5;

std::shared_ptr<spdlog::logger> make_logger(const std::string& level) {
  auto logger = std::make_shared<spdlog::logger>("parley", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::warn);
  return logger;
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string host_of(const std::string& listen) {
  if (listen.empty() || listen == "0.0.0.0" || listen == "::" || listen == "127.0.0.1") return "localhost";
  return listen.find(':') == listen.npos ? listen : "[" + listen + "]";
}

void announce(const AppConfig& config, const signaling::Service& service, const Server& server) {
  const std::string host = host_of(config.signaling.listen.address);
  std::printf("Parley is ready: http://%s:%u\n", host.c_str(), static_cast<unsigned>(service.port()));
  if (service.https_port() != 0)
    std::printf("HTTPS: https://%s:%u\n", host.c_str(), static_cast<unsigned>(service.https_port()));
  if (service.admin_port() != 0) {
    std::printf("Operators: http://%s:%u/admin/v1/\n", host_of(config.signaling.admin.address).c_str(),
                static_cast<unsigned>(service.admin_port()));
  }
  for (const std::string& address : server.addresses()) std::printf("Media: %s (UDP)\n", address.c_str());
  std::fflush(stdout);
}

// SIGINT and SIGTERM end the loop; a process that can't end in time ends anyway.
class Signals {
 public:
  explicit Signals(uv_loop_t* loop) {
    const std::array numbers{SIGINT, SIGTERM};
    for (std::size_t i = 0; i < handles_.size(); ++i) {
      uv_signal_init(loop, &handles_[i]);
      handles_[i].data = this;
      uv_signal_start(&handles_[i], on_signal, numbers[i]);
    }
  }
  // One may come before the loop is run for good.
  bool asked() const { return asked_; }
  void close() {
    for (uv_signal_t& handle : handles_) uv_close(reinterpret_cast<uv_handle_t*>(&handle), nullptr);
  }

 private:
  static void on_signal(uv_signal_t* handle, int) {
    static_cast<Signals*>(handle->data)->asked_ = true;
    uv_stop(handle->loop);
  }

  std::array<uv_signal_t, 2> handles_{};
  bool asked_ = false;
};

int fail(spdlog::logger& log, const Error& error) {
  log.error("{}", error.message);
  return 1;
}

int serve(uv_loop_t* loop, const Signals& signals, const AppConfig& config, spdlog::logger& log) {
  const LogSink sink = [&log](LogLevel level, std::string_view text) { log.log(level_of(level), "{}", text); };

  signaling::ServiceOptions options = config.signaling;
  const auto loaded = load_keys(config);
  if (!loaded) return fail(log, loaded.error());
  for (const std::string& warning : loaded->warnings) log.warn("{}", warning);
  options.keys = loaded->keys;
  if (options.listen.https && options.listen.tls_certificate.empty()) {
    const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto files = load_or_make_certificate(config.data_dir, config.tls_hosts, now);
    if (!files) return fail(log, files.error());
    options.listen.tls_certificate = files->certificate;
    options.listen.tls_key = files->key;
  }
  if (options.admin.port != 0 && options.calls.enabled) {
    auto secret = load_or_make_admin_token(config.data_dir, config.admin_token_file);
    if (!secret) return fail(log, secret.error());
    options.admin.secret = std::move(*secret);
  }
  if (options.routes.web_root.empty()) log.warn("http.web_root is not set: there is no web page");
  if (options.routes.demo) log.warn("demo.enabled: anyone who reaches this server can join any room");

  if (options.example.enabled) {
    const bool far = !is_loopback(options.listen.address);
    log.warn("example.enabled: anyone who reaches this server can sign in as any member of the example community{}",
             far ? ", and it is reachable from other machines (--lan)" : "");
  }

  signaling::EventRouter events;
  auto server = Server::start(config.server, loop, events, sink);
  if (!server) return fail(log, server.error());
  auto service = signaling::Service::start(options, loop, **server, events, sink);
  if (!service) {
    (*server)->stop();
    return fail(log, service.error());
  }

  announce(config, **service, **server);
  if (!signals.asked()) uv_run(loop, UV_RUN_DEFAULT);

  log.info("stopping");
  alarm(kStopSeconds);
  (*server)->stop();
  (*service)->stop();
  service->reset();
  server->reset();
  return 0;
}

}  // namespace

int run(const AppConfig& config) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto log = make_logger(config.log_level);
  uv_loop_t loop{};
  uv_loop_init(&loop);
  Signals signals(&loop);
  const int code = serve(&loop, signals, config, *log);
  signals.close();
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return code;
}

}  // namespace parley

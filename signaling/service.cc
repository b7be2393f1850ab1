#include "signaling/service.h"

#include <uv.h>

#include <chrono>

#include "signaling/http/lws_server.h"

namespace parley::signaling {
namespace {

constexpr std::uint64_t kTickMilliseconds = 250;

Now clock_now() {
  return {std::chrono::steady_clock::now(),
          std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now())};
}

}  // namespace

Service::Service(const ServiceOptions& options, Server& server, EventRouter& events, const LogSink& log)
    : hub_(server, events, options.keys, options.ice_servers, options.hub, log),
      sessions_(server, events, options.keys, options.ice_servers),
      routes_(server, hub_, sessions_, options.keys, options.routes, clock_now) {}

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options, uv_loop_s* loop, Server& server,
                                                EventRouter& events, LogSink log) {
  std::unique_ptr<Service> service(new Service(options, server, events, log));
  auto http = start_lws_server(loop, options.listen, service->routes_, log);
  if (!http) return std::unexpected(http.error());
  service->http_ = std::move(*http);
  service->timer_ = new uv_timer_t;
  uv_timer_init(loop, service->timer_);
  service->timer_->data = service.get();
  uv_timer_start(
      service->timer_,
      [](uv_timer_t* timer) {
        auto* const self = static_cast<Service*>(timer->data);
        const Now now = clock_now();
        self->hub_.tick(now);
        self->sessions_.tick(now);
      },
      kTickMilliseconds, kTickMilliseconds);
  return service;
}

void Service::stop() {
  if (timer_ == nullptr) return;
  uv_timer_stop(timer_);
  uv_close(reinterpret_cast<uv_handle_t*>(timer_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  timer_ = nullptr;
  hub_.shutdown();
  http_->stop();
}

Service::~Service() {
  stop();
}

}  // namespace parley::signaling

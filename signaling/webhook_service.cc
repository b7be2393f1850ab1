#include "signaling/webhook_service.h"

#include <random>
#include <utility>

#include "signaling/webhooks/curl_post.h"
#include "signaling/webhooks/target.h"

namespace parley::signaling {
namespace {

double roll() {
  static std::mt19937 random(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(random);
}

}  // namespace

WebhookService::WebhookService(const WebhookOptions& options, uv_loop_s* loop)
    : policy_(options.allow_private), tasks_(loop) {}

WebhookService::~WebhookService() {
  // Nobody asks any more, then nobody answers.
  deliverer_.reset();
  http_.reset();
  tasks_.close();
}

Result<std::unique_ptr<WebhookService>> WebhookService::start(const WebhookOptions& options, uv_loop_s* loop,
                                                              store::CallStore& store, std::function<Now()> clock,
                                                              LogSink log) {
  std::unique_ptr<WebhookService> service(new WebhookService(options, loop));
  auto http = make_curl_post({.policy = service->policy_, .ca_file = options.ca_file},
                             [&tasks = service->tasks_](std::function<void()> task) { tasks.post(std::move(task)); });
  if (!http) return std::unexpected(http.error());
  service->http_ = std::move(*http);
  service->deliverer_ = std::make_unique<Deliverer>(Deliverer::Ports{
      .store = store, .http = *service->http_, .clock = std::move(clock), .roll = roll, .log = std::move(log)});
  service->deliverer_->start();
  return service;
}

void WebhookService::tick() {
  deliverer_->tick();
}

Result<void> WebhookService::check_target(std::string_view url) const {
  const auto target = signaling::check_target(url, policy_);
  if (!target) return std::unexpected(target.error());
  return {};
}

}  // namespace parley::signaling

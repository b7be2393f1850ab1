// Webhooks of this process: the deliverer and its requests, upon the store of private calls. Made by Service after the
// store, gone before it; on the control thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/error.h"
#include "parley/log.h"
#include "signaling/loop_tasks.h"
#include "signaling/now.h"
#include "signaling/store/call_store.h"
#include "signaling/webhooks/address_policy.h"
#include "signaling/webhooks/deliverer.h"

namespace parley::signaling {

struct WebhookOptions {
  std::vector<AddressRange> allow_private;  // may be connected to though they are not of the open internet
  std::string ca_file;                      // instead of the system's authorities; empty: those
};

class WebhookService {
 public:
  static Result<std::unique_ptr<WebhookService>> start(const WebhookOptions& options, uv_loop_s* loop,
                                                       store::CallStore& store, std::function<Now()> clock,
                                                       LogSink log);
  ~WebhookService();

  void tick();
  // May a webhook point there? As far as the URL tells.
  Result<void> check_target(std::string_view url) const;
  // The site's webhook was written or erased, or the site.
  void changed(const call::SiteId& site) { deliverer_->changed(site); }
  std::optional<WebhookState> state(const call::SiteId& site) const { return deliverer_->state(site); }

 private:
  WebhookService(const WebhookOptions& options, uv_loop_s* loop);

  const AddressPolicy policy_;
  LoopTasks tasks_;
  std::unique_ptr<HttpPost> http_;
  std::unique_ptr<Deliverer> deliverer_;
};

}  // namespace parley::signaling

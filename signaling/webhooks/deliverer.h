// Brings the events of the store's outbox to the webhooks of their sites: finds out which sites have news, reads each
// event anew before it goes, signs and posts it, and acknowledges what has arrived. Each site is for itself: a target
// that fails waits alone. On the control thread; no I/O of its own, time and chance are arguments.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "parley/log.h"
#include "signaling/now.h"
#include "signaling/store/call_store.h"
#include "signaling/webhooks/delivery.h"
#include "signaling/webhooks/http_post.h"

namespace parley::signaling {

// How a site's webhook does, for operators.
struct WebhookState {
  std::uint64_t acknowledged = 0;  // every event up to here has arrived
  std::uint32_t failures = 0;      // in a row
  std::string last_error;          // of the last failure; empty: the last try arrived
};

class Deliverer {
 public:
  static constexpr std::size_t kMaxFlying = 64;  // requests at a time, of all sites

  struct Ports {
    store::CallStore& store;
    HttpPost& http;
    std::function<Now()> clock;
    std::function<double()> roll;  // 0 to 1, for the spread of the back-off
    LogSink log;
  };

  explicit Deliverer(Ports ports);
  ~Deliverer();

  // Begins: every webhook goes on where it was acknowledged.
  void start();
  // A few times a second.
  void tick();
  // The site's webhook was written or erased.
  void changed(const call::SiteId& site);

  std::optional<WebhookState> state(const call::SiteId& site) const;

 private:
  struct Site;
  struct Asker;

  Asker asker(const Site& site) const;
  void read_hooks(const call::SiteId& after);
  void adopt(const store::Webhook& hook);
  void ask_for_news();
  void pump_all();
  void pump(Site& site);
  void read_on(Site& site);
  void begin(Site& site, std::uint64_t serial);
  void post(Site& site, const store::OutboxRow& row);
  void note(Site& site, std::uint64_t serial, const PostResult& result);
  void acknowledge(Site& site);

  Ports ports_;
  std::map<call::SiteId, std::unique_ptr<Site>> sites_;
  std::set<call::SiteId> busy_;               // those with something to do
  call::SiteId last_;                         // whom the last turn served
  std::set<call::SiteId> unsure_;             // changed, and the store did not tell how
  std::optional<call::SiteId> unread_after_;  // the same of the webhooks from here on
  std::uint64_t next_generation_ = 1;
  std::size_t flying_ = 0;
  std::optional<std::uint64_t> seen_;  // of the outbox; none: its end was not told yet
  bool asking_ = false;
  std::shared_ptr<Deliverer*> alive_;
};

}  // namespace parley::signaling

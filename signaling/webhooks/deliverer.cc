#include "signaling/webhooks/deliverer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "signaling/protocol/event_codec.h"
#include "signaling/store/store_rules.h"
#include "signaling/webhooks/signature.h"

namespace parley::signaling {

struct Deliverer::Site {
  store::Webhook hook;
  std::uint64_t generation = 0;  // tells this webhook from an earlier one of the site
  Delivery delivery;
  std::uint64_t acknowledged = 0;  // in the store
  bool news = true;                // there may be events that were not read yet
  bool reading = false;
  bool acknowledging = false;
  std::string last_error{};

  bool idle() const {
    return !news && !reading && !acknowledging && delivery.held() == 0 && acknowledged == delivery.acknowledged();
  }
};

// Who asked. The answer is of no interest once that webhook is gone, or the deliverer.
struct Deliverer::Asker {
  std::weak_ptr<Deliverer*> deliverer;
  call::SiteId site;
  std::uint64_t generation;

  Deliverer* self() const {
    const auto alive = deliverer.lock();
    return alive ? *alive : nullptr;
  }
  Site* found() const {
    const auto at = self()->sites_.find(site);
    return at != self()->sites_.end() && at->second->generation == generation ? at->second.get() : nullptr;
  }
};

Deliverer::Deliverer(Ports ports) : ports_(std::move(ports)), alive_(std::make_shared<Deliverer*>(this)) {}

Deliverer::~Deliverer() = default;

Deliverer::Asker Deliverer::asker(const Site& site) const {
  return {alive_, site.hook.site, site.generation};
}

// ---- which webhooks there are

void Deliverer::start() {
  // The end first: what is written from here on is news, what was before is looked for by each webhook anyway.
  ask_for_news();
  read_hooks({});
}

void Deliverer::read_hooks(const call::SiteId& after) {
  ports_.store.read_webhooks(
      after, store::kMaxPage,
      [alive = std::weak_ptr(alive_), after](const store::Answer<std::vector<store::Webhook>>& hooks) {
        const auto self = alive.lock();
        if (!self) return;
        Deliverer& all = **self;
        if (!hooks) {
          all.unread_after_ = after;
          return;
        }
        for (const store::Webhook& hook : *hooks) all.adopt(hook);
        if (!hooks->empty()) all.read_hooks(hooks->back().site);
      });
}

void Deliverer::changed(const call::SiteId& site) {
  ports_.store.read_webhook(
      site, [alive = std::weak_ptr(alive_), site](const store::Answer<std::optional<store::Webhook>>& hook) {
        const auto self = alive.lock();
        if (!self) return;
        Deliverer& all = **self;
        if (!hook) {
          all.unsure_.insert(site);
        } else if (*hook) {
          all.adopt(**hook);
        } else {
          all.sites_.erase(site);
          all.busy_.erase(site);
        }
      });
}

void Deliverer::adopt(const store::Webhook& hook) {
  std::unique_ptr<Site>& site = sites_[hook.site];
  if (site && hook.version > site->hook.version) {
    site->hook = hook;
    site->delivery.try_now();
  } else if (!site || hook.version < site->hook.version || hook.url != site->hook.url ||
             hook.secrets != site->hook.secrets) {
    // Or erased and written anew between two looks: another webhook, with another place.
    site = std::make_unique<Site>(Site{.hook = hook,
                                       .generation = next_generation_++,
                                       .delivery = Delivery(hook.acknowledged),
                                       .acknowledged = hook.acknowledged});
  }
  busy_.insert(hook.site);
}

// ---- what there is to bring

void Deliverer::ask_for_news() {
  if (asking_) return;
  asking_ = true;
  ports_.store.outbox_news(seen_.value_or(std::numeric_limits<std::uint64_t>::max()),
                           [alive = std::weak_ptr(alive_)](const store::Answer<store::OutboxNews>& news) {
                             const auto self = alive.lock();
                             if (!self) return;
                             Deliverer& all = **self;
                             all.asking_ = false;
                             if (!news) return;
                             const bool first = !all.seen_;
                             all.seen_ = news->end;
                             for (const auto& [name, site] : all.sites_) {
                               if (!first && !std::ranges::binary_search(news->sites, name)) continue;
                               site->news = true;
                               all.busy_.insert(name);
                             }
                             all.pump_all();
                           });
}

void Deliverer::tick() {
  if (unread_after_) read_hooks(*std::exchange(unread_after_, std::nullopt));
  for (const call::SiteId& site : std::exchange(unsure_, {})) changed(site);
  const std::vector<call::SiteId> busy(busy_.begin(), busy_.end());
  for (const call::SiteId& name : busy) {
    const auto at = sites_.find(name);
    if (at != sites_.end()) acknowledge(*at->second);
  }
  pump_all();
  ask_for_news();
}

// Each time beginning after the one that was served last, so that all get their turn.
void Deliverer::pump_all() {
  std::vector<call::SiteId> turn(busy_.upper_bound(last_), busy_.end());
  turn.insert(turn.end(), busy_.begin(), busy_.upper_bound(last_));
  for (const call::SiteId& name : turn) {
    const auto at = sites_.find(name);
    if (at != sites_.end()) pump(*at->second);
  }
}

void Deliverer::pump(Site& site) {
  if (site.idle()) {
    busy_.erase(site.hook.site);
    return;
  }
  read_on(site);
  while (flying_ < kMaxFlying) {
    const auto serial = site.delivery.next(ports_.clock().steady);
    if (!serial) return;
    last_ = site.hook.site;
    begin(site, *serial);
  }
}

void Deliverer::read_on(Site& site) {
  const auto after = site.delivery.wants();
  if (!site.news || site.reading || !after) return;
  site.reading = true;
  site.news = false;
  ports_.store.events_after(site.hook.site, *after, Delivery::kPage,
                            [asker = asker(site)](const store::Answer<std::vector<store::OutboxRow>>& rows) {
                              Site* const found = asker.self() ? asker.found() : nullptr;
                              if (!found) return;
                              found->reading = false;
                              found->news = found->news || !rows || rows->size() == Delivery::kPage;
                              if (!rows) return;
                              found->delivery.load(*rows);
                              asker.self()->pump(*found);
                            });
}

// ---- bringing one

void Deliverer::begin(Site& site, std::uint64_t serial) {
  ++flying_;
  // As it stands now: an event that was kept here might be of somebody who was erased meanwhile.
  ports_.store.events_after(site.hook.site, serial - 1, 1,
                            [asker = asker(site), serial](const store::Answer<std::vector<store::OutboxRow>>& rows) {
                              Deliverer* const self = asker.self();
                              if (!self) return;
                              Site* const found = asker.found();
                              if (found && rows && !rows->empty() && rows->front().serial == serial)
                                return self->post(*found, rows->front());
                              --self->flying_;
                              if (!found) return;
                              if (!rows) return found->delivery.put_back(serial);
                              found->delivery.gone(serial);
                              self->pump(*found);
                            });
}

void Deliverer::post(Site& site, const store::OutboxRow& row) {
  const std::string id = std::to_string(row.serial);
  const auto timestamp = ports_.clock().wall.time_since_epoch().count();
  PostRequest request;
  request.url = site.hook.url;
  request.body = event_json({row.serial, row.what.topic, row.at, row.what.body});
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "parley-webhooks/1"},
                     {"Parley-Event", id},
                     {"Parley-Timestamp", std::to_string(timestamp)},
                     {"Parley-Signature", webhook_signature(site.hook.secrets, timestamp, id, request.body)}};
  ports_.http.post(std::move(request), [asker = asker(site), serial = row.serial](const PostResult& result) {
    Deliverer* const self = asker.self();
    if (!self) return;
    --self->flying_;
    if (Site* const found = asker.found()) {
      self->note(*found, serial, result);
      self->pump(*found);
    }
  });
}

void Deliverer::note(Site& site, std::uint64_t serial, const PostResult& result) {
  const std::string name = "webhook of site " + site.hook.site.text();
  if (result.arrived()) {
    if (site.delivery.failures() > 0) ports_.log(LogLevel::kInfo, name + ": events arrive again");
    site.delivery.arrived(serial);
    site.last_error.clear();
    return;
  }
  site.last_error = result.status != 0 ? "answered " + std::to_string(result.status) : result.error;
  const std::uint32_t before = site.delivery.failures();
  site.delivery.failed(serial, ports_.clock().steady, ports_.roll());
  // The first of a row, and then one in ten.
  if (before % 10 == 0 && site.delivery.failures() > before)
    ports_.log(LogLevel::kWarning, name + ": event " + std::to_string(serial) + ": " + site.last_error);
}

void Deliverer::acknowledge(Site& site) {
  const std::uint64_t up_to = site.delivery.acknowledged();
  if (site.acknowledging || up_to <= site.acknowledged) return;
  site.acknowledging = true;
  ports_.store.ack_outbox(store::consumer_of(site.hook.site), up_to,
                          [asker = asker(site), up_to](const store::Answer<store::Done>& done) {
                            Site* const found = asker.self() ? asker.found() : nullptr;
                            if (!found) return;
                            found->acknowledging = false;
                            if (done) found->acknowledged = up_to;
                          });
}

std::optional<WebhookState> Deliverer::state(const call::SiteId& site) const {
  const auto at = sites_.find(site);
  if (at == sites_.end()) return std::nullopt;
  const Site& found = *at->second;
  return WebhookState{found.delivery.acknowledged(), found.delivery.failures(), found.last_error};
}

}  // namespace parley::signaling

#include "signaling/protocol/event_codec.h"

#include <nlohmann/json.hpp>

namespace parley::signaling {

std::string event_json(const EventReport& event) {
  using nlohmann::json;
  json data = json::parse(event.data, nullptr, false);
  const json body = {{"serial", event.serial},
                     {"topic", event.topic},
                     {"at", event.at.time_since_epoch().count()},
                     {"data", data.is_discarded() ? json() : std::move(data)}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace parley::signaling

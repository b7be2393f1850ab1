#include "signaling/protocol/message_report.h"

#include <nlohmann/json.hpp>

namespace parley::signaling {

using nlohmann::json;

std::string message_report_json(const MessageReport& report) {
  const json body = {{"topic", kMessageCreated},
                     {"site", report.site.text()},
                     {"from", report.from.text()},
                     {"to", report.to.text()},
                     {"call", report.call ? json(report.call->text()) : json(nullptr)},
                     {"at", report.at.time_since_epoch().count()}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace parley::signaling

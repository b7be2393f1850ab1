#include "signaling/protocol/outbox_codec.h"

#include <nlohmann/json.hpp>

namespace parley::signaling {
namespace {

using nlohmann::json;

json ms_of(const std::optional<WallMs>& at) {
  return at ? json(at->time_since_epoch().count()) : json(nullptr);
}

}  // namespace

std::string call_report_json(const CallReport& report) {
  const json body = {{"topic", report.topic},
                     {"call", report.call.text()},
                     {"site", report.site.text()},
                     {"caller", report.caller.text()},
                     {"callee", report.callee.text()},
                     {"origin", report.origin.text()},
                     {"ring", call::to_string(report.ring)},
                     {"reason", call::to_string(report.reason)},
                     {"state", call::to_string(report.state)},
                     {"at", ms_of(report.at)},
                     {"started_at", ms_of(report.started_at)},
                     {"answered_at", ms_of(report.answered_at)},
                     {"ended_at", ms_of(report.ended_at)},
                     {"expires_at", ms_of(report.expires_at)},
                     {"talked", report.talked.count()}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace parley::signaling

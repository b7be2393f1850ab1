#include "signaling/protocol/rest.h"

#include <nlohmann/json.hpp>

#include "signaling/identity/names.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDemoBody = 4096;

std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string problem_json(int status, std::string_view code, std::string_view sentence) {
  return text_of({{"status", status}, {"code", code}, {"detail", sentence}});
}

Result<DemoTokenRequest> read_demo_token_request(std::string_view body) {
  const auto bad = [](const char* sentence) { return std::unexpected(Error{ErrorCode::kBadRequest, sentence}); };
  if (body.size() > kMaxDemoBody) return bad("the body is too large");
  const json object = json::parse(body, nullptr, false);
  if (!object.is_object()) return bad("the body must be a JSON object with room and name");
  DemoTokenRequest request;
  const auto room = object.find("room");
  if (room == object.end() || !room->is_string()) return bad("room must be a string");
  request.room = room->get<std::string>();
  if (!is_identifier(request.room)) return bad("room must be 1 to 128 bytes of text");
  const auto name = object.find("name");
  if (name != object.end()) {
    if (!name->is_string()) return bad("name must be a string");
    request.name = name->get<std::string>();
    if (!is_display_name(request.name)) return bad("name must be up to 128 bytes of text");
  }
  return request;
}

std::string demo_token_json(std::string_view token, std::string_view member) {
  return text_of({{"token", token}, {"member", member}});
}

std::string stats_json(const ServerStats& stats) {
  json workers = json::array();
  for (const WorkerStats& worker : stats.workers) {
    json drops = json::object();
    for (const auto& [reason, count] : worker.drops) drops[reason] = count;
    workers.push_back({{"datagrams_received", worker.datagrams_received},
                       {"datagrams_sent", worker.datagrams_sent},
                       {"bytes_received", worker.bytes_received},
                       {"bytes_sent", worker.bytes_sent},
                       {"rtp_received", worker.rtp_received},
                       {"rtp_forwarded", worker.rtp_forwarded},
                       {"keyframes_requested", worker.keyframes_requested},
                       {"sessions", worker.sessions},
                       {"rooms", worker.rooms},
                       {"packets_in_use", worker.packets_in_use},
                       {"kernel_drops", worker.kernel_drops},
                       {"drops", std::move(drops)}});
  }
  return text_of({{"sessions", stats.sessions}, {"rooms", stats.rooms}, {"workers", std::move(workers)}});
}

}  // namespace parley::signaling

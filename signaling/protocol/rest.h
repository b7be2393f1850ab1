// The JSON bodies of the HTTP routes.
#pragma once

#include <string>
#include <string_view>

#include "parley/error.h"
#include "parley/stats.h"

namespace parley::signaling {

std::string problem_json(int status, std::string_view code, std::string_view sentence);

struct DemoTokenRequest {
  std::string room;
  std::string name;
};
Result<DemoTokenRequest> read_demo_token_request(std::string_view body);
std::string demo_token_json(std::string_view token, std::string_view member);

std::string stats_json(const ServerStats& stats);

}  // namespace parley::signaling

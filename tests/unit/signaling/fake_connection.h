// A WebSocket connection in memory: what was said on it, and how it ended.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "signaling/hub/connection.h"

namespace parley::signaling::test {

struct FakeConnection : Connection {
  std::vector<nlohmann::json> said;
  std::vector<CloseCode> closes;
  int pings = 0;
  Backlog behind;
  ConnectionId id{};

  void send(std::string text) override { said.push_back(nlohmann::json::parse(text)); }
  void ping() override { ++pings; }
  void close(CloseCode code, std::string_view) override { closes.push_back(code); }
  Backlog backlog() const override { return behind; }

  bool open() const { return closes.empty(); }
  std::vector<std::string> types() const {
    std::vector<std::string> list;
    for (const nlohmann::json& each : said) list.push_back(each.at("type"));
    return list;
  }
  const nlohmann::json& last() const { return said.back(); }
};

}  // namespace parley::signaling::test

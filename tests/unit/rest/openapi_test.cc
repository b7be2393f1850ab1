// docs/openapi.json names the routes that the server has, and no others.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "signaling/http/admin_api.h"
#include "signaling/http/site_api.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

json description() {
  std::ifstream file(PARLEY_SOURCE_DIR "/docs/openapi.json");
  return json::parse(file);
}

std::set<std::string> described(const std::string& prefix) {
  std::set<std::string> found;
  const json document = description();
  for (const auto& [path, item] : document["paths"].items()) {
    if (!path.starts_with(prefix)) continue;
    for (const char* method : {"get", "put", "post", "patch", "delete"}) {
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      if (item.contains(method)) found.insert(upper + " " + path);
    }
  }
  return found;
}

TEST(OpenApi, DescribesTheRoutesOfSitesAndNoOthers) {
  std::set<std::string> routes;
  for (const RestRoute& each : SiteApi::routes()) routes.insert(std::string(each.method) + " " + each.path);
  std::set<std::string> words = described("/v1/sites/");
  words.merge(described("/v1/events"));
  EXPECT_EQ(words, routes);
}

TEST(OpenApi, DescribesTheOperatorsRoutesAndNoOthers) {
  std::set<std::string> routes;
  for (const AdminRoute& each : AdminApi::routes()) routes.insert(std::string(each.method) + " " + each.path);
  EXPECT_EQ(described("/admin/"), routes);
}

TEST(OpenApi, SaysWhoMayUseARoute) {
  const json document = description();
  for (const RestRoute& each : SiteApi::routes()) {
    std::string method(each.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    std::set<std::string> who;
    for (const json& one : document["paths"][each.path][method]["security"]) who.insert(one.items().begin().key());
    const bool members = who.contains("member");
    EXPECT_EQ(members, each.access != Access::kService) << each.method << " " << each.path;
  }
}

}  // namespace
}  // namespace parley::signaling

// The HTTP interface of sites, for platforms and for pages: who asks, which site, may they; then the route of the
// resource. docs/openapi.json describes every route. Sans-I/O, on the control thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "signaling/http/site_ask.h"

namespace parley::signaling {

class SiteApi {
 public:
  SiteApi(store::CallStore& store, CallsControl& calls, KeyRing keys, std::function<Now()> clock, LogSink log);

  // Is this path one of ours? Then handle() answers it, whatever the method.
  static bool owns(std::string_view path);
  void handle(const HttpRequest& request, Respond respond);

  static const std::vector<RestRoute>& routes();

 private:
  std::shared_ptr<RestWorld> world_;
};

// The resources; each file names the routes of one.
std::vector<RestRoute> settings_routes();
std::vector<RestRoute> member_routes();
std::vector<RestRoute> call_routes();
std::vector<RestRoute> notification_routes();
std::vector<RestRoute> platform_routes();  // audit, events, tokens

// What stands in the braces of `pattern`, if `path` is of its form.
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path);

}  // namespace parley::signaling

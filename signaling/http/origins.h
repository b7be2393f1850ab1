// Which web pages may use this server (the Fetch standard's CORS, and the Origin of a WebSocket), as a pure decision.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "signaling/http/http_types.h"

namespace parley::signaling {

class Origins {
 public:
  explicit Origins(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  // No Origin at all is no browser's page, and allowed; "null" never is.
  bool allows(const HttpRequest& request) const;
  // Access-Control headers for a page of another origin that may. Credentials are never among them: there are no
  // cookies here.
  void allow(const HttpRequest& request, HttpResponse& response) const;

 private:
  std::vector<std::string> allowed_;
};

}  // namespace parley::signaling

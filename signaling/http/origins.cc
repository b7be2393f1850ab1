#include "signaling/http/origins.h"

#include <algorithm>

namespace parley::signaling {

bool Origins::allows(const HttpRequest& request) const {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return true;
  if (origin == "null") return false;
  const std::string own = (request.secure ? "https://" : "http://") + std::string(request.header("host"));
  return origin == own || std::find(allowed_.begin(), allowed_.end(), origin) != allowed_.end();
}

void Origins::allow(const HttpRequest& request, HttpResponse& response) const {
  // Caches must not hand one origin's answer to another, whatever this one says.
  response.with("Vary", "Origin");
  const std::string_view origin = request.header("origin");
  if (origin.empty() || !allows(request)) return;
  response.with("Access-Control-Allow-Origin", std::string(origin));
  response.with("Access-Control-Expose-Headers", "Location, ETag, Link");
  if (request.method != "OPTIONS") return;
  response.with("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS");
  response.with("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match");
  response.with("Access-Control-Max-Age", "600");
}

}  // namespace parley::signaling

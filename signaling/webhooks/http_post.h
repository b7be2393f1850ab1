// A request over HTTPS to a host that somebody else named, and what came of it. The deliverer asks; curl_post.h does
// it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace parley::signaling {

struct PostRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct PostResult {
  int status = 0;     // 0: there was no answer, and `error` says why
  std::string error;  // a few words, without the URL

  bool arrived() const { return status >= 200 && status < 300; }
};

class HttpPost {
 public:
  virtual ~HttpPost() = default;
  // `then` comes on the control thread, exactly once unless this object goes before.
  virtual void post(PostRequest request, std::function<void(PostResult)> then) = 0;
};

}  // namespace parley::signaling

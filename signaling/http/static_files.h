// The files of the web page, from one folder. A path is a list of plain names, opened one below the other without
// following links, so there is no way out of the folder.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "signaling/http/http_types.h"

namespace parley::signaling {

class StaticFiles {
 public:
  static constexpr std::size_t kMaxFile = 16 * 1024 * 1024;

  explicit StaticFiles(std::string root) : root_(std::move(root)) {}

  // GET and HEAD; "/" and a folder's name with a slash mean their index.html.
  HttpResponse serve(const HttpRequest& request) const;

 private:
  std::string root_;
};

}  // namespace parley::signaling

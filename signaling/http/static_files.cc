#include "signaling/http/static_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "signaling/http/problem.h"

namespace parley::signaling {
namespace {

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 128 || name.front() == '.') return false;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!plain) return false;
  }
  return true;
}

std::optional<std::vector<std::string>> names_of(std::string_view path) {
  std::vector<std::string> names;
  if (path.empty() || path.front() != '/') return std::nullopt;
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (!is_plain_name(name)) return std::nullopt;
    names.emplace_back(name);
    if (slash == path.npos) return names;
    path.remove_prefix(slash + 1);
  }
  names.emplace_back("index.html");
  return names;
}

std::string_view type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".ts", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
  }};
  for (const auto& [suffix, type] : kTypes) {
    if (name.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

std::optional<std::string> read_all(const File& file, std::size_t size) {
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(file.get(), text.data() + done, size - done);
    if (n <= 0) return std::nullopt;
    done += static_cast<std::size_t>(n);
  }
  return text;
}

HttpResponse not_found() {
  return problem(404, ErrorCode::kNotFound, "there is nothing here");
}

}  // namespace

HttpResponse StaticFiles::serve(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return problem(405, ErrorCode::kBadRequest, "only GET and HEAD work here").with("Allow", "GET, HEAD");
  }
  const auto names = names_of(request.path);
  if (root_.empty() || !names) return not_found();

  File at(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; at && i < names->size(); ++i) {
    const bool last = i + 1 == names->size();
    at = File(::openat(at.get(), (*names)[i].c_str(),
                       O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (last ? 0 : O_DIRECTORY)));
  }
  struct stat facts{};
  if (!at || ::fstat(at.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return not_found();
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size > kMaxFile) return not_found();

  char tag[64];
  std::snprintf(tag, sizeof tag, "\"%llx-%llx%09lx\"", static_cast<unsigned long long>(size),
                static_cast<unsigned long long>(facts.st_mtim.tv_sec),
                static_cast<unsigned long>(facts.st_mtim.tv_nsec));
  HttpResponse response;
  response.with("ETag", tag).with("Cache-Control", "no-cache");
  if (request.header("if-none-match") == tag) {
    response.status = 304;
    return response;
  }
  auto body = read_all(at, size);
  if (!body) return not_found();
  response.with("Content-Type", std::string(type_of(names->back())));
  response.body = std::move(*body);
  return response;
}

}  // namespace parley::signaling

#include "server/load_certificate.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace parley {
namespace {

Result<std::string> read_file(std::string_view key, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string contents(std::istreambuf_iterator<char>(file), {});
  if (file.is_open() && !file.bad()) return contents;
  return std::unexpected(
      Error{ErrorCode::kEnvironment, std::string(key) + ": can't read " + path + ": " + std::strerror(errno)});
}

}  // namespace

Result<Certificate> load_certificate(const MediaConfig& media) {
  if (media.dtls_certificate.empty()) {
    auto made = Certificate::generate();
    if (!made) return std::unexpected(Error{ErrorCode::kEnvironment, "can't make a DTLS certificate: " + made.error()});
    return std::move(*made);
  }
  auto certificate = read_file("media.dtls_certificate", media.dtls_certificate);
  if (!certificate) return std::unexpected(std::move(certificate.error()));
  auto key = read_file("media.dtls_key", media.dtls_key);
  if (!key) return std::unexpected(std::move(key.error()));
  auto loaded = Certificate::from_pem(*certificate, *key);
  if (!loaded) return std::unexpected(Error{ErrorCode::kConfig, "media.dtls_certificate: " + loaded.error()});
  return std::move(*loaded);
}

}  // namespace parley

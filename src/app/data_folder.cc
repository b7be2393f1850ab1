#include "app/data_folder.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "signaling/http/self_signed.h"
#include "signaling/identity/secret.h"

namespace parley {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr int kRenewDays = 14;

std::unexpected<Error> refused(const std::string& path, const std::string& what) {
  return std::unexpected(Error{ErrorCode::kEnvironment, path + ": " + what});
}

std::string reason() {
  return std::strerror(errno);
}

// Complete or not there: written beside, then linked to its name, which fails if somebody was faster.
Result<void> write_new_file(const std::string& path, std::string_view text, bool replace) {
  const std::string beside = path + "." + signaling::random_hex(4);
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return refused(beside, reason());
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  const bool placed =
      written && (replace ? ::rename(beside.c_str(), path.c_str()) == 0 : ::link(beside.c_str(), path.c_str()) == 0);
  const int error = errno;
  if (!placed || !replace) ::unlink(beside.c_str());
  if (placed || (!replace && written && error == EEXIST)) return {};
  errno = error;
  return refused(path, reason());
}

Result<void> make_folder(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return refused(path, failed.message());
  return {};
}

struct SecretFile {
  std::string text;
  bool others_may_read = false;
};

Result<SecretFile> read_secret_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused(path, reason());
  struct stat facts{};
  std::array<char, 4096> buffer{};
  const bool known = ::fstat(fd, &facts) == 0;
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  ::close(fd);
  if (!known || size < 0) return refused(path, "can't be read");
  if (static_cast<std::size_t>(size) == buffer.size()) return refused(path, "is too long for a secret");
  return SecretFile{std::string(buffer.data(), static_cast<std::size_t>(size)), (facts.st_mode & 077) != 0};
}

// What the server itself made is its owner's alone, or somebody has been at it.
Result<std::string> read_private_file(const std::string& path) {
  auto file = read_secret_file(path);
  if (!file) return std::unexpected(file.error());
  if (file->others_may_read)
    return refused(path, "others may read this secret; chmod 600 it, or delete it for a new one");
  return std::move(file->text);
}

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::optional<std::string> bytes_of_hex(std::string_view text) {
  text = without_line_end(text);
  if (text.size() != 2 * kKeyBytes) return std::nullopt;
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

bool is_good_until(const std::string& path, std::chrono::sys_seconds then) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> file(BIO_new_file(path.c_str(), "r"), &BIO_free_all);
  if (!file) return false;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), &X509_free);
  std::time_t moment = then.time_since_epoch().count();
  return certificate && X509_cmp_time(X509_get0_notAfter(certificate.get()), &moment) > 0;
}

}  // namespace

Result<signaling::SigningKey> load_or_make_token_key(const std::string& data_dir) {
  if (const auto folder = make_folder(data_dir); !folder) return std::unexpected(folder.error());
  const std::string path = (std::filesystem::path(data_dir) / "token.key").string();
  if (!std::filesystem::exists(path)) {
    const auto written = write_new_file(path, signaling::random_hex(kKeyBytes) + "\n", false);
    if (!written) return std::unexpected(written.error());
  }
  const auto text = read_private_file(path);
  if (!text) return std::unexpected(text.error());
  auto bytes = bytes_of_hex(*text);
  if (!bytes) return refused(path, "must be 64 hex digits; delete it for a new key, which makes old tokens worthless");
  return signaling::SigningKey{std::move(*bytes)};
}

Result<LoadedKeys> load_keys(const AppConfig& config) {
  const auto own = load_or_make_token_key(config.data_dir);
  if (!own) return std::unexpected(own.error());
  std::vector<std::string> warnings;
  std::vector<signaling::SigningKey> others;
  for (const KeyEntry& entry : config.keys) {
    const auto file = read_secret_file(entry.secret_file);
    if (!file) return std::unexpected(file.error());
    const std::string_view secret = without_line_end(file->text);
    if (secret.size() < signaling::kMinSecretBytes) return refused(entry.secret_file, "a secret has at least 32 bytes");
    if (file->others_may_read) warnings.push_back(entry.secret_file + ": others may read this secret; chmod 600 it");
    others.push_back({std::string(secret), entry.id, entry.sites, entry.signs_members, entry.signs_services});
  }
  return LoadedKeys{signaling::KeyRing(*own, std::move(others)), std::move(warnings)};
}

Result<std::string> load_or_make_admin_token(const std::string& data_dir, const std::string& token_file) {
  if (const auto folder = make_folder(data_dir); !folder) return std::unexpected(folder.error());
  const std::string path = token_file.empty() ? (std::filesystem::path(data_dir) / "admin.token").string() : token_file;
  if (token_file.empty() && !std::filesystem::exists(path)) {
    const auto written = write_new_file(path, signaling::random_hex(kKeyBytes) + "\n", false);
    if (!written) return std::unexpected(written.error());
  }
  const auto text = read_private_file(path);
  if (!text) return std::unexpected(text.error());
  const std::string_view secret = without_line_end(*text);
  if (secret.size() < signaling::kMinSecretBytes) return refused(path, "a secret has at least 32 bytes");
  return std::string(secret);
}

Result<TlsFiles> load_or_make_certificate(const std::string& data_dir, const std::vector<std::string>& hosts,
                                          std::chrono::sys_seconds now) {
  if (const auto folder = make_folder(data_dir); !folder) return std::unexpected(folder.error());
  const std::filesystem::path folder(data_dir);
  const TlsFiles files{(folder / "https.pem").string(), (folder / "https.key").string()};
  const bool there =
      std::filesystem::exists(files.key) && is_good_until(files.certificate, now + std::chrono::days(kRenewDays));
  if (!there) {
    const auto made = signaling::make_self_signed(hosts, now);
    if (!made) return std::unexpected(made.error());
    if (const auto written = write_new_file(files.key, made->key, true); !written)
      return std::unexpected(written.error());
    if (const auto written = write_new_file(files.certificate, made->certificate, true); !written) {
      return std::unexpected(written.error());
    }
  }
  if (const auto readable = read_private_file(files.key); !readable) return std::unexpected(readable.error());
  return files;
}

}  // namespace parley

#include "signaling/webhooks/target.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace parley::signaling {
namespace {

constexpr std::size_t kMaxUrl = 2'048;
constexpr std::size_t kMaxHost = 253;

std::unexpected<Error> refuse(std::string sentence) {
  return std::unexpected(Error{ErrorCode::kBadRequest, std::move(sentence)});
}

bool is_plain(char c) {
  return c > 0x20 && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

bool is_host_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

std::string lower(std::string_view text) {
  std::string all(text);
  std::transform(all.begin(), all.end(), all.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return all;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// A name, or an IPv4 address in its one usual form: a last label that is a number may be nothing else (it could be read
// as an address by one program and as a name by the next).
bool is_host(const std::string& host) {
  if (host.empty() || host.size() > kMaxHost || !std::all_of(host.begin(), host.end(), is_host_letter)) return false;
  if (host.front() == '.' || host.find("..") != host.npos) return false;
  std::string_view last = host;
  if (last.ends_with('.')) last.remove_suffix(1);
  last = last.substr(last.rfind('.') + 1);
  const bool is_number = !last.empty() && last.front() >= '0' && last.front() <= '9';
  return !is_number || parse_address(host).has_value();
}

}  // namespace

Result<WebhookTarget> parse_target(std::string_view url) {
  if (url.size() > kMaxUrl) return refuse("the URL is longer than " + std::to_string(kMaxUrl) + " bytes");
  if (!std::all_of(url.begin(), url.end(), is_plain)) return refuse("the URL has characters that must be escaped");
  if (lower(url.substr(0, 8)) != "https://") return refuse("the URL must begin with https://");
  if (url.find('#') != url.npos) return refuse("the URL has a fragment");
  std::string_view authority = url.substr(8);
  authority = authority.substr(0, authority.find_first_of("/?"));
  if (authority.find('@') != authority.npos) return refuse("the URL has a user or a password");

  WebhookTarget target;
  std::string_view rest;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == authority.npos) return refuse("the URL's host is not an address");
    target.host = lower(authority.substr(1, end - 1));
    rest = authority.substr(end + 1);
    const auto address = parse_address(target.host);
    if (!address || target.host.find(':') == std::string::npos) return refuse("the URL's host is not an address");
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    target.host = lower(authority.substr(0, colon));
    rest = authority.substr(colon);
    if (!is_host(target.host)) return refuse("the URL's host is not a name");
  }
  if (rest.empty()) return target;
  const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return refuse("the URL's port is none");
  target.port = *port;
  return target;
}

Result<WebhookTarget> check_target(std::string_view url, const AddressPolicy& policy) {
  auto target = parse_target(url);
  if (!target) return target;
  const auto address = parse_address(target->host);
  if (address && !policy.allows(*address)) return refuse("the URL's address is not one of the open internet");
  return target;
}

}  // namespace parley::signaling

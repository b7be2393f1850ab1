// URLs, addresses and ranges that somebody entered. A URL that is taken must mean the same to the program that
// connects; an address that is allowed must still be when it is written in another way.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "signaling/webhooks/target.h"

namespace {

using namespace parley::signaling;

void expect(bool good) {
  if (!good) std::abort();
}

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

void try_url(const std::string& text) {
  const auto target = parse_target(text);
  if (!target) return;
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), &curl_url_cleanup);
  expect(curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK);
  expect(part(url.get(), CURLUPART_SCHEME) == "https");
  std::string host = part(url.get(), CURLUPART_HOST);
  for (char& c : host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (host.starts_with('[')) {
    const auto theirs = parse_address(std::string_view(host).substr(1, host.size() - 2));
    expect(theirs && theirs == parse_address(target->host));
  } else {
    expect(host == target->host);
  }
  expect(part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT) == std::to_string(target->port));
  expect(part(url.get(), CURLUPART_USER).empty() && part(url.get(), CURLUPART_PASSWORD).empty());
}

void try_address(const std::string& text) {
  const auto address = parse_address(text);
  if (!address) return;
  const AddressPolicy policy;
  char written[INET6_ADDRSTRLEN];
  expect(::inet_ntop(AF_INET6, address->bytes.data(), written, sizeof written) != nullptr);
  const auto again = parse_address(written);
  expect(again && *again == *address && policy.allows(*again) == policy.allows(*address));
  if (address->is_v4()) {
    // As a translator of IPv6 would write it, it is what it was.
    IpAddress nat64 = parse_address("64:ff9b::").value();
    for (std::size_t i = 12; i < 16; ++i) nat64.bytes[i] = address->bytes[i];
    expect(policy.allows(nat64) == policy.allows(*address));
  }
  expect(AddressPolicy({AddressRange{*address, 128}}).allows(*address));
}

void try_range(const std::string& text) {
  const auto range = parse_range(text);
  if (!range) return;
  expect(range->bits >= 0 && range->bits <= 128 && range->holds(range->first));
  IpAddress other = range->first;
  other.bytes[15] ^= 1;
  expect(range->holds(other) == (range->bits < 128));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try_url(text);
  try_address(text);
  try_range(text);
  return 0;
}

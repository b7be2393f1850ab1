#include "signaling/webhooks/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

namespace parley::signaling {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress from_v4(const std::uint8_t* bytes) {
  IpAddress address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  std::copy(bytes, bytes + 4, address.bytes.begin() + 12);
  return address;
}

std::vector<AddressRange> ranges(std::initializer_list<const char*> texts) {
  std::vector<AddressRange> all;
  for (const char* text : texts) all.push_back(parse_range(text).value());
  return all;
}

bool any_holds(const std::vector<AddressRange>& all, const IpAddress& address) {
  return std::any_of(all.begin(), all.end(), [&](const AddressRange& range) { return range.holds(address); });
}

// The special-purpose registries of IANA (RFC 6890 and after), less what is reachable from everywhere.
bool is_open_v4(const IpAddress& address) {
  static const std::vector<AddressRange> kSpecial =
      ranges({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
              "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
              "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
  return !any_holds(kSpecial, address);
}

bool is_open_v6(const IpAddress& address) {
  // Addresses that stand for one of IPv4: NAT64 (RFC 6052), 6to4 (RFC 3056).
  static const AddressRange kNat64 = parse_range("64:ff9b::/96").value();
  static const AddressRange k6to4 = parse_range("2002::/16").value();
  if (kNat64.holds(address)) return is_open_v4(from_v4(&address.bytes[12]));
  if (k6to4.holds(address)) return is_open_v4(from_v4(&address.bytes[2]));
  // Nothing else outside of the global unicast space is anybody's.
  static const AddressRange kGlobal = parse_range("2000::/3").value();
  static const std::vector<AddressRange> kSpecial = ranges({"2001::/23", "2001:db8::/32", "3fff::/20"});
  return kGlobal.holds(address) && !any_holds(kSpecial, address);
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::string whole(text);
  IpAddress address;
  std::array<std::uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, whole.c_str(), v4.data()) == 1 && whole.size() == std::strlen(whole.c_str()))
    return from_v4(v4.data());
  if (::inet_pton(AF_INET6, whole.c_str(), address.bytes.data()) == 1 && whole.size() == std::strlen(whole.c_str()))
    return address;
  return std::nullopt;
}

std::optional<IpAddress> address_of(const sockaddr* address, std::size_t size) {
  if (size < sizeof(sa_family_t)) return std::nullopt;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return from_v4(bytes.data());
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    IpAddress found;
    std::memcpy(found.bytes.data(), &v6.sin6_addr, found.bytes.size());
    return found;
  }
  return std::nullopt;
}

bool AddressRange::holds(const IpAddress& address) const {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(first.bytes.begin(), first.bytes.begin() + bits / 8, address.bytes.begin())) return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const int mask = 0xff00 >> rest & 0xff;
  return (first.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<AddressRange> parse_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto first = parse_address(text.substr(0, slash));
  if (!first) return std::nullopt;
  AddressRange range{*first, 128};
  if (slash == text.npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  // A colon says in which of the two the bits are counted: ::ffff:10.0.0.0/104 is written in the longer.
  const bool short_form = text.find(':') == text.npos;
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > (short_form ? 32 : 128))
    return std::nullopt;
  range.bits = short_form ? 96 + bits : bits;
  return range;
}

bool AddressPolicy::allows(const IpAddress& address) const {
  if (any_holds(listed_, address)) return true;
  return address.is_v4() ? is_open_v4(address) : is_open_v6(address);
}

}  // namespace parley::signaling

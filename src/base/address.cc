#include "base/address.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/bytes.h"

namespace parley {
namespace {

template <class T>
std::optional<T> number(std::string_view text, int radix, T max) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, radix);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return static_cast<T>(value);
}

std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<std::uint8_t, 4> octets{};
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot == 0 || dot > 3) return std::nullopt;
    const auto octet = number<std::uint8_t>(text.substr(0, dot), 10, 255);
    if (!octet) return std::nullopt;
    octets[static_cast<std::size_t>(i)] = *octet;
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return octets;
}

// One side of "::": groups of up to four hex digits, the last maybe a dotted quad.
std::optional<std::vector<std::uint16_t>> parse_groups(std::string_view text) {
  std::vector<std::uint16_t> groups;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (part.find('.') != std::string_view::npos) {
      const auto quad = parse_v4(part);
      if (!quad || colon != std::string_view::npos) return std::nullopt;
      groups.push_back(load_be16(quad->data()));
      groups.push_back(load_be16(quad->data() + 2));
      return groups;
    }
    if (part.empty() || part.size() > 4 || groups.size() == 8) return std::nullopt;
    const auto group = number<std::uint16_t>(part, 16, 0xffff);
    if (!group) return std::nullopt;
    groups.push_back(*group);
    if (colon == std::string_view::npos) return groups;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return groups;
}

std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  const std::size_t gap = text.find("::");
  const auto head = parse_groups(text.substr(0, gap == std::string_view::npos ? text.size() : gap));
  if (!head) return std::nullopt;
  std::vector<std::uint16_t> tail;
  if (gap == std::string_view::npos) {
    if (head->size() != 8) return std::nullopt;
  } else {
    const auto rest = parse_groups(text.substr(gap + 2));
    if (!rest || head->size() + rest->size() > 7) return std::nullopt;
    tail = *rest;
  }
  std::array<std::uint8_t, 16> octets{};
  for (std::size_t i = 0; i < head->size(); ++i) store_be16(&octets[2 * i], (*head)[i]);
  for (std::size_t i = 0; i < tail.size(); ++i) store_be16(&octets[2 * (8 - tail.size() + i)], tail[i]);
  return octets;
}

}  // namespace

Address Address::v4(std::array<std::uint8_t, 4> octets, std::uint16_t port) {
  Address a;
  a.family_ = Family::kV4;
  a.port_ = port;
  std::memcpy(a.octets_.data(), octets.data(), 4);
  return a;
}

Address Address::v6(const std::array<std::uint8_t, 16>& octets, std::uint16_t port, std::uint32_t scope) {
  static constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::memcmp(octets.data(), kMapped, sizeof kMapped) == 0) {
    return v4({octets[12], octets[13], octets[14], octets[15]}, port);
  }
  Address a;
  a.family_ = Family::kV6;
  a.port_ = port;
  a.scope_ = scope;
  a.octets_ = octets;
  return a;
}

std::optional<Address> Address::parse_ip(std::string_view ip, std::uint16_t port) {
  if (const auto octets = parse_v4(ip)) return v4(*octets, port);
  if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']') ip = ip.substr(1, ip.size() - 2);
  if (const auto octets = parse_v6(ip)) return v6(*octets, port);
  return std::nullopt;
}

bool Address::is_any() const {
  for (const std::uint8_t octet : octets_) {
    if (octet != 0) return false;
  }
  return valid();
}

bool Address::is_loopback() const {
  if (is_v4()) return octets_[0] == 127;
  if (!is_v6() || octets_[15] != 1) return false;
  for (std::size_t i = 0; i < 15; ++i) {
    if (octets_[i] != 0) return false;
  }
  return true;
}

Address Address::with_port(std::uint16_t port) const {
  Address a = *this;
  a.port_ = port;
  return a;
}

std::array<std::uint8_t, 4> Address::v4_octets() const {
  return {octets_[0], octets_[1], octets_[2], octets_[3]};
}

std::string Address::ip_text() const {
  if (!valid()) return "(none)";
  char text[64];
  if (is_v4()) {
    std::snprintf(text, sizeof text, "%u.%u.%u.%u", octets_[0], octets_[1], octets_[2], octets_[3]);
    return text;
  }
  // RFC 5952: the longest run of two or more zero groups is left out.
  std::array<std::uint16_t, 8> groups;
  for (std::size_t i = 0; i < 8; ++i) groups[i] = load_be16(&octets_[2 * i]);
  std::size_t best = 8, best_length = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t j = i;
    while (j < 8 && groups[j] == 0) ++j;
    if (j - i > best_length) {
      best = i;
      best_length = j - i;
    }
    i = j == i ? i + 1 : j;
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::snprintf(text, sizeof text, "%x", groups[i]);
    out += text;
  }
  return out;
}

std::string Address::to_string() const {
  const std::string ip = ip_text();
  const std::string port = std::to_string(port_);
  return is_v6() ? "[" + ip + "]:" + port : ip + ":" + port;
}

std::size_t Address::hash() const {
  std::uint64_t h = load_be64(octets_.data()) * 0x9e3779b97f4a7c15u;
  h ^= load_be64(octets_.data() + 8) + (static_cast<std::uint64_t>(port_) << 17) + scope_;
  h *= 0xbf58476d1ce4e5b9u;
  return static_cast<std::size_t>(h ^ (h >> 29));
}

}  // namespace parley

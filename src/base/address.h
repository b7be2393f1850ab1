// An IP address with its port, v4 or v6, comparable and hashable without the socket headers.
// v4 is kept as v4: what came in on a dual-stack socket as ::ffff:a.b.c.d is unmapped at the door.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

class Address {
 public:
  constexpr Address() = default;
  static Address v4(std::array<std::uint8_t, 4> octets, std::uint16_t port);
  // A v4-mapped v6 address becomes v4.
  static Address v6(const std::array<std::uint8_t, 16>& octets, std::uint16_t port, std::uint32_t scope = 0);
  // "192.0.2.1", "2001:db8::1" or "[2001:db8::1]"; nothing for other text.
  static std::optional<Address> parse_ip(std::string_view ip, std::uint16_t port);

  bool is_v4() const { return family_ == Family::kV4; }
  bool is_v6() const { return family_ == Family::kV6; }
  bool valid() const { return family_ != Family::kNone; }
  bool is_any() const;
  bool is_loopback() const;
  std::uint16_t port() const { return port_; }
  std::uint32_t scope() const { return scope_; }
  Address with_port(std::uint16_t port) const;
  std::array<std::uint8_t, 4> v4_octets() const;
  const std::array<std::uint8_t, 16>& v6_octets() const { return octets_; }

  std::string ip_text() const;
  std::string to_string() const;  // "192.0.2.1:5000", "[2001:db8::1]:5000"

  auto operator<=>(const Address&) const = default;
  std::size_t hash() const;

 private:
  enum class Family : std::uint8_t { kNone, kV4, kV6 };
  Family family_ = Family::kNone;
  std::uint16_t port_ = 0;
  std::uint32_t scope_ = 0;
  std::array<std::uint8_t, 16> octets_{};  // v4 in the first four
};

}  // namespace parley

template <>
struct std::hash<parley::Address> {
  std::size_t operator()(const parley::Address& a) const noexcept { return a.hash(); }
};

// STUN Binding messages (RFC 8489) with the attributes of ICE (RFC 8445 §16.1): a view over received bytes, and a
// writer. Short-term credentials and HMAC-SHA1 only, as ICE uses them. Called by transport/ice_lite, and by the
// engine for the ufrag that leads to a session.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/bytes.h"

namespace parley {

// RFC 8489 §5: the two class bits of the message type.
enum class StunClass : std::uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

inline constexpr std::uint16_t kStunBinding = 0x001;
inline constexpr std::size_t kStunHeaderSize = 20;

using StunTransactionId = std::array<std::uint8_t, 12>;

enum class StunAttribute : std::uint16_t {
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000a,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kSoftware = 0x8022,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802a,
};

enum class StunErrorCode : std::uint16_t {
  kBadRequest = 400,
  kUnauthenticated = 401,
  kUnknownAttribute = 420,
  kRoleConflict = 487,
};

// A STUN message, as views into the datagram. Of an attribute that comes twice the first counts (RFC 8489 §14); of
// what follows MESSAGE-INTEGRITY only FINGERPRINT does (§14.5).
struct StunView {
  enum class Fingerprint : std::uint8_t { kAbsent, kValid, kWrong };
  // A request with more unknown attributes than this is told of the first ones.
  static constexpr std::size_t kMaxUnknown = 8;

  Bytes message;
  StunClass message_class{};
  std::uint16_t method = 0;
  StunTransactionId transaction{};

  std::optional<std::string_view> username;
  std::optional<std::uint32_t> priority;
  bool use_candidate = false;
  std::optional<std::uint64_t> ice_controlling;  // the tie breaker
  std::optional<std::uint64_t> ice_controlled;
  std::optional<Address> xor_mapped_address;
  std::optional<std::uint16_t> error_code;
  std::optional<std::size_t> integrity_offset;  // of the attribute's header
  Fingerprint fingerprint = Fingerprint::kAbsent;

  // Comprehension-required attributes (below 0x8000) that we don't know.
  std::span<const std::uint16_t> unknown() const { return std::span(unknown_attributes).first(unknown_count); }
  std::array<std::uint16_t, kMaxUnknown> unknown_attributes{};
  std::size_t unknown_count = 0;
};

// Nothing if any length is wrong: the header's, an attribute's, a known attribute's value; or if FINGERPRINT is not
// the last.
std::optional<StunView> parse_stun(Bytes datagram);

// Whether MESSAGE-INTEGRITY is there and was made with `password`. Compares in constant time.
bool verify_integrity(const StunView& message, std::string_view password);

// The part of USERNAME before ':', which names the receiver of a check (RFC 8445 §7.2.2).
std::optional<std::string_view> local_ufrag_of(const StunView& message);

// Writes one message into the caller's buffer, attributes in the order of the calls. Whatever does not fit makes
// finish() return 0.
class StunWriter {
 public:
  // Padding is zero (RFC 8489 §14); RFC 5769 made its samples with spaces.
  StunWriter(MutableBytes out, StunClass message_class, const StunTransactionId& transaction, std::uint8_t padding = 0);

  void attribute(StunAttribute type, Bytes value);
  void username(std::string_view name) { attribute(StunAttribute::kUsername, as_bytes(name)); }
  void priority(std::uint32_t value);
  void use_candidate() { attribute(StunAttribute::kUseCandidate, {}); }
  void ice_controlling(std::uint64_t tie_breaker);
  void ice_controlled(std::uint64_t tie_breaker);
  void xor_mapped_address(const Address& address);
  void error(StunErrorCode code);
  void unknown_attributes(std::span<const std::uint16_t> types);
  // Covers everything before it.
  void message_integrity(std::string_view password);
  // Ends with FINGERPRINT. The size of the message, or 0.
  std::size_t finish();

 private:
  void set_length(std::size_t end);

  MutableBytes out_;
  ByteWriter writer_;
  StunTransactionId transaction_;
  std::uint8_t padding_;
};

// No answer below is larger than this.
inline constexpr std::size_t kMaxStunAnswer = 128;

// Each returns the size written, 0 if `out` is too small.
std::size_t write_binding_success(MutableBytes out, const StunTransactionId& transaction, const Address& mapped,
                                  std::string_view password);
// Without MESSAGE-INTEGRITY if `password` is empty: 400 and 401 are answered to those who have shown none (RFC 8489
// §9.1.3). `unknown` goes with kUnknownAttribute only.
std::size_t write_binding_error(MutableBytes out, const StunTransactionId& transaction, StunErrorCode code,
                                std::string_view password, std::span<const std::uint16_t> unknown = {});
std::size_t write_binding_indication(MutableBytes out, const StunTransactionId& transaction);

// What a checking agent sends; `username` is "receiver's ufrag:sender's ufrag".
struct BindingRequest {
  StunTransactionId transaction{};
  std::string_view username{};
  std::optional<std::uint32_t> priority{};
  bool use_candidate = false;
  std::optional<std::uint64_t> ice_controlling{};
  std::optional<std::uint64_t> ice_controlled{};
};
std::size_t write_binding_request(MutableBytes out, const BindingRequest& request, std::string_view password);

}  // namespace parley

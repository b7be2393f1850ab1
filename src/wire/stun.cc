#include "wire/stun.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstring>

namespace parley {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112a442;
constexpr std::size_t kAttributeHeaderSize = 4;
constexpr std::size_t kHmacSize = 20;
constexpr std::size_t kFingerprintSize = kAttributeHeaderSize + 4;
constexpr std::uint32_t kFingerprintXor = 0x5354554e;
constexpr std::size_t kMaxUsername = 508;  // RFC 8489 §14.3
constexpr std::uint16_t kComprehensionOptional = 0x8000;

constexpr std::size_t padding_of(std::size_t length) {
  return (4 - length % 4) % 4;
}

// The type's bits are M11..M7 C1 M6..M4 C0 M3..M0 (RFC 8489 §5).
constexpr StunClass class_of(std::uint16_t type) {
  return static_cast<StunClass>((type >> 7 & 2) | (type >> 4 & 1));
}
constexpr std::uint16_t method_of(std::uint16_t type) {
  return static_cast<std::uint16_t>((type & 0x000f) | (type >> 1 & 0x0070) | (type >> 2 & 0x0f80));
}
constexpr std::uint16_t binding_type(StunClass message_class) {
  const auto bits = static_cast<unsigned>(message_class);
  return static_cast<std::uint16_t>(kStunBinding | (bits & 1) << 4 | (bits & 2) << 7);
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xedb88320u ^ c >> 1 : c >> 1;
    table[i] = c;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

// The CRC of ITU V.42 over everything before FINGERPRINT, the header's length already counting it (RFC 8489 §14.7).
std::uint32_t fingerprint_of(Bytes message) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : message) crc = kCrcTable[(crc ^ byte) & 0xff] ^ crc >> 8;
  return ~crc ^ kFingerprintXor;
}

// HMAC-SHA1 over the message before MESSAGE-INTEGRITY, with a header whose length ends with that attribute (RFC 8489
// §14.5). The header goes in as a patched copy, for a received message is not ours to write into.
class Integrity {
 public:
  Integrity(Bytes before, std::string_view password) {
    std::array<std::uint8_t, kMaxHashed> text;
    if (before.size() > text.size()) return;
    std::memcpy(text.data(), before.data(), before.size());
    const std::size_t length = before.size() - kStunHeaderSize + kAttributeHeaderSize + kHmacSize;
    store_be16(&text[2], static_cast<std::uint16_t>(length));
    unsigned size = 0;
    ok_ = HMAC(sha1(), password.data(), static_cast<int>(password.size()), text.data(), before.size(), mac_.data(),
               &size) != nullptr &&
          size == kHmacSize;
  }

  bool ok() const { return ok_; }
  Bytes mac() const { return mac_; }

 private:
  // A check has well under 300 bytes. What is longer than this never verifies.
  static constexpr std::size_t kMaxHashed = 1500;

  // Looked up once: each implicit look-up takes a lock inside OpenSSL. (HMAC() still makes a context of its own each
  // time; checks come every few seconds, so that is let be.)
  static const EVP_MD* sha1() {
    static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    return md;
  }

  std::array<std::uint8_t, kHmacSize> mac_{};
  bool ok_ = false;
};

std::optional<Address> parse_xor_address(Bytes value, const StunTransactionId& transaction) {
  if (value.size() != 8 && value.size() != 20) return std::nullopt;
  const std::uint8_t family = value[1];
  const auto port = static_cast<std::uint16_t>(load_be16(&value[2]) ^ kMagicCookie >> 16);
  if (family == 1 && value.size() == 8) {
    std::array<std::uint8_t, 4> octets;
    store_be32(octets.data(), load_be32(&value[4]) ^ kMagicCookie);
    return Address::v4(octets, port);
  }
  if (family == 2 && value.size() == 20) {
    std::array<std::uint8_t, 16> octets;
    store_be32(octets.data(), load_be32(&value[4]) ^ kMagicCookie);
    for (std::size_t i = 0; i < transaction.size(); ++i) {
      octets[4 + i] = static_cast<std::uint8_t>(value[8 + i] ^ transaction[i]);
    }
    return Address::v6(octets, port);
  }
  return std::nullopt;
}

template <class T>
void keep_first(std::optional<T>& slot, T value) {
  if (!slot) slot = value;
}

void note_unknown(StunView& view, std::uint16_t type) {
  const auto known = view.unknown();
  if (view.unknown_count == StunView::kMaxUnknown || std::find(known.begin(), known.end(), type) != known.end()) return;
  view.unknown_attributes[view.unknown_count++] = type;
}

// One attribute that counts. False: its value has a shape it can't have.
bool take_attribute(StunView& view, std::uint16_t type, Bytes value, std::size_t offset) {
  switch (static_cast<StunAttribute>(type)) {
    case StunAttribute::kUsername:
      if (value.size() > kMaxUsername) return false;
      keep_first(view.username, as_text(value));
      return true;
    case StunAttribute::kPriority:
      if (value.size() != 4) return false;
      keep_first(view.priority, load_be32(value.data()));
      return true;
    case StunAttribute::kUseCandidate: view.use_candidate = true; return value.empty();
    case StunAttribute::kIceControlling:
      if (value.size() != 8) return false;
      keep_first(view.ice_controlling, load_be64(value.data()));
      return true;
    case StunAttribute::kIceControlled:
      if (value.size() != 8) return false;
      keep_first(view.ice_controlled, load_be64(value.data()));
      return true;
    case StunAttribute::kXorMappedAddress: {
      const auto address = parse_xor_address(value, view.transaction);
      if (address) keep_first(view.xor_mapped_address, *address);
      return address.has_value();
    }
    case StunAttribute::kErrorCode: {
      // Class 3..6 and number 0..99 (RFC 8489 §14.8).
      if (value.size() < 4 || (value[2] & 7) < 3 || (value[2] & 7) > 6 || value[3] > 99) return false;
      keep_first(view.error_code, static_cast<std::uint16_t>((value[2] & 7) * 100 + value[3]));
      return true;
    }
    case StunAttribute::kMessageIntegrity: view.integrity_offset = offset; return value.size() == kHmacSize;
    case StunAttribute::kMappedAddress:
    case StunAttribute::kUnknownAttributes:
    case StunAttribute::kRealm:
    case StunAttribute::kNonce:
    case StunAttribute::kSoftware:
    case StunAttribute::kFingerprint: return true;
  }
  if (type < kComprehensionOptional) note_unknown(view, type);
  return true;
}

std::string_view reason_of(StunErrorCode code) {
  switch (code) {
    case StunErrorCode::kBadRequest: return "Bad Request";
    case StunErrorCode::kUnauthenticated: return "Unauthenticated";
    case StunErrorCode::kUnknownAttribute: return "Unknown Attribute";
    case StunErrorCode::kRoleConflict: return "Role Conflict";
  }
  return "";
}

}  // namespace

std::optional<StunView> parse_stun(Bytes datagram) {
  ByteReader reader(datagram);
  StunView view;
  view.message = datagram;

  // The header. Its length counts what follows it, in words, and a datagram holds one message.
  const std::uint16_t type = reader.be16();
  const std::uint16_t length = reader.be16();
  const std::uint32_t cookie = reader.be32();
  const Bytes transaction = reader.bytes(view.transaction.size());
  if (!reader.ok() || type > 0x3fff || cookie != kMagicCookie) return std::nullopt;
  if (length % 4 != 0 || length != reader.remaining()) return std::nullopt;
  view.message_class = class_of(type);
  view.method = method_of(type);
  std::copy(transaction.begin(), transaction.end(), view.transaction.begin());

  // The attributes.
  while (reader.remaining() > 0) {
    const std::size_t offset = reader.position();
    const std::uint16_t attribute = reader.be16();
    const std::uint16_t size = reader.be16();
    const Bytes value = reader.bytes(size);
    reader.skip(padding_of(size));
    if (!reader.ok()) return std::nullopt;

    if (attribute == static_cast<std::uint16_t>(StunAttribute::kFingerprint)) {
      if (size != 4 || reader.remaining() != 0) return std::nullopt;
      const bool right = load_be32(value.data()) == fingerprint_of(datagram.first(offset));
      view.fingerprint = right ? StunView::Fingerprint::kValid : StunView::Fingerprint::kWrong;
    } else if (!view.integrity_offset && !take_attribute(view, attribute, value, offset)) {
      return std::nullopt;
    }
  }
  return view;
}

bool verify_integrity(const StunView& message, std::string_view password) {
  if (!message.integrity_offset || password.empty()) return false;
  const Integrity expected(message.message.first(*message.integrity_offset), password);
  const Bytes shown = message.message.subspan(*message.integrity_offset + kAttributeHeaderSize, kHmacSize);
  return expected.ok() && CRYPTO_memcmp(expected.mac().data(), shown.data(), kHmacSize) == 0;
}

std::optional<std::string_view> local_ufrag_of(const StunView& message) {
  if (!message.username) return std::nullopt;
  const std::size_t colon = message.username->find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return message.username->substr(0, colon);
}

StunWriter::StunWriter(MutableBytes out, StunClass message_class, const StunTransactionId& transaction,
                       std::uint8_t padding)
    : out_(out), writer_(out), transaction_(transaction), padding_(padding) {
  writer_.be16(binding_type(message_class));
  writer_.be16(0);
  writer_.be32(kMagicCookie);
  writer_.bytes(transaction);
}

void StunWriter::attribute(StunAttribute type, Bytes value) {
  writer_.be16(static_cast<std::uint16_t>(type));
  writer_.be16(static_cast<std::uint16_t>(value.size()));
  writer_.bytes(value);
  for (std::size_t i = padding_of(value.size()); i > 0; --i) writer_.u8(padding_);
}

void StunWriter::priority(std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes;
  store_be32(bytes.data(), value);
  attribute(StunAttribute::kPriority, bytes);
}

void StunWriter::ice_controlling(std::uint64_t tie_breaker) {
  std::array<std::uint8_t, 8> bytes;
  store_be64(bytes.data(), tie_breaker);
  attribute(StunAttribute::kIceControlling, bytes);
}

void StunWriter::ice_controlled(std::uint64_t tie_breaker) {
  std::array<std::uint8_t, 8> bytes;
  store_be64(bytes.data(), tie_breaker);
  attribute(StunAttribute::kIceControlled, bytes);
}

void StunWriter::xor_mapped_address(const Address& address) {
  std::array<std::uint8_t, 20> bytes{};
  bytes[1] = address.is_v4() ? 1 : 2;
  store_be16(&bytes[2], static_cast<std::uint16_t>(address.port() ^ kMagicCookie >> 16));
  if (address.is_v4()) {
    const auto octets = address.v4_octets();
    store_be32(&bytes[4], load_be32(octets.data()) ^ kMagicCookie);
    attribute(StunAttribute::kXorMappedAddress, Bytes(bytes).first(8));
    return;
  }
  const auto& octets = address.v6_octets();
  store_be32(&bytes[4], load_be32(octets.data()) ^ kMagicCookie);
  for (std::size_t i = 0; i < transaction_.size(); ++i) {
    bytes[8 + i] = static_cast<std::uint8_t>(octets[4 + i] ^ transaction_[i]);
  }
  attribute(StunAttribute::kXorMappedAddress, bytes);
}

void StunWriter::error(StunErrorCode code) {
  const auto number = static_cast<unsigned>(code);
  const std::string_view reason = reason_of(code);
  std::array<std::uint8_t, 4 + 32> bytes{};
  bytes[2] = static_cast<std::uint8_t>(number / 100);
  bytes[3] = static_cast<std::uint8_t>(number % 100);
  std::copy(reason.begin(), reason.end(), bytes.begin() + 4);
  attribute(StunAttribute::kErrorCode, Bytes(bytes).first(4 + reason.size()));
}

void StunWriter::unknown_attributes(std::span<const std::uint16_t> types) {
  std::array<std::uint8_t, 2 * StunView::kMaxUnknown> bytes{};
  const std::size_t count = std::min(types.size(), StunView::kMaxUnknown);
  for (std::size_t i = 0; i < count; ++i) store_be16(&bytes[2 * i], types[i]);
  attribute(StunAttribute::kUnknownAttributes, Bytes(bytes).first(2 * count));
}

void StunWriter::message_integrity(std::string_view password) {
  if (!writer_.ok()) return;
  const Integrity integrity(writer_.written(), password);
  // Without a code there must be no message: what is missing here makes finish() fail.
  if (!integrity.ok()) writer_ = ByteWriter({});
  attribute(StunAttribute::kMessageIntegrity, integrity.mac());
}

std::size_t StunWriter::finish() {
  if (!writer_.ok()) return 0;
  set_length(writer_.size() + kFingerprintSize);
  std::array<std::uint8_t, 4> bytes;
  store_be32(bytes.data(), fingerprint_of(writer_.written()));
  attribute(StunAttribute::kFingerprint, bytes);
  return writer_.ok() ? writer_.size() : 0;
}

void StunWriter::set_length(std::size_t end) {
  store_be16(&out_[2], static_cast<std::uint16_t>(end - kStunHeaderSize));
}

std::size_t write_binding_success(MutableBytes out, const StunTransactionId& transaction, const Address& mapped,
                                  std::string_view password) {
  StunWriter writer(out, StunClass::kSuccess, transaction);
  writer.xor_mapped_address(mapped);
  writer.message_integrity(password);
  return writer.finish();
}

std::size_t write_binding_error(MutableBytes out, const StunTransactionId& transaction, StunErrorCode code,
                                std::string_view password, std::span<const std::uint16_t> unknown) {
  StunWriter writer(out, StunClass::kError, transaction);
  writer.error(code);
  if (code == StunErrorCode::kUnknownAttribute) writer.unknown_attributes(unknown);
  if (!password.empty()) writer.message_integrity(password);
  return writer.finish();
}

std::size_t write_binding_indication(MutableBytes out, const StunTransactionId& transaction) {
  return StunWriter(out, StunClass::kIndication, transaction).finish();
}

std::size_t write_binding_request(MutableBytes out, const BindingRequest& request, std::string_view password) {
  StunWriter writer(out, StunClass::kRequest, request.transaction);
  writer.username(request.username);
  if (request.priority) writer.priority(*request.priority);
  if (request.ice_controlling) writer.ice_controlling(*request.ice_controlling);
  if (request.ice_controlled) writer.ice_controlled(*request.ice_controlled);
  if (request.use_candidate) writer.use_candidate();
  writer.message_integrity(password);
  return writer.finish();
}

}  // namespace parley

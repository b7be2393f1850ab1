// The port to SRTP (RFC 3711) with the profiles of DTLS-SRTP (RFC 5764 §4.1.2, RFC 7714 §14.2). A session owns one
// sender and one receiver, each with a key of its own. Two libraries stand behind it; they produce the same bytes.
// Packets are protected and opened in place. After the first packet of an SSRC nothing is allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>

#include "base/bytes.h"
#include "base/drop_reason.h"

namespace parley {

enum class SrtpProfile : std::uint8_t { kAeadAes128Gcm, kAeadAes256Gcm, kAesCm128HmacSha1_80 };

constexpr std::size_t srtp_key_size(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes256Gcm ? 32 : 16;
}
constexpr std::size_t srtp_salt_size(SrtpProfile profile) {
  return profile == SrtpProfile::kAesCm128HmacSha1_80 ? 14 : 12;
}
constexpr std::size_t srtp_tag_size(SrtpProfile profile) {
  return profile == SrtpProfile::kAesCm128HmacSha1_80 ? 10 : 16;
}

// What protection adds at most: an authentication tag, and on RTCP the index before or behind it.
inline constexpr std::size_t kMaxSrtpOverhead = 16;
inline constexpr std::size_t kMaxSrtcpOverhead = 16 + 4;

// As many streams as one direction of one session may have; each costs a replay window.
inline constexpr std::size_t kMaxSrtpSsrcs = 256;
// In packets; what is older than the window is a replay. RTCP has one index per SSRC that comes slowly, so less does.
inline constexpr std::size_t kSrtpReplayWindow = 1024;
inline constexpr std::size_t kSrtcpReplayWindow = 128;

struct SrtpMasterKey {
  SrtpProfile profile{};
  std::array<std::uint8_t, 32> key{};   // the first srtp_key_size() count
  std::array<std::uint8_t, 14> salt{};  // the first srtp_salt_size() count

  Bytes key_bytes() const { return Bytes(key).first(srtp_key_size(profile)); }
  Bytes salt_bytes() const { return Bytes(salt).first(srtp_salt_size(profile)); }
};

// Seen from us: a DTLS server receives by the client's write key and sends by its own.
struct SrtpKeys {
  SrtpMasterKey receive;
  SrtpMasterKey send;
};

class SrtpSender {
 public:
  virtual ~SrtpSender() = default;
  // The packet occupies buffer[0, size) and grows within the buffer. Returns the new size, or 0 when it can't be sent:
  // no room, malformed, one SSRC too many, or an index that was protected before (a second use of it would give the key
  // away).
  virtual std::size_t protect_rtp(MutableBytes buffer, std::size_t size) = 0;
  virtual std::size_t protect_rtcp(MutableBytes buffer, std::size_t size) = 0;
};

class SrtpReceiver {
 public:
  virtual ~SrtpReceiver() = default;
  // Returns the size of the plain packet, which starts where the packet started. A packet that is refused changes no
  // state, but its bytes may be spoilt. Reasons: kBadRtp, kBadRtcp, kReplay, kAuthentication, kSsrcLimit.
  virtual std::expected<std::size_t, DropReason> unprotect_rtp(MutableBytes packet) = 0;
  virtual std::expected<std::size_t, DropReason> unprotect_rtcp(MutableBytes packet) = 0;
};

enum class SrtpLibrary : std::uint8_t { kOpenssl, kLibsrtp };

std::unique_ptr<SrtpSender> make_srtp_sender(SrtpLibrary library, const SrtpMasterKey& key);
std::unique_ptr<SrtpReceiver> make_srtp_receiver(SrtpLibrary library, const SrtpMasterKey& key);

}  // namespace parley

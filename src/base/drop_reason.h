// Every packet that stops has a reason with a name; the name is also the metric.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley {

enum class DropReason : std::uint8_t {
  kUnknownDatagram,  // first byte is none of RFC 7983's
  kTooLarge,
  kBadStun,              // malformed, or without a valid fingerprint
  kStunIntegrity,        // unknown ufrag or wrong MESSAGE-INTEGRITY
  kAddressNotValidated,  // DTLS, RTP or RTCP from an address that ICE has not validated
  kDtlsTooEarly,
  kDtlsFailed,
  kNoKeys,  // SRTP before the handshake is done
  kBadRtp,
  kBadRtcp,
  kReplay,
  kAuthentication,
  kUnknownSsrc,  // neither mid, rid nor announced SSRC leads to an m-line
  kSsrcLimit,
  kUnknownPayloadType,
  kPaddingOnly,
  kDuplicate,
  kTooOld,
  kNotPermitted,
  kNoSubscriber,
  kMuted,
  kPaused,
  kCodecUnsupported,  // the slot's answer has no such codec
  kWaitingForKeyframe,
  kLayerNotSelected,
  kPoolExhausted,
  kQueueFull,
  kSuspectPath,  // consent is getting old (RFC 7675), video waits
  kNoPath,       // no nominated pair
  kSendFailed,
  kCount,
};

std::string_view to_string(DropReason reason);

class DropCounters {
 public:
  void add(DropReason reason) { ++counts_[static_cast<std::size_t>(reason)]; }
  std::uint64_t operator[](DropReason reason) const { return counts_[static_cast<std::size_t>(reason)]; }
  DropCounters& operator+=(const DropCounters& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    return *this;
  }

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(DropReason::kCount)> counts_{};
};

}  // namespace parley

// What kind of datagram this is, by its first bytes (RFC 7983 §7; RTP against RTCP by RFC 5761 §4). The first
// question asked of everything that comes in; it promises nothing about the rest of the datagram.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace parley {

enum class DatagramClass : std::uint8_t { kStun, kDtls, kRtp, kRtcp, kUnknown };

DatagramClass classify(Bytes datagram);

}  // namespace parley

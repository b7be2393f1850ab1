#include "wire/demux.h"

namespace parley {

DatagramClass classify(Bytes datagram) {
  if (datagram.empty()) return DatagramClass::kUnknown;
  const std::uint8_t first = datagram[0];
  if (first <= 3) return DatagramClass::kStun;
  if (first >= 20 && first <= 63) return DatagramClass::kDtls;
  if (first < 128 || first > 191 || datagram.size() < 2) return DatagramClass::kUnknown;

  // RTCP's packet type is the whole second byte. The payload types 64..95 that would look like it with the marker set
  // are not given to RTP where both share a port.
  const std::uint8_t second = datagram[1];
  return second >= 192 && second <= 223 ? DatagramClass::kRtcp : DatagramClass::kRtp;
}

}  // namespace parley

// Any bytes as an RTP packet: what parses is written again and must read the same.
#include <array>
#include <cstdint>

#include "base/check.h"
#include "wire/rtp.h"
#include "wire/rtx.h"

using namespace parley;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes packet(data, size);
  const auto view = parse_rtp(packet);
  if (!view) return 0;
  PARLEY_CHECK(view->header_size + view->payload.size() + view->padding_size == size);
  PARLEY_CHECK(view->extension_block.size() % 4 == 0);
  if (const auto original = unwrap_rtx(*view, PayloadType(96), Ssrc(1))) {
    PARLEY_CHECK(original->payload.size() + 2 == view->payload.size());
  }

  if (view->extension_block.size() > 1024) return 0;
  std::array<std::uint8_t, 1100> out{};
  const RtpFields fields{view->marker, false, view->payload_type, view->sequence, view->timestamp, view->ssrc};
  const std::size_t header = write_rtp_header(out, fields, view->extension_profile, view->extension_block);
  if (view->extension_profile == 0 && !view->extension_block.empty()) return 0;
  PARLEY_CHECK(header != 0);
  const auto again = parse_rtp(Bytes(out).first(header));
  PARLEY_CHECK(again && again->header_size == header);
  PARLEY_CHECK(again->sequence == view->sequence && again->ssrc == view->ssrc && again->marker == view->marker);
  PARLEY_CHECK(again->extension_block.size() == view->extension_block.size());
  return 0;
}

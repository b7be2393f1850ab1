#include "wire/rtx.h"

namespace parley {

std::optional<std::uint16_t> rtx_original_sequence(const RtpView& rtx) {
  if (rtx.payload.size() < kRtxPrefixSize) return std::nullopt;
  return load_be16(rtx.payload.data());
}

std::optional<RtpView> unwrap_rtx(const RtpView& rtx, PayloadType original_payload_type, Ssrc original_ssrc) {
  const auto sequence = rtx_original_sequence(rtx);
  if (!sequence) return std::nullopt;
  RtpView original = rtx;
  original.sequence = *sequence;
  original.payload_type = original_payload_type;
  original.ssrc = original_ssrc;
  original.header_size += kRtxPrefixSize;
  original.payload = rtx.payload.subspan(kRtxPrefixSize);
  return original;
}

std::size_t write_rtx_prefix(MutableBytes out, std::uint16_t original_sequence) {
  if (out.size() < kRtxPrefixSize) return 0;
  store_be16(out.data(), original_sequence);
  return kRtxPrefixSize;
}

}  // namespace parley

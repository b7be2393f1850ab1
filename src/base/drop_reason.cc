#include "base/drop_reason.h"

namespace parley {

std::string_view to_string(DropReason reason) {
  switch (reason) {
    case DropReason::kUnknownDatagram: return "unknown_datagram";
    case DropReason::kTooLarge: return "too_large";
    case DropReason::kBadStun: return "bad_stun";
    case DropReason::kStunIntegrity: return "stun_integrity";
    case DropReason::kAddressNotValidated: return "address_not_validated";
    case DropReason::kDtlsTooEarly: return "dtls_too_early";
    case DropReason::kDtlsFailed: return "dtls_failed";
    case DropReason::kNoKeys: return "no_keys";
    case DropReason::kBadRtp: return "bad_rtp";
    case DropReason::kBadRtcp: return "bad_rtcp";
    case DropReason::kReplay: return "replay";
    case DropReason::kAuthentication: return "authentication";
    case DropReason::kUnknownSsrc: return "unknown_ssrc";
    case DropReason::kSsrcLimit: return "ssrc_limit";
    case DropReason::kUnknownPayloadType: return "unknown_payload_type";
    case DropReason::kPaddingOnly: return "padding_only";
    case DropReason::kDuplicate: return "duplicate";
    case DropReason::kTooOld: return "too_old";
    case DropReason::kNotPermitted: return "not_permitted";
    case DropReason::kNoSubscriber: return "no_subscriber";
    case DropReason::kMuted: return "muted";
    case DropReason::kPaused: return "paused";
    case DropReason::kCodecUnsupported: return "codec_unsupported";
    case DropReason::kWaitingForKeyframe: return "waiting_for_keyframe";
    case DropReason::kLayerNotSelected: return "layer_not_selected";
    case DropReason::kPoolExhausted: return "pool_exhausted";
    case DropReason::kQueueFull: return "queue_full";
    case DropReason::kSuspectPath: return "suspect_path";
    case DropReason::kNoPath: return "no_path";
    case DropReason::kSendFailed: return "send_failed";
    case DropReason::kCount: break;
  }
  return "unknown";
}

}  // namespace parley

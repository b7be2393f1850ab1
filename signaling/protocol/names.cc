#include "signaling/protocol/names.h"

namespace parley::signaling {

std::string_view wire_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadRequest: return "bad_request";
    case ErrorCode::kBadSdp: return "bad_sdp";
    case ErrorCode::kUnauthorized: return "unauthorized";
    case ErrorCode::kForbidden: return "forbidden";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kTooLarge: return "too_large";
    case ErrorCode::kTooMany: return "too_many";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kConfig:
    case ErrorCode::kEnvironment:
    case ErrorCode::kInternal: break;
  }
  return "internal";
}

std::string_view wire_name(CloseReason reason) {
  switch (reason) {
    case CloseReason::kLeft: return "left";
    case CloseReason::kReplaced: return "replaced";
    case CloseReason::kRemoved: return "removed";
    case CloseReason::kIceTimeout: return "ice_timeout";
    case CloseReason::kDtlsFailed: return "dtls_failed";
    case CloseReason::kDtlsClosed: return "dtls_closed";
    case CloseReason::kTokenExpired: return "token_expired";
    case CloseReason::kSignalingLost: return "signaling_lost";
    case CloseReason::kShutdown: return "shutdown";
  }
  return "removed";
}

std::string_view wire_name(UnbindReason reason) {
  switch (reason) {
    case UnbindReason::kTrackEnded: return "track_ended";
    case UnbindReason::kMemberLeft: return "member_left";
    case UnbindReason::kReassigned: return "reassigned";
    case UnbindReason::kCodecUnsupported: return "codec_unsupported";
    case UnbindReason::kSlotClosed: return "slot_closed";
  }
  return "slot_closed";
}

std::optional<TrackSource> track_source(std::string_view name) {
  for (const TrackSource source :
       {TrackSource::kMicrophone, TrackSource::kCamera, TrackSource::kScreen, TrackSource::kScreenAudio}) {
    if (name == to_string(source)) return source;
  }
  return std::nullopt;
}

}  // namespace parley::signaling

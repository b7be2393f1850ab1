#include "signaling/protocol/names.h"

namespace parley::signaling {

std::string_view wire_name(ErrorCode code) {
  // What concerns the operator is nobody else's business.
  if (code == ErrorCode::kConfig || code == ErrorCode::kEnvironment) code = ErrorCode::kInternal;
  return to_string(code);
}

std::optional<TrackSource> track_source(std::string_view name) {
  for (const TrackSource source :
       {TrackSource::kMicrophone, TrackSource::kCamera, TrackSource::kScreen, TrackSource::kScreenAudio}) {
    if (name == to_string(source)) return source;
  }
  return std::nullopt;
}

}  // namespace parley::signaling

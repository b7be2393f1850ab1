#include "signaling/hub/store_faults.h"

namespace parley::signaling {

CallFault fault_of(const store::Failure& failure) {
  using store::Fault;
  switch (failure.fault) {
    case Fault::kInvalid: return Error{ErrorCode::kBadRequest, "this can't be kept as it is"};
    case Fault::kLimit: return Error{ErrorCode::kTooMany, "there is as much of it as there may be"};
    case Fault::kNotFound: return call::RefusalCode::kNotFound;
    case Fault::kMoved:
    case Fault::kInUse: return Error{ErrorCode::kConflict, "something unfinished stands in the way; try again"};
    case Fault::kOverloaded:
    case Fault::kClosed: return Error{ErrorCode::kUnavailable, "too busy right now; try again"};
    case Fault::kDiskFull:
    case Fault::kIo:
    case Fault::kCorrupt:
    case Fault::kWrongSchema:
    case Fault::kUnsupported: break;
  }
  return Error{ErrorCode::kInternal, "what is stored can't be reached; try again later"};
}

}  // namespace parley::signaling

// What a member is told when the store could not do it. The store's own sentence is for the log: it may name files.
#pragma once

#include "signaling/hub/calls_ports.h"
#include "signaling/store/store_types.h"

namespace parley::signaling {

CallFault fault_of(const store::Failure& failure);

}  // namespace parley::signaling

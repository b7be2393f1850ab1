// What one peer's RTCP says, sorted: the compound is split once, and each part goes to whom it concerns. A free
// function over plain references, so that it owns nothing.
#pragma once

#include <span>

#include "base/bytes.h"
#include "base/slot_map.h"
#include "base/time.h"
#include "media/send_stream.h"
#include "session/ingress.h"
#include "session/session_events.h"

namespace parley {

// The round trip to the peer as its reception reports tell it (RFC 3550 §6.4.1), smoothed.
struct RoundTrip {
  Duration smoothed{};
  bool known = false;
  void add(Duration sample);
};

// A slot as the inbox sees it.
struct SlotRef {
  Ssrc ssrc;
  Handle<SendStream> handle;
};

// False if the compound does not parse; then nothing was taken from it.
bool receive_rtcp(Bytes compound, Time arrival, Ingress& ingress, std::span<const SlotRef> slots,
                  SlotMap<SendStream>& streams, RoundTrip& round_trip, SessionEvents& events);

}  // namespace parley

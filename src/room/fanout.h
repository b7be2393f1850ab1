// The hot loop: one packet of a publication to everyone who gets it. Nothing here allocates, locks or copies a payload;
// each subscriber costs a look at its fields, a pair of numbers and a note in its egress queue.
#pragma once

#include <cstdint>
#include <vector>

#include "base/drop_reason.h"
#include "base/slot_map.h"
#include "media/media_packet.h"
#include "media/send_stream.h"
#include "room/publication.h"

namespace parley {

// What a fan-out has to tell, once per binding.
struct BindingNews {
  SessionId subscriber{};
  Handle<SendStream> stream;
  TrackId track{};
  bool unsupported = false;         // else: started
  std::uint32_t rtp_timestamp = 0;  // of the first packet, on the slot's line
};

void fan_out(Publication& publication, const MediaPacket& packet, SlotMap<SendStream>& streams, DropCounters& drops,
             std::vector<BindingNews>& news);

}  // namespace parley

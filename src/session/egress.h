// The one door out of a session: notes of media and plain RTCP go in, protected datagrams come out, in order, numbered
// where the number belongs to departure, stamped and counted. Owned by the session; visited by flush() when dirty.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/datagram.h"
#include "base/drop_reason.h"
#include "base/outbox.h"
#include "base/packet_pool.h"
#include "base/slot_map.h"
#include "base/time.h"
#include "media/egress_queue.h"
#include "media/send_stream.h"
#include "transport/srtp.h"
#include "wire/codec.h"

namespace parley {

class Egress {
 public:
  Egress(PacketPool& pool, SlotMap<SendStream>& streams, DirtyList& dirty, DropCounters& drops, std::uint32_t session)
      : pool_(&pool), streams_(&streams), drops_(&drops), queue_(dirty, session) {}

  EgressQueue& queue() { return queue_; }
  void configure(const ExtensionMap& extensions, bool two_byte_permitted);
  // From here on things can leave.
  void open(std::unique_ptr<SrtpSender> sender) { sender_ = std::move(sender); }
  bool is_open() const { return sender_ != nullptr; }

  // A plain compound; its packet needs room for kMaxSrtcpOverhead.
  void send_rtcp(PacketRef compound);

  // Everything leaves by `path`, or is dropped with a reason where there is none. Returns the number of RTP packets
  // sent.
  std::size_t flush(Time now, const Path* path, Outbox& out);

 private:
  PacketRef make_packet(const EgressNote& note, SendStream& stream, Time now);

  PacketPool* pool_;
  SlotMap<SendStream>* streams_;
  DropCounters* drops_;
  EgressQueue queue_;
  std::vector<PacketRef> rtcp_;
  std::unique_ptr<SrtpSender> sender_;
  ExtensionMap extensions_;
  bool two_byte_permitted_ = false;
  std::uint16_t transport_sequence_ = 0;  // one counter over everything that leaves
};

}  // namespace parley

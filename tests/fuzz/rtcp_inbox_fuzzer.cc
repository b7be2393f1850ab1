// Whatever a peer writes into its RTCP: nothing is taken from a compound that does not parse, wishes are only for slots
// that exist and once each, only streams that were heard end, and no round trip is longer than a network's.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "session/rtcp_inbox.h"
#include "support/packets.h"
#include "wire/rtcp.h"

using namespace parley;

namespace {

constexpr Time kNow{100s};
constexpr std::uint32_t kSlots[] = {0xa1, 0xa2, 0xa3};
constexpr std::uint32_t kSources[] = {1, 2};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  PacketPool pool(4);
  SessionParams params;
  params.extensions = test::kPublisherIds;
  CodecParams vp8;
  vp8.codec = Codec::kVp8;
  vp8.payload_type = PayloadType(96);
  params.receive.push_back({"v", MediaKind::kVideo, {vp8}, {}, {}});
  Ingress ingress;
  ingress.configure(params);
  ingress.set_route("v", Route{5, 1});
  for (const std::uint32_t ssrc : kSources) {
    PARLEY_CHECK(ingress.receive(
        pool.copy_of(test::make_rtp({.ssrc = ssrc, .mid = "v", .payload = test::vp8_payload(1, true)})), kNow));
  }

  DirtyList dirty;
  EgressQueue queue(dirty, 0);
  Rng rng(1);
  SlotMap<SendStream> streams;
  std::vector<SlotRef> slots;
  for (const std::uint32_t ssrc : kSlots) {
    slots.push_back(
        {Ssrc(ssrc), streams.emplace(SendStreamParams{"m", MediaKind::kVideo, Ssrc(ssrc), {}}, queue, rng)});
  }

  RoundTrip round_trip;
  SessionEvents events;
  const bool parsed = receive_rtcp({data, size}, kNow + 20s, ingress, slots, streams, round_trip, events);
  PARLEY_CHECK(parsed == is_valid_rtcp({data, size}));
  if (!parsed) PARLEY_CHECK(events.empty() && !round_trip.known && ingress.streams() == std::size(kSources));

  std::vector<Handle<SendStream>> wanted;
  for (const SessionEvent& event : events) {
    const auto* wish = std::get_if<KeyframeWanted>(&event);
    PARLEY_CHECK(wish != nullptr);
    PARLEY_CHECK(streams.find(wish->stream) != nullptr);
    PARLEY_CHECK(std::ranges::find(wanted, wish->stream) == wanted.end());
    wanted.push_back(wish->stream);
  }
  PARLEY_CHECK(ingress.streams() <= std::size(kSources));
  if (round_trip.known) PARLEY_CHECK(round_trip.smoothed >= Duration{} && round_trip.smoothed < 10s);

  std::vector<ReportBlock> blocks;
  ingress.report(kNow + 21s, blocks);
  PARLEY_CHECK(blocks.size() == ingress.streams());
  return 0;
}

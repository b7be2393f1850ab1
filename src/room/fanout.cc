#include "room/fanout.h"

namespace parley {
namespace {

// One numbering at a time: a source that began later takes over at once (an encoder that restarted, a new SSRC), an
// earlier one only when the current one has fallen silent. Every receiver begins anew with it.
bool take_over(Publication& publication, const MediaPacket& packet, SlotMap<SendStream>& streams) {
  const bool earlier = packet.source < publication.source;
  if (earlier && packet.arrival - publication.last_packet < kStreamSilence) return false;
  const bool first = publication.source == 0;
  publication.source = packet.source;
  if (first) return true;
  for (Subscription& subscription : publication.subscriptions) {
    subscription.waiting_for_keyframe = publication.kind == MediaKind::kVideo;
    if (SendStream* stream = streams.find(subscription.stream)) stream->begin_run();
  }
  return true;
}

}  // namespace

void fan_out(Publication& publication, const MediaPacket& packet, SlotMap<SendStream>& streams, DropCounters& drops,
             std::vector<BindingNews>& news) {
  // Muted by its publisher?
  if (publication.muted) return drops.add(DropReason::kMuted);
  if (publication.subscriptions.empty()) return drops.add(DropReason::kNoSubscriber);

  // Is it the publisher's current stream?
  if (packet.source != publication.source && !take_over(publication, packet, streams))
    return drops.add(DropReason::kTooOld);
  publication.last_packet = packet.arrival;

  // A keyframe answers everyone who waits for one.
  if (packet.facts.keyframe_start) publication.gate.on_keyframe(packet.arrival);

  const bool video = publication.kind == MediaKind::kVideo;
  const bool padding_only = packet.rtp.payload.empty();

  for (Subscription& subscription : publication.subscriptions) {
    // Is the receiver there?
    SendStream* stream = streams.find(subscription.stream);
    if (stream == nullptr || stream->held()) {
      subscription.waiting_for_keyframe = video;
      drops.add(stream == nullptr ? DropReason::kNoSubscriber : DropReason::kSuspectPath);
      continue;
    }

    // Padding is between the publisher and us.
    if (padding_only) {
      stream->skip(packet);
      drops.add(DropReason::kPaddingOnly);
      continue;
    }

    // Has it the codec? A publisher may change it in mid-call; what comes after that begins anew.
    if (!stream->takes(packet)) {
      stream->begin_run();
      subscription.waiting_for_keyframe = video;
      drops.add(DropReason::kCodecUnsupported);
      if (!subscription.unsupported)
        news.push_back({subscription.subscriber, subscription.stream, publication.track, true, 0});
      subscription.unsupported = true;
      continue;
    }

    // Can its decoder begin here?
    if (subscription.waiting_for_keyframe) {
      if (!packet.facts.keyframe_start) {
        publication.gate.want(packet.arrival);
        drops.add(DropReason::kWaitingForKeyframe);
        continue;
      }
      subscription.waiting_for_keyframe = false;
    }

    // Number it, queue it.
    const auto forwarded = stream->forward(packet);
    if (!forwarded) {
      drops.add(forwarded.error());
      continue;
    }
    if (!subscription.started) {
      subscription.started = true;
      news.push_back({subscription.subscriber, subscription.stream, publication.track, false, forwarded->timestamp});
    }
  }
}

}  // namespace parley

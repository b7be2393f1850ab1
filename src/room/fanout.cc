#include "room/fanout.h"

namespace parley {

void fan_out(Publication& publication, const MediaPacket& packet, SlotMap<SendStream>& streams, DropCounters& drops,
             std::vector<BindingNews>& news) {
  // Muted by its publisher?
  if (publication.muted) return drops.add(DropReason::kMuted);
  if (publication.subscriptions.empty()) return drops.add(DropReason::kNoSubscriber);

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
      if (forwarded.error() == DropReason::kCodecUnsupported && !subscription.unsupported) {
        subscription.unsupported = true;
        news.push_back({subscription.subscriber, subscription.stream, publication.track, true, 0});
      }
      continue;
    }
    if (!subscription.started) {
      subscription.started = true;
      news.push_back({subscription.subscriber, subscription.stream, publication.track, false, forwarded->timestamp});
    }
  }
}

}  // namespace parley

#include "room/room.h"

#include <algorithm>

namespace parley {

Route Room::publish(TrackId track, SessionId publisher, MediaKind kind, bool muted) {
  const Handle<Publication> h = publications_.emplace(track, publisher, kind, muted, keyframe_interval_);
  return {h.index, h.generation};
}

void Room::unpublish(TrackId track) {
  const Handle<Publication> h = find(track);
  if (!h) return;
  end_runs(*publications_.find(h));
  publications_.erase(h);
}

void Room::mute(TrackId track, bool muted, Time now) {
  Publication* publication = publications_.find(find(track));
  if (publication == nullptr || publication->muted == muted) return;
  publication->muted = muted;
  if (muted) return end_runs(*publication);
  if (publication->kind != MediaKind::kVideo) return;
  for (Subscription& subscription : publication->subscriptions) subscription.waiting_for_keyframe = true;
  if (!publication->subscriptions.empty()) publication->gate.want(now);
}

bool Room::bind(TrackId track, SessionId subscriber, Handle<SendStream> stream, Time now) {
  unbind(stream);
  Publication* publication = publications_.find(find(track));
  if (publication == nullptr) return false;
  const bool video = publication->kind == MediaKind::kVideo;
  publication->subscriptions.push_back({subscriber, stream, video, false, false});
  if (SendStream* target = streams_->find(stream)) target->begin_run();
  if (video && !publication->muted) publication->gate.want(now);
  return true;
}

void Room::unbind(Handle<SendStream> stream) {
  publications_.for_each([&](Handle<Publication>, Publication& publication) {
    std::erase_if(publication.subscriptions, [&](const Subscription& s) { return s.stream == stream; });
  });
  if (SendStream* target = streams_->find(stream)) target->begin_run();
}

void Room::want_keyframe(Handle<SendStream> stream, Time now) {
  publications_.for_each([&](Handle<Publication>, Publication& publication) {
    if (publication.kind != MediaKind::kVideo || publication.muted) return;
    const bool bound =
        std::ranges::any_of(publication.subscriptions, [&](const Subscription& s) { return s.stream == stream; });
    if (bound) publication.gate.want(now);
  });
}

void Room::receive(const MediaPacket& packet, DropCounters& drops, std::vector<BindingNews>& news) {
  Publication* publication = find(packet.route);
  if (publication == nullptr) return drops.add(DropReason::kNotPermitted);
  fan_out(*publication, packet, *streams_, drops, news);
}

void Room::tick(Time now, std::vector<KeyframeRequest>& requests) {
  publications_.for_each([&](Handle<Publication> h, Publication& publication) {
    if (publication.gate.take_request(now)) requests.push_back({publication.publisher, {h.index, h.generation}});
  });
}

Time Room::next_deadline() const {
  Time next = kNever;
  publications_.for_each([&](Handle<Publication>, const Publication& publication) {
    next = std::min(next, publication.gate.next_deadline());
  });
  return next;
}

std::vector<TrackId> Room::forget(SessionId session) {
  std::vector<TrackId> ended;
  publications_.for_each([&](Handle<Publication> h, Publication& publication) {
    if (publication.publisher == session) {
      ended.push_back(publication.track);
      end_runs(publication);
      publications_.erase(h);
      return;
    }
    std::erase_if(publication.subscriptions, [&](const Subscription& s) { return s.subscriber == session; });
  });
  return ended;
}

Publication* Room::find(Route route) {
  return publications_.find({route.index, route.generation});
}

Handle<Publication> Room::find(TrackId track) {
  Handle<Publication> found;
  publications_.for_each([&](Handle<Publication> h, Publication& publication) {
    if (publication.track == track) found = h;
  });
  return found;
}

void Room::end_runs(Publication& publication) {
  for (const Subscription& subscription : publication.subscriptions) {
    if (SendStream* stream = streams_->find(subscription.stream)) stream->begin_run();
  }
}

}  // namespace parley

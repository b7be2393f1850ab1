#include "server/bindings.h"

#include <algorithm>
#include <optional>

#include "server/slot_binder.h"

namespace parley {
namespace {

using Tracks = std::vector<const TrackRecord*>;

std::vector<std::optional<TrackId>> decide(const SessionRecord& session, const Tracks& tracks) {
  std::vector<BinderSlot> slots;
  for (const SlotRecord& slot : session.slots) {
    const auto bound = slot.bound ? std::optional(slot.bound->track) : std::nullopt;
    slots.push_back({.kind = slot.kind, .pair = slot.pair, .bound = bound, .refused = slot.refused});
  }
  std::vector<BinderTrack> candidates;
  for (const TrackRecord* track : tracks) {
    const TrackInfo& info = track->info;
    candidates.push_back({info.track, info.session, info.kind, info.source, track->order});
  }
  return bind_slots(slots, candidates);
}

const TrackRecord* find(const Tracks& tracks, TrackId id) {
  const auto it = std::ranges::find_if(tracks, [id](const TrackRecord* track) { return track->info.track == id; });
  return it == tracks.end() ? nullptr : *it;
}

bool carries(const SlotRecord& slot, TrackId track) {
  return slot.bound && slot.bound->track == track;
}

}  // namespace

void Bindings::rebind(SessionRecord& session, UnbindReason gone, Commands& out) {
  const Tracks tracks = registry_.receivable(session);
  const std::vector<std::optional<TrackId>> wanted = decide(session, tracks);

  // What leaves a slot leaves first, so that no track ever stands in two.
  for (std::size_t i = 0; i < session.slots.size(); ++i) {
    SlotRecord& slot = session.slots[i];
    if (!slot.bound || wanted[i] == slot.bound->track) continue;
    const bool still_there = find(tracks, slot.bound->track) != nullptr;
    unbind(session, slot, still_there ? UnbindReason::kReassigned : gone, out);
  }
  for (std::size_t i = 0; i < session.slots.size(); ++i) {
    SlotRecord& slot = session.slots[i];
    if (!wanted[i] || slot.bound) continue;
    slot.bound = find(tracks, *wanted[i])->info;
    slot.announced = false;
    out.push_back(BindSlot{session.id(), slot.mid, *wanted[i]});
  }
}

void Bindings::rebind_others(const SessionRecord& than, UnbindReason gone, Commands& out) {
  for (SessionRecord* other : registry_.others(than)) rebind(*other, gone, out);
}

void Bindings::unbind(SessionRecord& session, SlotRecord& slot, UnbindReason reason, Commands& out) {
  if (!slot.bound) return;
  out.push_back(UnbindSlot{session.id(), slot.mid});
  if (slot.announced || reason == UnbindReason::kCodecUnsupported) {
    events_.push(session.id(), SlotUnbound{slot.mid, *slot.bound, reason});
  }
  slot.bound.reset();
  slot.announced = false;
}

void Bindings::forget_refusals(const SessionRecord& publisher, TrackId track) {
  for (SessionRecord* other : registry_.others(publisher)) {
    for (SlotRecord& slot : other->slots) std::erase(slot.refused, track);
  }
}

// Either may speak of a binding that has changed since.
void Bindings::on_started(const SlotStarted& started) {
  SessionRecord* session = registry_.find(started.session);
  SlotRecord* slot = session == nullptr ? nullptr : session->slot(started.mid);
  if (slot == nullptr || !carries(*slot, started.track)) return;
  if (const TrackRecord* track = find(registry_.receivable(*session), started.track)) slot->bound = track->info;
  slot->announced = true;
  events_.push(session->id(), SlotBound{slot->mid, *slot->bound, started.rtp_timestamp});
}

void Bindings::on_unsupported(const SlotCodecUnsupported& unsupported, Commands& out) {
  SessionRecord* session = registry_.find(unsupported.session);
  SlotRecord* slot = session == nullptr ? nullptr : session->slot(unsupported.mid);
  if (slot == nullptr || !carries(*slot, unsupported.track)) return;
  // Slots with the same codecs would refuse it too: no need to try them one by one.
  for (SlotRecord& other : session->slots) {
    if (other.kind == slot->kind && other.codecs == slot->codecs) other.refused.push_back(unsupported.track);
  }
  unbind(*session, *slot, UnbindReason::kCodecUnsupported, out);
  rebind(*session, UnbindReason::kTrackEnded, out);
}

}  // namespace parley

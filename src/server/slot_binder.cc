#include "server/slot_binder.h"

#include <algorithm>
#include <tuple>

namespace parley {
namespace {

bool is_screen(TrackSource source) {
  return source == TrackSource::kScreen || source == TrackSource::kScreenAudio;
}

bool takes(const BinderSlot& slot, const BinderTrack& track) {
  return slot.kind == track.kind && std::ranges::find(slot.refused, track.track) == slot.refused.end();
}

// What is seen and heard together: a member's camera and microphone, or their screen and its sound.
bool belong_together(const BinderTrack& a, const BinderTrack& b) {
  return a.publisher == b.publisher && is_screen(a.source) == is_screen(b.source);
}

class Binder {
 public:
  Binder(std::span<const BinderSlot> slots, std::span<const BinderTrack> tracks) : slots_(slots), bound_(slots.size()) {
    for (const BinderTrack& track : tracks) by_priority_.push_back(&track);
    std::ranges::sort(by_priority_, {}, [this](const BinderTrack* track) { return rank(*track); });
  }

  std::vector<std::optional<TrackId>> run() {
    const std::vector<const BinderTrack*> wanted = choose();
    for (const BinderTrack* track : wanted) keep(*track);
    for (const BinderTrack* track : wanted) place(*track);
    // A wanted track may have found all free slots refusing it; what is left is the others'.
    for (const BinderTrack* track : by_priority_) keep(*track);
    for (const BinderTrack* track : by_priority_) place(*track);

    std::vector<std::optional<TrackId>> result;
    for (const BinderTrack* track : bound_)
      result.push_back(track == nullptr ? std::nullopt : std::optional(track->track));
    return result;
  }

 private:
  // Screens before all; then who is seen already, so that nobody gives way to an equal; then in the order of
  // publication.
  std::tuple<bool, bool, std::uint64_t> rank(const BinderTrack& track) const {
    const auto shows = [&track](const BinderSlot& slot) { return slot.bound == track.track && takes(slot, track); };
    return {!is_screen(track.source), std::ranges::none_of(slots_, shows), track.order};
  }

  // As many tracks of each kind as there are slots.
  std::vector<const BinderTrack*> choose() const {
    std::vector<const BinderTrack*> chosen;
    for (const TrackKind kind : {TrackKind::kAudio, TrackKind::kVideo}) {
      auto room = std::ranges::count(slots_, kind, &BinderSlot::kind);
      for (const BinderTrack* track : by_priority_) {
        if (room == 0) break;
        const auto takes_it = [track](const BinderSlot& slot) { return takes(slot, *track); };
        if (track->kind != kind || std::ranges::none_of(slots_, takes_it)) continue;
        chosen.push_back(track);
        --room;
      }
    }
    std::ranges::sort(chosen, {}, [this](const BinderTrack* track) { return rank(*track); });
    return chosen;
  }

  bool placed(const BinderTrack& track) const { return std::ranges::find(bound_, &track) != bound_.end(); }

  void keep(const BinderTrack& track) {
    if (placed(track)) return;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (bound_[i] != nullptr || slots_[i].bound != track.track || !takes(slots_[i], track)) continue;
      bound_[i] = &track;
      return;
    }
  }

  void place(const BinderTrack& track) {
    if (placed(track)) return;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (bound_[i] != nullptr || !takes(slots_[i], track)) continue;
      if (!best || fitness(i, track) > fitness(*best, track)) best = i;
    }
    if (best) bound_[*best] = &track;
  }

  // Where its sibling is; else where the sibling would find a place; else in a slot without a partner; else beside a
  // stranger.
  int fitness(std::size_t slot, const BinderTrack& track) const {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].kind == slots_[slot].kind || slots_[i].pair != slots_[slot].pair) continue;
      if (bound_[i] == nullptr) return 2;
      return belong_together(*bound_[i], track) ? 3 : 0;
    }
    return 1;
  }

  std::span<const BinderSlot> slots_;
  std::vector<const BinderTrack*> by_priority_;
  std::vector<const BinderTrack*> bound_;
};

}  // namespace

std::vector<std::optional<TrackId>> bind_slots(std::span<const BinderSlot> slots, std::span<const BinderTrack> tracks) {
  return Binder(slots, tracks).run();
}

}  // namespace parley

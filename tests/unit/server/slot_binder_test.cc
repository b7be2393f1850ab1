#include "server/slot_binder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/rng.h"

namespace parley {
namespace {

using ::testing::ElementsAre;
using Bound = std::optional<TrackId>;

constexpr auto kNone = std::nullopt;
constexpr Bound bound(std::uint64_t track) {
  return TrackId{track};
}

BinderSlot audio_slot(std::size_t pair, Bound track = kNone) {
  return {TrackKind::kAudio, pair, track, {}};
}
BinderSlot video_slot(std::size_t pair, Bound track = kNone) {
  return {TrackKind::kVideo, pair, track, {}};
}

// Order of publication is the track's number.
BinderTrack track(std::uint64_t number, std::uint64_t publisher, TrackSource source) {
  const bool audio = source == TrackSource::kMicrophone || source == TrackSource::kScreenAudio;
  return {TrackId{number}, SessionId{publisher}, audio ? TrackKind::kAudio : TrackKind::kVideo, source, number};
}
BinderTrack camera(std::uint64_t number, std::uint64_t publisher) {
  return track(number, publisher, TrackSource::kCamera);
}
BinderTrack microphone(std::uint64_t number, std::uint64_t publisher) {
  return track(number, publisher, TrackSource::kMicrophone);
}
BinderTrack screen(std::uint64_t number, std::uint64_t publisher) {
  return track(number, publisher, TrackSource::kScreen);
}

std::vector<Bound> bind(std::vector<BinderSlot> slots, std::vector<BinderTrack> tracks) {
  return bind_slots(slots, tracks);
}

TEST(SlotBinder, FillsSlotsInTheOrderOfPublication) {
  EXPECT_THAT(bind({video_slot(0), video_slot(1)}, {camera(3, 30), camera(1, 10), camera(2, 20)}),
              ElementsAre(bound(1), bound(2)));
}

TEST(SlotBinder, NeverPutsAudioIntoAVideoSlot) {
  EXPECT_THAT(bind({video_slot(0), audio_slot(0)}, {microphone(1, 10)}), ElementsAre(kNone, bound(1)));
}

TEST(SlotBinder, LeavesABoundTrackWhereItIs) {
  EXPECT_THAT(bind({video_slot(0), video_slot(1, TrackId{2}), video_slot(2)}, {camera(1, 10), camera(2, 20)}),
              ElementsAre(bound(1), bound(2), kNone));
}

TEST(SlotBinder, RefillsASlotThatATrackLeft) {
  EXPECT_THAT(bind({video_slot(0, TrackId{1}), video_slot(1, TrackId{2})}, {camera(2, 20), camera(3, 30)}),
              ElementsAre(bound(3), bound(2)));
}

TEST(SlotBinder, GivesAScreenThePlaceOfTheLatestCamera) {
  EXPECT_THAT(
      bind({video_slot(0, TrackId{2}), video_slot(1, TrackId{1})}, {camera(1, 10), camera(2, 20), screen(3, 10)}),
      ElementsAre(bound(3), bound(1)));
}

TEST(SlotBinder, GivesTheCameraItsPlaceBackWhenTheScreenEnds) {
  EXPECT_THAT(bind({video_slot(0, TrackId{3}), video_slot(1, TrackId{1})}, {camera(1, 10), camera(2, 20)}),
              ElementsAre(bound(2), bound(1)));
}

TEST(SlotBinder, ALaterCameraTakesNobodysPlace) {
  EXPECT_THAT(bind({video_slot(0, TrackId{1})}, {camera(1, 10), camera(2, 20)}), ElementsAre(bound(1)));
}

TEST(SlotBinder, ACameraThatIsSeenDoesNotGiveWayToAnEarlierOne) {
  EXPECT_THAT(bind({video_slot(1, TrackId{2})}, {camera(1, 10), camera(2, 20)}), ElementsAre(bound(2)));
}

TEST(SlotBinder, KeepsOneMemberInOnePair) {
  EXPECT_THAT(bind({audio_slot(0), audio_slot(1), video_slot(0), video_slot(1)},
                   {microphone(1, 10), microphone(2, 20), camera(3, 20), camera(4, 10)}),
              ElementsAre(bound(1), bound(2), bound(4), bound(3)));
}

TEST(SlotBinder, JoinsACameraToAMicrophoneThatIsThereAlready) {
  EXPECT_THAT(bind({audio_slot(0, TrackId{1}), audio_slot(1, TrackId{2}), video_slot(0), video_slot(1)},
                   {microphone(1, 10), microphone(2, 20), camera(5, 20)}),
              ElementsAre(bound(1), bound(2), kNone, bound(5)));
}

TEST(SlotBinder, PutsAScreenNotBesideItsMembersMicrophoneButFree) {
  EXPECT_THAT(bind({audio_slot(0, TrackId{1}), audio_slot(1), video_slot(0), video_slot(1)},
                   {microphone(1, 10), camera(2, 10), screen(3, 10)}),
              ElementsAre(bound(1), kNone, bound(2), bound(3)));
}

TEST(SlotBinder, TriesTheNextTrackWhereACodecIsMissing) {
  BinderSlot slot = video_slot(0, TrackId{1});
  slot.refused = {TrackId{1}};
  EXPECT_THAT(bind({slot}, {camera(1, 10), camera(2, 20)}), ElementsAre(bound(2)));
}

TEST(SlotBinder, ATrackRefusedEverywhereTakesNoPlaceInTheCount) {
  BinderSlot a = video_slot(0);
  BinderSlot b = video_slot(1, TrackId{3});
  a.refused = b.refused = {TrackId{1}};
  EXPECT_THAT(bind({a, b}, {camera(1, 10), camera(2, 20), camera(3, 30)}), ElementsAre(bound(2), bound(3)));
}

TEST(SlotBinder, DoesNotLeaveASlotEmptyForATrackItRefuses) {
  BinderSlot refusing = video_slot(1);
  refusing.refused = {TrackId{2}};
  EXPECT_THAT(bind({video_slot(0, TrackId{1}), refusing}, {camera(1, 10), camera(2, 20), camera(3, 30)}),
              ElementsAre(bound(1), bound(3)));
}

// Any room, any history: what must hold after each decision.
class SlotBinderProperty : public ::testing::TestWithParam<std::uint64_t> {};

struct Scene {
  std::vector<BinderSlot> slots;
  std::vector<BinderTrack> tracks;
};

void change(Scene& scene, Rng& rng, std::uint64_t& next_track, bool refusals_differ) {
  switch (rng.below(6)) {
    case 0:
    case 1: scene.tracks.push_back(track(next_track++, rng.below(5), static_cast<TrackSource>(rng.below(4)))); break;
    case 2:
      if (!scene.tracks.empty()) {
        scene.tracks.erase(scene.tracks.begin() + static_cast<std::ptrdiff_t>(rng.below(scene.tracks.size())));
      }
      break;
    case 3:
      if (scene.slots.size() < 10) {
        const auto kind = static_cast<TrackKind>(rng.below(2));
        const auto k = std::ranges::count(scene.slots, kind, &BinderSlot::kind);
        BinderSlot slot{kind, static_cast<std::size_t>(k), kNone, {}};
        if (!refusals_differ && !scene.slots.empty()) slot.refused = scene.slots.front().refused;
        scene.slots.push_back(slot);
      }
      break;
    case 4:
      if (!scene.slots.empty()) scene.slots.pop_back();
      break;
    case 5:
      if (!scene.tracks.empty() && !scene.slots.empty()) {
        const TrackId refused = scene.tracks[rng.below(scene.tracks.size())].track;
        for (BinderSlot& slot : scene.slots) {
          if (!refusals_differ || rng.chance(0.5)) slot.refused.push_back(refused);
        }
      }
      break;
  }
}

bool refuses(const BinderSlot& slot, const BinderTrack& t) {
  return slot.kind != t.kind || std::ranges::find(slot.refused, t.track) != slot.refused.end();
}

void check(const Scene& scene, const std::vector<Bound>& result, bool refusals_differ) {
  ASSERT_EQ(result.size(), scene.slots.size());
  std::set<TrackId> seen;
  const auto find = [&scene](TrackId id) { return std::ranges::find(scene.tracks, id, &BinderTrack::track); };
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!result[i]) continue;
    ASSERT_TRUE(seen.insert(*result[i]).second) << "a track stands in two slots";
    ASSERT_NE(find(*result[i]), scene.tracks.end()) << "a track that is gone is bound";
    ASSERT_FALSE(refuses(scene.slots[i], *find(*result[i])));
  }
  for (const BinderTrack& t : scene.tracks) {
    const bool is_bound = seen.contains(t.track);
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (refuses(scene.slots[i], t)) continue;
      if (!is_bound) {
        ASSERT_TRUE(result[i]) << "a slot is empty though a track waits for it";
        const BinderTrack& there = *find(*result[i]);
        const bool t_screen = t.source == TrackSource::kScreen || t.source == TrackSource::kScreenAudio;
        const bool there_screen = there.source == TrackSource::kScreen || there.source == TrackSource::kScreenAudio;
        const bool there_before = std::ranges::find(scene.slots, result[i], &BinderSlot::bound) != scene.slots.end();
        const bool first = t_screen != there_screen ? t_screen : !there_before && t.order < there.order;
        if (!refusals_differ) {
          ASSERT_FALSE(first) << "a track waits for one that comes after it";
        }
      } else if (scene.slots[i].bound == t.track && !refusals_differ) {
        ASSERT_EQ(result[i], t.track) << "a bound track was moved";
      }
    }
  }
}

TEST_P(SlotBinderProperty, HoldsAfterAnyHistory) {
  Rng rng(GetParam());
  const bool refusals_differ = GetParam() % 2 == 1;
  Scene scene;
  std::uint64_t next_track = 1;
  for (int step = 0; step < 400; ++step) {
    change(scene, rng, next_track, refusals_differ);
    const std::vector<Bound> result = bind_slots(scene.slots, scene.tracks);
    check(scene, result, refusals_differ);
    if (HasFatalFailure()) FAIL() << "seed " << GetParam() << ", step " << step;
    for (std::size_t i = 0; i < result.size(); ++i) scene.slots[i].bound = result[i];
    ASSERT_EQ(bind_slots(scene.slots, scene.tracks), result) << "asked twice, it answers twice the same";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SlotBinderProperty, ::testing::Range<std::uint64_t>(0, 50));

}  // namespace
}  // namespace parley

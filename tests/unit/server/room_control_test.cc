#include "server/room_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/server/event_recorder.h"
#include "unit/server/offers.h"
#include "unit/server/worker_model.h"

namespace parley {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::make_offer;
using testing::OfferLine;

const OfferLine kMicrophone{"m", "audio", "sendonly"};
const OfferLine kCamera{"c", "video", "sendonly"};
OfferLine audio_slot(int k) {
  return {"a" + std::to_string(k), "audio", "recvonly"};
}
OfferLine video_slot(int k, std::string codec = {}) {
  return {"v" + std::to_string(k), "video", "recvonly", std::move(codec)};
}
OfferLine stopped(OfferLine line) {
  line.stopped = true;
  line.direction = "inactive";
  return line;
}

// The rules with a worker that only takes notes.
class RoomControlTest : public ::testing::Test {
 protected:
  SessionId join(const std::string& member, const std::string& only_publisher = {}) {
    RoomRecord* room = registry_.find_room("room");
    if (room == nullptr) room = &registry_.add_room("room", 0);
    SessionRecord session;
    session.info.member = member;
    session.permissions = {.publish = true, .subscribe = true};
    session.only_publisher = only_publisher;
    session.cname = "cname";
    return control_.enter(registry_.add_session(*room, std::move(session))).session;
  }

  void negotiate(SessionId id, const std::vector<OfferLine>& lines, const std::vector<TrackNote>& notes = {}) {
    SessionRecord& session = *registry_.find(id);
    sdp::AnswerContext context;
    context.fresh_ice = {"srvr", "serverserverserverserver"};
    context.fingerprints = {{HashAlgorithm::kSha256, std::vector<std::uint8_t>(32, 7)}};
    context.cname = session.cname;
    auto answer = sdp::answer(make_offer(lines), context, rng_, session.negotiated ? &*session.negotiated : nullptr);
    ASSERT_TRUE(answer.has_value()) << to_string(answer.error());
    worker_.execute(control_.apply(session, std::move(*answer), notes));
  }

  void leave(SessionId id, CloseReason reason = CloseReason::kLeft) {
    worker_.execute(control_.leave(*registry_.find(id), reason));
  }
  void report(const EngineEvent& event) { worker_.execute(control_.on_event(event)); }
  // The slot's binding begins to flow.
  void start(SessionId session, const std::string& mid, std::uint32_t timestamp = 1000) {
    const auto track = worker_.bound(session, mid);
    ASSERT_TRUE(track.has_value());
    report(SlotStarted{session, mid, *track, timestamp});
  }
  std::vector<std::string> events() {
    queue_.deliver();
    return recorder_.take();
  }
  // "1/camera", or "" for an empty slot.
  std::string in_slot(SessionId session, const std::string& mid) {
    const auto track = worker_.bound(session, mid);
    const SlotRecord* slot = registry_.find(session)->slot(mid);
    EXPECT_EQ(track.has_value(), slot != nullptr && slot->bound.has_value()) << "the worker and the registry disagree";
    return track ? testing::name_of(*slot->bound) : "";
  }
  TrackRecord& track(SessionId session, const std::string& mid) { return *registry_.find(session)->track(mid); }

  Rng rng_{1};
  Registry registry_;
  testing::EventRecorder recorder_;
  EventQueue queue_{recorder_, [] {}};
  RoomControl control_{registry_, queue_};
  testing::WorkerModel worker_;
};

TEST_F(RoomControlTest, TellsTheOthersWhoCameAndTheNewcomerWhoIsThere) {
  const SessionId alice = join("alice");
  negotiate(alice, {kMicrophone});
  const SessionId bob = join("bob");
  EXPECT_THAT(events(), ElementsAre("1 joined bob"));

  const Joined carol = control_.enter(registry_.add_session(*registry_.find_room("room"), {}));
  EXPECT_EQ(carol.members.size(), 2u);
  ASSERT_EQ(carol.tracks.size(), 1u);
  EXPECT_EQ(carol.tracks[0].session, alice);
  EXPECT_EQ(carol.members[1].session, bob);
}

TEST_F(RoomControlTest, BindsATrackToASlotWhicheverCameFirst) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(alice, {kCamera, video_slot(0)});
  negotiate(bob, {kCamera, video_slot(0)});
  EXPECT_EQ(in_slot(alice, "v0"), "2/camera");
  EXPECT_EQ(in_slot(bob, "v0"), "1/camera");
}

TEST_F(RoomControlTest, TellsOfABindingWhenMediaFlowsAndNotBefore) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(alice, {kCamera});
  negotiate(bob, {video_slot(0)});
  EXPECT_THAT(events(), ElementsAre("1 joined bob", "2 published 1/camera"));
  start(bob, "v0", 4711);
  EXPECT_THAT(events(), ElementsAre("2 bound v0=1/camera at 4711"));
}

TEST_F(RoomControlTest, DoesNotBelieveNewsOfABindingThatIsOver) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(alice, {kCamera});
  negotiate(bob, {video_slot(0)});
  const TrackId gone = *worker_.bound(bob, "v0");
  leave(alice);
  events();
  report(SlotStarted{bob, "v0", gone, 1});
  report(SlotCodecUnsupported{bob, "v0", gone});
  report(SlotStarted{alice, "v0", gone, 1});
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(RoomControlTest, SaysGoodbyeInOrderWhenAMemberLeaves) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(alice, {kCamera});
  negotiate(bob, {video_slot(0)});
  start(bob, "v0");
  events();
  leave(alice);
  EXPECT_THAT(events(), ElementsAre("2 unbound v0=1/camera member_left", "2 ended 1/camera", "2 left alice left",
                                    "1 closed left"));
  EXPECT_EQ(in_slot(bob, "v0"), "");
  EXPECT_FALSE(worker_.knows(alice));
}

TEST_F(RoomControlTest, ClosedIsTheLastThatASessionHears) {
  const SessionId alice = join("alice");
  negotiate(alice, {video_slot(0)});
  const SessionId bob = join("bob");
  leave(alice, CloseReason::kRemoved);
  negotiate(bob, {kCamera});
  report(SessionConnected{alice});
  report(SessionSuspect{alice, true});
  EXPECT_THAT(events(), ElementsAre("1 joined bob", "2 left alice removed", "1 closed removed"));
}

TEST_F(RoomControlTest, ARoomGoesWithItsLastMember) {
  const SessionId alice = join("alice");
  leave(alice);
  EXPECT_EQ(registry_.find_room("room"), nullptr);
  EXPECT_EQ(registry_.session_count(), 0u);
}

TEST_F(RoomControlTest, ASessionTheWorkerLostIsGoneForEverybody) {
  join("alice");
  const SessionId bob = join("bob");
  negotiate(bob, {kCamera});
  events();
  report(SessionEnded{bob, CloseReason::kIceTimeout});
  EXPECT_THAT(events(), ElementsAre("1 ended 2/camera", "1 left bob ice_timeout", "2 closed ice_timeout"));
}

TEST_F(RoomControlTest, AReofferAddsAndEndsTracks) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(alice, {audio_slot(0), video_slot(0)});
  negotiate(bob, {kMicrophone});
  events();
  negotiate(bob, {kMicrophone, kCamera});
  EXPECT_THAT(events(), ElementsAre("1 published 2/camera"));
  EXPECT_EQ(in_slot(alice, "v0"), "2/camera");

  negotiate(bob, {stopped(kMicrophone), kCamera});
  EXPECT_THAT(events(), ElementsAre("1 ended 2/microphone"));
  EXPECT_EQ(in_slot(alice, "a0"), "");
  EXPECT_EQ(in_slot(alice, "v0"), "2/camera");
}

TEST_F(RoomControlTest, AReofferAddsAndClosesSlots) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  const SessionId carol = join("carol");
  negotiate(alice, {kCamera});
  negotiate(bob, {kCamera});
  negotiate(carol, {video_slot(0)});
  EXPECT_EQ(in_slot(carol, "v0"), "1/camera");
  start(carol, "v0");
  events();

  negotiate(carol, {video_slot(0), video_slot(1)});
  EXPECT_EQ(in_slot(carol, "v0"), "1/camera");
  EXPECT_EQ(in_slot(carol, "v1"), "2/camera");

  negotiate(carol, {stopped(video_slot(0)), video_slot(1)});
  EXPECT_THAT(events(), ElementsAre("3 unbound v0=1/camera slot_closed"));
  EXPECT_EQ(in_slot(carol, "v1"), "2/camera");
}

TEST_F(RoomControlTest, AnOfferThatChangesNothingAsksNothingOfTheWorker) {
  const SessionId alice = join("alice");
  negotiate(alice, {kCamera, video_slot(0)});
  negotiate(alice, {kCamera, video_slot(0)});
  EXPECT_EQ(worker_.updates(), 0u);
}

TEST_F(RoomControlTest, NotesNameScreensAndMutes) {
  const SessionId alice = join("alice");
  join("bob");
  events();
  negotiate(alice, {kCamera, kMicrophone}, {{"c", TrackSource::kScreen, false}, {"m", TrackSource::kMicrophone, true}});
  EXPECT_THAT(events(), ElementsAre("2 published 1/screen", "2 published 1/microphone (muted)"));
  EXPECT_TRUE(worker_.muted(track(alice, "m").info.track));
}

TEST_F(RoomControlTest, ATrackWhoseSourceChangesIsAnotherTrack) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(bob, {video_slot(0)});
  negotiate(alice, {kCamera});
  start(bob, "v0");
  events();
  const TrackId before = track(alice, "c").info.track;
  negotiate(alice, {kCamera}, {{"c", TrackSource::kScreen, false}});
  EXPECT_THAT(events(), ElementsAre("2 unbound v0=1/camera track_ended", "2 ended 1/camera", "2 published 1/screen"));
  EXPECT_NE(track(alice, "c").info.track, before);
  EXPECT_EQ(in_slot(bob, "v0"), "1/screen");
}

TEST_F(RoomControlTest, AScreenTakesThePlaceOfACameraAndGivesItBack) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(bob, {video_slot(0)});
  negotiate(alice, {kCamera});
  start(bob, "v0");
  const OfferLine screen{"s", "video", "sendonly"};
  negotiate(alice, {kCamera, screen}, {{"s", TrackSource::kScreen, false}});
  EXPECT_EQ(in_slot(bob, "v0"), "1/screen");
  start(bob, "v0");
  negotiate(alice, {kCamera, stopped(screen)});
  EXPECT_EQ(in_slot(bob, "v0"), "1/camera");
  EXPECT_THAT(events(),
              ElementsAre("1 joined bob", "2 published 1/camera", "2 bound v0=1/camera at 1000", "2 published 1/screen",
                          "2 unbound v0=1/camera reassigned", "2 bound v0=1/screen at 1000",
                          "2 unbound v0=1/screen track_ended", "2 ended 1/screen"));
}

TEST_F(RoomControlTest, MuteIsToldAndEnforcedOnce) {
  const SessionId alice = join("alice");
  join("bob");
  negotiate(alice, {kCamera});
  events();
  SessionRecord& record = *registry_.find(alice);
  EXPECT_EQ(control_.mute(record, record.tracks[0], true).size(), 1u);
  EXPECT_THAT(control_.mute(record, record.tracks[0], true), IsEmpty());
  EXPECT_THAT(events(), ElementsAre("2 mute 1/camera (muted)"));
}

TEST_F(RoomControlTest, ATrackWithoutACommonCodecIsToldOnceAndTheNextOneTried) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  const SessionId carol = join("carol");
  negotiate(alice, {kCamera});
  negotiate(bob, {kCamera});
  negotiate(carol, {video_slot(0), video_slot(1)});
  EXPECT_EQ(in_slot(carol, "v0"), "1/camera");
  events();

  report(SlotCodecUnsupported{carol, "v0", *worker_.bound(carol, "v0")});
  EXPECT_THAT(events(), ElementsAre("3 unbound v0=1/camera codec_unsupported"));
  EXPECT_EQ(in_slot(carol, "v0"), "");
  EXPECT_EQ(in_slot(carol, "v1"), "2/camera");

  // Nor is it tried again when something else changes.
  const SessionId dave = join("dave");
  negotiate(dave, {kCamera});
  EXPECT_EQ(in_slot(carol, "v0"), "4/camera");
  leave(dave);
  EXPECT_EQ(in_slot(carol, "v0"), "");
}

TEST_F(RoomControlTest, ASlotWithOtherCodecsMayTakeWhatOneRefused) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  negotiate(alice, {kCamera});
  negotiate(bob, {video_slot(0, "H264"), video_slot(1, "VP9")});
  report(SlotCodecUnsupported{bob, "v0", *worker_.bound(bob, "v0")});
  EXPECT_EQ(in_slot(bob, "v0"), "");
  EXPECT_EQ(in_slot(bob, "v1"), "1/camera");
}

TEST_F(RoomControlTest, AViewerOfOneReceivesOnlyThem) {
  const SessionId alice = join("alice");
  const SessionId bob = join("bob");
  const SessionId viewer = join("viewer", "bob");
  negotiate(alice, {kCamera});
  negotiate(viewer, {video_slot(0)});
  EXPECT_EQ(in_slot(viewer, "v0"), "");
  negotiate(bob, {kCamera});
  EXPECT_EQ(in_slot(viewer, "v0"), "2/camera");
}

TEST_F(RoomControlTest, AtShutdownEachHearsOfItsOwnEndOnly) {
  const SessionId alice = join("alice");
  join("bob");
  negotiate(alice, {kCamera});
  events();
  worker_.execute(control_.shut_down(registry_.find_room("room")->id));
  EXPECT_THAT(events(), ElementsAre("1 closed shutdown", "2 closed shutdown"));
  EXPECT_FALSE(worker_.knows(alice));
  EXPECT_EQ(registry_.room_count(), 0u);
}

TEST_F(RoomControlTest, ANoteThatContradictsItsLineIsRefusedBySentence) {
  SessionParams params;
  params.receive.push_back({.mid = "0", .kind = MediaKind::kAudio, .codecs = {}, .rids = {}, .ssrcs = {}});
  const std::vector<TrackNote> wrong = {{"0", TrackSource::kCamera, false}};
  const auto refused = check_notes(wrong, params);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "the note for mid \"0\" says camera, but the m-line is audio");
  const std::vector<TrackNote> right = {{"0", TrackSource::kScreenAudio, false},
                                        {"unknown", TrackSource::kCamera, false}};
  EXPECT_TRUE(check_notes(right, params).has_value());
}

// Whatever people do, the worker is asked for nothing impossible (WorkerModel checks each command), knows the same
// bindings as the registry, and every client's picture of its slots, made from events alone, is right.
class RoomControlProperty : public RoomControlTest, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(RoomControlProperty, KeepsWorkerRegistryAndClientsInAgreement) {
  Rng rng(GetParam());
  std::map<SessionId, std::vector<OfferLine>> offers;
  const auto any = [&] {
    auto it = offers.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(rng.below(offers.size())));
    return it->first;
  };
  for (int step = 0; step < 300; ++step) {
    const auto what = rng.below(8);
    if (offers.empty() || (what == 0 && offers.size() < 6)) {
      offers[join("m" + std::to_string(step))] = {};
    } else if (what == 1) {
      const SessionId id = any();
      offers.erase(id);
      rng.chance(0.5) || !registry_.find(id)->negotiated ? leave(id) : leave(id, CloseReason::kIceTimeout);
    } else if (what <= 4) {
      const SessionId id = any();
      std::vector<OfferLine>& lines = offers[id];
      for (OfferLine& line : lines) {
        if (rng.chance(0.2)) line.direction = std::vector{"sendonly", "recvonly", "sendrecv", "inactive"}[rng.below(4)];
      }
      if (lines.size() < 8) {
        lines.push_back({std::to_string(lines.size()), rng.chance(0.5) ? "audio" : "video",
                         std::vector{"sendonly", "recvonly", "sendrecv"}[rng.below(3)]});
      }
      std::vector<TrackNote> notes;
      for (const OfferLine& line : lines) {
        if (line.kind == "video" && rng.chance(0.1)) notes.push_back({line.mid, TrackSource::kScreen, rng.chance(0.3)});
      }
      negotiate(id, lines, notes);
    } else if (!worker_.bindings().empty()) {
      auto it = worker_.bindings().begin();
      std::advance(it, static_cast<std::ptrdiff_t>(rng.below(worker_.bindings().size())));
      const auto [slot, track] = *it;
      if (what == 5) {
        report(SlotCodecUnsupported{slot.first, slot.second, track});
      } else {
        report(SlotStarted{slot.first, slot.second, track, 1});
      }
    }
    if (HasFailure()) FAIL() << "seed " << GetParam() << ", step " << step;

    std::size_t bound = 0;
    for (const auto& [id, lines] : offers) {
      for (const SlotRecord& slot : registry_.find(id)->slots) {
        if (!slot.bound) continue;
        ++bound;
        ASSERT_EQ(worker_.bound(id, slot.mid), slot.bound->track);
        ASSERT_NE(slot.bound->session, id) << "nobody sees themselves";
      }
    }
    ASSERT_EQ(bound, worker_.bindings().size());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoomControlProperty, ::testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace parley

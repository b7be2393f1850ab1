// An observer that writes down what it was told, in words: "2 published 1/camera", "2 bound v0=1/camera".
#pragma once

#include <string>
#include <vector>

#include "parley/events.h"

namespace parley::testing {

// By session number: "1/camera".
inline std::string name_of(const TrackInfo& track) {
  return std::to_string(number(track.session)) + "/" + to_string(track.source) + (track.muted ? " (muted)" : "");
}

inline std::string describe(const RoomEvent& event) {
  struct Words {
    std::string operator()(const MemberJoined& e) { return "joined " + e.member.member; }
    std::string operator()(const MemberLeft& e) {
      return "left " + e.member.member + " " + std::string(to_string(e.reason));
    }
    std::string operator()(const TrackPublished& e) { return "published " + name_of(e.track); }
    std::string operator()(const TrackEnded& e) { return "ended " + name_of(e.track); }
    std::string operator()(const TrackMuted& e) { return "mute " + name_of(e.track); }
    std::string operator()(const Connected&) { return "connected"; }
    std::string operator()(const PathSuspect& e) { return e.suspect ? "suspect" : "fine"; }
    std::string operator()(const SlotBound& e) {
      return "bound " + e.slot + "=" + name_of(e.track) + " at " + std::to_string(e.rtp_timestamp);
    }
    std::string operator()(const SlotUnbound& e) {
      return "unbound " + e.slot + "=" + name_of(e.track) + " " + std::string(to_string(e.reason));
    }
    std::string operator()(const Closed& e) { return "closed " + std::string(to_string(e.reason)); }
  };
  return std::visit(Words{}, event);
}

class EventRecorder : public Observer {
 public:
  void on_event(SessionId to, const RoomEvent& event) override {
    events.push_back(std::to_string(number(to)) + " " + describe(event));
  }
  std::vector<std::string> take() { return std::exchange(events, {}); }

  std::vector<std::string> events;
};

}  // namespace parley::testing

// What a worker knows after the commands it was sent, and whether they came in an order that makes sense.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/commands.h"

namespace parley::testing {

class WorkerModel {
 public:
  using Slot = std::pair<SessionId, std::string>;

  void execute(const std::vector<Command>& commands) {
    for (const Command& command : commands) std::visit([this](const auto& c) { on(c); }, command);
  }

  bool knows(SessionId session) const { return sessions_.contains(session); }
  std::optional<TrackId> bound(SessionId session, const std::string& mid) const {
    const auto it = bindings_.find({session, mid});
    return it == bindings_.end() ? std::nullopt : std::optional(it->second);
  }
  const std::map<Slot, TrackId>& bindings() const { return bindings_; }
  std::size_t tracks() const { return tracks_.size(); }
  bool muted(TrackId track) const { return muted_.contains(track); }
  std::size_t updates() const { return updates_; }

 private:
  void on(const AddSession& c) { EXPECT_TRUE(sessions_.emplace(c.session, c.params).second) << "added twice"; }
  void on(const UpdateSession& c) {
    ASSERT_TRUE(knows(c.session));
    ++updates_;
    sessions_[c.session] = c.params;
    for (const auto& [slot, track] : bindings_) {
      EXPECT_TRUE(slot.first != c.session || has_slot(slot)) << "a slot was closed with a track in it";
    }
    for (const auto& [track, owner] : tracks_) {
      EXPECT_TRUE(owner.first != c.session || sends(owner)) << "an m-line was closed with its track published";
    }
  }
  void on(const RestartIce& c) { EXPECT_TRUE(knows(c.session)); }
  void on(const RemoveSession& c) {
    EXPECT_EQ(sessions_.erase(c.session), 1u) << "removed without being known";
    for (const auto& [slot, track] : bindings_)
      EXPECT_FALSE(tracks_.at(track).first == c.session) << "ended while bound";
    std::erase_if(bindings_, [&](const auto& b) { return b.first.first == c.session; });
    std::erase_if(tracks_, [&](const auto& t) { return t.second.first == c.session; });
  }
  void on(const PublishTrack& c) {
    EXPECT_TRUE(sends({c.session, c.mid})) << "published on an m-line that does not send";
    for (const auto& [track, owner] : tracks_) EXPECT_NE(owner, Slot(c.session, c.mid)) << "two tracks on one m-line";
    EXPECT_TRUE(tracks_.emplace(c.track, Slot(c.session, c.mid)).second);
    if (c.muted) muted_.insert(c.track);
  }
  void on(const UnpublishTrack& c) {
    for (const auto& [slot, track] : bindings_) EXPECT_NE(track, c.track) << "ended while bound";
    EXPECT_EQ(tracks_.erase(c.track), 1u);
  }
  void on(const MuteTrack& c) {
    EXPECT_TRUE(tracks_.contains(c.track));
    if (c.muted) {
      muted_.insert(c.track);
    } else {
      muted_.erase(c.track);
    }
  }
  void on(const BindSlot& c) {
    const Slot slot(c.session, c.mid);
    EXPECT_TRUE(has_slot(slot)) << "bound to a slot that is not there";
    EXPECT_TRUE(tracks_.contains(c.track)) << "bound before it was published";
    for (const auto& [other, track] : bindings_) {
      EXPECT_FALSE(track == c.track && other.first == c.session && other != slot) << "one track in two slots";
    }
    bindings_[slot] = c.track;
  }
  void on(const UnbindSlot& c) { EXPECT_EQ(bindings_.erase({c.session, c.mid}), 1u); }

  bool has_slot(const Slot& slot) const { return knows(slot.first) && has(sessions_.at(slot.first).send, slot.second); }
  bool sends(const Slot& line) const { return knows(line.first) && has(sessions_.at(line.first).receive, line.second); }
  template <class Lines>
  static bool has(const Lines& lines, const std::string& mid) {
    for (const auto& line : lines) {
      if (line.mid == mid) return true;
    }
    return false;
  }

  std::map<SessionId, SessionParams> sessions_;
  std::map<TrackId, Slot> tracks_;
  std::set<TrackId> muted_;
  std::map<Slot, TrackId> bindings_;
  std::size_t updates_ = 0;
};

}  // namespace parley::testing

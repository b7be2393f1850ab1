#include "server/event_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley {
namespace {

// Calls back from within on_event().
class Meddler final : public Observer {
 public:
  void on_event(SessionId to, const RoomEvent&) override {
    EXPECT_FALSE(inside_) << "an event came within another";
    inside_ = true;
    heard.push_back(number(to));
    if (number(to) < 3) queue->push(SessionId{number(to) + 1}, Connected{});
    queue->deliver();
    inside_ = false;
  }
  EventQueue* queue = nullptr;
  std::vector<std::uint64_t> heard;

 private:
  bool inside_ = false;
};

TEST(EventQueue, DeliversWhatAnEventCausesAfterItAndNotWithinIt) {
  Meddler meddler;
  int wakes = 0;
  EventQueue queue(meddler, [&wakes] { ++wakes; });
  meddler.queue = &queue;
  queue.push(SessionId{1}, Connected{});
  EXPECT_EQ(wakes, 1);
  EXPECT_TRUE(meddler.heard.empty());
  queue.deliver();
  EXPECT_EQ(meddler.heard, (std::vector<std::uint64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace parley

#include "signaling/loop_tasks.h"

#include <gtest/gtest.h>
#include <uv.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace parley::signaling {
namespace {

class LoopTasksTest : public testing::Test {
 protected:
  LoopTasksTest() { uv_loop_init(&loop_); }
  ~LoopTasksTest() override {
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0) << "something was left on the loop";
  }
  uv_loop_t loop_{};
};

TEST_F(LoopTasksTest, RunsTasksOfAnotherThreadOnTheLoopsInTheirOrder) {
  LoopTasks tasks(&loop_);
  std::vector<int> done;
  const auto here = std::this_thread::get_id();
  bool all_here = true;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) {
      tasks.post([&, i] {
        done.push_back(i);
        all_here &= std::this_thread::get_id() == here;
      });
    }
  });
  while (done.size() < 1000) uv_run(&loop_, UV_RUN_ONCE);
  other.join();
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_TRUE(all_here);
  tasks.close();
}

TEST_F(LoopTasksTest, ATaskMayPostAnother) {
  LoopTasks tasks(&loop_);
  bool done = false;
  tasks.post([&] { tasks.post([&] { done = true; }); });
  while (!done) uv_run(&loop_, UV_RUN_ONCE);
  tasks.close();
}

TEST_F(LoopTasksTest, DropsWhatComesAfterItsEnd) {
  LoopTasks tasks(&loop_);
  bool done = false;
  tasks.post([&] { done = true; });
  tasks.close();
  tasks.close();
  tasks.post([&] { done = true; });
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_FALSE(done);
}

}  // namespace
}  // namespace parley::signaling

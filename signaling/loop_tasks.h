// Hands tasks from any thread to the thread of a libuv loop, where they run in the order in which they came: the
// executor of the store.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

struct uv_loop_s;
struct uv_async_s;

namespace parley::signaling {

class LoopTasks {
 public:
  explicit LoopTasks(uv_loop_s* loop);
  ~LoopTasks();
  LoopTasks(const LoopTasks&) = delete;
  LoopTasks& operator=(const LoopTasks&) = delete;

  // From any thread. After close() the task is dropped.
  void post(std::function<void()> task);
  // On the loop's thread: does now what has come so far.
  void run();
  // On the loop's thread: the loop may end, once it has had another turn. Idempotent.
  void close();

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  uv_async_s* wake_ = nullptr;  // none: closed
};

}  // namespace parley::signaling

#include "signaling/loop_tasks.h"

#include <uv.h>

#include <utility>

namespace parley::signaling {

LoopTasks::LoopTasks(uv_loop_s* loop) : wake_(new uv_async_t) {
  uv_async_init(loop, wake_, [](uv_async_t* wake) {
    if (wake->data != nullptr) static_cast<LoopTasks*>(wake->data)->run();
  });
  wake_->data = this;
}

LoopTasks::~LoopTasks() {
  close();
}

void LoopTasks::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (wake_ == nullptr) return;
  tasks_.push_back(std::move(task));
  uv_async_send(wake_);
}

void LoopTasks::run() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

void LoopTasks::close() {
  std::vector<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (wake_ == nullptr) return;
    wake_->data = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(wake_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_async_t*>(handle); });
    wake_ = nullptr;
    dropped.swap(tasks_);
  }
}

}  // namespace parley::signaling

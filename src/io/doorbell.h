// Wakes a libuv loop from any thread and calls back there; rings that come before the loop wakes are one. A thin
// ownership of uv_async_t, whose memory outlives this object until the loop has closed it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

struct uv_loop_s;

namespace parley {

class Doorbell {
 public:
  // On the loop's thread, or before it runs. CHECKs that the loop has an fd left.
  Doorbell(uv_loop_s* loop, std::function<void()> on_ring);
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  void ring();   // any thread; nothing after close()
  void close();  // the loop's thread; the callback will not come again

 private:
  struct Async;
  std::mutex mutex_;
  Async* async_;  // null once closed
};

}  // namespace parley

#include "io/doorbell.h"

#include <uv.h>

#include "base/check.h"

namespace parley {

struct Doorbell::Async {
  uv_async_t handle;
  std::function<void()> on_ring;
};

Doorbell::Doorbell(uv_loop_s* loop, std::function<void()> on_ring) : async_(new Async{{}, std::move(on_ring)}) {
  const int error = uv_async_init(loop, &async_->handle, [](uv_async_t* handle) {
    const auto* async = static_cast<Async*>(handle->data);
    if (async->on_ring) async->on_ring();
  });
  PARLEY_CHECK(error == 0);
  async_->handle.data = async_;
}

Doorbell::~Doorbell() {
  close();
}

void Doorbell::ring() {
  const std::lock_guard lock(mutex_);
  if (async_ != nullptr) uv_async_send(&async_->handle);
}

void Doorbell::close() {
  Async* async = nullptr;
  {
    const std::lock_guard lock(mutex_);
    std::swap(async, async_);
  }
  if (async == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(&async->handle),
           [](uv_handle_t* handle) { delete static_cast<Async*>(handle->data); });
}

}  // namespace parley

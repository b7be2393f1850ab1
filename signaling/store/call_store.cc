#include "signaling/store/call_store.h"

namespace parley::signaling::store {

CallStore::CallStore(std::unique_ptr<StoreBackend> backend, Executor executor, Runs runs, std::size_t max_queue)
    : backend_(std::move(backend)), executor_(std::move(executor)), runs_(runs), max_queue_(max_queue) {
  if (runs_ == Runs::kOnItsThread) worker_ = std::thread([this] { run(); });
}

CallStore::~CallStore() {
  close();
}

void CallStore::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
  if (worker_.joinable()) worker_.join();
  if (backup_.joinable()) backup_.join();
  backend_.reset();
}

std::size_t CallStore::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void CallStore::submit(Request request) {
  std::optional<Failure> refused;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      refused = Failure{Fault::kClosed, "the store is closed"};
    } else if (runs_ == Runs::kOnItsThread) {
      if (queue_.size() < max_queue_) {
        queue_.push_back(std::move(request));
        wake_.notify_one();
        return;
      }
      refused = Failure{Fault::kOverloaded, "too many requests wait for the store"};
    }
  }
  request(refused ? &*refused : nullptr);
}

void CallStore::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Request request = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    request(nullptr);
    request = nullptr;  // what it holds goes before the lock is taken again
    lock.lock();
  }
}

void CallStore::backup(std::filesystem::path path, Then<Answer<Done>> then) {
  submit([this, path = std::move(path), then = std::move(then)](const Failure* refused) {
    if (refused) return answer<Answer<Done>>(then, std::unexpected(*refused));
    const auto work = backend_->backup(path);
    if (runs_ == Runs::kInTheCall) return answer<Answer<Done>>(then, work());
    bool busy = true;
    {
      const std::lock_guard lock(mutex_);
      std::swap(busy, backing_up_);
    }
    if (busy) return answer<Answer<Done>>(then, std::unexpected(Failure{Fault::kInUse, "a backup is being written"}));
    // Only this thread touches backup_ until the worker is joined, and the one before has said that it is done.
    if (backup_.joinable()) backup_.join();
    backup_ = std::thread([this, work, then] {
      auto result = work();
      {
        const std::lock_guard lock(mutex_);
        backing_up_ = false;
      }
      answer<Answer<Done>>(then, std::move(result));
    });
  });
}

}  // namespace parley::signaling::store

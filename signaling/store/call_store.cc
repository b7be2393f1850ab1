#include "signaling/store/call_store.h"

namespace parley::signaling::store {

CallStore::CallStore(std::unique_ptr<StoreBackend> backend, Executor executor, Runs runs)
    : CallStore(std::move(backend), std::move(executor), runs, Bounds{}) {}

CallStore::CallStore(std::unique_ptr<StoreBackend> backend, Executor executor, Runs runs, Bounds bounds)
    : backend_(std::move(backend)), executor_(std::move(executor)), runs_(runs), bounds_(bounds) {
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

void CallStore::commit(Change change, Then<CommitAnswer> then) {
  if (!watch_) return ask(then, &StoreBackend::commit, std::move(change));
  submit({[this, change = std::move(change), then = std::move(then)](const Failure* refused) -> Told {
    if (refused) return [then, why = *refused] { then(CommitAnswer(std::unexpect, why)); };
    const std::uint64_t number = ++commits_;
    watch_(CommitMoment::kBefore, number);
    return [this, then, number, result = backend_->commit(change)] {
      watch_(CommitMoment::kAfter, number);
      then(result);
    };
  }});
}

void CallStore::submit(Request request) {
  std::optional<Failure> refused;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      refused = Failure{Fault::kClosed, "the store is closed"};
    } else if (runs_ == Runs::kOnItsThread) {
      if (queue_.size() < bounds_.queue) {
        queue_.push_back(std::move(request));
        wake_.notify_one();
        return;
      }
      refused = Failure{Fault::kOverloaded, "too many requests wait for the store"};
    }
  }
  if (Told told = request.work(refused ? &*refused : nullptr)) executor_(std::move(told));
}

void CallStore::run() {
  while (true) {
    // What the requests hold goes before the lock is taken again.
    const std::vector<Request> batch = take_batch();
    if (batch.empty()) return;
    do_batch(batch);
  }
}

// None: closed, and nothing is left to do.
std::vector<CallStore::Request> CallStore::take_batch() {
  std::vector<Request> batch;
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
  while (!queue_.empty() && batch.size() < bounds_.batch) {
    if (queue_.front().alone && !batch.empty()) break;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (batch.back().alone) break;
  }
  return batch;
}

void CallStore::do_batch(const std::vector<Request>& batch) {
  std::vector<Told> answers;
  const auto do_all = [&] {
    for (const Request& request : batch) answers.push_back(request.work(nullptr));
  };
  if (batch.size() > 1 && !backend_->together(do_all)) {
    // One by one, each for itself: then the disk's no is told to those whom it hits.
    answers.clear();
    do_all();
  } else if (batch.size() == 1) {
    do_all();
  }
  for (Told& told : answers) {
    if (told) executor_(std::move(told));
  }
}

void CallStore::backup(std::filesystem::path path, Then<Answer<Done>> then) {
  const auto tell = [then](Answer<Done> result) -> Told { return [then, result] { then(result); }; };
  const auto work = [this, path = std::move(path), tell](const Failure* refused) -> Told {
    if (refused) return tell(std::unexpected(*refused));
    const auto copy = backend_->backup(path);
    if (runs_ == Runs::kInTheCall) return tell(copy());
    bool busy = true;
    {
      const std::lock_guard lock(mutex_);
      std::swap(busy, backing_up_);
    }
    if (busy) return tell(std::unexpected(Failure{Fault::kInUse, "a backup is being written"}));
    // Only this thread touches backup_ until the worker is joined, and the one before has said that it is done.
    if (backup_.joinable()) backup_.join();
    backup_ = std::thread([this, copy, tell] {
      auto result = copy();
      {
        const std::lock_guard lock(mutex_);
        backing_up_ = false;
      }
      executor_(tell(std::move(result)));
    });
    return {};
  };
  submit({work, true});
}

}  // namespace parley::signaling::store

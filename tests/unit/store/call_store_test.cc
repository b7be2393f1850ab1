#include "signaling/store/call_store.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>

#include "unit/store/store_fixture.h"

namespace parley::signaling::store::test {
namespace {

// The control thread of a test: takes tasks from any thread, runs them when told to.
class Tasks {
 public:
  Executor executor() {
    return [this](std::function<void()> task) {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
      wake_.notify_all();
    };
  }
  void run(std::size_t count) {
    for (; count > 0; --count) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !tasks_.empty(); });
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
};

// Holds the store's thread at one request until it is let go.
class HeldBackend : public MemoryBackend {
 public:
  HeldBackend(std::promise<void>& reached, std::shared_future<void> go) : reached_(reached), go_(std::move(go)) {}
  Answer<Done> put_clock(const call::ClockRow&) override {
    reached_.set_value();
    go_.wait();
    return Done{};
  }

 private:
  std::promise<void>& reached_;
  std::shared_future<void> go_;
};

TEST(CallStore, AnswersOnTheExecutorAlone) {
  Tasks control;
  CallStore store(std::make_unique<MemoryBackend>(), control.executor(), CallStore::Runs::kOnItsThread);
  std::thread::id answered;
  store.commit(lone_call(1, "ann", "bob"), [&](const CommitAnswer& answer) {
    EXPECT_TRUE(answer);
    answered = std::this_thread::get_id();
  });
  control.run(1);
  EXPECT_EQ(answered, std::this_thread::get_id());
}

TEST(CallStore, AnswersInTheOrderOfTheRequests) {
  Tasks control;
  CallStore store(std::make_unique<MemoryBackend>(), control.executor(), CallStore::Runs::kOnItsThread);
  std::vector<std::uint64_t> order;
  for (std::uint64_t i = 0; i < 50; ++i) {
    store.commit(lone_call(i, "ann", "bob"), [&order, i](const CommitAnswer&) { order.push_back(i); });
  }
  control.run(50);
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(order.size(), 50u);
}

TEST(CallStore, WithoutAThreadTheAnswerIsATaskTheSame) {
  Tasks control;
  CallStore store(std::make_unique<MemoryBackend>(), control.executor(), CallStore::Runs::kInTheCall);
  bool answered = false;
  store.read_clock([&](const auto&) { answered = true; });
  EXPECT_FALSE(answered);
  EXPECT_EQ(control.waiting(), 1u);
  control.run(1);
  EXPECT_TRUE(answered);
}

TEST(CallStore, RefusesWhatItsQueueCannotHold) {
  Tasks control;
  std::promise<void> reached, go;
  CallStore store(std::make_unique<HeldBackend>(reached, go.get_future().share()), control.executor(),
                  CallStore::Runs::kOnItsThread, {.queue = 2});
  store.put_clock({}, [](const auto&) {});
  reached.get_future().wait();
  std::vector<Fault> faults;
  const auto note = [&](const CommitAnswer& answer) {
    if (!answer) faults.push_back(std::get<Failure>(answer.error()).fault);
  };
  for (std::uint64_t i = 0; i < 3; ++i) store.commit(lone_call(i, "ann", "bob"), note);
  EXPECT_EQ(store.queued(), 2u);
  control.run(1);
  EXPECT_THAT(faults, testing::ElementsAre(Fault::kOverloaded)) << "at once, while the store's thread is held";
  go.set_value();
  control.run(3);
  EXPECT_THAT(faults, testing::SizeIs(1)) << "those in the queue were done";
}

TEST(CallStore, FinishesItsQueueWhenItCloses) {
  Tasks control;
  CallStore store(std::make_unique<MemoryBackend>(), control.executor(), CallStore::Runs::kOnItsThread);
  std::size_t done = 0;
  for (std::uint64_t i = 0; i < 100; ++i)
    store.commit(lone_call(i, "ann", "bob"), [&](const CommitAnswer& a) {
      if (a) ++done;
    });
  store.close();
  store.close();
  EXPECT_EQ(control.waiting(), 100u);
  control.run(100);
  EXPECT_EQ(done, 100u);
  std::optional<Fault> fault;
  store.read_call(call_id(1), [&](const auto& answer) { fault = answer.error().fault; });
  control.run(1);
  EXPECT_EQ(fault, Fault::kClosed);
}

TEST(CallStore, SaysThatMemoryKeepsNoBackup) {
  Tasks control;
  CallStore store(std::make_unique<MemoryBackend>(), control.executor(), CallStore::Runs::kInTheCall);
  std::optional<Fault> fault;
  store.backup("anywhere", [&](const auto& answer) { fault = answer.error().fault; });
  control.run(1);
  EXPECT_EQ(fault, Fault::kUnsupported);
}

}  // namespace
}  // namespace parley::signaling::store::test

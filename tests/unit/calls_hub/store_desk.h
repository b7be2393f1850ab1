// A store in memory whose answers come when a test says so, with a site and its members.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "signaling/hub/calls_ports.h"
#include "signaling/store/call_store.h"
#include "signaling/store/memory_backend.h"

namespace parley::signaling::test {

inline const call::SiteId kOak{"oak"};

inline MemberKey key(const std::string& member) {
  return {kOak, call::MemberId(member)};
}

inline call::CallId call_id(std::uint64_t number) {
  call::CallId::Bits bits{};
  for (std::size_t i = 0; i < 8; ++i) bits[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return call::CallId::from_bits(bits);
}

// Too busy for the next reads of changed facts, if a test says so.
class BusyBackend : public store::MemoryBackend {
 public:
  void refuse_reads(int count) { refused_ = count; }

  store::Answer<std::vector<call::MemberId>> read_blocked(const call::SiteId& site,
                                                          const call::MemberId& member) override {
    if (refuses()) return std::unexpected(store::Failure{store::Fault::kOverloaded, {}});
    return store::MemoryBackend::read_blocked(site, member);
  }
  store::Answer<store::SiteEntry> read_site(const call::SiteId& site) override {
    if (refuses()) return std::unexpected(store::Failure{store::Fault::kOverloaded, {}});
    return store::MemoryBackend::read_site(site);
  }

 private:
  bool refuses() { return refused_-- > 0; }

  int refused_ = 0;
};

class StoreOfTests {
 public:
  StoreOfTests() {
    auto memory = std::make_unique<BusyBackend>();
    backend = memory.get();
    requests = std::make_unique<store::CallStore>(
        std::move(memory), [this](std::function<void()> task) { tasks.push_back(std::move(task)); },
        store::CallStore::Runs::kInTheCall);
  }

  // Every answer, and what is asked because of it.
  void settle() {
    while (answer()) {
    }
  }
  // The next answer only.
  bool answer() {
    if (tasks.empty()) return false;
    const auto task = std::move(tasks.front());
    tasks.pop_front();
    task();
    return true;
  }
  void site(const call::SiteSettings& settings) {
    ASSERT_TRUE(backend->put_site({.site = kOak, .settings = settings, .audit = {}}));
  }
  void member(store::MemberUpdate update) {
    if (!update.name && !backend->read_member(kOak, update.member).value())
      update.name = "Name of " + update.member.text();
    ASSERT_TRUE(backend->upsert_members(kOak, {update}));
  }
  void members(const std::vector<std::string>& names) {
    for (const std::string& name : names) member({.member = call::MemberId(name)});
  }
  // A call that was missed: with its notification for the callee.
  void missed_call(std::uint64_t number, const std::string& caller, const std::string& callee) {
    store::Change change;
    call::CallRecord& record = change.record;
    record.id = call_id(number);
    record.site = kOak;
    record.caller = call::MemberId(caller);
    record.callee = call::MemberId(callee);
    record.ring = call::Ring::kMissed;
    record.state = call::State::kEnded;
    record.reason = call::Reason::kTimeout;
    record.missed_notice = true;
    record.version = 1;
    change.persist.missed_notice = true;
    change.stamp.wall = store::WallTime(std::chrono::milliseconds(number));
    ASSERT_TRUE(backend->commit(change));
  }

  BusyBackend* backend = nullptr;
  std::deque<std::function<void()>> tasks;
  std::unique_ptr<store::CallStore> requests;
};

}  // namespace parley::signaling::test

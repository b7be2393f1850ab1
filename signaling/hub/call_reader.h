// Answers from calls as they are stored, without a step: details, history, and what a tab that attends must know.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "signaling/hub/call_notes.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/lifeline.h"
#include "signaling/hub/unfinished_calls.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

class CallReader {
 public:
  static constexpr std::size_t kHistoryPage = 20;
  static constexpr std::size_t kMaxSnapshots = 32;

  template <class T>
  using Then = std::function<void(CallResult<T>)>;
  struct Wiring {
    store::CallStore& store;
    const Tabs& tabs;
    const UnfinishedCalls& index;
    std::function<Now()> clock;
  };
  explicit CallReader(Wiring wiring) : wiring_(std::move(wiring)) {}

  void details(const Seat& seat, const call::CallId& call, Then<DetailsNote> then);
  void history(const Seat& seat, std::optional<std::uint64_t> before, Then<CallHistoryAnswer> then);
  // The newest first, and not more than kMaxSnapshots.
  void snapshots(const Seat& seat, std::function<void(std::vector<SnapshotNote>)> then);
  std::size_t under_way() const { return under_way_; }

 private:
  struct Page;
  struct Shots;
  using Found = store::Answer<std::optional<store::StoredCall>>;
  // One of the two at a time: the facts for a record in hand.
  void next_of(const std::shared_ptr<Page>& page);
  void next_of(const std::shared_ptr<Shots>& shots);
  template <class Use>
  void with_sight(const store::StoredCall& stored, const store::PairView& two, const Use& use) const;

  Wiring wiring_;
  std::size_t under_way_ = 0;
  Lifeline lifeline_;
};

}  // namespace parley::signaling

#include "signaling/hub/call_reader.h"

#include <utility>

#include "signaling/hub/call_runner.h"
#include "signaling/hub/call_step.h"

namespace parley::signaling {

struct CallReader::Page {
  Seat seat;
  std::vector<store::StoredCall> calls;
  CallHistoryAnswer answer;
  Then<CallHistoryAnswer> then;
};

struct CallReader::Shots {
  Seat seat;
  std::vector<CallKey> left;  // the newest last
  std::vector<SnapshotNote> made;
  std::function<void(std::vector<SnapshotNote>)> then;
};

template <class Use>
void CallReader::with_sight(const store::StoredCall& stored, const store::PairView& two, const Use& use) const {
  const call::CallRecord& record = stored.record;
  const call::Facts facts = facts_of(two, record.site, record.caller, record.callee, wiring_.tabs);
  use(CallSight{record, two, facts, wiring_.clock().line, stored.created});
}

void CallReader::details(const Seat& seat, const call::CallId& call, Then<DetailsNote> then) {
  ++under_way_;
  wiring_.store.read_call(call, lifeline_.wrap([this, seat, then = std::move(then)](Found found) {
    const auto unavailable = [this, then] {
      --under_way_;
      then(std::unexpected(store_unavailable()));
    };
    if (!found) return unavailable();
    // R23: the same work for whoever is not of the call, and for a call that is not there.
    const call::MemberId& me = seat.who.member;
    const bool mine = *found && (*found)->record.site == seat.who.site && (*found)->record.party_of(me);
    const store::StoredCall stored = mine ? std::move(**found) : store::StoredCall{};
    wiring_.store.read_pair(seat.who.site, mine ? stored.record.caller : me, mine ? stored.record.callee : me,
                            lifeline_.wrap([=, this](store::Answer<store::PairView> two) {
                              if (!two) return unavailable();
                              --under_way_;
                              if (!mine) return then(std::unexpected(call::RefusalCode::kNotFound));
                              with_sight(stored, *two,
                                         [&](const CallSight& sight) { then(*details_note(sight, seat.who.member)); });
                            }));
  }));
}

void CallReader::history(const Seat& seat, std::optional<std::uint64_t> before, Then<CallHistoryAnswer> then) {
  ++under_way_;
  store::Page wanted{.limit = kHistoryPage};
  if (before) wanted.before = *before;
  wiring_.store.calls_of(
      seat.who.site, seat.who.member, wanted,
      lifeline_.wrap([this, seat, then = std::move(then)](store::Answer<std::vector<store::StoredCall>> found) {
        if (!found) {
          --under_way_;
          return then(std::unexpected(store_unavailable()));
        }
        auto page = std::make_shared<Page>(Page{seat, std::move(*found), {}, then});
        if (page->calls.size() == kHistoryPage) page->answer.before = page->calls.back().serial;
        next_of(page);
      }));
}

void CallReader::next_of(const std::shared_ptr<Page>& page) {
  const std::size_t at = page->answer.calls.size();
  if (at == page->calls.size()) {
    --under_way_;
    return page->then(std::move(page->answer));
  }
  const call::CallRecord& record = page->calls[at].record;
  wiring_.store.read_pair(record.site, record.caller, record.callee,
                          lifeline_.wrap([this, page, at](store::Answer<store::PairView> two) {
                            if (!two) {
                              --under_way_;
                              return page->then(std::unexpected(store_unavailable()));
                            }
                            with_sight(page->calls[at], *two, [&](const CallSight& sight) {
                              page->answer.calls.push_back(*details_note(sight, page->seat.who.member));
                            });
                            next_of(page);
                          }));
}

void CallReader::snapshots(const Seat& seat, std::function<void(std::vector<SnapshotNote>)> then) {
  ++under_way_;
  std::vector<CallKey> calls = wiring_.index.of(seat.who);
  if (calls.size() > kMaxSnapshots) calls.erase(calls.begin(), calls.end() - kMaxSnapshots);
  next_of(std::make_shared<Shots>(Shots{seat, std::move(calls), {}, std::move(then)}));
}

void CallReader::next_of(const std::shared_ptr<Shots>& shots) {
  std::optional<UnfinishedCalls::Known> known;
  while (!known && !shots->left.empty()) {
    known = wiring_.index.find(shots->left.back());
    if (!known) shots->left.pop_back();
  }
  if (!known) {
    --under_way_;
    return shots->then(std::move(shots->made));
  }
  const CallKey key = shots->left.back();
  shots->left.pop_back();
  // The record last, so that no event that is told later is older than it.
  wiring_.store.read_pair(
      known->caller.site, known->caller.member, known->callee.member,
      lifeline_.wrap([this, shots, key](store::Answer<store::PairView> two) {
        wiring_.store.read_call(key.id(), lifeline_.wrap([this, shots, two = std::move(two)](Found found) {
          if (two && found && *found) {
            with_sight(**found, *two, [&](const CallSight& sight) {
              auto snapshot = snapshot_note(sight, shots->seat.who.member, shots->seat.device);
              const bool goes_on =
                  snapshot && (snapshot->state == call::State::kRinging || snapshot->state == call::State::kOpen);
              if (goes_on) shots->made.push_back(std::move(*snapshot));
            });
          }
          next_of(shots);
        }));
      }));
}

}  // namespace parley::signaling

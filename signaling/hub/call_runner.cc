#include "signaling/hub/call_runner.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "signaling/call/call_machine.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling {
namespace {

using store::Answer;
using store::PairView;
using store::StoredCall;

constexpr call::CallSpan kFirstRetry{1'000};
constexpr int kMaxDoublings = 2;  // so that nobody stays in a room for long once the store is back

}  // namespace

Error store_unavailable() {
  return {ErrorCode::kUnavailable, "calls can't be kept right now; try again"};
}

void CallRunner::push(const call::CallId& call, CallJob job) {
  const CallKey key(call);
  Queue& queue = queues_[key];
  const bool move = job.kind == CallJob::Kind::kMove;
  const bool report = job.kind == CallJob::Kind::kReport;
  if (move && queue.moves >= kMaxMoves) {
    return job.then(std::unexpected(Error{ErrorCode::kTooMany, "too much at once for one call"}));
  }
  if (report && queue.reports >= kMaxReports) return;
  queue.moves += move;
  queue.reports += report;
  queue.jobs.push_back(std::move(job));
  ++jobs_;
  if (!queue.running) next(key);
}

void CallRunner::next(const CallKey& key) {
  const auto at = queues_.find(key);
  if (at->second.jobs.empty()) {
    queues_.erase(at);
    return;
  }
  at->second.running = true;
  at->second.attempts = 0;
  read(key);
}

void CallRunner::read(const CallKey& key) {
  ++queues_.at(key).attempts;
  wiring_.store.read_call(key.id(), lifeline_.wrap([this, key](Answer<std::optional<StoredCall>> answer) {
    found(key, std::move(answer));
  }));
}

void CallRunner::found(const CallKey& key, Answer<std::optional<StoredCall>> answer) {
  if (!answer) return failed(key, answer.error().text, answer.error().fault == store::Fault::kClosed);
  const CallJob& job = queues_.at(key).jobs.front();
  std::optional<call::Input> input;
  if (*answer) input = job.input((*answer)->record);
  // R23: whoever is not of the call waits as long as those who are, and so does whoever names none.
  const MemberKey asker = job.seat ? job.seat->who : MemberKey{};
  store::StoredCall stored = input ? std::move(**answer) : store::StoredCall{};
  const bool no_such_call = !*answer;
  const call::SiteId site = input ? stored.record.site : asker.site;
  const call::MemberId caller = input ? stored.record.caller : asker.member;
  const call::MemberId callee = input ? stored.record.callee : asker.member;
  wiring_.store.read_pair(
      site, caller, callee,
      lifeline_.wrap([this, key, stored = std::move(stored), input, no_such_call](Answer<PairView> two) {
        if (!two) return failed(key, two.error().text, two.error().fault == store::Fault::kClosed);
        if (!input) return absent(key, no_such_call);
        step(key, stored, *input, std::move(*two));
      }));
}

void CallRunner::absent(const CallKey& key, bool no_such_call) {
  Queue& queue = queues_.at(key);
  const CallJob job = take(queue);
  if (no_such_call) wiring_.gone(key);
  if (job.then) job.then(std::unexpected(call::RefusalCode::kNotFound));
  next(key);
}

void CallRunner::step(const CallKey& key, const StoredCall& stored, const call::Input& input, PairView two) {
  const CallJob& job = queues_.at(key).jobs.front();
  CallStep step;
  step.before = stored.record;
  step.two = std::move(two);
  step.facts = facts_of(step.two, stored.record.site, stored.record.caller, stored.record.callee, wiring_.tabs);
  step.now = wiring_.clock();
  step.created = stored.created;
  if (job.seat && job.then) step.answers = job.seat->tab;
  step.step = call::step(stored.record, input, step.facts, step.now.line);
  if (!persist_of(step.step)) return done(key, step);
  commit(key, std::move(step));
}

void CallRunner::commit(const CallKey& key, CallStep step) {
  store::Change change = change_of(step);
  wiring_.store.commit(std::move(change),
                       lifeline_.wrap([this, key, step = std::move(step)](store::CommitAnswer answer) mutable {
                         if (answer) {
                           take_rows(step);
                           return done(key, step);
                         }
                         if (const auto* failure = std::get_if<store::Failure>(&answer.error())) {
                           return failed(key, failure->text, failure->fault == store::Fault::kClosed);
                         }
                         // R30: something else was first.
                         if (queues_.at(key).attempts >= kMaxAttempts) return failed(key, "others are always first");
                         read(key);
                       }));
}

void CallRunner::done(const CallKey& key, const CallStep& step) {
  Queue& queue = queues_.at(key);
  queue.failures = 0;
  const CallJob job = take(queue);
  wiring_.act(step);
  if (job.then) job.then(&step);
  next(key);
}

void CallRunner::failed(const CallKey& key, std::string_view why, bool closed) {
  complain(key, why);
  Queue& queue = queues_.at(key);
  std::vector<CallJob> told;
  std::deque<CallJob> kept;
  bool woken = false;
  while (!queue.jobs.empty()) {
    CallJob job = take(queue);
    woken = woken || job.kind == CallJob::Kind::kWake;
    const bool stays = job.kind == CallJob::Kind::kFact || job.kind == CallJob::Kind::kReport;
    if (stays && !closed) {
      kept.push_back(std::move(job));
    } else if (job.then) {
      told.push_back(std::move(job));
    }
  }
  const bool again = !closed && (woken || !kept.empty());
  queue.running = false;
  for (CallJob& job : kept) {
    queue.reports += job.kind == CallJob::Kind::kReport;
    queue.jobs.push_back(std::move(job));
    ++jobs_;
  }
  if (again) {
    const auto wait = kFirstRetry * (1 << std::min(queue.failures++, kMaxDoublings));
    wiring_.retry(key, wiring_.clock().line + wait);
  }
  if (queue.jobs.empty() && !again) queues_.erase(key);
  // The last, since those who hear of it may ask again at once.
  for (const CallJob& job : told) job.then(std::unexpected(store_unavailable()));
}

// Once a second for all: a full disk fails very many at once.
void CallRunner::complain(const CallKey& key, std::string_view why) {
  const call::CallTime now = wiring_.clock().line;
  if (!wiring_.log || (complained_ && now < *complained_ + kFirstRetry)) return;
  complained_ = now;
  wiring_.log(LogLevel::kWarning, "call " + key.id().text() + " can't be kept for now: " + std::string(why));
}

CallJob CallRunner::take(Queue& queue) {
  CallJob job = std::move(queue.jobs.front());
  queue.jobs.pop_front();
  queue.moves -= job.kind == CallJob::Kind::kMove;
  queue.reports -= job.kind == CallJob::Kind::kReport;
  --jobs_;
  return job;
}

}  // namespace parley::signaling

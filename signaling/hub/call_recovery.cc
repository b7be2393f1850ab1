#include "signaling/hub/call_recovery.h"

#include <utility>

namespace parley::signaling {

void CallRecovery::run(call::CallTime last_alive, std::function<void(Result<std::size_t>)> done) {
  last_alive_ = last_alive;
  done_ = std::move(done);
  page();
}

void CallRecovery::page() {
  store_.unfinished_calls(after_, kPage, lifeline_.wrap([this](store::Answer<std::vector<store::StoredCall>> found) {
    if (!found) {
      fault_ = Error{ErrorCode::kUnavailable, "unfinished calls can't be read: " + found.error().text};
      last_page_ = true;
      return told();
    }
    last_page_ = found->size() < kPage;
    waiting_ = found->size();
    count_ += found->size();
    if (found->empty()) return told();
    after_ = found->back().serial;
    for (const store::StoredCall& stored : *found) {
      CallJob job;
      job.input = [at = last_alive_](const call::CallRecord&) { return call::Input{call::Restarted{at}}; };
      job.then = lifeline_.wrap([this](const CallResult<const CallStep*>& step) {
        --waiting_;
        if (!step && !fault_) fault_ = Error{ErrorCode::kUnavailable, "an unfinished call can't be kept"};
        told();
      });
      runner_.push(stored.record.id, std::move(job));
    }
  }));
}

void CallRecovery::told() {
  if (waiting_ > 0) return;
  if (!fault_ && !last_page_) return page();
  const auto done = std::exchange(done_, nullptr);
  if (!done) return;
  if (fault_) return done(std::unexpected(*fault_));
  done(count_);
}

}  // namespace parley::signaling

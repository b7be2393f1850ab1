// After a start of the server: tells every unfinished call that the process which held its room is gone (R40), page by
// page. Used once, before the first request.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "parley/error.h"
#include "signaling/hub/call_runner.h"
#include "signaling/hub/lifeline.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

class CallRecovery {
 public:
  static constexpr std::size_t kPage = 64;

  CallRecovery(store::CallStore& store, CallRunner& runner) : store_(store), runner_(runner) {}

  // The number of calls, or the first thing that went wrong: then the server had better not start.
  void run(call::CallTime last_alive, std::function<void(Result<std::size_t>)> done);

 private:
  void page();
  void told();

  store::CallStore& store_;
  CallRunner& runner_;
  call::CallTime last_alive_{};
  std::function<void(Result<std::size_t>)> done_;
  std::uint64_t after_ = 0;
  std::size_t count_ = 0;
  std::size_t waiting_ = 0;
  bool last_page_ = false;
  std::optional<Error> fault_;
  Lifeline lifeline_;
};

}  // namespace parley::signaling

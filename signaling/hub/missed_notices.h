// Shows a stored missed-call notification to the callee's connected tabs (R20, R42). Whoever is away finds it at the
// next connection.
#pragma once

#include <cstddef>
#include <vector>

#include "parley/log.h"
#include "signaling/hub/call_step.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/lifeline.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

class MissedNotices {
 public:
  MissedNotices(store::CallStore& store, Tabs& tabs) : store_(store), tabs_(tabs) {}

  void show(const CallStep& step);

 private:
  struct Showing {
    MemberKey who;
    NotificationNote item;
  };
  void number(Showing showing);
  void count(const Showing& showing);
  void tell(const Showing& showing, std::size_t unread);
  bool anybody_connected(const MemberKey& who) const;

  store::CallStore& store_;
  Tabs& tabs_;
  Lifeline lifeline_;
};

}  // namespace parley::signaling

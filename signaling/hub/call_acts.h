// Does what a committed step demands, in its order: tells tabs, puts people out of rooms, arms the timer, keeps the
// index, writes refusals to the audit. Admit and IssueTicket are answers and left to whoever asked.
#pragma once

#include <functional>

#include "parley/log.h"
#include "signaling/hub/call_step.h"
#include "signaling/hub/call_timers.h"
#include "signaling/hub/calls_ports.h"
#include "signaling/hub/missed_notices.h"
#include "signaling/hub/ticket_book.h"
#include "signaling/hub/unfinished_calls.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

class CallActs {
 public:
  struct Wiring {
    store::CallStore& store;
    Tabs& tabs;
    CallRooms& rooms;
    UnfinishedCalls& index;
    CallTimers& timers;
    TicketBook& tickets;
    std::function<void(const call::LeaveOther&)> leave_other;
    LogSink log;
  };
  explicit CallActs(Wiring wiring) : wiring_(std::move(wiring)), notices_(wiring_.store, wiring_.tabs) {}

  void act(const CallStep& step);
  // A start that was refused: its one line.
  void audit_refused_start(const call::SiteId& site, const call::MemberId& caller, call::RefusalCode code, Now now);

 private:
  void keep_books(const CallStep& step);
  void perform(const CallStep& step, const call::Tell& tell);
  void audit(store::AuditEntry entry);

  Wiring wiring_;
  MissedNotices notices_;
};

}  // namespace parley::signaling

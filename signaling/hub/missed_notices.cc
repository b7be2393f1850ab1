#include "signaling/hub/missed_notices.h"

#include <algorithm>
#include <utility>

#include "signaling/call/admission.h"
#include "signaling/hub/call_notes.h"

namespace parley::signaling {

void MissedNotices::show(const CallStep& step) {
  const call::CallRecord& record = step.step.next;
  Showing showing;
  showing.who = {record.site, record.callee};
  if (!anybody_connected(showing.who)) return;
  showing.item.call = record.id;
  showing.item.from = person_of(record.caller, step.two.caller);
  showing.item.message_offered = call::messenger_usable(step.facts);
  number(std::move(showing));
}

// It was committed just now, so it is among the newest. If it can't be read now it stays unshown, and comes with the
// next connection.
void MissedNotices::number(Showing showing) {
  const MemberKey who = showing.who;
  store_.notifications_of(who.site, who.member, store::Which::kUndelivered, {},
                          lifeline_.wrap([this, showing = std::move(showing)](
                                             const store::Answer<std::vector<store::Notification>>& found) mutable {
                            if (!found) return;
                            const auto mine = std::ranges::find(*found, showing.item.call, &store::Notification::call);
                            if (mine == found->end()) return;
                            showing.item.serial = mine->serial;
                            showing.item.at = mine->at;
                            count(showing);
                          }));
}

void MissedNotices::count(const Showing& showing) {
  store_.count_unread(showing.who.site, showing.who.member,
                      lifeline_.wrap([this, showing](const store::Answer<std::size_t>& unread) {
                        if (unread) tell(showing, *unread);
                      }));
}

void MissedNotices::tell(const Showing& showing, std::size_t unread) {
  if (!anybody_connected(showing.who)) return;
  tabs_.tell(showing.who, {call::Party::kCallee, {}, {}, {}},
             [&](const call::DeviceId&) -> CallServerMessage { return NotificationEvent{showing.item, unread}; });
  store_.mark_notifications(showing.who.site, showing.who.member, {showing.item.call}, store::Mark::kDelivered,
                            [](const store::Answer<std::size_t>&) {});
}

bool MissedNotices::anybody_connected(const MemberKey& who) const {
  return std::ranges::any_of(tabs_.live_tabs(who), &call::LiveTab::connected);
}

}  // namespace parley::signaling

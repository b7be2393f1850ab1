#include "signaling/hub/missed_notices.h"

#include <algorithm>
#include <utility>

#include "signaling/call/admission.h"
#include "signaling/hub/call_notes.h"

namespace parley::signaling {

void MissedNotices::show(const CallStep& step) {
  const call::CallRecord& record = step.step.next;
  auto showing = std::make_shared<Showing>();
  showing->who = {record.site, record.callee};
  if (!anybody_connected(showing->who)) return;
  showing->item.call = record.id;
  showing->item.from = person_of(record.caller, step.two.caller);
  showing->item.message_offered = call::messenger_usable(step.facts);
  count(std::move(showing));
}

// Page by page, since there is a limit to how many one member has.
void MissedNotices::count(std::shared_ptr<Showing> showing) {
  const MemberKey& who = showing->who;
  store_.notifications_of(who.site, who.member, store::Which::kUnread, showing->page,
                          lifeline_.wrap([this, showing](store::Answer<std::vector<store::Notification>> found) {
                            // It stays unshown, and comes with the next connection.
                            if (!found) return;
                            showing->unread += found->size();
                            for (const store::Notification& one : *found) {
                              if (one.call != showing->item.call) continue;
                              showing->item.serial = one.serial;
                              showing->item.at = one.at;
                            }
                            if (found->size() < store::kMaxPage) return tell(*showing);
                            showing->page.before = found->back().serial;
                            count(showing);
                          }));
}

void MissedNotices::tell(const Showing& showing) {
  if (showing.item.serial == 0 || !anybody_connected(showing.who)) return;
  tabs_.tell(showing.who, {call::Party::kCallee, {}, {}, {}}, [&](const call::DeviceId&) -> CallServerMessage {
    return NotificationEvent{showing.item, showing.unread};
  });
  store_.mark_notifications(showing.who.site, showing.who.member, {showing.item.call}, store::Mark::kDelivered,
                            [](const store::Answer<std::size_t>&) {});
}

bool MissedNotices::anybody_connected(const MemberKey& who) const {
  return std::ranges::any_of(tabs_.live_tabs(who), &call::LiveTab::connected);
}

}  // namespace parley::signaling

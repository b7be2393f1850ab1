// What members read and write beside calls: notifications, messages, who somebody is. Answers from the store; sans-I/O,
// on the control thread.
#pragma once

#include <functional>
#include <vector>

#include "signaling/hub/calls_ports.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

class Desk {
 public:
  template <class T>
  using Then = std::function<void(CallResult<T>)>;

  Desk(store::CallStore& store, std::function<Now()> clock);

  void notifications(const MemberKey& who, const NotificationsWish& wish, Then<NotificationsAnswer> then);
  void mark_read(const MemberKey& who, const MarkRead& wish, Then<Marked> then);
  // R13, R38: checked when it is sent; a site whose platform has the messenger refuses (messenger_off).
  void send(const MemberKey& who, const MessageSend& wish, Then<MessageNote> then);
  void thread(const MemberKey& who, const ThreadWish& wish, Then<ThreadAnswer> then);
  // Those of the site that exist and are not deactivated; the order of the wish.
  void persons(const call::SiteId& site, const std::vector<call::MemberId>& members,
               std::function<void(std::vector<Person>)> then);

 private:
  store::CallStore& store_;
  std::function<Now()> clock_;
};

}  // namespace parley::signaling

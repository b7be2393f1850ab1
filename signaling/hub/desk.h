// What members read and write beside calls: notifications, messages, who somebody is. Answers from the store; sans-I/O,
// on the control thread. Used by CallsHub.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "signaling/hub/calls_ports.h"
#include "signaling/hub/watch_list.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

// A message as it is stored, and who wrote it. `repeated`: it was there already, and both have been told.
struct Sent {
  MessageNote message;
  Person from;
  bool repeated = false;
};

// A member and its site as one moment has them. No profile: not a member any more, or never.
struct MemberStanding {
  store::SiteEntry site;
  std::optional<store::MemberProfile> profile;
};

struct MemberNews {
  std::optional<store::MemberProfile> profile;
  std::vector<call::MemberId> blocked;
};

class Desk {
 public:
  template <class T>
  using Then = std::function<void(CallResult<T>)>;

  Desk(store::CallStore& store, std::function<Now()> clock);

  void notifications(const MemberKey& who, const NotificationsWish& wish, Then<NotificationsAnswer> then);
  // Those that no tab has shown yet (R42), and that they are shown now.
  void undelivered(const MemberKey& who, Then<NotificationsAnswer> then);
  void delivered(const MemberKey& who, const std::vector<NotificationNote>& shown);
  // No calls named: all.
  void mark_read(const MemberKey& who, const MarkRead& wish, Then<Marked> then);
  // R13, R38: checked when it is sent. A site whose platform has the messenger refuses (messenger_off), and so does a
  // member who blocks the sender.
  void send(const MemberKey& who, const MessageSend& wish, Then<Sent> then);
  void thread(const MemberKey& who, const ThreadWish& wish, Then<ThreadAnswer> then);
  // Those of the site that exist and are not deactivated, as the viewer may see them (R50); the order of the wish.
  void cards(const MemberKey& viewer, std::vector<call::MemberId> members, Then<std::vector<Card>> then);
  void standing(const MemberKey& who, Then<MemberStanding> then);
  void news(const MemberKey& who, Then<MemberNews> then);

  store::CallStore& store_;
  std::function<Now()> clock_;
};

Person person_of(const store::MemberProfile& profile);

}  // namespace parley::signaling

#include "signaling/hub/desk.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "signaling/call/admission.h"
#include "signaling/hub/store_faults.h"
#include "signaling/protocol/message_report.h"

namespace parley::signaling {
namespace {

constexpr std::size_t kPage = 50;

std::unexpected<CallFault> refuse(call::RefusalCode code) {
  return std::unexpected(CallFault(code));
}

std::unexpected<CallFault> failed(const store::Failure& failure) {
  return std::unexpected(fault_of(failure));
}

store::Page page_before(std::optional<std::uint64_t> before) {
  store::Page page;
  page.limit = kPage;
  if (before) page.before = *before;
  return page;
}

// Where the next page begins, if this one is full.
template <class T>
std::optional<std::uint64_t> next_page(const std::vector<T>& page) {
  if (page.size() < kPage) return std::nullopt;
  return page.back().serial;
}

const store::PersonView* find(const store::PeopleView& view, const call::MemberId& member) {
  const auto found =
      std::ranges::find_if(view.people, [&](const store::PersonView& each) { return each.profile.member == member; });
  return found == view.people.end() ? nullptr : &*found;
}

call::MemberFacts facts_of(const store::PersonView* person) {
  call::MemberFacts facts;
  if (person == nullptr) return facts;
  facts.known = true;
  facts.deactivated = person->profile.deactivated;
  facts.takes_calls = person->profile.takes_calls;
  facts.messenger = person->profile.messenger;
  return facts;
}

// The pair as messages see it: a block by the other is a messenger that is off, and not to be told from it.
call::Facts pair_facts(const store::PeopleView& view, const call::MemberId& self, const call::MemberId& peer) {
  const store::PersonView* other = find(view, peer);
  call::Facts facts;
  facts.site = view.site.settings;
  facts.caller = facts_of(find(view, self));
  facts.callee = facts_of(other);
  if (other != nullptr && other->blocks_viewer) facts.callee.messenger = false;
  return facts;
}

// Whether a page may offer to write: for the platform's own messenger it is a link.
bool may_offer(const call::Facts& facts) {
  return !call::is_gone(facts.caller) && !call::is_gone(facts.callee) && call::messenger_usable(facts);
}

// Whether it may be written here.
bool may_write(const call::Facts& facts) {
  return may_offer(facts) && !facts.site.messenger_by_platform;
}

Person person_in(const store::PeopleView& view, const call::MemberId& member) {
  const store::PersonView* found = find(view, member);
  return found != nullptr ? person_of(found->profile) : Person{member, {}, {}};
}

NotificationsAnswer notes_of(const call::MemberId& self, const std::vector<store::Notification>& page,
                             const store::PeopleView& view, std::size_t unread) {
  NotificationsAnswer answer;
  answer.unread = unread;
  answer.before = next_page(page);
  for (const store::Notification& each : page) {
    NotificationNote& note = answer.items.emplace_back();
    note.serial = each.serial;
    note.call = each.call;
    note.from = person_in(view, each.from);
    note.at = each.at;
    note.read = each.read;
    note.message_offered = may_offer(pair_facts(view, self, each.from));
  }
  return answer;
}

// A page of notifications with the people in it and the number of the unread: three requests, one answer.
void read_notifications(store::CallStore& store, const MemberKey& who, store::Which which, store::Page page,
                        Desk::Then<NotificationsAnswer> then) {
  using Found = std::vector<store::Notification>;
  store.notifications_of(who.site, who.member, which, page, [&store, who, then](const store::Answer<Found>& found) {
    if (!found) return then(failed(found.error()));
    std::vector<call::MemberId> people{who.member};
    for (const store::Notification& each : *found) {
      if (!call::contains(people, each.from)) people.push_back(each.from);
    }
    store.read_people(who.site, who.member, people,
                      [&store, who, then, page = *found](const store::Answer<store::PeopleView>& view) {
                        if (!view) return then(failed(view.error()));
                        store.count_unread(who.site, who.member,
                                           [who, then, page, view = *view](const store::Answer<std::size_t>& unread) {
                                             if (!unread) return then(failed(unread.error()));
                                             then(notes_of(who.member, page, view, *unread));
                                           });
                      });
  });
}

void count_marked(store::CallStore& store, const MemberKey& who, const Desk::Then<Marked>& then) {
  store.count_unread(who.site, who.member, [then](const store::Answer<std::size_t>& unread) {
    if (!unread) return then(failed(unread.error()));
    then(Marked{*unread});
  });
}

// Page by page: there is a limit to how many there are, and each page leaves fewer.
void mark_all(store::CallStore& store, const MemberKey& who, const Desk::Then<Marked>& then) {
  using Found = std::vector<store::Notification>;
  const store::Page page{.limit = store::kMaxPage};
  store.notifications_of(who.site, who.member, store::Which::kUnread, page,
                         [&store, who, then](const store::Answer<Found>& found) {
                           if (!found) return then(failed(found.error()));
                           if (found->empty()) return count_marked(store, who, then);
                           std::vector<call::CallId> keys;
                           for (const store::Notification& each : *found) keys.push_back(each.call);
                           const bool all = found->size() < store::kMaxPage;
                           store.mark_notifications(who.site, who.member, keys, store::Mark::kRead,
                                                    [&store, who, then, all](const store::Answer<std::size_t>& marked) {
                                                      if (!marked) return then(failed(marked.error()));
                                                      if (all || *marked == 0) return count_marked(store, who, then);
                                                      mark_all(store, who, then);
                                                    });
                         });
}

MessageNote note_of(const store::Message& message, const call::MemberId& reader) {
  MessageNote note;
  note.serial = message.serial;
  note.from = message.said.from;
  note.to = message.said.to;
  note.call = message.said.call;
  note.text = message.said.text;
  note.at = message.said.at;
  if (reader == message.said.from) note.key = message.said.key;
  return note;
}

// Whether the call is one of the two's, and its sender may write about it (R38).
call::Verdict may_write_about(const std::optional<store::StoredCall>& found, const MemberKey& who,
                              const call::MemberId& to, const store::PeopleView& view) {
  const auto refused = std::unexpected(call::Refusal{call::RefusalCode::kNotFound});
  if (!found || found->record.site != who.site) return refused;
  const auto party = found->record.party_of(who.member);
  if (!party || found->record.member(call::other(*party)) != to) return refused;
  call::Facts facts = pair_facts(view, who.member, to);
  if (*party == call::Party::kCallee) std::swap(facts.caller, facts.callee);
  return call::may_message(found->record, who.member, facts);
}

call::Verdict may_write_to(const MemberKey& who, const call::MemberId& to, const store::PeopleView& view) {
  const call::Facts facts = pair_facts(view, who.member, to);
  if (call::is_gone(facts.caller)) return std::unexpected(call::Refusal{call::RefusalCode::kNotFound});
  if (to == who.member || call::is_gone(facts.callee)) {
    return std::unexpected(call::Refusal{call::RefusalCode::kCalleeUnknown});
  }
  if (!may_write(facts)) return std::unexpected(call::Refusal{call::RefusalCode::kMessengerOff});
  return {};
}

}  // namespace

Desk::Desk(store::CallStore& store, std::function<Now()> clock) : store_(store), clock_(std::move(clock)) {}

void Desk::notifications(const MemberKey& who, const NotificationsWish& wish, Then<NotificationsAnswer> then) {
  const auto which = wish.unread_only ? store::Which::kUnread : store::Which::kAll;
  read_notifications(store_, who, which, page_before(wish.before), std::move(then));
}

void Desk::undelivered(const MemberKey& who, Then<NotificationsAnswer> then) {
  read_notifications(store_, who, store::Which::kUndelivered, page_before({}), std::move(then));
}

void Desk::delivered(const MemberKey& who, const std::vector<NotificationNote>& shown) {
  if (shown.empty()) return;
  std::vector<call::CallId> keys;
  for (const NotificationNote& note : shown) keys.push_back(note.call);
  // Not done: they are shown once more at the next connection.
  store_.mark_notifications(who.site, who.member, keys, store::Mark::kDelivered,
                            [](const store::Answer<std::size_t>&) {});
}

void Desk::mark_read(const MemberKey& who, const MarkRead& wish, Then<Marked> then) {
  if (wish.calls.empty()) return mark_all(store_, who, then);
  store_.mark_notifications(who.site, who.member, wish.calls, store::Mark::kRead,
                            [&store = store_, who, then](const store::Answer<std::size_t>& marked) {
                              if (!marked) return then(failed(marked.error()));
                              count_marked(store, who, then);
                            });
}

void Desk::send(const MemberKey& who, const MessageSend& wish, Then<Sent> then) {
  if (wish.text.empty() || wish.text.size() > store::kMaxMessageBytes) {
    return then(std::unexpected(Error{ErrorCode::kBadRequest, "text: must have 1 to 4000 bytes"}));
  }
  store::MessageDraft draft;
  draft.site = who.site;
  draft.from = who.member;
  draft.to = wish.to;
  draft.call = wish.call;
  draft.key = wish.key;
  draft.text = wish.text;
  draft.at = clock_().calendar;
  draft.outbox = {{kMessageCreated, message_report_json({who.site, who.member, wish.to, wish.call, draft.at})}};

  const auto append = [&store = store_, who, draft, then](const store::PeopleView& view) {
    if (const auto may = may_write_to(who, draft.to, view); !may) return then(refuse(may.error().code));
    store.append_message(draft,
                         [who, then, from = person_in(view, who.member)](const store::Answer<store::Message>& message) {
                           if (!message) return then(failed(message.error()));
                           then(Sent{note_of(*message, who.member), from, message->repeated});
                         });
  };
  store_.read_people(who.site, who.member, {who.member, wish.to},
                     [&store = store_, who, wish, append, then](const store::Answer<store::PeopleView>& view) {
                       if (!view) return then(failed(view.error()));
                       if (!wish.call) return append(*view);
                       store.read_call(*wish.call, [who, to = wish.to, append, then, view = *view](
                                                       const store::Answer<std::optional<store::StoredCall>>& found) {
                         if (!found) return then(failed(found.error()));
                         if (const auto may = may_write_about(*found, who, to, view); !may)
                           return then(refuse(may.error().code));
                         append(view);
                       });
                     });
}

void Desk::thread(const MemberKey& who, const ThreadWish& wish, Then<ThreadAnswer> then) {
  using Found = std::vector<store::Message>;
  store_.read_people(who.site, who.member, {who.member, wish.with},
                     [&store = store_, who, wish, then](const store::Answer<store::PeopleView>& view) {
                       if (!view) return then(failed(view.error()));
                       const bool known = find(*view, wish.with) != nullptr && wish.with != who.member;
                       if (!known) return then(refuse(call::RefusalCode::kCalleeUnknown));
                       store.read_thread(who.site, who.member, wish.with, page_before(wish.before),
                                         [who, wish, then, view = *view](const store::Answer<Found>& found) {
                                           if (!found) return then(failed(found.error()));
                                           const call::Facts facts = pair_facts(view, who.member, wish.with);
                                           // R50: of somebody deactivated there is what was written, and else nobody.
                                           if (call::is_gone(facts.callee) && found->empty()) {
                                             return then(refuse(call::RefusalCode::kCalleeUnknown));
                                           }
                                           ThreadAnswer answer;
                                           answer.with = person_in(view, wish.with);
                                           answer.usable = may_write(facts);
                                           answer.before = next_page(*found);
                                           for (const store::Message& each : *found) {
                                             answer.messages.push_back(note_of(each, who.member));
                                           }
                                           then(std::move(answer));
                                         });
                     });
}

void Desk::cards(const MemberKey& viewer, std::vector<call::MemberId> members, Then<std::vector<Card>> then) {
  if (members.size() > store::kMaxPage) members.resize(store::kMaxPage);
  store_.read_people(viewer.site, viewer.member, std::move(members),
                     [then](const store::Answer<store::PeopleView>& view) {
                       if (!view) return then(failed(view.error()));
                       std::vector<Card> cards;
                       for (const store::PersonView& each : view->people) {
                         if (each.profile.deactivated) continue;
                         cards.push_back({person_of(each.profile), each.profile.takes_calls && !each.blocks_viewer});
                       }
                       then(std::move(cards));
                     });
}

void Desk::standing(const MemberKey& who, Then<MemberStanding> then) {
  store_.read_people(who.site, who.member, {who.member}, [who, then](const store::Answer<store::PeopleView>& view) {
    if (!view) return then(failed(view.error()));
    MemberStanding standing{view->site, {}};
    if (const store::PersonView* self = find(*view, who.member)) standing.profile = self->profile;
    then(std::move(standing));
  });
}

void Desk::news(const MemberKey& who, Then<MemberNews> then) {
  using Blocked = std::vector<call::MemberId>;
  store_.read_blocked(who.site, who.member, [&store = store_, who, then](const store::Answer<Blocked>& blocked) {
    if (!blocked) return then(failed(blocked.error()));
    store.read_member(who.site, who.member,
                      [then, blocked = *blocked](const store::Answer<std::optional<store::MemberProfile>>& profile) {
                        if (!profile) return then(failed(profile.error()));
                        then(MemberNews{*profile, blocked});
                      });
  });
}

Person person_of(const store::MemberProfile& profile) {
  return {profile.member, profile.name, profile.avatar};
}

}  // namespace parley::signaling

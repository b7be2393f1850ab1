// Missed calls, kept until they are read (R20, R42): a member's own, and the platform's view of them.
#include <algorithm>
#include <map>
#include <utility>

#include "signaling/http/problem.h"
#include "signaling/http/site_api.h"
#include "signaling/protocol/rest_calls.h"

namespace parley::signaling {
namespace {

using store::Notification;

void tell_unread(RestWorld& world, const AskPtr& ask, const call::MemberId& member,
                 std::function<void(std::size_t)> then) {
  world.store.count_unread(ask->site, member, answered(ask, [then](RestWorld&, std::size_t unread) { then(unread); }));
}

void tell_page(RestWorld& world, const AskPtr& ask, const call::MemberId& member,
               const std::vector<Notification>& found, const store::PeopleView& senders, std::size_t limit) {
  std::map<call::MemberId, Person> persons;
  for (const store::PersonView& each : senders.people)
    persons[each.profile.member] = {each.profile.member, each.profile.name, each.profile.avatar};
  std::vector<NotificationDocument> items;
  for (const Notification& each : found) {
    const auto known = persons.find(each.from);
    const Person from = known == persons.end() ? Person{each.from, {}, {}} : known->second;
    items.push_back({each.serial, each.call, from, each.at, each.read});
  }
  const auto before = found.size() == limit ? std::optional(found.back().serial) : std::nullopt;
  tell_unread(world, ask, member, [ask, items = std::move(items), before](std::size_t unread) {
    ask->respond(json_response(notifications_json(items, unread, before)));
  });
}

void list_notifications(RestWorld& world, const AskPtr& ask) {
  const auto page = page_of(ask->request);
  if (!page) return ask->respond(problem(400, ErrorCode::kBadRequest, "limit and before must be numbers"));
  const auto asked = ask->request.query_value("member");
  if (ask->is_service() && !asked) {
    return ask->respond(problem(400, ErrorCode::kBadRequest, "whose notifications? ?member= says it"));
  }
  if (!ask->is_service() && asked && *asked != ask->grant.member) {
    return ask->respond(problem(403, ErrorCode::kForbidden, "members read their own notifications only"));
  }
  const call::MemberId member(std::string(asked.value_or(ask->grant.member)));
  const auto which = ask->request.query_value("unread") == "true" ? store::Which::kUnread : store::Which::kAll;
  const auto then = [ask, member, limit = page->limit](RestWorld& there, const std::vector<Notification>& found) {
    std::vector<call::MemberId> senders;
    for (const Notification& each : found) senders.push_back(each.from);
    std::ranges::sort(senders);
    senders.erase(std::ranges::unique(senders).begin(), senders.end());
    there.store.read_people(ask->site, member, std::move(senders),
                            answered(ask, [=](RestWorld& last, const store::PeopleView& people) {
                              tell_page(last, ask, member, found, people, limit);
                            }));
  };
  world.store.notifications_of(ask->site, member, which, *page, answered(ask, then));
}

void tell_marked(RestWorld& world, const AskPtr& ask) {
  tell_unread(world, ask, ask->member(),
              [ask](std::size_t unread) { ask->respond(json_response(marked_json(unread))); });
}

// Page by page until none is unread: as many pages as a member can have, and no more.
void mark_all(RestWorld& world, const AskPtr& ask, std::size_t pages) {
  if (pages == 0) return tell_marked(world, ask);
  const store::Page page{.limit = store::kMaxPage};
  const auto then = [ask, pages](RestWorld& there, const std::vector<Notification>& found) {
    if (found.empty()) return tell_marked(there, ask);
    std::vector<call::CallId> calls;
    for (const Notification& each : found) calls.push_back(each.call);
    there.store.mark_notifications(
        ask->site, ask->member(), std::move(calls), store::Mark::kRead,
        answered(ask, [ask, pages](RestWorld& last, std::size_t) { mark_all(last, ask, pages - 1); }));
  };
  world.store.notifications_of(ask->site, ask->member(), store::Which::kUnread, page, answered(ask, then));
}

void mark_read(RestWorld& world, const AskPtr& ask) {
  if (ask->is_service()) return refuse_write(world, ask, "members read their notifications themselves");
  const auto calls = read_marks(ask->request.body);
  if (!calls) return ask->respond(problem(calls.error()));
  if (calls->empty()) return mark_all(world, ask, store::kMaxNotifications / store::kMaxPage + 1);
  world.store.mark_notifications(ask->site, ask->member(), *calls, store::Mark::kRead,
                                 answered(ask, [ask](RestWorld& there, std::size_t) { tell_marked(there, ask); }));
}

}  // namespace

std::vector<RestRoute> notification_routes() {
  return {{"GET", "/v1/sites/{site}/notifications", Access::kMember, "read_notifications", list_notifications},
          {"POST", "/v1/sites/{site}/notifications/read", Access::kMember, "mark_notifications", mark_read}};
}

}  // namespace parley::signaling

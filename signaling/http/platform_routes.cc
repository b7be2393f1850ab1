// What a platform alone has: tokens for its members, the audit, the stream of events.
#include <utility>

#include "signaling/http/problem.h"
#include "signaling/http/site_api.h"
#include "signaling/identity/token.h"
#include "signaling/protocol/rest_calls.h"

namespace parley::signaling {
namespace {

// For private calls, and no room: what a page of the member needs, signed with the server's own key.
void make_token(RestWorld& world, const AskPtr& ask) {
  const auto wish = read_token_wish(ask->request.body);
  if (!wish) return ask->respond(problem(wish.error()));
  world.store.read_member(
      ask->site, wish->member,
      answered(ask, [ask, wish = *wish](RestWorld& there, const std::optional<store::MemberProfile>& found) {
        if (!found || found->deactivated) {
          return ask->respond(problem(404, ErrorCode::kNotFound, "there is no such member"));
        }
        Grant grant;
        grant.site = ask->site.text();
        grant.member = wish.member.text();
        grant.expires_at = ask->now.wall + wish.ttl;
        const std::string token = write_token(grant, there.keys.own(), ask->now.wall);
        ask->respond(json_response(member_token_json(token, wish.member, grant.expires_at), 201));
      }));
}

void read_audit(RestWorld& world, const AskPtr& ask) {
  const auto page = page_of(ask->request);
  if (!page) return ask->respond(problem(400, ErrorCode::kBadRequest, "limit and before must be numbers"));
  const auto then = [ask, limit = page->limit](RestWorld&, const std::vector<store::AuditEntry>& found) {
    std::vector<AuditDocument> entries;
    for (const store::AuditEntry& e : found)
      entries.push_back({e.serial, e.call, e.who, e.by, e.from, e.to, e.why, e.refused, e.stamp.wall});
    ask->respond(
        json_response(audit_json(entries, found.size() == limit ? std::optional(found.back().serial) : std::nullopt)));
  };
  world.store.read_audit(ask->site, *page, answered(ask, then));
}

void read_events(RestWorld& world, const AskPtr& ask) {
  const auto limit = limit_of(ask->request);
  const auto after = number_of(ask->request.query_value("after").value_or("0"));
  if (!limit || !after) return ask->respond(problem(400, ErrorCode::kBadRequest, "limit and after must be numbers"));
  const auto then = [ask, after](RestWorld&, const std::vector<store::OutboxRow>& found) {
    std::vector<EventReport> events;
    for (const store::OutboxRow& row : found) events.push_back({row.serial, row.what.topic, row.at, row.what.body});
    ask->respond(json_response(events_json(events, found.empty() ? *after : found.back().serial)));
  };
  world.store.events_after(ask->site, *after, *limit, answered(ask, then));
}

}  // namespace

std::vector<RestRoute> platform_routes() {
  return {{"POST", "/v1/sites/{site}/tokens", Access::kService, "token", make_token},
          {"GET", "/v1/sites/{site}/audit", Access::kService, "read_audit", read_audit},
          {"GET", "/v1/events", Access::kService, "read_events", read_events}};
}

}  // namespace parley::signaling

// Calls as their records tell them: metadata for the platform and for the two members, nobody else (R23).
#include <utility>

#include "signaling/call/call_view.h"
#include "signaling/http/problem.h"
#include "signaling/http/site_api.h"
#include "signaling/protocol/rest_calls.h"

namespace parley::signaling {
namespace {

using store::StoredCall;

HttpResponse no_such_call() {
  return problem(404, ErrorCode::kNotFound, "there is no such call");
}

// As `reader` has it; the platform reads what the caller does.
CallDocument document_of(const StoredCall& stored, const call::MemberId& reader, call::CallTime now) {
  const call::CallRecord& record = stored.record;
  const auto seen = call::details_of(record, reader, {}, now);
  // Times are told from the wall clock at the start, so that a step of it does not bend the story (R41).
  const auto wall = [&](const std::optional<call::CallTime>& at) {
    return at ? std::optional<WallMs>(stored.created + (*at - record.started_at)) : std::nullopt;
  };
  CallDocument document;
  document.id = record.id;
  document.site = record.site;
  document.caller = record.caller;
  document.callee = record.callee;
  document.origin = record.origin;
  document.ring = seen ? seen->outcome : record.ring;
  document.reason = record.reason;
  document.state = record.state;
  document.started_at = stored.created;
  document.answered_at = wall(record.answered_at);
  document.ended_at = wall(record.ended_at);
  document.last_left_at = seen ? wall(seen->last_left_at) : std::nullopt;
  document.expires_at = stored.created + (record.expires_at - record.started_at);
  document.talked = call::talk_time(record, now);
  document.caller_media = record.of(call::Party::kCaller).media;
  document.callee_media = record.of(call::Party::kCallee).media;
  return document;
}

void list_calls(RestWorld& world, const AskPtr& ask) {
  const auto page = page_of(ask->request);
  if (!page) return ask->respond(problem(400, ErrorCode::kBadRequest, "limit and before must be numbers"));
  const auto member = ask->request.query_value("member");
  if (ask->is_service() && !member) {
    return ask->respond(problem(400, ErrorCode::kBadRequest, "whose calls? ?member= says it"));
  }
  if (!ask->is_service() && member && *member != ask->grant.member) {
    return ask->respond(problem(403, ErrorCode::kForbidden, "members read their own calls only"));
  }
  const call::MemberId whose(std::string(member.value_or(ask->grant.member)));
  world.store.calls_of(
      ask->site, whose, *page,
      answered(ask, [ask, whose, limit = page->limit](RestWorld& there, const std::vector<StoredCall>& found) {
        const call::CallTime now = there.clock().line;
        std::vector<CallDocument> calls;
        for (const StoredCall& each : found) calls.push_back(document_of(each, whose, now));
        const bool more = found.size() == limit;
        ask->respond(json_response(calls_json(calls, more ? std::optional(found.back().serial) : std::nullopt)));
      }));
}

// The call of this site that the path names, and may be read by whoever asks: else the one answer.
void with_call(RestWorld& world, const AskPtr& ask, std::function<void(RestWorld&, const StoredCall&)> then) {
  const auto id = call::CallId::parse(ask->parts.at(0));
  if (!id) return ask->respond(no_such_call());
  world.store.read_call(*id, answered(ask, [ask, then](RestWorld& there, const std::optional<StoredCall>& found) {
    const bool theirs =
        found && found->record.site == ask->site && (ask->is_service() || found->record.party_of(ask->member()));
    if (!theirs) return ask->respond(no_such_call());
    then(there, *found);
  }));
}

void tell_call(RestWorld& world, const AskPtr& ask) {
  with_call(world, ask, [ask](RestWorld& there, const StoredCall& found) {
    const call::MemberId reader = ask->is_service() ? found.record.caller : ask->member();
    ask->respond(json_response(call_entry_json(document_of(found, reader, there.clock().line))));
  });
}

HttpResponse problem_of(const CallFault& fault) {
  if (const Error* const error = std::get_if<Error>(&fault)) return problem(*error);
  const auto code = std::get<call::RefusalCode>(fault);
  if (code == call::RefusalCode::kNotFound) return no_such_call();
  return problem(409, call::to_string(code), "the call is over");
}

void terminate(RestWorld& world, const AskPtr& ask) {
  with_call(world, ask, [ask](RestWorld& there, const StoredCall& found) {
    const call::CallId id = found.record.id;
    there.calls.terminate(id, [ask, id](const CallResult<SnapshotNote>& result) {
      const auto alive = ask->world.lock();
      if (!alive) return;
      if (!result) return ask->respond(problem_of(result.error()));
      // The call's own line says what became of it; this one says by whose key.
      alive->store.append_audit(ask->audit({.why = ask->what, .call = id}),
                                answered(ask, [ask](RestWorld& last, const store::Done&) { tell_call(last, ask); }));
    });
  });
}

}  // namespace

std::vector<RestRoute> call_routes() {
  return {{"GET", "/v1/sites/{site}/calls", Access::kMember, "read_calls", list_calls},
          {"GET", "/v1/sites/{site}/calls/{call}", Access::kMember, "read_call", tell_call},
          {"POST", "/v1/sites/{site}/calls/{call}/terminate", Access::kService, "terminate", terminate}};
}

}  // namespace parley::signaling

#include "signaling/http/site_ask.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "signaling/http/problem.h"

namespace parley::signaling {

store::AuditEntry SiteAsk::audit(const AuditWords& words) const {
  store::AuditEntry line;
  line.site = site;
  line.call = words.call;
  line.who = is_service() ? "service:" + grant.key_id : is_admin() ? "admin" : "member";
  // Somebody of another site, or of none, has no name here.
  const bool known = is_service() || self;
  if (!known || grant.site != site.text()) line.who = "stranger:" + grant.key_id;
  if (self) line.by = self->member;
  line.from = words.from;
  line.to = words.to;
  line.why = words.why;
  line.refused = words.refused;
  line.stamp = {now.line, now.calendar};
  return line;
}

HttpResponse json_response(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.with("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

HttpResponse problem(const store::Failure& failure) {
  using store::Fault;
  switch (failure.fault) {
    case Fault::kInvalid:
    case Fault::kLimit: return problem(400, ErrorCode::kBadRequest, failure.text);
    case Fault::kNotFound: return problem(404, ErrorCode::kNotFound, failure.text);
    case Fault::kInUse: return problem(409, ErrorCode::kConflict, failure.text);
    case Fault::kMoved: return problem(412, ErrorCode::kConflict, failure.text);
    case Fault::kOverloaded:
    case Fault::kClosed:
    case Fault::kDiskFull: return problem(503, ErrorCode::kUnavailable, "the store can't take this now");
    case Fault::kIo:
    case Fault::kCorrupt:
    case Fault::kWrongSchema:
    case Fault::kUnsupported: break;
  }
  return problem(500, ErrorCode::kInternal, "the store has failed");
}

void refuse_write(RestWorld& world, const AskPtr& ask, const std::string& sentence) {
  refuse_write(world, ask, "forbidden", problem(403, ErrorCode::kForbidden, sentence));
}

void refuse_write(RestWorld& world, const AskPtr& ask, const std::string& code, HttpResponse answer) {
  // Whoever wishes what it may not, again and again, fills no log.
  if (!world.refusals.take(ask->grant.site + '\x1f' + ask->grant.key_id + '\x1f' + ask->grant.member,
                           ask->now.steady)) {
    return ask->respond(problem(429, ErrorCode::kTooMany, "too many refused requests; wait a little"));
  }
  world.store.append_audit(
      ask->audit({.why = ask->what, .refused = code}),
      answered(ask, [ask, answer = std::move(answer)](RestWorld&, const store::Done&) { ask->respond(answer); }));
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()} ? std::optional(value)
                                                                                   : std::nullopt;
}

std::optional<std::size_t> limit_of(const HttpRequest& request) {
  const auto said = request.query_value("limit");
  if (!said) return store::Page{}.limit;
  const auto limit = number_of(*said);
  if (!limit || *limit == 0) return std::nullopt;
  return std::min(static_cast<std::size_t>(*limit), store::kMaxPage);
}

std::optional<store::Page> page_of(const HttpRequest& request) {
  store::Page page;
  const auto limit = limit_of(request);
  if (!limit) return std::nullopt;
  page.limit = *limit;
  if (const auto said = request.query_value("before")) {
    const auto before = number_of(*said);
    if (!before) return std::nullopt;
    page.before = *before;
  }
  return page;
}

}  // namespace parley::signaling

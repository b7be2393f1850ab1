#include "signaling/http/media_sessions.h"

#include <algorithm>
#include <utility>

#include "signaling/http/ice_fragment.h"
#include "signaling/http/problem.h"
#include "signaling/hub/room_names.h"
#include "signaling/identity/names.h"
#include "signaling/identity/secret.h"

namespace parley::signaling {
namespace {

constexpr std::size_t kIdBytes = 16;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return result + "\"";
}

std::unexpected<Error> refusal(ErrorCode code, const char* sentence) {
  return std::unexpected(Error{code, sentence});
}

HttpResponse wrong_type(const char* expected, const char* accept_header) {
  return problem(415, ErrorCode::kBadRequest, std::string("the Content-Type must be ") + expected)
      .with(accept_header, expected);
}

}  // namespace

std::string media_type(std::string_view header) {
  return lower(trimmed(header.substr(0, header.find(';'))));
}

bool if_match_holds(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    const std::string_view each = trimmed(header.substr(0, comma));
    if (each == "*" || each == etag) return true;
    header.remove_prefix(comma == header.npos ? header.size() : comma + 1);
  }
  return false;
}

std::string_view bearer_token(const HttpRequest& request) {
  const std::string_view header = trimmed(request.header("authorization"));
  constexpr std::size_t kScheme = 7;
  if (header.size() <= kScheme || lower(header.substr(0, kScheme)) != "bearer ") return {};
  return trimmed(header.substr(kScheme));
}

MediaSessions::MediaSessions(Server& server, EventRouter& router, KeyRing keys, std::vector<IceServer> ice_servers)
    : server_(server), router_(router), keys_(std::move(keys)), ice_servers_(std::move(ice_servers)) {}

Result<Grant> MediaSessions::grant_of(const HttpRequest& request, Now now) const {
  const std::string_view token = bearer_token(request);
  if (token.empty()) return refusal(ErrorCode::kUnauthorized, "a token is needed: Authorization: Bearer ...");
  return read_token(token, keys_, now.wall);
}

Result<std::string> MediaSessions::member_for(const Grant& grant, const HttpRequest& request) const {
  const auto asked = request.query_value("member");
  if (asked && !is_identifier(*asked)) return refusal(ErrorCode::kBadRequest, "member must be 1 to 128 bytes of text");
  if (asked && grant.service) return std::string(*asked);
  if (asked && *asked != grant.member) return refusal(ErrorCode::kForbidden, "the token is for another member");
  return grant.member.empty() ? "service-" + random_hex(4) : grant.member;
}

HttpResponse MediaSessions::create(Ingest way, const std::string& room, const HttpRequest& request, Now now) {
  // Who asks, and may they?
  const auto grant = grant_of(request, now);
  if (!grant) return problem(grant.error());
  if (!is_identifier(room)) return problem(400, ErrorCode::kBadRequest, "the room must be 1 to 128 bytes of text");
  if (!grant->allows_room(room)) return problem(403, ErrorCode::kForbidden, "the token is for another room");
  const bool publishes = way == Ingest::kPublish;
  if (publishes ? !grant->publish : !grant->subscribe) {
    return problem(403, ErrorCode::kForbidden,
                   publishes ? "the token does not allow publishing" : "the token does not allow subscribing");
  }
  const auto member = member_for(*grant, request);
  if (!member) return problem(member.error());

  // An offer, and one that goes the right way?
  if (media_type(request.header("content-type")) != kSdpType) return wrong_type(kSdpType, "Accept-Post");
  if (!request.body.starts_with("v=0")) return problem(400, ErrorCode::kBadRequest, "the body is not an SDP offer");
  const OfferGlance glance = glance_at_offer(request.body);
  if (publishes && !glance.sends) {
    return problem(422, ErrorCode::kBadSdp, "the offer sends nothing; a WHIP offer has sendonly lines");
  }
  if (!publishes && !glance.receives) {
    return problem(422, ErrorCode::kBadSdp, "the offer receives nothing; a WHEP offer has recvonly lines");
  }
  const auto publisher = request.query_value("publisher").value_or(std::string_view());
  if (!is_display_name(publisher)) return problem(400, ErrorCode::kBadRequest, "publisher must be a member's name");

  // Join, then answer; a refused offer leaves nobody behind.
  JoinRequest wish;
  wish.room = media_room(*grant, room);
  wish.member = *member;
  wish.permissions = {publishes, !publishes};
  if (!publishes) wish.only_publisher = publisher;
  router_.begin_join();
  const auto joined = server_.join(wish);
  if (!joined) {
    router_.abandon_join();
    return problem(joined.error());
  }
  const std::string id = random_hex(kIdBytes);
  ids_[joined->session] = id;
  resources_[id] = Resource{joined->session, grant->site, *member, room, glance.ice_ufrag, {}, grant->expires_at};
  router_.adopt(joined->session, *this);
  const auto negotiated = server_.negotiate(joined->session, request.body, {});
  if (!negotiated) {
    ids_.erase(joined->session);
    resources_.erase(id);
    router_.forget(joined->session);
    server_.leave(joined->session, CloseReason::kLeft);
    return problem(negotiated.error());
  }

  const std::string etag = "\"" + negotiated->ice_ufrag + "\"";
  if (const auto it = resources_.find(id); it != resources_.end()) it->second.etag = etag;
  HttpResponse response;
  response.status = 201;
  response.with("Content-Type", kSdpType)
      .with("Location", "/v1/sessions/" + id)
      .with("ETag", etag)
      .with("Accept-Patch", kFragmentType);
  add_links(response);
  response.body = negotiated->answer;
  return response;
}

void MediaSessions::add_links(HttpResponse& response) const {
  for (const IceServer& server : ice_servers_) {
    for (const std::string& url : server.urls) {
      std::string link = "<" + url + ">; rel=\"ice-server\"";
      if (!server.username.empty()) link += "; username=" + quoted(server.username);
      if (!server.credential.empty())
        link += "; credential=" + quoted(server.credential) + "; credential-type=\"password\"";
      response.with("Link", std::move(link));
    }
  }
}

Result<MediaSessions::Resource*> MediaSessions::resource(const std::string& id, const HttpRequest& request, Now now) {
  const auto grant = grant_of(request, now);
  if (!grant) return std::unexpected(grant.error());
  const auto it = resources_.find(id);
  if (it == resources_.end()) return refusal(ErrorCode::kNotFound, "there is no such session");
  Resource& found = it->second;
  const bool own = grant->site == found.site &&
                   (grant->service || (grant->member == found.member && grant->allows_room(found.room)));
  if (!own) return refusal(ErrorCode::kForbidden, "the token is for somebody else's session");
  // A fresher token for the same member lets the session go on for longer.
  found.expires_at = std::max(found.expires_at, grant->expires_at);
  return &found;
}

// RFC 9725 §4.3: trickled candidates name the ICE session they belong to, a restart says "*".
HttpResponse MediaSessions::patch(const std::string& id, const HttpRequest& request, Now now) {
  const auto found = resource(id, request, now);
  if (!found) return problem(found.error());
  Resource& target = **found;
  if (media_type(request.header("content-type")) != kFragmentType) return wrong_type(kFragmentType, "Accept-Patch");
  const std::string_view if_match = request.header("if-match");
  if (if_match.empty())
    return problem(428, ErrorCode::kConflict, "If-Match is needed: the ETag of the ICE session, or *");
  if (!if_match_holds(if_match, target.etag)) {
    return problem(412, ErrorCode::kConflict, "the ICE session has changed; If-Match names another one");
  }
  const auto fragment = read_ice_fragment(request.body);
  if (!fragment) return problem(fragment.error());

  // The server is ICE-lite: a client's candidates tell it nothing that the client's checks don't.
  HttpResponse response;
  if (fragment->ufrag.empty() || fragment->ufrag == target.client_ufrag) {
    if (fragment->ufrag.empty() && fragment->candidates == 0) {
      return problem(400, ErrorCode::kBadRequest, "the fragment has neither candidates nor ICE credentials");
    }
    response.status = 204;
    return response;
  }

  if (fragment->pwd.empty())
    return problem(400, ErrorCode::kBadRequest, "an ICE restart needs ice-pwd with its ice-ufrag");
  const auto restarted = server_.restart_ice(target.session, {fragment->ufrag, fragment->pwd});
  if (!restarted) return problem(restarted.error());
  const std::string etag = "\"" + restarted->ufrag + "\"";
  if (const auto it = resources_.find(id); it != resources_.end()) {
    it->second.etag = etag;
    it->second.client_ufrag = fragment->ufrag;
  }
  response.with("Content-Type", kFragmentType).with("ETag", etag);
  response.body = write_ice_fragment(*restarted, *fragment);
  return response;
}

HttpResponse MediaSessions::remove(const std::string& id, const HttpRequest& request, Now now) {
  const auto found = resource(id, request, now);
  if (!found) return problem(found.error());
  const SessionId session = (*found)->session;
  resources_.erase(id);
  ids_.erase(session);
  router_.forget(session);
  server_.leave(session, CloseReason::kLeft);
  return HttpResponse{};
}

void MediaSessions::tick(Now now) {
  std::vector<SessionId> expired;
  for (const auto& [id, each] : resources_) {
    if (each.expires_at <= now.wall) expired.push_back(each.session);
  }
  for (const SessionId session : expired) server_.leave(session, CloseReason::kTokenExpired);
}

void MediaSessions::on_event(SessionId to, const RoomEvent& event) {
  if (!std::holds_alternative<Closed>(event)) return;
  const auto it = ids_.find(to);
  if (it == ids_.end()) return;
  resources_.erase(it->second);
  ids_.erase(it);
}

}  // namespace parley::signaling

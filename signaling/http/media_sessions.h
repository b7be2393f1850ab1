// WHIP (RFC 9725) and WHEP: media sessions that are made, changed and ended by plain HTTP. Owns the session resources;
// routes call it with requests whose method and path are decided. Sans-I/O, on the control thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/server.h"
#include "signaling/http/http_types.h"
#include "signaling/hub/event_router.h"
#include "signaling/identity/token.h"
#include "signaling/now.h"
#include "signaling/protocol/messages.h"

namespace parley::signaling {

enum class Ingest { kPublish, kSubscribe };  // WHIP or WHEP

inline constexpr const char* kSdpType = "application/sdp";
inline constexpr const char* kFragmentType = "application/trickle-ice-sdpfrag";

// The media type of a header, without its parameters, in lower case.
std::string media_type(std::string_view header);
// RFC 9110 §13.1.1: "*" matches what exists; entity tags compare strongly.
bool if_match_holds(std::string_view header, std::string_view etag);
// The token of "Authorization: Bearer ..."; empty if there is none.
std::string_view bearer_token(const HttpRequest& request);

class MediaSessions : public Observer {
 public:
  MediaSessions(Server& server, EventRouter& router, KeyRing keys, std::vector<IceServer> ice_servers);

  HttpResponse create(Ingest way, const std::string& room, const HttpRequest& request, Now now);
  HttpResponse patch(const std::string& id, const HttpRequest& request, Now now);
  HttpResponse remove(const std::string& id, const HttpRequest& request, Now now);
  // Sessions whose token has run out end.
  void tick(Now now);
  void on_event(SessionId to, const RoomEvent& event) override;
  std::size_t size() const { return resources_.size(); }

 private:
  struct Resource {
    SessionId session{};
    std::string site;
    std::string member;
    std::string room;
    std::string client_ufrag;
    std::string etag;
    std::chrono::sys_seconds expires_at{};
  };

  Result<Grant> grant_of(const HttpRequest& request, Now now) const;
  Result<std::string> member_for(const Grant& grant, const HttpRequest& request) const;
  Result<Resource*> resource(const std::string& id, const HttpRequest& request, Now now);
  void add_links(HttpResponse& response) const;

  Server& server_;
  EventRouter& router_;
  KeyRing keys_;
  std::vector<IceServer> ice_servers_;
  std::unordered_map<std::string, Resource> resources_;
  std::map<SessionId, std::string> ids_;
};

}  // namespace parley::signaling

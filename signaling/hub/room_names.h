// What rooms are called at the media server: a token's rooms and private calls' rooms stand in namespaces of their own,
// so that no token can spell the room of a call (R23), nor a room of another site.
#pragma once

#include <string>
#include <string_view>

#include "signaling/call/ids.h"
#include "signaling/identity/grant.h"

namespace parley::signaling {

// "room/<site>/<name>". A site's slashes are escaped, so that the second slash is always where the site ends.
std::string media_room(std::string_view site, std::string_view name);
inline std::string media_room(const Grant& grant, std::string_view name) {
  return media_room(grant.site, name);
}
// "call/<id>"
std::string call_room(const call::CallId& call);

}  // namespace parley::signaling

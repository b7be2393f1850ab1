#include "signaling/hub/room_names.h"

namespace parley::signaling {
namespace {

std::string escaped(std::string_view site) {
  std::string text;
  for (const char c : site) {
    if (c == '/') {
      text += "%2F";
    } else if (c == '%') {
      text += "%25";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string media_room(std::string_view site, std::string_view name) {
  return "room/" + escaped(site) + "/" + std::string(name);
}

std::string call_room(const call::CallId& call) {
  return "call/" + call.text();
}

}  // namespace parley::signaling

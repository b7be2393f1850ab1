// WHIP's PATCH bodies, offers as far as HTTP looks into them, and the headers that decide about them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "signaling/http/ice_fragment.h"
#include "signaling/http/media_sessions.h"
#include "signaling/protocol/rest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::signaling;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  const auto fragment = read_ice_fragment(text);
  if (fragment) {
    // Whatever was asked, the answer is a fragment with the server's credentials, and no line of the client's making
    // beside its own.
    const parley::IceRestarted ours{
        "serverufrag", "0123456789012345678901", {"candidate:1 1 udp 1 192.0.2.1 7000 typ host"}};
    const auto answered = read_ice_fragment(write_ice_fragment(ours, *fragment));
    if (!answered || answered->ufrag != ours.ufrag || answered->pwd != ours.pwd || answered->candidates != 1)
      __builtin_trap();
  }
  glance_at_offer(text);
  (void)read_demo_token_request(text);
  media_type(text);
  if (if_match_holds(text, "\"a\"") && text.find('*') == text.npos && text.find("\"a\"") == text.npos) __builtin_trap();
  return 0;
}

// What a stranger may send over the WebSocket: decoding never fails badly, and what was understood can be written and
// read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "signaling/protocol/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::signaling;
  const auto request = decode_request({reinterpret_cast<const char*>(data), size});
  if (!request) {
    // The refusal itself must be a message.
    if (encode(request.error().error, request.error().id).empty()) __builtin_trap();
    return 0;
  }
  const std::string text = encode(*request);
  const auto again = decode_request(text);
  if (!again || encode(*again) != text) __builtin_trap();
  return 0;
}

// Any text: the parser refuses it with a sentence, or what it kept survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "sdp/parser.h"
#include "sdp/writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = sdp::parse(text);
  if (!parsed) {
    PARLEY_CHECK(!parsed.error().what.empty());
    return 0;
  }
  // Feedback for every payload type is written out for each, so the text may grow.
  sdp::ParseLimits limits;
  limits.max_bytes = 64 * 1024 * 1024;
  limits.max_lines_per_section = 1024 * 1024;
  const auto again = sdp::parse(sdp::write(*parsed), limits);
  PARLEY_CHECK(again.has_value());
  PARLEY_CHECK(*again == *parsed);
  return 0;
}

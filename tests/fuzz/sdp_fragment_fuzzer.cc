// Any text as an ICE fragment or as a candidate: refused, or what was kept survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "sdp/candidate.h"
#include "sdp/fragment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto fragment = sdp::parse_fragment(text)) {
    if (fragment->ice) PARLEY_CHECK(sdp::parse_fragment(sdp::write_fragment(*fragment->ice, {}))->ice == fragment->ice);
  } else {
    PARLEY_CHECK(!fragment.error().what.empty());
  }
  if (const auto candidate = sdp::parse_candidate(text)) {
    PARLEY_CHECK(sdp::parse_candidate(sdp::to_attribute(*candidate)) == candidate);
  }
  return 0;
}

// Any two offers of one session, separated by a NUL: each is refused, or its answer parses, agrees with the offer
// m-line by m-line, and keeps the promises that slots rest on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "base/check.h"
#include "sdp/answer.h"
#include "sdp/parser.h"

namespace {

using namespace parley;

void check_lines(const sdp::SessionDescription& offer, const sdp::SessionDescription& answer) {
  PARLEY_CHECK(answer.media.size() == offer.media.size());
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const auto& asked = offer.media[i];
    const auto& given = answer.media[i];
    PARLEY_CHECK(given.mid == asked.mid && given.media == asked.media && given.protocol == asked.protocol);
    const auto offered = [&](const std::string& format) {
      return std::ranges::find(asked.formats, format) != asked.formats.end();
    };
    PARLEY_CHECK(std::ranges::all_of(given.formats, offered));
    PARLEY_CHECK(!sends(given.direction) || receives(asked.direction));
    PARLEY_CHECK(!receives(given.direction) || sends(asked.direction));
    if (given.port != 0) ++accepted;
  }
  PARLEY_CHECK(answer.bundle.size() == accepted);
}

void check_slots(const SessionParams& params, const sdp::NegotiatedState* previous) {
  std::set<Ssrc> ssrcs;
  for (const SendSlot& slot : params.send) {
    PARLEY_CHECK(ssrcs.insert(slot.ssrc).second);
    PARLEY_CHECK(!slot.rtx_ssrc || ssrcs.insert(*slot.rtx_ssrc).second);
    PARLEY_CHECK(!slot.codecs.empty() && !slot.mid.empty());
    if (!previous) continue;
    for (const SendSlot& before : previous->params.send) {
      if (before.mid == slot.mid) PARLEY_CHECK(before.ssrc == slot.ssrc && before.stream_id == slot.stream_id);
    }
  }
}

std::optional<sdp::NegotiatedState> negotiate(std::string_view text, const sdp::AnswerContext& context, Rng& rng,
                                              const sdp::NegotiatedState* previous) {
  const auto out = sdp::answer(text, context, rng, previous);
  if (!out) {
    PARLEY_CHECK(!out.error().what.empty());
    return std::nullopt;
  }
  const auto offer = sdp::parse(text);
  sdp::ParseLimits limits;
  limits.max_bytes = 64 * 1024 * 1024;
  const auto answer = sdp::parse(out->sdp, limits);
  PARLEY_CHECK(offer.has_value() && answer.has_value());
  check_lines(*offer, *answer);
  check_slots(out->params, previous);
  PARLEY_CHECK(out->state.params == out->params);
  PARLEY_CHECK(!out->params.remote_ice.ufrag.empty() && !out->params.remote_fingerprint.digest.empty());
  return out->state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto middle = text.find('\0');

  sdp::AnswerContext context;
  context.capabilities.nack = size % 2 == 0;
  context.capabilities.transport_cc = size % 3 == 0;
  context.fresh_ice = {"abcd", "abcdefghijklmnopqrstuv"};
  context.fingerprints = {{HashAlgorithm::kSha256, std::vector<std::uint8_t>(32, 0xab)}};
  const Address address = Address::v4({192, 0, 2, 1}, 7000);
  context.candidates = sdp::host_candidates({&address, 1});
  context.cname = "cname";
  context.max_tracks = 128;

  Rng rng(1);
  const auto state = negotiate(text.substr(0, middle), context, rng, nullptr);
  if (state) negotiate(middle == std::string_view::npos ? text : text.substr(middle + 1), context, rng, &*state);
  return 0;
}

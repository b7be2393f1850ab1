// Reads the input as the body of a feedback message; then takes what it says as arrivals, builds a message of those and
// expects them back.
#include <array>
#include <cstdint>

#include "base/check.h"
#include "wire/transport_cc.h"

using namespace parley;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto feedback = parse_transport_cc({RtcpType::kTransportFeedback, kFormatTransportCc, Bytes(data, size)});
  if (!feedback) return 0;
  const Time reference(feedback->reference_time * kTransportCcReferenceUnit + std::chrono::hours(24));

  std::size_t seen = 0;
  TransportCcBuilder builder;
  std::array<TransportCcStatus, TransportCcBuilder::kMaxStatuses> added{};
  std::size_t count = 0;
  feedback->for_each([&](const TransportCcStatus& status) {
    ++seen;
    if (!status.received) return;
    const Time arrival = reference + status.arrival;
    if (count == 0) builder.start(feedback->base_sequence, arrival);
    if (count < added.size() && builder.add(status.sequence, arrival)) added[count++] = status;
  });
  PARLEY_CHECK(seen == feedback->status_count);
  if (builder.empty()) return 0;

  std::array<std::uint8_t, TransportCcBuilder::kMaxSize> out{};
  ByteWriter writer(out);
  PARLEY_CHECK(builder.write(writer, feedback->sender, feedback->media, feedback->feedback_count));
  RtcpCursor cursor(writer.written());
  const auto again = parse_transport_cc(cursor.next().value());
  PARLEY_CHECK(again && again->status_count == builder.status_count());
  PARLEY_CHECK(again->base_sequence == feedback->base_sequence);
  std::size_t at = 0;
  Duration shift{};
  again->for_each([&](const TransportCcStatus& status) {
    if (!status.received) return;
    PARLEY_CHECK(at < count && status.sequence == added[at].sequence);
    // The reference may be another; the distances are the same.
    if (at == 0) shift = added[0].arrival - status.arrival;
    PARLEY_CHECK(added[at].arrival - status.arrival == shift);
    ++at;
  });
  PARLEY_CHECK(at == count);
  return 0;
}

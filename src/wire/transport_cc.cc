#include "wire/transport_cc.h"

#include <algorithm>
#include <limits>
#include <span>

namespace parley {
namespace {

constexpr std::size_t kFixedSize = 16;  // up to the chunks, without the RTCP header
constexpr std::size_t kOneBitSymbols = 14;
constexpr std::size_t kTwoBitSymbols = 7;
constexpr std::uint8_t kLost = 0;
constexpr std::uint8_t kSmallDelta = 1;
constexpr std::uint8_t kLargeDelta = 2;
constexpr std::uint8_t kReserved = 3;
constexpr std::int64_t kTicksPerReference = kTransportCcReferenceUnit / kTransportCcDeltaUnit;

std::int64_t to_ticks(Time t) {
  return t.time_since_epoch() / kTransportCcDeltaUnit;
}

std::size_t round_up_to_words(std::size_t size) {
  return (size + 3) / 4 * 4;
}

// The next chunk for symbols that begin here, and how many it takes. Each takes at least seven, unless fewer are left.
struct Chunk {
  std::uint16_t word;
  std::size_t taken;
};

Chunk choose_chunk(std::span<const std::uint8_t> symbols) {
  std::size_t run = 1;
  while (run < symbols.size() && symbols[run] == symbols[0]) ++run;
  std::size_t small = 0;
  while (small < std::min(symbols.size(), kOneBitSymbols) && symbols[small] <= kSmallDelta) ++small;
  const bool fits_one_bit = small == std::min(symbols.size(), kOneBitSymbols);

  if (run == symbols.size() || run >= kOneBitSymbols || (run >= kTwoBitSymbols && !fits_one_bit)) {
    return {static_cast<std::uint16_t>(static_cast<unsigned>(symbols[0]) << 13 | run), run};
  }
  unsigned word = 0x8000;
  if (fits_one_bit) {
    for (std::size_t i = 0; i < small; ++i) word |= static_cast<unsigned>(symbols[i]) << (kOneBitSymbols - 1 - i);
    return {static_cast<std::uint16_t>(word), small};
  }
  word |= 0x4000;
  const std::size_t taken = std::min(symbols.size(), kTwoBitSymbols);
  for (std::size_t i = 0; i < taken; ++i) word |= static_cast<unsigned>(symbols[i]) << (2 * (kTwoBitSymbols - 1 - i));
  return {static_cast<std::uint16_t>(word), taken};
}

}  // namespace

bool TransportCcSymbols::load_chunk() {
  // A run of no length is odd, but says nothing wrong.
  while (left_in_chunk_ == 0) {
    if (chunks_.size() < 2) return false;
    chunk_ = load_be16(chunks_.data());
    chunks_ = chunks_.subspan(2);
    run_ = (chunk_ & 0x8000) == 0;
    if (run_) {
      symbol_ = static_cast<std::uint8_t>(chunk_ >> 13 & 3);
      left_in_chunk_ = chunk_ & 0x1fff;
    } else {
      symbol_bits_ = (chunk_ & 0x4000) != 0 ? 2 : 1;
      left_in_chunk_ = symbol_bits_ == 2 ? kTwoBitSymbols : kOneBitSymbols;
    }
  }
  return true;
}

std::optional<TransportCc> parse_transport_cc(const RtcpPacket& packet) {
  if (packet.type != RtcpType::kTransportFeedback || packet.count != kFormatTransportCc) return std::nullopt;
  ByteReader reader(packet.body);
  TransportCc feedback;
  feedback.sender = Ssrc(reader.be32());
  feedback.media = Ssrc(reader.be32());
  feedback.base_sequence = reader.be16();
  feedback.status_count = reader.be16();
  feedback.reference_time = reader.be24();
  feedback.feedback_count = reader.u8();
  if (!reader.ok() || feedback.status_count == 0) return std::nullopt;

  // The chunks say how long the deltas are.
  const Bytes rest = reader.rest();
  TransportCcSymbols symbols(rest, feedback.status_count);
  std::size_t delta_bytes = 0;
  while (const auto symbol = symbols.next()) {
    if (*symbol == kReserved) return std::nullopt;
    delta_bytes += *symbol;  // a small delta is one byte, a large one two
  }
  if (symbols.remaining() != 0 || symbols.rest().size() < delta_bytes) return std::nullopt;
  feedback.chunks = rest.first(rest.size() - symbols.rest().size());
  feedback.deltas = symbols.rest().first(delta_bytes);
  return feedback;
}

void TransportCcBuilder::start(std::uint16_t base_sequence, Time first_arrival) {
  base_sequence_ = base_sequence;
  status_count_ = 0;
  delta_count_ = 0;
  delta_bytes_ = 0;
  const std::int64_t reference = to_ticks(first_arrival) / kTicksPerReference;
  reference_time_ = static_cast<std::uint32_t>(reference & 0xff'ffff);
  last_ticks_ = reference * kTicksPerReference;
}

bool TransportCcBuilder::add(std::uint16_t sequence, Time arrival) {
  const auto skipped = static_cast<std::uint16_t>(sequence - next_sequence());
  const std::size_t statuses = status_count_ + skipped + 1;
  if (skipped >= 0x8000 || statuses > kMaxStatuses) return false;
  const std::int64_t ticks = to_ticks(arrival);
  const std::int64_t delta = ticks - last_ticks_;
  if (delta < std::numeric_limits<std::int16_t>::min() || delta > std::numeric_limits<std::int16_t>::max())
    return false;
  const bool small = delta >= 0 && delta <= 0xff;
  const std::size_t delta_bytes = delta_bytes_ + (small ? 1 : 2);
  const std::size_t most_chunks = (statuses + kTwoBitSymbols - 1) / kTwoBitSymbols;
  if (kRtcpHeaderSize + kFixedSize + round_up_to_words(2 * most_chunks + delta_bytes) > kMaxSize) return false;

  std::fill_n(symbols_.begin() + static_cast<std::ptrdiff_t>(status_count_), skipped, kLost);
  symbols_[statuses - 1] = small ? kSmallDelta : kLargeDelta;
  deltas_[delta_count_++] = static_cast<std::int16_t>(delta);
  status_count_ = statuses;
  delta_bytes_ = delta_bytes;
  last_ticks_ = ticks;
  return true;
}

std::size_t TransportCcBuilder::write_chunks(ByteWriter* out) const {
  std::size_t size = 0;
  for (std::size_t at = 0; at < status_count_;) {
    const Chunk chunk = choose_chunk(std::span(symbols_).subspan(at, status_count_ - at));
    if (out != nullptr) out->be16(chunk.word);
    at += chunk.taken;
    size += 2;
  }
  return size;
}

bool TransportCcBuilder::write(ByteWriter& out, Ssrc sender, Ssrc media, std::uint8_t feedback_count) const {
  if (empty()) return false;
  const std::size_t filled = kFixedSize + write_chunks(nullptr) + delta_bytes_;
  const std::size_t size = round_up_to_words(filled);
  if (!begin_rtcp(out, RtcpType::kTransportFeedback, kFormatTransportCc, size)) return false;
  out.be32(sender.value());
  out.be32(media.value());
  out.be16(base_sequence_);
  out.be16(static_cast<std::uint16_t>(status_count_));
  out.be24(reference_time_);
  out.u8(feedback_count);
  write_chunks(&out);
  std::size_t next_delta = 0;
  for (std::size_t i = 0; i < status_count_; ++i) {
    if (symbols_[i] == kLost) continue;
    const std::int16_t delta = deltas_[next_delta++];
    if (symbols_[i] == kSmallDelta) {
      out.u8(static_cast<std::uint8_t>(delta));
    } else {
      out.be16(static_cast<std::uint16_t>(delta));
    }
  }
  // Zeros fill the last word; readers know from the chunks where the deltas end.
  out.zeros(size - filled);
  return true;
}

}  // namespace parley

// The input is a story: each pair of bytes binds, maps, leaves out, pads or closes holes. Whatever it tells, no
// outgoing number is used twice, later packets of a binding get higher numbers, and timestamps keep their distances.
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_set>

#include "base/bytes.h"
#include "base/check.h"
#include "media/rtp_rewriter.h"

namespace {

using namespace parley;

class Watch {
 public:
  explicit Watch(std::uint16_t first) : highest_(65'536 + first - 1) {}

  std::int64_t use(RtpRewriter::Out out) {
    const std::int64_t number =
        highest_ + static_cast<std::int16_t>(out.sequence - static_cast<std::uint16_t>(highest_));
    PARLEY_CHECK(used_.insert(number).second);
    if (number > highest_) highest_ = number;
    return number;
  }
  std::int64_t highest() const { return highest_; }

 private:
  std::int64_t highest_;
  std::unordered_set<std::int64_t> used_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input({data, size});
  const std::uint16_t first = input.be16();
  RtpRewriter rewriter(first, input.be32());
  Watch watch(first);

  std::int64_t base = 1 << 20;
  std::int64_t next = base;
  std::uint32_t clock = 0;
  std::map<std::int64_t, std::int64_t> sent;  // Of this binding.
  std::optional<std::uint32_t> shift;
  while (input.ok() && input.remaining() >= 2) {
    const std::uint8_t op = input.u8();
    const std::uint8_t argument = input.u8();
    // A place around the newest packet: mostly the next, sometimes far off.
    std::int64_t in = next + (argument & 0x3f) - 48;
    if (argument < 0x60) in = next;
    if (argument == 0xff) in = next + 5000;
    const std::uint32_t ts = clock + static_cast<std::uint32_t>(in - base) * 100;

    switch (op % 8) {
      case 0: {
        base = next = static_cast<std::int64_t>(1 << 20) + argument * 1000;
        clock = static_cast<std::uint32_t>(argument) << 24;
        const bool started = rewriter.started();
        const std::uint32_t before = rewriter.last_timestamp();
        const std::int64_t highest = watch.highest();
        rewriter.rebase(base, clock, before + argument * 100u - 9000, 1500);
        sent.clear();
        const auto out = rewriter.map(base, clock);
        PARLEY_CHECK(out && watch.use(*out) == highest + 1);
        if (started) PARLEY_CHECK(static_cast<std::int32_t>(out->timestamp - before) >= 1500);
        sent.emplace(base, watch.highest());
        shift = out->timestamp - clock;
        next = base + 1;
        break;
      }
      case 1:
        if (const auto out = rewriter.skip(in, ts)) watch.use(*out);
        PARLEY_CHECK(!rewriter.map(in, ts));
        if (in >= next) next = in + 1;
        break;
      case 2: {
        const auto out = rewriter.next_padding();
        PARLEY_CHECK(watch.use(out) == watch.highest());
        break;
      }
      case 3:
        while (const auto hole = rewriter.take_hole()) watch.use(*hole);
        break;
      default:
        if (const auto out = rewriter.map(in, ts)) {
          const std::int64_t number = watch.use(*out);
          PARLEY_CHECK(out->timestamp - ts == *shift);
          const auto [at, fresh] = sent.emplace(in, number);
          PARLEY_CHECK(fresh);
          if (at != sent.begin()) PARLEY_CHECK(std::prev(at)->second < number);
          if (std::next(at) != sent.end()) PARLEY_CHECK(std::next(at)->second > number);
          PARLEY_CHECK(!rewriter.map(in, ts));
        }
        if (in >= next) next = in + 1;
        break;
    }
    if (rewriter.started()) PARLEY_CHECK(rewriter.last_sequence() == static_cast<std::uint16_t>(watch.highest()));
  }
  return 0;
}

// One peer's RTP over re-offers, reports and time. The first byte of a step says what, the rest is read as it needs.
// Holds: views stay inside their packet, a packet's route is its line's, no source hands out a number twice, streams
// are bounded, and no packet is kept.
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "session/ingress.h"
#include "support/packets.h"

using namespace parley;

namespace {

constexpr std::string_view kMids[] = {"a", "v", "s", "a-mid-of-16-bytes"};
constexpr Codec kCodecs[] = {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};

class Peer {
 public:
  explicit Peer(ByteReader in) : in_(in) {
    offer(in_.u8());
    while (in_.ok() && in_.remaining() > 0 && steps_++ < 300) step(in_.u8());
  }
  ~Peer() { PARLEY_CHECK(pool_.in_use() == 0); }

 private:
  void step(std::uint8_t what) {
    switch (what % 8) {
      case 0: return offer(in_.u8());
      case 1: return raw();
      case 2: now_ += std::chrono::milliseconds(in_.u8()) * 40; return;
      case 3: return report();
      case 4: return ingress_.on_sender_report(ssrc(), in_.be64(), in_.be32(), now_);
      case 5: {
        const std::size_t before = ingress_.streams();
        ingress_.on_bye(ssrc());
        PARLEY_CHECK(ingress_.streams() + 1 >= before);
        return;
      }
      default: return packet(what);
    }
  }

  // Which lines there are, in which order, with which codec under the same number.
  void offer(std::uint8_t shape) {
    params_ = {};
    params_.extensions = test::extension_ids(static_cast<std::uint8_t>(1 + (shape & 1) * 8));
    for (std::size_t i = 0; i < std::size(kMids); ++i) {
      if ((shape >> (i + 1) & 1) == 0) continue;
      CodecParams codec;
      codec.codec = i == 0 ? Codec::kOpus : kCodecs[(shape >> 5 & 3) % std::size(kCodecs)];
      codec.payload_type = PayloadType(static_cast<std::uint8_t>(i == 0 ? 111 : 96 + (shape >> 7) * i));
      codec.clock_rate = i == 0 ? 48'000 : 90'000;
      params_.receive.push_back(
          {std::string(kMids[i]), kind_of(codec.codec), {codec}, {}, {{Ssrc(static_cast<std::uint32_t>(i)), {}}}});
    }
    if ((shape & 0x10) != 0) std::ranges::reverse(params_.receive);
    ingress_.configure(params_);
    for (std::size_t i = 0; i < std::size(kMids); ++i)
      ingress_.set_route(kMids[i], Route{static_cast<std::uint32_t>(i), 1});
  }

  void raw() {
    const Bytes bytes = in_.bytes(std::min<std::size_t>(in_.u8(), in_.remaining()));
    receive(bytes);
  }

  void packet(std::uint8_t how) {
    test::RtpSpec spec;
    spec.ids = params_.extensions;
    spec.type = static_cast<std::uint8_t>((how & 0x10) != 0 ? 111 : 96 + (how >> 5 & 3));
    spec.ssrc = ssrc().value();
    spec.sequence = in_.be16();
    spec.timestamp = in_.be32();
    if ((how & 8) != 0) spec.mid = kMids[in_.u8() % std::size(kMids)];
    spec.padding = (how & 0x80) != 0 ? in_.u8() : std::uint8_t{0};
    const Bytes payload = in_.bytes(std::min<std::size_t>(in_.u8() % 64, in_.remaining()));
    spec.payload.assign(payload.begin(), payload.end());
    receive(test::make_rtp(spec));
  }

  void receive(Bytes bytes) {
    const auto media = ingress_.receive(pool_.copy_of(bytes), now_);
    PARLEY_CHECK(ingress_.streams() <= Ingress::kMaxStreams);
    if (!media) return;
    const Bytes packet = media->packet.bytes();
    for (const Bytes view :
         {media->rtp.payload, media->extensions.dependency_descriptor, media->extensions.playout_delay}) {
      PARLEY_CHECK(view.empty() ||
                   (view.data() >= packet.data() && view.data() + view.size() <= packet.data() + packet.size()));
    }
    PARLEY_CHECK(media->source != 0 && media->route);
    PARLEY_CHECK(static_cast<std::uint16_t>(media->sequence) == media->rtp.sequence);
    PARLEY_CHECK(seen_.insert({media->source, media->sequence}).second);
    PARLEY_CHECK(std::ranges::any_of(params_.receive, [&](const ReceiveLine& line) {
      return line.mid == kMids[media->route.index] && std::ranges::any_of(line.codecs, [&](const CodecParams& c) {
               return c.payload_type == media->rtp.payload_type && c.codec == media->codec;
             });
    }));
    if (!media->extensions.mid.empty()) PARLEY_CHECK(media->extensions.mid == kMids[media->route.index]);
    PARLEY_CHECK(ingress_.keyframe_target(media->route));
  }

  void report() {
    std::vector<ReportBlock> blocks;
    ingress_.report(now_, blocks);
    PARLEY_CHECK(blocks.size() <= ingress_.streams());
    PARLEY_CHECK(ingress_.first_report_due() == kNever);
    blocks.clear();
    ingress_.report(now_, blocks);
    PARLEY_CHECK(blocks.empty());
  }

  Ssrc ssrc() { return Ssrc(in_.u8() % 100u); }

  ByteReader in_;
  PacketPool pool_{4};
  SessionParams params_;
  Ingress ingress_;
  Time now_{100s};
  std::set<std::pair<std::uint32_t, std::int64_t>> seen_;
  int steps_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Peer peer{ByteReader({data, size})};
  return 0;
}

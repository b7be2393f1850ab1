#include "transport/srtp_evp.h"

#include "transport/replay_window.h"
#include "transport/srtp_evp_cm.h"
#include "transport/srtp_evp_gcm.h"
#include "transport/srtp_packet.h"
#include "transport/ssrc_table.h"

namespace parley {
namespace {

struct SentStream {
  ReplayWindow<kSrtpReplayWindow> rtp;  // which indices were used: none is used twice
  std::uint32_t rtcp_index = 0;
};

template <class Cipher>
class EvpSender final : public SrtpSender {
 public:
  explicit EvpSender(const SrtpSessionKeys& keys)
      : rtp_(keys.rtp, CipherDirection::kSeal), rtcp_(keys.rtcp, CipherDirection::kSeal) {}

  std::size_t protect_rtp(MutableBytes buffer, std::size_t size) override {
    if (size > buffer.size() || buffer.size() - size < Cipher::kRtpOverhead) return 0;
    const auto header = read_rtp_header(buffer.first(size));
    if (!header) return 0;
    SentStream* const stream = streams_.find_or_add(header->ssrc);
    if (stream == nullptr) return 0;

    const std::uint64_t index =
        stream->rtp.empty() ? header->sequence : estimate_rtp_index(stream->rtp.highest(), header->sequence);
    if (index > kMaxRtpIndex || !stream->rtp.is_fresh(index)) return 0;
    // Used from here on, whatever the cipher says.
    stream->rtp.mark(index);
    if (!rtp_.seal_rtp(buffer.data(), header->size, size, header->ssrc, index)) return 0;
    return size + Cipher::kRtpOverhead;
  }

  std::size_t protect_rtcp(MutableBytes buffer, std::size_t size) override {
    if (size > buffer.size() || buffer.size() - size < Cipher::kRtcpOverhead) return 0;
    const auto ssrc = read_rtcp_ssrc(buffer.first(size));
    if (!ssrc) return 0;
    SentStream* const stream = streams_.find_or_add(*ssrc);
    if (stream == nullptr || stream->rtcp_index == kMaxSrtcpIndex) return 0;

    // The first index is 1, as in libsrtp; receivers take any.
    const std::uint32_t index = ++stream->rtcp_index;
    if (!rtcp_.seal_rtcp(buffer.data(), size, *ssrc, index)) return 0;
    return size + Cipher::kRtcpOverhead;
  }

 private:
  Cipher rtp_;
  Cipher rtcp_;
  SsrcTable<SentStream> streams_;
};

struct ReceivedStream {
  ReplayWindow<kSrtpReplayWindow> rtp;
  ReplayWindow<kSrtcpReplayWindow> rtcp;
};

template <class Cipher>
class EvpReceiver final : public SrtpReceiver {
 public:
  explicit EvpReceiver(const SrtpSessionKeys& keys)
      : rtp_(keys.rtp, CipherDirection::kOpen), rtcp_(keys.rtcp, CipherDirection::kOpen) {}

  std::expected<std::size_t, DropReason> unprotect_rtp(MutableBytes packet) override {
    const auto header = read_rtp_header(packet);
    if (!header || packet.size() - header->size < Cipher::kRtpOverhead) return std::unexpected(DropReason::kBadRtp);
    // Nothing of a new SSRC is kept before its first packet proved authentic.
    ReceivedStream* stream = streams_.find(header->ssrc);
    if (stream == nullptr && streams_.full()) return std::unexpected(DropReason::kSsrcLimit);

    const bool first = stream == nullptr || stream->rtp.empty();
    const std::uint64_t index = first ? header->sequence : estimate_rtp_index(stream->rtp.highest(), header->sequence);
    if (index > kMaxRtpIndex || (!first && !stream->rtp.is_fresh(index))) return std::unexpected(DropReason::kReplay);
    if (!rtp_.open_rtp(packet.data(), header->size, packet.size(), header->ssrc, index)) {
      return std::unexpected(DropReason::kAuthentication);
    }
    if (stream == nullptr) stream = streams_.find_or_add(header->ssrc);
    stream->rtp.mark(index);
    return packet.size() - Cipher::kRtpOverhead;
  }

  std::expected<std::size_t, DropReason> unprotect_rtcp(MutableBytes packet) override {
    const auto ssrc = read_rtcp_ssrc(packet);
    if (!ssrc || packet.size() < kSrtcpHeaderSize + Cipher::kRtcpOverhead) return std::unexpected(DropReason::kBadRtcp);
    ReceivedStream* stream = streams_.find(*ssrc);
    if (stream == nullptr && streams_.full()) return std::unexpected(DropReason::kSsrcLimit);

    const std::uint32_t word = Cipher::rtcp_index_word(packet);
    const std::uint32_t index = word & kMaxSrtcpIndex;
    // Every profile of ours encrypts RTCP.
    if ((word & kSrtcpEncrypted) == 0) return std::unexpected(DropReason::kAuthentication);
    if (stream != nullptr && !stream->rtcp.is_fresh(index)) return std::unexpected(DropReason::kReplay);
    if (!rtcp_.open_rtcp(packet.data(), packet.size(), *ssrc)) return std::unexpected(DropReason::kAuthentication);
    if (stream == nullptr) stream = streams_.find_or_add(*ssrc);
    stream->rtcp.mark(index);
    return packet.size() - Cipher::kRtcpOverhead;
  }

 private:
  Cipher rtp_;
  Cipher rtcp_;
  SsrcTable<ReceivedStream> streams_;
};

}  // namespace

std::unique_ptr<SrtpSender> make_evp_sender(const SrtpSessionKeys& keys) {
  if (keys.rtp.profile == SrtpProfile::kAesCm128HmacSha1_80) return std::make_unique<EvpSender<SrtpCounterMode>>(keys);
  return std::make_unique<EvpSender<SrtpGcm>>(keys);
}

std::unique_ptr<SrtpReceiver> make_evp_receiver(const SrtpSessionKeys& keys) {
  if (keys.rtp.profile == SrtpProfile::kAesCm128HmacSha1_80) {
    return std::make_unique<EvpReceiver<SrtpCounterMode>>(keys);
  }
  return std::make_unique<EvpReceiver<SrtpGcm>>(keys);
}

}  // namespace parley

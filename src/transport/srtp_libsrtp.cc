#include "transport/srtp_libsrtp.h"

#include <openssl/crypto.h>
#include <srtp2/srtp.h>

#include <algorithm>

#include "base/check.h"
#include "transport/srtp_packet.h"
#include "transport/ssrc_table.h"

namespace parley {
namespace {

struct FreeContext {
  void operator()(srtp_t context) const { srtp_dealloc(context); }
};
using ContextPtr = std::unique_ptr<srtp_ctx_t_, FreeContext>;

ContextPtr make_context(const SrtpMasterKey& key, srtp_ssrc_type_t direction) {
  static const bool ready = srtp_init() == srtp_err_status_ok;
  PARLEY_CHECK(ready);

  srtp_policy_t policy{};
  for (srtp_crypto_policy_t* crypto : {&policy.rtp, &policy.rtcp}) {
    switch (key.profile) {
      case SrtpProfile::kAeadAes128Gcm: srtp_crypto_policy_set_aes_gcm_128_16_auth(crypto); break;
      case SrtpProfile::kAeadAes256Gcm: srtp_crypto_policy_set_aes_gcm_256_16_auth(crypto); break;
      case SrtpProfile::kAesCm128HmacSha1_80: srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(crypto); break;
    }
  }
  std::array<std::uint8_t, 32 + 14> key_and_salt{};
  std::ranges::copy(key.key_bytes(), key_and_salt.begin());
  std::ranges::copy(key.salt_bytes(), key_and_salt.begin() + static_cast<std::ptrdiff_t>(srtp_key_size(key.profile)));
  policy.key = key_and_salt.data();
  policy.ssrc.type = direction;
  policy.window_size = kSrtpReplayWindow;
  policy.allow_repeat_tx = 0;  // a repeated index would give the key away

  srtp_t context = nullptr;
  PARLEY_CHECK(srtp_create(&context, &policy) == srtp_err_status_ok);
  OPENSSL_cleanse(key_and_salt.data(), key_and_salt.size());
  return ContextPtr(context);
}

// libsrtp keeps the streams; this only counts them.
struct Known {};

class LibsrtpSender final : public SrtpSender {
 public:
  explicit LibsrtpSender(const SrtpMasterKey& key)
      : tag_size_(srtp_tag_size(key.profile)), context_(make_context(key, ssrc_any_outbound)) {}

  std::size_t protect_rtp(MutableBytes buffer, std::size_t size) override {
    if (size > buffer.size() || buffer.size() - size < tag_size_) return 0;
    const auto header = read_rtp_header(buffer.first(size));
    if (!header || streams_.find_or_add(header->ssrc) == nullptr) return 0;
    int length = static_cast<int>(size);
    if (srtp_protect(context_.get(), buffer.data(), &length) != srtp_err_status_ok) return 0;
    return static_cast<std::size_t>(length);
  }

  std::size_t protect_rtcp(MutableBytes buffer, std::size_t size) override {
    if (size > buffer.size() || buffer.size() - size < tag_size_ + kSrtcpIndexSize) return 0;
    const auto ssrc = read_rtcp_ssrc(buffer.first(size));
    if (!ssrc || streams_.find_or_add(*ssrc) == nullptr) return 0;
    int length = static_cast<int>(size);
    if (srtp_protect_rtcp(context_.get(), buffer.data(), &length) != srtp_err_status_ok) return 0;
    return static_cast<std::size_t>(length);
  }

 private:
  std::size_t tag_size_;
  ContextPtr context_;
  SsrcTable<Known> streams_;
};

class LibsrtpReceiver final : public SrtpReceiver {
 public:
  explicit LibsrtpReceiver(const SrtpMasterKey& key)
      : tag_size_(srtp_tag_size(key.profile)), context_(make_context(key, ssrc_any_inbound)) {}

  std::expected<std::size_t, DropReason> unprotect_rtp(MutableBytes packet) override {
    const auto header = read_rtp_header(packet);
    if (!header || packet.size() - header->size < tag_size_) return std::unexpected(DropReason::kBadRtp);
    return unprotect(packet, header->ssrc, srtp_unprotect);
  }

  std::expected<std::size_t, DropReason> unprotect_rtcp(MutableBytes packet) override {
    const auto ssrc = read_rtcp_ssrc(packet);
    if (!ssrc || packet.size() < kSrtcpHeaderSize + kSrtcpIndexSize + tag_size_) {
      return std::unexpected(DropReason::kBadRtcp);
    }
    return unprotect(packet, *ssrc, srtp_unprotect_rtcp);
  }

 private:
  using Unprotect = srtp_err_status_t (*)(srtp_t, void*, int*);

  std::expected<std::size_t, DropReason> unprotect(MutableBytes packet, std::uint32_t ssrc, Unprotect function) {
    if (streams_.find(ssrc) == nullptr && streams_.full()) return std::unexpected(DropReason::kSsrcLimit);
    int length = static_cast<int>(packet.size());
    switch (function(context_.get(), packet.data(), &length)) {
      case srtp_err_status_ok: break;
      case srtp_err_status_replay_fail:
      case srtp_err_status_replay_old: return std::unexpected(DropReason::kReplay);
      default: return std::unexpected(DropReason::kAuthentication);
    }
    streams_.find_or_add(ssrc);
    return static_cast<std::size_t>(length);
  }

  std::size_t tag_size_;
  ContextPtr context_;
  SsrcTable<Known> streams_;
};

}  // namespace

std::unique_ptr<SrtpSender> make_libsrtp_sender(const SrtpMasterKey& key) {
  return std::make_unique<LibsrtpSender>(key);
}
std::unique_ptr<SrtpReceiver> make_libsrtp_receiver(const SrtpMasterKey& key) {
  return std::make_unique<LibsrtpReceiver>(key);
}

}  // namespace parley

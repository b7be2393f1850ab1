#include "support/scripted_dtls.h"

#include "base/rng.h"

namespace parley::sim {
namespace {

constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kAlert = 21;

class ScriptedDtls final : public Dtls {
 public:
  explicit ScriptedDtls(Time now) : deadline_(now + 15s) {}

  DtlsState receive(Bytes datagram, Time, DtlsSink& sink) override {
    if (datagram.size() == 1 && datagram[0] == kAlert && state_ == DtlsState::kConnected)
      return state_ = DtlsState::kClosed;
    const auto peer = parse_scripted_hello(datagram);
    if (!peer || state_ == DtlsState::kClosed) return state_;
    if (state_ != DtlsState::kConnected) keys_ = scripted_keys(*peer);
    state_ = DtlsState::kConnected;
    sink.send_dtls(scripted_hello(*peer));
    return state_;
  }
  DtlsState tick(Time now, DtlsSink&) override {
    if (state_ == DtlsState::kNew && now >= deadline_) state_ = DtlsState::kFailed;
    return state_;
  }
  Time next_deadline() const override { return state_ == DtlsState::kNew ? deadline_ : kNever; }
  DtlsState state() const override { return state_; }
  const SrtpKeys* keys() const override { return keys_ ? &*keys_ : nullptr; }
  std::string_view failure() const override {
    return state_ == DtlsState::kFailed ? "the scripted handshake timed out" : "";
  }
  void close(DtlsSink& sink) override {
    if (state_ == DtlsState::kConnected) sink.send_dtls(scripted_close());
    state_ = DtlsState::kClosed;
  }

 private:
  DtlsState state_ = DtlsState::kNew;
  Time deadline_;
  std::optional<SrtpKeys> keys_;
};

}  // namespace

std::vector<std::uint8_t> scripted_hello(std::uint32_t peer) {
  std::vector<std::uint8_t> hello(5, kHandshake);
  store_be32(&hello[1], peer);
  return hello;
}

std::vector<std::uint8_t> scripted_close() {
  return {kAlert};
}

std::optional<std::uint32_t> parse_scripted_hello(Bytes datagram) {
  if (datagram.size() != 5 || datagram[0] != kHandshake) return std::nullopt;
  return load_be32(&datagram[1]);
}

SrtpKeys scripted_keys(std::uint32_t peer) {
  Rng rng(0x5eed'0000'0000 + peer);
  SrtpKeys keys;
  for (SrtpMasterKey* key : {&keys.receive, &keys.send}) {
    key->profile = SrtpProfile::kAeadAes128Gcm;
    for (std::uint8_t& byte : key->key) byte = static_cast<std::uint8_t>(rng.next());
    for (std::uint8_t& byte : key->salt) byte = static_cast<std::uint8_t>(rng.next());
  }
  return keys;
}

std::unique_ptr<Dtls> ScriptedDtlsFactory::make(const Fingerprint&, Time now) {
  return std::make_unique<ScriptedDtls>(now);
}

}  // namespace parley::sim

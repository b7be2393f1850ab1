// A session's life as the input says it: checks from many addresses under right and wrong credentials, raw bytes,
// restarts and passing time. Each byte pair is a step. The agent's promises are checked after every one.
#include <array>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "transport/ice_lite.h"

using namespace parley;

namespace {

using State = IceLite::State;

constexpr std::size_t kRemotes = 64;

Path path_of(std::size_t n) {
  const auto port = static_cast<std::uint16_t>(5000 + n % kRemotes);
  return {Address::v4({192, 0, 2, 1}, 7000), Address::v4({203, 0, 113, 7}, port)};
}

IceCredentials credentials_of(unsigned generation) {
  return {"ufrag" + std::to_string(generation), "password-of-generation-" + std::to_string(generation)};
}

class Life {
 public:
  void step(std::uint8_t what, std::uint8_t how, Bytes rest) {
    switch (what % 8) {
      case 0: return pass(std::chrono::milliseconds(how) * 40);
      case 1: return restart();
      case 2: return raw(rest, how);
      case 3: return check(generation_ + 1 + what / 8, how, false, false);  // not given out yet
      case 4: return check(generation_ >= 1 ? generation_ - 1 : 0, how, (what & 8) != 0, false);
      case 5: return check(generation_, how, (what & 8) != 0, (what & 16) != 0);
      default: return check(generation_, how, (what & 8) != 0, false);
    }
  }

 private:
  void pass(Duration time) {
    const Time deadline = ice_.next_deadline();
    const State before = ice_.state();
    const auto nominated = ice_.nominated();
    now_ += time;
    const State after = ice_.tick(now_);
    const bool changed = after != before || ice_.nominated() != nominated;
    PARLEY_CHECK(changed == (now_ >= deadline));
    if (before == State::kFailed) PARLEY_CHECK(after == State::kFailed);
    check_promises();
  }

  void restart() {
    const std::string old = ice_.local().ufrag;
    const std::string dropped = ice_.restart(credentials_of(++generation_), {"peer", "peer-password"}, now_);
    PARLEY_CHECK(ice_.accepts_ufrag(credentials_of(generation_).ufrag));
    PARLEY_CHECK(ice_.accepts_ufrag(old) != (dropped == old));
    check_promises();
  }

  void raw(Bytes bytes, std::uint8_t from) {
    const auto view = parse_stun(bytes);
    if (view) receive(*view, path_of(from));
  }

  void check(unsigned generation, std::uint8_t from, bool use_candidate, bool conflict) {
    const IceCredentials server = credentials_of(generation);
    const std::string username = server.ufrag + ":peer";
    BindingRequest request;
    request.username = username;
    request.use_candidate = use_candidate;
    if (conflict) request.ice_controlled = 1;
    std::array<std::uint8_t, 300> bytes;
    const auto view = parse_stun(Bytes(bytes).first(write_binding_request(bytes, request, server.pwd)));
    PARLEY_CHECK(view);

    const bool accepted = ice_.accepts_ufrag(server.ufrag);
    const auto result = receive(*view, path_of(from));
    if (!accepted || conflict) PARLEY_CHECK(result.dropped && !result.validated_new && !result.nominated_changed);
    if (!accepted) PARLEY_CHECK(result.reply_size == 0);
    if (result.dropped) return;
    PARLEY_CHECK(ice_.validated(path_of(from)) && ice_.state() != State::kFailed);
    if (use_candidate) PARLEY_CHECK(ice_.nominated() == path_of(from) && ice_.state() == State::kConnected);
    const auto answer = parse_stun(Bytes(reply_).first(result.reply_size));
    PARLEY_CHECK(answer && answer->xor_mapped_address == path_of(from).remote && verify_integrity(*answer, server.pwd));
  }

  IceLite::Result receive(const StunView& view, const Path& path) {
    const bool known = ice_.validated(path);
    const auto result = ice_.receive(view, path, now_, reply_);
    PARLEY_CHECK(result.validated_new == (!known && ice_.validated(path)));
    if (result.evicted) PARLEY_CHECK(result.validated_new && !ice_.validated(*result.evicted));
    if (!result.retired_ufrag.empty()) PARLEY_CHECK(!ice_.accepts_ufrag(result.retired_ufrag));
    check_promises();
    return result;
  }

  void check_promises() {
    std::size_t validated = 0;
    for (std::size_t i = 0; i < kRemotes; ++i) validated += ice_.validated(path_of(i)) ? 1u : 0u;
    PARLEY_CHECK(validated <= IceLite::kMaxPairs);
    if (ice_.nominated()) PARLEY_CHECK(ice_.validated(*ice_.nominated()));
    if (ice_.state() == State::kNew || ice_.state() == State::kFailed) PARLEY_CHECK(!ice_.nominated());
    if (ice_.state() == State::kConnected) PARLEY_CHECK(ice_.nominated());
    if (ice_.state() != State::kFailed) PARLEY_CHECK(ice_.next_deadline() != kNever);
  }

  Time now_{100s};
  unsigned generation_ = 0;
  IceLite ice_{credentials_of(0), {"peer", "peer-password"}, IceTimeouts{}, now_};
  std::array<std::uint8_t, kMaxStunAnswer> reply_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Life life;
  const Bytes input(data, size);
  for (std::size_t i = 0; i + 1 < size && i < 600; i += 2) life.step(input[i], input[i + 1], input.subspan(i + 2));
  return 0;
}

// A worker's whole life as the input says it: two connected sessions, then datagrams (plain, or protected with a
// client's real keys so that they get past authentication), commands, checks and time. The first byte of a step says
// what, the rest is read as it needs. Holds: every packet that leaves opens once with the key of the session that sent
// it, so no number is protected twice; between turns no packet is kept; after a tick the next deadline lies ahead; and
// when all sessions are removed, everything is gone.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/engine.h"
#include "support/packets.h"
#include "support/scripted_dtls.h"
#include "wire/demux.h"
#include "wire/rtcp_feedback.h"
#include "wire/rtcp_reports.h"
#include "wire/rtcp_sdes.h"
#include "wire/stun.h"

using namespace parley;

namespace {

constexpr std::size_t kSessions = 4;
constexpr std::size_t kPorts = 6;
constexpr std::string_view kMids[] = {"a", "v", "sa", "sv", "sw", "x"};
constexpr std::uint32_t kSources[] = {0x11, 0x12, 0x13, 0x14};

Path path_of(std::size_t n) {
  return {Address::v4({192, 0, 2, 1}, 7000),
          Address::v4({203, 0, 113, 7}, static_cast<std::uint16_t>(5000 + n % kPorts))};
}

// Handshakes by one datagram, each with keys of its own, as DTLS would have it.
class CountingDtls final : public DtlsFactory {
 public:
  std::unique_ptr<Dtls> make(const Fingerprint&, Time) override { return std::make_unique<One>(++made_); }

 private:
  class One final : public Dtls {
   public:
    explicit One(std::uint32_t number) : number_(number), keys_(sim::scripted_keys(number)) {}
    DtlsState receive(Bytes datagram, Time, DtlsSink& sink) override {
      if (datagram[0] == 22 && (state_ == DtlsState::kNew || state_ == DtlsState::kHandshaking)) {
        state_ = DtlsState::kConnected;
        sink.send_dtls(sim::scripted_hello(number_));
      }
      if (datagram[0] == 20 && state_ == DtlsState::kNew) state_ = DtlsState::kHandshaking;
      if (datagram[0] == 21) state_ = state_ == DtlsState::kConnected ? DtlsState::kClosed : DtlsState::kFailed;
      return state_;
    }
    DtlsState tick(Time, DtlsSink&) override { return state_; }
    Time next_deadline() const override { return kNever; }
    DtlsState state() const override { return state_; }
    const SrtpKeys* keys() const override { return state_ == DtlsState::kConnected ? &keys_ : nullptr; }
    std::string_view failure() const override { return ""; }
    void close(DtlsSink& sink) override {
      if (state_ == DtlsState::kConnected) sink.send_dtls(sim::scripted_close());
      state_ = DtlsState::kClosed;
    }

   private:
    std::uint32_t number_;
    SrtpKeys keys_;
    DtlsState state_ = DtlsState::kNew;
  };
  std::uint32_t made_ = 0;
};

// The peer's end of one handshake.
struct Client {
  explicit Client(std::uint32_t number, const Path& where)
      : path(where),
        sender(make_srtp_sender(SrtpLibrary::kOpenssl, sim::scripted_keys(number).receive)),
        receiver(make_srtp_receiver(SrtpLibrary::kOpenssl, sim::scripted_keys(number).send)) {}
  Path path;
  std::unique_ptr<SrtpSender> sender;
  std::unique_ptr<SrtpReceiver> receiver;
};

class Life {
 public:
  explicit Life(Bytes input) : in_(input), shape_(in_.u8()) {
    for (std::size_t n = 0; n < 2; ++n) {
      add(n, 1, static_cast<std::uint8_t>(0xff & ~shape_ & 0x60));
      execute(PublishTrack{SessionId{n}, TrackId{n}, "v", false});
      check(n, n, true);
      receive(path_of(n), std::array<std::uint8_t, 1>{22});
      turn();
    }
    PARLEY_CHECK(clients_.size() == 2);
    execute(BindSlot{SessionId{0}, "sv", TrackId{1}});
    execute(BindSlot{SessionId{1}, "sv", TrackId{0}});
    while (in_.ok() && in_.remaining() > 0 && steps_++ < 250) {
      step(in_.u8());
      turn();
    }
  }

  void end() {
    turn();
    held_.clear();
    for (std::size_t n = 0; n < kSessions; ++n) execute(RemoveSession{SessionId{n}});
    turn();
    const EngineStats stats = engine_.stats();
    PARLEY_CHECK(stats.sessions == 0 && stats.rooms == 0 && pool_.in_use() == 0);
    PARLEY_CHECK(engine_.next_deadline() == kNever);
  }

 private:
  void step(std::uint8_t what) {
    const std::uint8_t who = in_.u8();
    switch (what % 16) {
      case 0: return receive(path_of(who), in_.bytes(std::min<std::size_t>(in_.u8(), in_.remaining())));
      case 1: return sealed(who, false, in_.bytes(std::min<std::size_t>(in_.u8(), in_.remaining())));
      case 2: return sealed(who, true, in_.bytes(std::min<std::size_t>(in_.u8(), in_.remaining())));
      case 3: return feedback(who);
      case 4: return check(who % kSessions, who / kSessions, (what & 16) != 0);
      case 5:
        return receive(path_of(who), std::array<std::uint8_t, 1>{static_cast<std::uint8_t>(20 + (what >> 4) % 3)});
      case 6: return pass(std::chrono::milliseconds(who) * ((what & 16) != 0 ? 100 : 5));
      case 7: return command(what >> 4, who);
      case 8: return hog(who);
      case 9: return update(who % kSessions, in_.u8());
      case 10: return burst(who);
      default: return media(who, what >> 4);
    }
  }

  void receive(const Path& path, Bytes bytes) {
    PacketRef packet = pool_.copy_of(bytes);
    if (packet) engine_.receive({path, now_, std::move(packet)}, out_);
  }

  void sealed(std::size_t who, bool control, Bytes plain) {
    Client& client = clients_[who % clients_.size()];
    std::array<std::uint8_t, 1500> buffer{};
    std::ranges::copy(plain.first(std::min<std::size_t>(plain.size(), 1400)), buffer.begin());
    const std::size_t size = std::min<std::size_t>(plain.size(), 1400);
    const std::size_t full =
        control ? client.sender->protect_rtcp(buffer, size) : client.sender->protect_rtp(buffer, size);
    if (full != 0) receive(client.path, Bytes(buffer).first(full));
  }

  void media(std::uint8_t who, unsigned how) {
    test::RtpSpec spec;
    spec.ids = extensions();
    spec.ssrc = kSources[in_.u8() % std::size(kSources)];
    const std::uint8_t step = in_.u8();
    std::uint16_t& sequence = sequences_[{who % clients_.size(), spec.ssrc}];
    sequence = static_cast<std::uint16_t>(sequence + (step < 200 ? step % 4 : step * 97));
    spec.sequence = sequence;
    spec.timestamp = sequence * 3000u;
    spec.type = (how & 1) != 0 ? 98 : 96;
    if ((how & 2) != 0)
      spec.mid = kMids[in_.u8() % std::size(kMids)];
    else
      spec.mid = "v";
    spec.marker = (how & 4) != 0;
    spec.two_byte = true;
    const std::uint8_t content = in_.u8();
    const Bytes descriptor = in_.bytes(std::min<std::size_t>((content & 1) != 0 ? in_.u8() % 80 : 0, in_.remaining()));
    spec.extend = [&](RtpExtensionWriter& writer) {
      if (!descriptor.empty()) writer.set(RtpExtension::kDependencyDescriptor, descriptor);
      if ((content & 2) != 0) writer.set_video_orientation(content);
    };
    spec.payload =
        test::vp8_payload(static_cast<std::uint16_t>(sequence & 0x7fff), (content & 4) != 0, (content & 8) == 0);
    if ((content & 16) != 0) {
      spec.payload.clear();
      spec.padding = 20;
    } else if ((content & 32) != 0) {
      const Bytes payload = in_.bytes(std::min<std::size_t>(in_.u8() % 32, in_.remaining()));
      spec.payload.assign(payload.begin(), payload.end());
    }
    sealed(who, false, test::make_rtp(spec));
  }

  // Several packets in one turn.
  void burst(std::uint8_t who) {
    for (int i = 0; i < 8; ++i) media(who, 0);
  }

  void feedback(std::uint8_t who) {
    std::array<std::uint8_t, 600> buffer;
    ByteWriter out(buffer);
    const Ssrc sender(kSources[who % std::size(kSources)]);
    while (in_.ok() && in_.remaining() > 0 && out.remaining() > 200) {
      const std::uint8_t what = in_.u8();
      const Ssrc slot(what % 2 == 0 ? last_ssrc_ : 1000u + in_.u8());
      if (what % 8 == 0) break;
      if (what % 8 == 1) write_pli(out, sender, slot);
      if (what % 8 == 2) write_fir(out, sender, {slot, what});
      if (what % 8 == 3) write_bye(out, std::array{sender, slot});
      if (what % 8 == 4) write_sender_report(out, {sender, in_.be64(), in_.be32(), 1, 1});
      if (what % 8 >= 5) {
        ReportBlock block;
        block.ssrc = slot;
        block.last_sender_report = in_.be32();
        write_receiver_report(out, sender, std::array{block});
      }
    }
    sealed(who, true, out.written());
  }

  void check(std::size_t n, std::size_t port, bool nominate) {
    const std::string username = ice_[n].ufrag + ":peer";
    BindingRequest request;
    request.username = username;
    request.use_candidate = nominate;
    request.ice_controlling = 1;
    std::array<std::uint8_t, 300> bytes;
    receive(path_of(port), Bytes(bytes).first(write_binding_request(bytes, request, ice_[n].pwd)));
  }

  void pass(Duration time) {
    now_ += time;
    engine_.tick(now_, out_);
    PARLEY_CHECK(engine_.next_deadline() > now_);
  }

  void command(unsigned what, std::uint8_t who) {
    const SessionId session{who % kSessions};
    const std::string mid(kMids[in_.u8() % std::size(kMids)]);
    const TrackId track{in_.u8() % 6u};
    switch (what % 9) {
      case 0: return add(who % kSessions, 1 + who / kSessions % 2, in_.u8());
      case 1: return execute(RemoveSession{session});
      case 2: return execute(PublishTrack{session, track, mid, (who & 0x80) != 0});
      case 3: return execute(UnpublishTrack{track});
      case 4: return execute(MuteTrack{track, (who & 1) != 0});
      case 5: return execute(UnbindSlot{session, mid});
      case 6: {
        const IceCredentials fresh = credentials();
        if (alive(session)) ice_[who % kSessions] = fresh;
        return execute(RestartIce{session, fresh, {"peer", "password-of-the-peer-123"}});
      }
      default: return execute(BindSlot{session, mid, track});
    }
  }

  void execute(Command command) { engine_.execute(std::move(command), now_, out_); }

  IceCredentials credentials() {
    return {"ufrag" + std::to_string(++generation_), "password-" + std::to_string(generation_) + "-of-22-chars"};
  }
  bool alive(SessionId session) const { return std::ranges::find(alive_, session) != alive_.end(); }

  void add(std::size_t n, std::uint64_t room, std::uint8_t form) {
    if (!alive(SessionId{n})) {
      ice_[n] = credentials();
      ssrcs_[n].clear();
      alive_.push_back(SessionId{n});
    }
    execute(AddSession{SessionId{n}, RoomId{room}, params(n, form)});
  }
  void update(std::size_t n, std::uint8_t form) {
    if (!alive(SessionId{n})) return;
    if ((form & 0x80) != 0) ice_[n] = credentials();
    execute(UpdateSession{SessionId{n}, params(n, form)});
  }

  ExtensionMap extensions() const { return test::extension_ids(static_cast<std::uint8_t>(1 + (shape_ & 0x0f))); }

  // What a negotiation could decide: a slot that comes back has a new SSRC.
  SessionParams params(std::size_t n, std::uint8_t form) {
    SessionParams params;
    params.local_ice = ice_[n];
    params.remote_ice = {"peer", "password-of-the-peer-123"};
    params.extensions = extensions();
    params.extmap_allow_mixed = (shape_ & 0x10) != 0;
    params.reduced_size_rtcp = n % 2 == 0;
    params.cname = "cname";
    CodecParams vp8, vp9, opus;
    vp8.codec = Codec::kVp8;
    vp8.payload_type = PayloadType(96);
    vp9.codec = Codec::kVp9;
    vp9.payload_type = PayloadType(98);
    vp9.fir = true;
    opus.codec = Codec::kOpus;
    opus.payload_type = PayloadType(111);
    opus.clock_rate = 48'000;
    if ((form & 1) == 0) params.receive.push_back({"v", MediaKind::kVideo, {vp8, vp9}, {}, {{Ssrc(kSources[0]), {}}}});
    if ((form & 2) == 0) params.receive.push_back({"a", MediaKind::kAudio, {opus}, {}, {}});
    const auto slot = [&](std::string_view mid, CodecParams codec) {
      auto& ssrc = ssrcs_[n][std::string(mid)];
      if (ssrc == 0) ssrc = last_ssrc_ = next_ssrc_++;
      params.send.push_back({std::string(mid), kind_of(codec.codec), {codec}, Ssrc(ssrc), {}, "s"});
    };
    if ((form & 4) == 0)
      slot("sv", (form & 16) != 0 ? vp9 : vp8);
    else
      ssrcs_[n].erase("sv");
    if ((form & 8) == 0)
      slot("sw", vp8);
    else
      ssrcs_[n].erase("sw");
    if ((form & 32) != 0)
      slot("sa", opus);
    else
      ssrcs_[n].erase("sa");
    return params;
  }

  // The pool is nearly empty for a while.
  void hog(std::uint8_t how) {
    held_.clear();
    for (std::size_t i = 0; (how & 1) != 0 && i + how / 16 < pool_.ceiling(); ++i) held_.push_back(pool_.take());
  }

  void turn() {
    engine_.flush(now_, out_);
    for (const Outbox::Item& item : out_.datagrams.items()) open(item);
    out_.datagrams.clear();
    for (const EngineEvent& event : out_.events) {
      if (const auto* ended = std::get_if<SessionEnded>(&event)) std::erase(alive_, ended->session);
    }
    out_.events.clear();
    PARLEY_CHECK(pool_.in_use() == held_.size());
    PARLEY_CHECK(engine_.stats().sessions <= kSessions);
  }

  void open(const Outbox::Item& item) {
    const Bytes datagram = item.packet.bytes();
    const DatagramClass kind = classify(datagram);
    if (kind == DatagramClass::kStun) return PARLEY_CHECK(parse_stun(datagram));
    if (kind == DatagramClass::kDtls) {
      if (const auto number = sim::parse_scripted_hello(datagram)) clients_.emplace_back(*number, item.path);
      return;
    }
    PARLEY_CHECK(kind == DatagramClass::kRtp || kind == DatagramClass::kRtcp);
    for (Client& client : clients_) {
      std::array<std::uint8_t, PacketRef::kSlotSize> copy;
      std::ranges::copy(datagram, copy.begin());
      const MutableBytes bytes = MutableBytes(copy).first(datagram.size());
      const auto size =
          kind == DatagramClass::kRtp ? client.receiver->unprotect_rtp(bytes) : client.receiver->unprotect_rtcp(bytes);
      if (!size) continue;
      if (kind == DatagramClass::kRtp) return check_rtp(bytes.first(*size));
      return PARLEY_CHECK(is_valid_rtcp(bytes.first(*size)));
    }
    // No client opens it: a number was used twice.
    PARLEY_CHECK(false);
  }

  void check_rtp(Bytes plain) {
    const auto rtp = parse_rtp(plain);
    PARLEY_CHECK(rtp && rtp->csrc_count == 0);
    RtpExtensionReader reader(*rtp);
    while (reader.next()) {
    }
    PARLEY_CHECK(!reader.malformed());
    const RtpExtensions found = parse_rtp_extensions(*rtp, extensions());
    PARLEY_CHECK(found.rid.empty() && (found.mid.empty() || found.mid[0] == 's'));
    if ((shape_ & 0x10) == 0) PARLEY_CHECK(!is_two_byte_profile(rtp->extension_profile));
  }

  ByteReader in_;
  std::uint8_t shape_;
  PacketPool pool_{128};
  CountingDtls dtls_;
  Engine engine_{EngineConfig{}, pool_, dtls_, Rng(1)};
  EngineOutput out_;
  Time now_{1000s};
  std::array<IceCredentials, kSessions> ice_;
  std::array<std::map<std::string, std::uint32_t>, kSessions> ssrcs_;
  std::vector<SessionId> alive_;
  std::vector<Client> clients_;
  std::map<std::pair<std::size_t, std::uint32_t>, std::uint16_t> sequences_;
  std::vector<PacketRef> held_;
  unsigned generation_ = 0;
  std::uint32_t next_ssrc_ = 1000;
  std::uint32_t last_ssrc_ = 0;
  int steps_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  set_bug_sink([](const char*, const char*, int) {});
  Life life({data, size});
  life.end();
  return 0;
}

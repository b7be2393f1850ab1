// The other end of one session, as bare as can be: writes connectivity checks, shakes hands by one byte, and holds the
// peer's half of the SRTP keys. Header only, so that a layer's unit test links its own layer alone.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/datagram.h"
#include "base/outbox.h"
#include "session/session_params.h"
#include "support/packets.h"
#include "transport/dtls.h"
#include "transport/srtp.h"
#include "wire/demux.h"
#include "wire/rtcp.h"
#include "wire/rtcp_feedback.h"
#include "wire/rtcp_reports.h"
#include "wire/rtcp_sdes.h"
#include "wire/stun.h"

namespace parley::test {

inline SrtpKeys fixed_keys() {
  SrtpKeys keys;
  keys.receive.key.fill(1);
  keys.send.key.fill(2);
  return keys;
}

// One byte says it all.
inline constexpr std::uint8_t kFlight = 20, kCloseNotify = 21, kHello = 22, kNonsense = 23;

class FakeDtls final : public Dtls {
 public:
  DtlsState receive(Bytes datagram, Time, DtlsSink& sink) override {
    if (datagram[0] == kFlight && state_ == DtlsState::kNew) state_ = DtlsState::kHandshaking;
    if (datagram[0] == kNonsense && state_ != DtlsState::kConnected) state_ = DtlsState::kFailed;
    if (datagram[0] == kHello && state_ != DtlsState::kConnected) {
      state_ = DtlsState::kConnected;
      sink.send_dtls(Bytes(&kHello, 1));
    }
    if (datagram[0] == kCloseNotify) state_ = DtlsState::kClosed;
    return state_;
  }
  DtlsState tick(Time, DtlsSink&) override { return state_; }
  Time next_deadline() const override { return kNever; }
  DtlsState state() const override { return state_; }
  const SrtpKeys* keys() const override { return state_ == DtlsState::kConnected ? &keys_ : nullptr; }
  std::string_view failure() const override { return ""; }
  void close(DtlsSink& sink) override {
    if (state_ == DtlsState::kConnected) sink.send_dtls(Bytes(&kCloseNotify, 1));
    state_ = DtlsState::kClosed;
  }

 private:
  DtlsState state_ = DtlsState::kNew;
  SrtpKeys keys_ = fixed_keys();
};

class FakeDtlsFactory final : public DtlsFactory {
 public:
  std::unique_ptr<Dtls> make(const Fingerprint&, Time) override { return std::make_unique<FakeDtls>(); }
};

inline Path path_of(std::uint16_t port) {
  return {Address::v4({192, 0, 2, 1}, 7000), Address::v4({203, 0, 113, 7}, port)};
}

inline CodecParams opus_codec(std::uint8_t type = 111) {
  CodecParams codec;
  codec.codec = Codec::kOpus;
  codec.payload_type = PayloadType(type);
  codec.clock_rate = 48'000;
  return codec;
}
inline CodecParams video_codec(Codec of = Codec::kVp8, std::uint8_t type = 96) {
  CodecParams codec;
  codec.codec = of;
  codec.payload_type = PayloadType(type);
  codec.pli = true;
  return codec;
}
inline SendSlot slot(std::string mid, std::uint32_t ssrc, CodecParams codec) {
  return {std::move(mid), kind_of(codec.codec), {codec}, Ssrc(ssrc), {}, "stream"};
}

inline Buffer binding_request(const IceCredentials& server, std::uint8_t transaction, bool use_candidate = true) {
  const std::string username = server.ufrag + ":peer";
  BindingRequest request;
  request.transaction[0] = transaction;
  request.username = username;
  request.priority = 1;
  request.use_candidate = use_candidate;
  request.ice_controlling = 7;
  Buffer bytes(300);
  bytes.resize(write_binding_request(bytes, request, server.pwd));
  return bytes;
}

// An RTP packet as it came out of the engine, opened.
struct OpenedRtp {
  Path path;
  Buffer bytes;
  RtpView rtp() const { return *parse_rtp(bytes); }
};
struct OpenedRtcp {
  Buffer bytes;
  std::vector<RtcpPacket> packets() const {
    std::vector<RtcpPacket> found;
    EXPECT_TRUE(for_each_rtcp(bytes, [&](const RtcpPacket& packet) { found.push_back(packet); }));
    return found;
  }
};

// The peer's half of the keys.
class Sealer {
 public:
  Buffer rtp(Buffer plain) {
    const std::size_t size = plain.size();
    plain.resize(size + kMaxSrtpOverhead);
    plain.resize(sender_->protect_rtp(plain, size));
    return plain;
  }
  Buffer rtcp(Buffer plain) {
    const std::size_t size = plain.size();
    plain.resize(size + kMaxSrtcpOverhead);
    plain.resize(sender_->protect_rtcp(plain, size));
    return plain;
  }
  template <class Write>
  Buffer write_rtcp(Write&& write) {
    Buffer plain(1200);
    ByteWriter out(plain);
    write(out);
    EXPECT_TRUE(out.ok());
    plain.resize(out.size());
    return rtcp(std::move(plain));
  }

  std::vector<OpenedRtp> opened_rtp;
  std::vector<OpenedRtcp> opened_rtcp;
  std::vector<Buffer> dtls, stun;
  // Takes everything apart that left by `out` to this peer's paths.
  void open(Outbox& out, std::uint16_t port = 0) {
    for (const Outbox::Item& item : out.items()) {
      if (port != 0 && item.path != path_of(port)) continue;
      Buffer bytes(item.packet.bytes().begin(), item.packet.bytes().end());
      switch (classify(bytes)) {
        case DatagramClass::kStun: stun.push_back(std::move(bytes)); break;
        case DatagramClass::kDtls: dtls.push_back(std::move(bytes)); break;
        case DatagramClass::kRtp: {
          const auto size = receiver_->unprotect_rtp(bytes);
          ASSERT_TRUE(size) << "an RTP packet did not open: " << to_string(size.error());
          bytes.resize(*size);
          opened_rtp.push_back({item.path, std::move(bytes)});
          break;
        }
        case DatagramClass::kRtcp: {
          const auto size = receiver_->unprotect_rtcp(bytes);
          ASSERT_TRUE(size) << "an RTCP compound did not open: " << to_string(size.error());
          bytes.resize(*size);
          opened_rtcp.push_back({std::move(bytes)});
          break;
        }
        case DatagramClass::kUnknown: ADD_FAILURE() << "unknown datagram"; break;
      }
    }
  }
  void forget() {
    opened_rtp.clear();
    opened_rtcp.clear();
    dtls.clear();
    stun.clear();
  }

 private:
  std::unique_ptr<SrtpSender> sender_ = make_srtp_sender(SrtpLibrary::kOpenssl, fixed_keys().receive);
  std::unique_ptr<SrtpReceiver> receiver_ = make_srtp_receiver(SrtpLibrary::kOpenssl, fixed_keys().send);
};

}  // namespace parley::test

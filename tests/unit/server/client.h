// A whole WebRTC client over a real socket, as far as the server can tell: ICE, OpenSSL's DTLS, SRTP.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sdp/candidate.h"
#include "sdp/parser.h"
#include "transport/certificate.h"
#include "transport/srtp.h"
#include "unit/io/stun_client.h"
#include "unit/server/offers.h"
#include "unit/transport/dtls_client.h"
#include "wire/demux.h"
#include "wire/rtp.h"

namespace parley::testing {

class Client {
 public:
  Client() : socket_(open_socket(loopback())), certificate_(*Certificate::generate()) {
    ice_ = random_ice_credentials();
    DtlsClientOptions options;
    options.profiles = "SRTP_AEAD_AES_128_GCM";
    options.certificate = &certificate_;
    dtls_.emplace(options);
  }

  std::string offer(const std::vector<OfferLine>& lines) const {
    std::string fingerprint = "sha-256 ";
    for (const std::uint8_t byte : certificate_.fingerprint(HashAlgorithm::kSha256).digest) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      if (fingerprint.back() != ' ') fingerprint += ':';
      fingerprint += {kHex[byte >> 4], kHex[byte & 15]};
    }
    return make_offer(lines, {ice_.ufrag, ice_.pwd, fingerprint});
  }

  void read_answer(const std::string& answer) {
    const auto parsed = sdp::parse(answer);
    ASSERT_TRUE(parsed) << sdp::to_string(parsed.error());
    const sdp::TransportAttributes& transport = parsed->media.at(0).transport;
    server_ice_ = {transport.ice_ufrag.value_or(parsed->transport.ice_ufrag.value_or("")),
                   transport.ice_pwd.value_or(parsed->transport.ice_pwd.value_or(""))};
    const std::size_t at = answer.find("candidate:");
    ASSERT_NE(at, std::string::npos);
    const auto candidate = sdp::parse_candidate(std::string_view(answer).substr(at, answer.find('\r', at) - at));
    ASSERT_TRUE(candidate);
    server_ = candidate->address;
  }

  // One round of ICE and DTLS to the end.
  void connect() {
    ASSERT_EQ(check(socket_, server_, ice_, server_ice_), socket_.local());
    dtls_->start();
    send_flight();
    while (!dtls_->connected()) {
      const auto heard = hear(socket_, 1);
      ASSERT_FALSE(heard.empty()) << "the handshake got stuck";
      if (classify(as_bytes(heard[0].text)) == DatagramClass::kDtls) dtls_->receive(as_bytes(heard[0].text));
      send_flight();
    }
    // RFC 5764 §4.2: client key, server key, client salt, server salt.
    const auto material = dtls_->exported(2 * (16 + 12));
    SrtpMasterKey ours, theirs;
    std::copy_n(&material[0], 16, ours.key.begin());
    std::copy_n(&material[16], 16, theirs.key.begin());
    std::copy_n(&material[32], 12, ours.salt.begin());
    std::copy_n(&material[44], 12, theirs.salt.begin());
    sender_ = make_srtp_sender(SrtpLibrary::kOpenssl, ours);
    receiver_ = make_srtp_receiver(SrtpLibrary::kOpenssl, theirs);
  }

  // On the m-line `mid`, by its header extension of id 4.
  void send_audio(std::string_view mid, std::uint16_t sequence, std::string_view payload) {
    std::array<std::uint8_t, 512> packet{};
    std::array<std::uint8_t, 8> block{};
    block[0] = static_cast<std::uint8_t>(4 << 4 | (mid.size() - 1));
    std::copy(mid.begin(), mid.end(), block.begin() + 1);
    const RtpFields fields{
        .payload_type = PayloadType(111), .sequence = sequence, .timestamp = sequence * 960u, .ssrc = Ssrc(77)};
    std::size_t size = write_rtp_header(packet, fields, 0xbede, block);
    std::copy(payload.begin(), payload.end(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    size = sender_->protect_rtp(packet, size + payload.size());
    ASSERT_GT(size, 0u);
    send_text(socket_, server_, as_text(Bytes(packet).first(size)));
  }

  // The payload of the next RTP packet, others left aside; nothing if none comes in time.
  std::optional<std::string> hear_rtp() {
    for (;;) {
      if (unread_.empty()) {
        for (Heard& heard : hear(socket_, 1)) unread_.push_back(std::move(heard.text));
      }
      if (unread_.empty()) return std::nullopt;
      std::string text = std::move(unread_.front());
      unread_.pop_front();
      const MutableBytes bytes(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
      if (classify(bytes) != DatagramClass::kRtp) continue;
      const auto size = receiver_->unprotect_rtp(bytes);
      const auto rtp = size ? parse_rtp(bytes.first(*size)) : std::nullopt;
      EXPECT_TRUE(rtp) << "a packet that is not for us";
      if (rtp) return std::string(as_text(rtp->payload));
    }
  }

  const Address& server() const { return server_; }
  const UdpSocket& socket() const { return socket_; }
  IceCredentials ice_;
  IceCredentials server_ice_;

 private:
  void send_flight() {
    for (const auto& datagram : dtls_->take()) send_text(socket_, server_, as_text(datagram));
  }

  UdpSocket socket_;
  Certificate certificate_;
  std::optional<DtlsClient> dtls_;
  Address server_;
  std::deque<std::string> unread_;
  std::unique_ptr<SrtpSender> sender_;
  std::unique_ptr<SrtpReceiver> receiver_;
};

}  // namespace parley::testing

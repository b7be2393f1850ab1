// A WebRTC client in virtual time: checks connectivity, shakes hands by script, sends a camera and a microphone, and
// writes down every packet of every slot that reaches it. Real SRTP, real RTP and RTCP bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/datagram.h"
#include "base/rng.h"
#include "base/time.h"
#include "engine/commands.h"
#include "transport/srtp.h"

namespace parley::sim {

// What a publisher writes into each payload behind the codec's descriptor, so that a receiver knows what it holds.
struct PayloadStamp {
  std::uint32_t publisher = 0;
  std::uint16_t stream = 0;    // 0 audio, 1 video
  std::uint16_t sequence = 0;  // as the publisher numbered it
  std::uint32_t timestamp = 0;
  std::int64_t captured = 0;  // ns on the simulation's line
  bool operator==(const PayloadStamp&) const = default;
};

// One packet that reached a receiver, after SRTP.
struct Received {
  Time at;
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::string mid;
  bool padding_only = false;
  bool keyframe_start = false;
  std::optional<std::uint16_t> picture_id;
  PayloadStamp stamp;
};

struct ReceivedSenderReport {
  Time at;
  std::uint32_t ssrc = 0;
  NtpTime ntp = 0;
  std::uint32_t rtp_timestamp = 0;
};

struct PeerOptions {
  std::uint32_t number = 1;  // names the peer; decides addresses, keys and SSRCs
  bool send_audio = false;
  bool send_video = false;
  unsigned audio_slots = 0;
  unsigned video_slots = 0;
  int packets_per_frame = 3;
  Duration keyframe_every{};  // zero: only on request, as browsers do
  Duration clock_offset{};    // of the peer's wall clock
};

class SimPeer {
 public:
  using Send = std::function<void(const Path&, Bytes)>;  // path as the peer sees it: local is the peer's

  SimPeer(PeerOptions options, Address server, std::uint64_t seed);

  const PeerOptions& options() const { return options_; }
  SessionId session() const { return static_cast<SessionId>(options_.number); }
  TrackId audio_track() const { return static_cast<TrackId>(options_.number * 10); }
  TrackId video_track() const { return static_cast<TrackId>(options_.number * 10 + 1); }
  SessionParams params() const;
  static std::string slot_mid(MediaKind kind, unsigned k);

  void receive(const Path& path, Bytes datagram, Time now, const Send& send);
  void tick(Time now, const Send& send);
  Time next_deadline() const;

  void move_to_port(std::uint16_t port) { address_ = address_.with_port(port); }
  void stop_checks() { checks_ = false; }
  void pause_sending(bool paused) { sending_ = !paused; }
  void ask_keyframe(std::uint32_t ssrc, const Send& send, Time now);
  void restart_ice(IceCredentials local_of_server) {
    server_ice_ = std::move(local_of_server);
    next_check_ = Time{};
  }
  const Address& address() const { return address_; }

  bool connected() const { return sender_ != nullptr; }
  std::vector<Received> received;
  std::vector<ReceivedSenderReport> sender_reports;
  std::vector<std::uint32_t> byes;
  unsigned keyframe_requests = 0;
  unsigned keyframes_sent = 0;
  unsigned receiver_reports = 0;
  unsigned refused = 0;                      // what SRTP or a parser refused: must stay 0
  std::map<std::uint16_t, Time> sent_video;  // by sequence number

 private:
  struct Source {
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t packets = 0;
    Time next{};
  };

  Path path() const { return {address_, server_}; }
  void send_check(Time now, const Send& send);
  void send_audio(Time now, const Send& send);
  void send_video(Time now, const Send& send);
  void send_reports(Time now, const Send& send);
  void send_rtp(const Source& source, std::uint8_t payload_type, bool marker, Bytes payload, std::string_view mid,
                Time now, const Send& send);
  void send_rtcp(Bytes compound, const Send& send);
  void receive_rtp(Bytes datagram, Time now);
  void receive_rtcp(Bytes datagram, Time now);

  PeerOptions options_;
  Address server_;
  Address address_;
  Rng rng_;
  IceCredentials ice_;
  IceCredentials server_ice_;
  bool checks_ = true;
  bool sending_ = true;
  bool validated_ = false;
  Time next_check_{};
  Time next_hello_ = kNever;
  std::unique_ptr<SrtpSender> sender_;
  std::unique_ptr<SrtpReceiver> receiver_;
  Source audio_;
  Source video_;
  std::uint16_t picture_id_ = 0;
  bool keyframe_due_ = true;
  Time last_keyframe_{};
  Time next_report_ = kNever;
};

}  // namespace parley::sim

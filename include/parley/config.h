// How to run the media server. Every key is checked at start; a wrong one is an Error{kConfig} that names it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace parley {

enum class SrtpBackend : std::uint8_t { kOpenssl, kLibsrtp };

struct MediaConfig {
  // Threads that forward media. 0: one per core.
  unsigned workers = 0;
  // Worker i listens on udp_port + i on each address. 0: the kernel chooses (tests).
  std::uint16_t udp_port = 7000;
  // Addresses to listen on, IPv4 or IPv6. "0.0.0.0" and "::" mean every address of the machine.
  std::vector<std::string> listen = {"0.0.0.0", "::"};
  // Addresses clients are told. Empty: those of `listen`, or the machine's own where that says "every".
  std::vector<std::string> announce;
  // Offer loopback addresses as candidates too (development on one machine).
  bool announce_loopback = false;
  SrtpBackend srtp = SrtpBackend::kOpenssl;
  // Files with the DTLS certificate and its key in PEM. Empty: made at start.
  std::string dtls_certificate;
  std::string dtls_key;
  // Packet slots of 2 KiB per worker.
  std::size_t packets_per_worker = 16 * 1024;
  // Kernel socket buffers in bytes.
  int socket_buffer = 4 * 1024 * 1024;
  // Codec names in the order answers prefer them.
  std::vector<std::string> video_codecs = {"VP8", "VP9", "H264", "AV1"};
};

struct LimitsConfig {
  std::size_t max_rooms = 10'000;
  std::size_t max_sessions = 20'000;
  std::size_t max_sessions_per_room = 200;
  std::size_t max_tracks_per_session = 16;
  std::size_t max_offer_bytes = 512 * 1024;
  std::size_t max_mlines = 128;
};

struct TimingConfig {
  std::chrono::milliseconds ice_connect_timeout{30'000};  // from the answer to the first nominated pair
  std::chrono::milliseconds dtls_timeout{15'000};
  std::chrono::milliseconds consent_timeout{30'000};  // RFC 7675 §5.1
  std::chrono::milliseconds suspect_after{7'000};
  std::chrono::milliseconds keyframe_interval{500};  // at most one request per publication in this time
};

struct Config {
  MediaConfig media;
  LimitsConfig limits;
  TimingConfig timing;
};

}  // namespace parley

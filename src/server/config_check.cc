#include "server/config_check.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parley {
namespace {

constexpr unsigned kMaxWorkers = 256;
constexpr std::size_t kMinPackets = 256;
constexpr std::size_t kMaxPackets = 4 * 1024 * 1024;
constexpr int kMinSocketBuffer = 16 * 1024;

std::unexpected<Error> wrong(std::string_view key, const std::string& why) {
  return std::unexpected(Error{ErrorCode::kConfig, std::string(key) + ": " + why});
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// "192.0.2.1", "192.0.2.1:7000", "2001:db8::1" or "[2001:db8::1]:7000".
std::optional<Address> parse_with_port(std::string_view text) {
  if (const auto plain = Address::parse_ip(text, 0)) return plain;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  return port ? Address::parse_ip(text.substr(0, colon), *port) : std::nullopt;
}

Result<std::vector<Address>> check_listen(const MediaConfig& media) {
  if (media.listen.empty()) return wrong("media.listen", "there must be at least one address");
  std::vector<Address> listen;
  for (const std::string& entry : media.listen) {
    const auto address = Address::parse_ip(entry, media.udp_port);
    if (!address) return wrong("media.listen", "\"" + entry + "\" is no IPv4 or IPv6 address");
    for (const Address& other : listen) {
      if (other.is_v4() != address->is_v4()) continue;
      if (other == *address) return wrong("media.listen", "\"" + entry + "\" is there twice");
      if (!other.is_any() && !address->is_any()) continue;
      const Address& any = other.is_any() ? other : *address;
      const Address& one = other.is_any() ? *address : other;
      return wrong("media.listen",
                   "\"" + one.ip_text() + "\" is among the addresses that \"" + any.ip_text() + "\" means");
    }
    listen.push_back(*address);
  }
  return listen;
}

Result<std::vector<Address>> check_announce(const MediaConfig& media, unsigned workers) {
  std::vector<Address> announce;
  for (const std::string& entry : media.announce) {
    const auto address = parse_with_port(entry);
    if (!address)
      return wrong("media.announce", "\"" + entry + "\" is no address; write an IP, \"ip:port\" or \"[ipv6]:port\"");
    if (address->is_any())
      return wrong("media.announce", "\"" + entry + "\" is no address that a client could send to");
    if (address->port() != 0 && address->port() + workers - 1 > 65'535) {
      return wrong("media.announce",
                   "\"" + entry + "\" leaves no port for each of " + std::to_string(workers) + " workers");
    }
    if (std::ranges::find(announce, *address) != announce.end()) {
      return wrong("media.announce", "\"" + entry + "\" is there twice");
    }
    announce.push_back(*address);
  }
  return announce;
}

Result<std::vector<Codec>> check_codecs(const MediaConfig& media) {
  if (media.video_codecs.empty()) return wrong("media.video_codecs", "there must be at least one codec");
  std::vector<Codec> codecs;
  for (const std::string& name : media.video_codecs) {
    const auto codec = sdp::codec_by_name(name);
    if (!codec || kind_of(*codec) != MediaKind::kVideo) {
      return wrong("media.video_codecs", "\"" + name + "\" is none of VP8, VP9, H264 and AV1");
    }
    if (std::ranges::find(codecs, *codec) != codecs.end())
      return wrong("media.video_codecs", "\"" + name + "\" is there twice");
    codecs.push_back(*codec);
  }
  return codecs;
}

Result<void> check_media_numbers(const MediaConfig& media, unsigned workers) {
  if (media.workers > kMaxWorkers)
    return wrong("media.workers", "at most " + std::to_string(kMaxWorkers) + " are possible");
  if (media.udp_port != 0 && media.udp_port + workers - 1 > 65'535) {
    return wrong("media.udp_port", std::to_string(media.udp_port) + " leaves no port for each of " +
                                       std::to_string(workers) + " workers");
  }
  if (media.dtls_certificate.empty() != media.dtls_key.empty()) {
    return wrong(media.dtls_key.empty() ? "media.dtls_key" : "media.dtls_certificate",
                 "a certificate and its key are given together or not at all");
  }
  if (media.packets_per_worker < kMinPackets || media.packets_per_worker > kMaxPackets) {
    return wrong("media.packets_per_worker",
                 "must be from " + std::to_string(kMinPackets) + " to " + std::to_string(kMaxPackets));
  }
  if (media.socket_buffer < kMinSocketBuffer) {
    return wrong("media.socket_buffer", "must be at least " + std::to_string(kMinSocketBuffer) + " bytes");
  }
  return {};
}

Result<void> check_limits(const LimitsConfig& limits) {
  const std::pair<std::string_view, std::size_t> positive[] = {
      {"limits.max_rooms", limits.max_rooms},
      {"limits.max_sessions", limits.max_sessions},
      {"limits.max_sessions_per_room", limits.max_sessions_per_room},
      {"limits.max_tracks_per_session", limits.max_tracks_per_session},
      {"limits.max_offer_bytes", limits.max_offer_bytes},
      {"limits.max_mlines", limits.max_mlines},
  };
  for (const auto& [key, value] : positive) {
    if (value == 0) return wrong(key, "must be at least 1");
  }
  return {};
}

Result<void> check_timing(const TimingConfig& timing) {
  const std::pair<std::string_view, std::chrono::milliseconds> positive[] = {
      {"timing.ice_connect_timeout", timing.ice_connect_timeout}, {"timing.dtls_timeout", timing.dtls_timeout},
      {"timing.consent_timeout", timing.consent_timeout},         {"timing.suspect_after", timing.suspect_after},
      {"timing.keyframe_interval", timing.keyframe_interval},
  };
  for (const auto& [key, value] : positive) {
    if (value <= std::chrono::milliseconds::zero()) return wrong(key, "must be longer than nothing");
    if (value > std::chrono::hours(24)) return wrong(key, "must not be longer than a day");
  }
  if (timing.suspect_after >= timing.consent_timeout) {
    return wrong("timing.suspect_after", "must be shorter than timing.consent_timeout");
  }
  return {};
}

}  // namespace

Result<CheckedMedia> check(const Config& config, unsigned cores) {
  const unsigned workers = config.media.workers == 0 ? std::clamp(cores, 1u, kMaxWorkers) : config.media.workers;
  if (auto r = check_media_numbers(config.media, workers); !r) return std::unexpected(std::move(r.error()));
  auto listen = check_listen(config.media);
  if (!listen) return std::unexpected(std::move(listen.error()));
  auto announce = check_announce(config.media, workers);
  if (!announce) return std::unexpected(std::move(announce.error()));
  auto codecs = check_codecs(config.media);
  if (!codecs) return std::unexpected(std::move(codecs.error()));
  if (auto r = check_limits(config.limits); !r) return std::unexpected(std::move(r.error()));
  if (auto r = check_timing(config.timing); !r) return std::unexpected(std::move(r.error()));
  return CheckedMedia{.workers = workers,
                      .listen = std::move(*listen),
                      .announce = std::move(*announce),
                      .video_codecs = std::move(*codecs)};
}

}  // namespace parley

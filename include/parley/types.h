// Names and plain values that the library and its users share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace parley {

// One participant of one room: one signaling identity with at most one peer connection. Unique within the process.
enum class SessionId : std::uint64_t {};
// One track that a session publishes. Unique within the process.
enum class TrackId : std::uint64_t {};

constexpr std::uint64_t number(SessionId id) {
  return static_cast<std::uint64_t>(id);
}
constexpr std::uint64_t number(TrackId id) {
  return static_cast<std::uint64_t>(id);
}

enum class TrackKind : std::uint8_t { kAudio, kVideo };
enum class TrackSource : std::uint8_t { kMicrophone, kCamera, kScreen, kScreenAudio };

constexpr const char* to_string(TrackKind kind) {
  return kind == TrackKind::kAudio ? "audio" : "video";
}
constexpr const char* to_string(TrackSource source) {
  switch (source) {
    case TrackSource::kMicrophone: return "microphone";
    case TrackSource::kCamera: return "camera";
    case TrackSource::kScreen: return "screen";
    case TrackSource::kScreenAudio: return "screen_audio";
  }
  return "";
}

struct Permissions {
  bool publish = false;
  bool subscribe = false;
};

struct TrackInfo {
  TrackId track{};
  SessionId session{};  // who publishes it
  std::string member;
  TrackKind kind{};
  TrackSource source{};
  bool muted = false;
};

struct MemberInfo {
  SessionId session{};
  std::string member;  // the identity the token named
  std::string name;    // what to show; may be empty
};

}  // namespace parley

// Offers for the tests of sdp/: captured ones by name, and a small written one to bend.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "sdp/answer.h"
#include "sdp/parser.h"

namespace parley::sdp::test {

inline std::string load(const std::string& name) {
  std::ifstream file(std::string(PARLEY_TEST_DATA) + "/sdp/" + name + ".sdp", std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

// Names of all captured offers, sorted.
inline std::vector<std::string> captured_offers() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(PARLEY_TEST_DATA) + "/sdp")) {
    if (entry.path().extension() == ".sdp") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  if (at != std::string::npos) text.replace(at, what.size(), with);
  return text;
}

inline std::string replaced_all(std::string text, std::string_view what, std::string_view with) {
  EXPECT_NE(text.find(what), std::string::npos) << what;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

inline constexpr std::string_view kSessionPart =
    "v=0\r\n"
    "o=- 1 1 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "a=ice-ufrag:peer\r\n"
    "a=ice-pwd:0123456789abcdefghijkl\r\n"
    "a=fingerprint:sha-256 "
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
    "a=setup:actpass\r\n";
inline constexpr std::string_view kAudioPart =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n"
    "a=mid:0\r\n"
    "a=sendrecv\r\n"
    "a=rtcp-mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
    "a=rtcp-fb:111 transport-cc\r\n"
    "a=rtpmap:0 PCMU/8000\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=ssrc:1000 cname:peer\r\n";
inline constexpr std::string_view kVideoPart =
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 102 103\r\n"
    "a=mid:1\r\n"
    "a=sendrecv\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtpmap:98 VP9/90000\r\n"
    "a=fmtp:98 profile-id=2\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtcp-fb:96 nack\r\n"
    "a=rtcp-fb:96 nack pli\r\n"
    "a=rtcp-fb:96 ccm fir\r\n"
    "a=rtcp-fb:96 goog-remb\r\n"
    "a=rtcp-fb:96 transport-cc\r\n"
    "a=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\n"
    "a=rtpmap:102 H264/90000\r\n"
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
    "a=rtpmap:103 H264/90000\r\n"
    "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f\r\n"
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
    "a=ssrc-group:FID 2000 2001\r\n"
    "a=ssrc:2000 cname:peer\r\n"
    "a=ssrc:2001 cname:peer\r\n";

// Audio (mid 0) and video (mid 1), both sendrecv.
inline std::string small_offer() {
  return std::string(kSessionPart).append(kAudioPart).append(kVideoPart);
}

// A further m-line like the audio or video one, under its own mid and direction.
inline std::string with_line(std::string offer, std::string_view part, std::string_view mid,
                             std::string_view direction) {
  std::string line(part);
  line = replaced(line, line.substr(line.find("a=mid:"), 7), "a=mid:" + std::string(mid));
  line = replaced(line, "a=sendrecv", "a=" + std::string(direction));
  line.erase(std::min(line.find("a=ssrc"), line.size()));
  const auto group = offer.find("\r\n", offer.find("a=group:BUNDLE"));
  offer.insert(group, " " + std::string(mid));
  return offer + line;
}

inline Fingerprint our_fingerprint(HashAlgorithm algorithm = HashAlgorithm::kSha256) {
  const std::size_t sizes[] = {32, 48, 64};
  return {algorithm, std::vector<std::uint8_t>(sizes[static_cast<std::size_t>(algorithm)], 0xab)};
}

inline AnswerContext context(int generation = 1) {
  AnswerContext out;
  const auto digit = std::to_string(generation);
  out.fresh_ice = {"srv" + digit, "serverpasswordserver0" + digit};
  out.fingerprints = {our_fingerprint(), our_fingerprint(HashAlgorithm::kSha384)};
  const Address addresses[] = {*Address::parse_ip("2001:db8::1", 7000), *Address::parse_ip("192.0.2.1", 7000)};
  out.candidates = host_candidates(addresses);
  out.cname = "parley-cname";
  out.capabilities.simulcast = true;
  return out;
}

// A session seen from the server: offers go in, state is kept.
struct Session {
  AnswerContext context = test::context();
  Rng rng{1};
  NegotiatedState state;
  bool begun = false;

  std::expected<Answer, SdpError> offer(const std::string& text) {
    auto out = answer(text, context, rng, begun ? &state : nullptr);
    if (out) {
      state = out->state;
      begun = true;
    }
    return out;
  }
  Answer accept(const std::string& text) {
    auto out = offer(text);
    EXPECT_TRUE(out) << (out ? "" : to_string(out.error()));
    return out ? *out : Answer{};
  }
  // The sentence an offer is refused with.
  std::string refusal(const std::string& text) {
    const auto out = offer(text);
    EXPECT_FALSE(out);
    return out ? "" : to_string(out.error());
  }
};

inline SessionDescription parsed(const std::string& text) {
  auto out = parse(text);
  EXPECT_TRUE(out) << (out ? "" : to_string(out.error()));
  return out ? *out : SessionDescription{};
}

}  // namespace parley::sdp::test

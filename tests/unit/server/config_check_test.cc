#include "server/config_check.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

// The sentence of the error, or "" if there is none.
template <class F>
std::string error_of(F change) {
  Config config;
  change(config);
  const auto checked = check(config, 2);
  if (checked) return "";
  EXPECT_EQ(checked.error().code, ErrorCode::kConfig);
  return checked.error().message;
}

TEST(ConfigCheck, TakesTheDefaults) {
  const auto checked = check(Config{}, 2);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->workers, 2u);
  ASSERT_EQ(checked->listen.size(), 2u);
  EXPECT_EQ(checked->listen[0].to_string(), "0.0.0.0:7000");
  EXPECT_EQ(checked->video_codecs.size(), 4u);
}

TEST(ConfigCheck, ReadsAnnouncedAddressesWithAndWithoutPorts) {
  Config config;
  config.media.announce = {"192.0.2.1", "192.0.2.2:7100", "2001:db8::1", "[2001:db8::2]:7200"};
  const auto checked = check(config, 1);
  ASSERT_TRUE(checked) << checked.error().message;
  ASSERT_EQ(checked->announce.size(), 4u);
  EXPECT_EQ(checked->announce[0].to_string(), "192.0.2.1:0");
  EXPECT_EQ(checked->announce[1].to_string(), "192.0.2.2:7100");
  EXPECT_EQ(checked->announce[2].to_string(), "[2001:db8::1]:0");
  EXPECT_EQ(checked->announce[3].to_string(), "[2001:db8::2]:7200");
}

TEST(ConfigCheck, NamesTheKeyThatIsWrong) {
  EXPECT_EQ(error_of([](Config& c) { c.media.workers = 1000; }), "media.workers: at most 256 are possible");
  EXPECT_EQ(error_of([](Config& c) { c.media.udp_port = 65'535; }),
            "media.udp_port: 65535 leaves no port for each of 2 workers");
  EXPECT_EQ(error_of([](Config& c) { c.media.listen = {}; }), "media.listen: there must be at least one address");
  EXPECT_EQ(error_of([](Config& c) { c.media.listen = {"localhost"}; }),
            "media.listen: \"localhost\" is no IPv4 or IPv6 address");
  EXPECT_EQ(error_of([](Config& c) { c.media.listen = {"::1", "::1"}; }), "media.listen: \"::1\" is there twice");
  EXPECT_EQ(error_of([](Config& c) { c.media.listen = {"192.0.2.1", "0.0.0.0"}; }),
            "media.listen: \"192.0.2.1\" is among the addresses that \"0.0.0.0\" means");
  EXPECT_EQ(error_of([](Config& c) { c.media.announce = {"example.org"}; }),
            "media.announce: \"example.org\" is no address; write an IP, \"ip:port\" or \"[ipv6]:port\"");
  EXPECT_EQ(error_of([](Config& c) { c.media.announce = {"0.0.0.0"}; }),
            "media.announce: \"0.0.0.0\" is no address that a client could send to");
  EXPECT_EQ(error_of([](Config& c) { c.media.announce = {"192.0.2.1:65535"}; }),
            "media.announce: \"192.0.2.1:65535\" leaves no port for each of 2 workers");
  EXPECT_EQ(error_of([](Config& c) { c.media.video_codecs = {"VP8", "opus"}; }),
            "media.video_codecs: \"opus\" is none of VP8, VP9, H264 and AV1");
  EXPECT_EQ(error_of([](Config& c) { c.media.video_codecs = {"VP8", "vp8"}; }),
            "media.video_codecs: \"vp8\" is there twice");
  EXPECT_EQ(error_of([](Config& c) { c.media.dtls_key = "key.pem"; }),
            "media.dtls_certificate: a certificate and its key are given together or not at all");
  EXPECT_EQ(error_of([](Config& c) { c.media.packets_per_worker = 1; }),
            "media.packets_per_worker: must be from 256 to 4194304");
  EXPECT_EQ(error_of([](Config& c) { c.media.socket_buffer = -1; }),
            "media.socket_buffer: must be at least 16384 bytes");
  EXPECT_EQ(error_of([](Config& c) { c.limits.max_rooms = 0; }), "limits.max_rooms: must be at least 1");
  EXPECT_EQ(error_of([](Config& c) { c.timing.dtls_timeout = std::chrono::milliseconds(-5); }),
            "timing.dtls_timeout: must be longer than nothing");
  EXPECT_EQ(error_of([](Config& c) { c.timing.suspect_after = c.timing.consent_timeout; }),
            "timing.suspect_after: must be shorter than timing.consent_timeout");
}

}  // namespace
}  // namespace parley

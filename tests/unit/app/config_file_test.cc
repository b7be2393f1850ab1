#include "app/config_file.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

std::string complaint(std::string_view text) {
  const auto config = parse_config(text, "parley.toml");
  return config ? std::string() : config.error().message;
}

TEST(ConfigFile, AnEmptyFileIsTheDefaults) {
  const auto config = parse_config("", "parley.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->server.media.udp_port, MediaConfig().udp_port);
  EXPECT_EQ(config->signaling.listen.port, 8080);
  EXPECT_FALSE(config->signaling.routes.demo);
}

TEST(ConfigFile, TheReferenceStandsAtTheDefaults) {
  const auto reference = load_config(PARLEY_SOURCE_DIR "/configs/reference.toml");
  ASSERT_TRUE(reference) << reference.error().message;
  const Config defaults;
  EXPECT_EQ(reference->server.media.workers, defaults.media.workers);
  EXPECT_EQ(reference->server.media.udp_port, defaults.media.udp_port);
  EXPECT_EQ(reference->server.media.listen, defaults.media.listen);
  EXPECT_EQ(reference->server.media.announce, defaults.media.announce);
  EXPECT_EQ(reference->server.media.announce_loopback, defaults.media.announce_loopback);
  EXPECT_EQ(reference->server.media.srtp, defaults.media.srtp);
  EXPECT_EQ(reference->server.media.packets_per_worker, defaults.media.packets_per_worker);
  EXPECT_EQ(reference->server.media.socket_buffer, defaults.media.socket_buffer);
  EXPECT_EQ(reference->server.media.video_codecs, defaults.media.video_codecs);
  EXPECT_EQ(reference->server.limits.max_rooms, defaults.limits.max_rooms);
  EXPECT_EQ(reference->server.limits.max_sessions, defaults.limits.max_sessions);
  EXPECT_EQ(reference->server.limits.max_sessions_per_room, defaults.limits.max_sessions_per_room);
  EXPECT_EQ(reference->server.limits.max_tracks_per_session, defaults.limits.max_tracks_per_session);
  EXPECT_EQ(reference->server.limits.max_offer_bytes, defaults.limits.max_offer_bytes);
  EXPECT_EQ(reference->server.limits.max_mlines, defaults.limits.max_mlines);
  EXPECT_EQ(reference->server.timing.ice_connect_timeout, defaults.timing.ice_connect_timeout);
  EXPECT_EQ(reference->server.timing.dtls_timeout, defaults.timing.dtls_timeout);
  EXPECT_EQ(reference->server.timing.consent_timeout, defaults.timing.consent_timeout);
  EXPECT_EQ(reference->server.timing.suspect_after, defaults.timing.suspect_after);
  EXPECT_EQ(reference->server.timing.keyframe_interval, defaults.timing.keyframe_interval);
  const signaling::ServiceOptions options;
  EXPECT_EQ(reference->signaling.listen.port, options.listen.port);
  EXPECT_EQ(reference->signaling.listen.https, options.listen.https);
  EXPECT_EQ(reference->signaling.listen.https_port, options.listen.https_port);
  EXPECT_EQ(reference->signaling.listen.max_connections, options.listen.max_connections);
  EXPECT_EQ(reference->signaling.listen.max_connections_per_address, options.listen.max_connections_per_address);
  EXPECT_EQ(reference->signaling.listen.request_timeout, options.listen.request_timeout);
  EXPECT_EQ(reference->signaling.routes.requests.per_second, options.routes.requests.per_second);
  EXPECT_EQ(reference->signaling.routes.requests.burst, options.routes.requests.burst);
  EXPECT_EQ(reference->signaling.routes.files.per_second, options.routes.files.per_second);
  EXPECT_EQ(reference->signaling.routes.files.burst, options.routes.files.burst);
  EXPECT_EQ(reference->signaling.routes.demo, options.routes.demo);
  EXPECT_EQ(reference->signaling.example.enabled, options.example.enabled);
  EXPECT_EQ(reference->signaling.example.private_calls, options.example.private_calls);
  const signaling::CallOptions calls;
  EXPECT_EQ(reference->signaling.calls.enabled, calls.enabled);
  EXPECT_EQ(reference->signaling.calls.max_database_bytes, calls.max_database_bytes);
  EXPECT_EQ(reference->signaling.calls.attendance.presence.interaction, calls.attendance.presence.interaction);
  EXPECT_EQ(reference->signaling.calls.attendance.presence.closed, calls.attendance.presence.closed);
  EXPECT_EQ(reference->signaling.calls.attendance.presence.max_tabs, calls.attendance.presence.max_tabs);
  EXPECT_EQ(reference->signaling.calls.attendance.max_watched, calls.attendance.max_watched);
  EXPECT_EQ(reference->signaling.calls.retention.calls, calls.retention.calls);
  EXPECT_EQ(reference->signaling.calls.retention.audit, calls.retention.audit);
  EXPECT_EQ(reference->signaling.calls.retention.notifications, calls.retention.notifications);
  EXPECT_EQ(reference->signaling.calls.retention.messages, calls.retention.messages);
  EXPECT_EQ(reference->signaling.calls.retention.outbox, calls.retention.outbox);
  EXPECT_EQ(reference->signaling.calls.database, "var/parley.db");
  EXPECT_TRUE(reference->signaling.webhooks.allow_private.empty());
  EXPECT_EQ(reference->signaling.webhooks.ca_file, options.webhooks.ca_file);
  EXPECT_EQ(reference->signaling.admin.address, options.admin.address);
  EXPECT_EQ(reference->signaling.admin.port, options.admin.port);
  EXPECT_EQ(reference->admin_token_file, AppConfig().admin_token_file);
  EXPECT_EQ(reference->data_dir, AppConfig().data_dir);
  EXPECT_EQ(reference->log_level, AppConfig().log_level);
}

TEST(ConfigFile, ListsTheNetworksThatWebhooksMayReach) {
  const auto config = parse_config("[webhooks]\nallow_private = [\"10.20.0.0/16\", \"::1\"]\n", "test.toml");
  ASSERT_TRUE(config) << config.error().message;
  const signaling::AddressPolicy policy(config->signaling.webhooks.allow_private);
  EXPECT_TRUE(policy.allows(signaling::parse_address("10.20.3.4").value()));
  EXPECT_TRUE(policy.allows(signaling::parse_address("::1").value()));
  EXPECT_FALSE(policy.allows(signaling::parse_address("10.21.3.4").value()));
  EXPECT_FALSE(parse_config("[webhooks]\nallow_private = [\"10.20.0.0/33\"]\n", "test.toml"));
  EXPECT_FALSE(parse_config("[webhooks]\nallow_private = [\"intranet\"]\n", "test.toml"));
  EXPECT_FALSE(parse_config("[webhooks]\nallow_private = \"10.0.0.0/8\"\n", "test.toml"));
}

TEST(ConfigFile, TheQuickstartIsRightAndOpensTheDemo) {
  const auto config = load_config(PARLEY_SOURCE_DIR "/configs/quickstart.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->signaling.routes.demo);
  EXPECT_TRUE(config->signaling.example.enabled);
  EXPECT_TRUE(config->signaling.example.private_calls);
  EXPECT_TRUE(config->server.media.announce_loopback);
  EXPECT_EQ(config->server.media.workers, 2u);
}

TEST(ConfigFile, NamesTheLineOfAnUnknownKeyAndWhatWasMeant) {
  EXPECT_EQ(complaint("[media]\nworkers = 1\nwokers = 2\n"),
            "parley.toml:3: media.wokers: is not a key; did you mean media.workers?");
  EXPECT_EQ(complaint("\n[zzzzzz]\nx = 1\n"),
            "parley.toml:2: zzzzzz: is not a key; configs/reference.toml lists them all");
  EXPECT_EQ(complaint("[htpp]\nport = 1\n").substr(0, 14), "parley.toml:1:");
  EXPECT_NE(complaint("media = 5\n"), "");
}

TEST(ConfigFile, ReadsDurationsAndSizes) {
  const auto config = parse_config(
      "[timing]\ndtls_timeout = \"500ms\"\nconsent_timeout = \"2m\"\n[media]\nsocket_buffer = \"1MiB\"\n"
      "[limits]\nmax_offer_bytes = 1000\n",
      "parley.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server.timing.dtls_timeout, std::chrono::milliseconds(500));
  EXPECT_EQ(config->server.timing.consent_timeout, std::chrono::minutes(2));
  EXPECT_EQ(config->server.media.socket_buffer, 1024 * 1024);
  EXPECT_EQ(config->server.limits.max_offer_bytes, 1000u);
}

TEST(ConfigFile, ReadsHowLongThingsAreKeptAndWhereTheDatabaseIs) {
  const auto config = parse_config(
      "[data]\ndir = \"/srv/parley\"\nmax_database = \"2GiB\"\n[calls]\nenabled = false\ninteraction = \"1m\"\n"
      "[calls.retention]\ncalls = \"30d\"\naudit = \"forever\"\n",
      "parley.toml");
  ASSERT_TRUE(config) << config.error().message;
  const signaling::CallOptions& calls = config->signaling.calls;
  EXPECT_FALSE(calls.enabled);
  EXPECT_EQ(calls.database, "/srv/parley/parley.db");
  EXPECT_EQ(calls.max_database_bytes, 2ULL * 1024 * 1024 * 1024);
  EXPECT_EQ(calls.attendance.presence.interaction, std::chrono::minutes(1));
  EXPECT_EQ(calls.retention.calls, std::chrono::days(30));
  EXPECT_EQ(calls.retention.audit, std::nullopt);
  EXPECT_EQ(calls.retention.messages, std::chrono::days(365));

  const auto elsewhere = parse_config("[data]\ndatabase = \"/fast/calls.db\"\n", "parley.toml");
  ASSERT_TRUE(elsewhere);
  EXPECT_EQ(elsewhere->signaling.calls.database, "/fast/calls.db");
}

TEST(ConfigFile, RefusesValuesOfTheWrongKindWithTheLine) {
  for (const char* text : {"[media]\nworkers = \"two\"",
                           "[media]\nworkers = -1",
                           "[media]\nudp_port = 70000",
                           "[media]\nlisten = \"::\"",
                           "[media]\nlisten = [1]",
                           "[media]\nsrtp = \"nss\"",
                           "[media]\nannounce_loopback = 1",
                           "[timing]\ndtls_timeout = 30",
                           "[timing]\ndtls_timeout = \"30\"",
                           "[timing]\ndtls_timeout = \"0s\"",
                           "[timing]\ndtls_timeout = \"9999999999999999999s\"",
                           "[http]\norigins = [\"app.example\"]",
                           "[http]\ntls_key = \"k.pem\"",
                           "[log]\nlevel = \"loud\"",
                           "[media]\nsocket_buffer = \"9GiB\"",
                           "[http]\nrequest_timeout = \"10ms\"",
                           "[admin]\nlisten = \"\"",
                           "[admin]\nport = 65536",
                           "[calls]\nmax_watched = 201",
                           "[calls]\ninteraction = \"25h\"",
                           "[calls.retention]\ncalls = \"90\"",
                           "[calls.retention]\ncalls = \"0d\"",
                           "[calls.retention]\ncalls = 90",
                           "[calls.retention]\ncalls = \"99999999d\"",
                           "[data]\nmax_database = \"big\""}) {
    EXPECT_TRUE(complaint(text).starts_with("parley.toml:2: ")) << text << " -> " << complaint(text);
  }
  EXPECT_TRUE(complaint("[media\n").starts_with("parley.toml:1: ")) << complaint("[media\n");
}

TEST(ConfigFile, ReadsIceServersInBothSpellings) {
  for (const char* text :
       {"[ice]\nservers = [{ urls = [\"turn:turn.example\"], username = \"u\", credential = \"c\" }]",
        "[[ice.servers]]\nurls = [\"turn:turn.example\"]\nusername = \"u\"\ncredential = \"c\"\n"}) {
    const auto config = parse_config(text, "parley.toml");
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_EQ(config->signaling.ice_servers.size(), 1u);
    EXPECT_EQ(config->signaling.ice_servers[0].urls.at(0), "turn:turn.example");
    EXPECT_EQ(config->signaling.ice_servers[0].credential, "c");
  }
  EXPECT_NE(complaint("[[ice.servers]]\nusername = \"u\"\n"), "");
  EXPECT_NE(complaint("[[ice.servers]]\nurls = [\"http://x\"]\n"), "");
  EXPECT_NE(complaint("[[ice.servers]]\nurls = [\"stun:x\"]\npassword = \"c\"\n"), "");
}

TEST(ConfigFile, PutsTheExampleInFrontOnlyIfItIsSwitchedOn) {
  const auto off = parse_config("[example]\nprivate_calls = true\n", "parley.toml");
  ASSERT_TRUE(off);
  EXPECT_FALSE(off->signaling.example.enabled);
  EXPECT_EQ(off->signaling.routes.front_page, "/rooms/");
  const auto on = parse_config("[example]\nenabled = true\n", "parley.toml");
  ASSERT_TRUE(on);
  EXPECT_TRUE(on->signaling.example.enabled);
  EXPECT_FALSE(on->signaling.example.private_calls);
  EXPECT_EQ(on->signaling.routes.front_page, "/community/");
}

TEST(ConfigFile, RefusesTheExampleWithoutCalls) {
  EXPECT_EQ(complaint("[calls]\nenabled = false\n[example]\nenabled = true\n"),
            "parley.toml:4: example.enabled: is nothing without calls.enabled");
}

TEST(ConfigFile, RefusesTheExampleBesideAPlatformsKeys) {
  const std::string keys = "[[keys]]\nid = \"a\"\nsecret_file = \"f\"\nsites = [\"s\"]\nkinds = [\"member\"]\n";
  EXPECT_EQ(complaint(keys + "[example]\nenabled = false\n"), "");
  EXPECT_EQ(complaint(keys + "[example]\nenabled = true\n"),
            "parley.toml:7: example.enabled: signs in anyone who asks, and can't stand beside [[keys]] of a platform");
}

TEST(ConfigFile, ReadsThePlatformsKeys) {
  const auto config = parse_config(
      "[[keys]]\nid = \"oak-1\"\nsecret_file = \"oak.key\"\nsites = [\"oak\", \"elm\"]\nkinds = [\"member\"]\n"
      "[[keys]]\nid = \"oak-2\"\nsecret_file = \"oak2.key\"\nsites = [\"oak\"]\nkinds = [\"service\", \"member\"]\n",
      "parley.toml");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->keys.size(), 2u);
  EXPECT_EQ(config->keys[0].id, "oak-1");
  EXPECT_EQ(config->keys[0].sites, (std::vector<std::string>{"oak", "elm"}));
  EXPECT_TRUE(config->keys[0].signs_members);
  EXPECT_FALSE(config->keys[0].signs_services);
  EXPECT_TRUE(config->keys[1].signs_services);
}

TEST(ConfigFile, RefusesAKeyThatIsBoundToNothing) {
  const std::string good = "[[keys]]\nid = \"a\"\nsecret_file = \"f\"\nsites = [\"s\"]\nkinds = [\"member\"]\n";
  EXPECT_EQ(complaint(good), "");
  EXPECT_NE(complaint(good + good), "");
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"sites = [\"s\"]\n", ""},
           {"[\"s\"]", "[]"},
           {"[\"s\"]", "[\"\"]"},
           {"kinds = [\"member\"]\n", ""},
           {"\"member\"", "\"admin\""},
           {"id = \"a\"\n", ""},
           {"id = \"a\"", "id = \"local\""},
           {"secret_file = \"f\"\n", ""},
           {"secret_file", "secret"},
       }) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    EXPECT_NE(complaint(text), "") << text;
  }
  EXPECT_NE(complaint("[keys]\nid = \"a\"\n"), "");
}

TEST(ConfigFile, SaysWhichFileCannotBeRead) {
  const auto config = load_config("/nonexistent/parley.toml");
  ASSERT_FALSE(config);
  EXPECT_TRUE(config.error().message.starts_with("/nonexistent/parley.toml: ")) << config.error().message;
}

}  // namespace
}  // namespace parley

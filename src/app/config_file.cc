#include "app/config_file.h"

#include <toml++/toml.h>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "app/config_reader.h"
#include "signaling/identity/key_ring.h"
#include "signaling/identity/names.h"
#include "signaling/protocol/call_codec.h"

namespace parley {
namespace {

constexpr std::uintmax_t kMaxFile = 1024 * 1024;

constexpr std::int64_t kMany = 100'000'000;
constexpr std::int64_t kGibibyte = 1024LL * 1024 * 1024;
constexpr std::int64_t kMaxDatabase = 16'384 * kGibibyte;  // 2^32 pages of 4 KiB

void read_media(ConfigReader& reader, MediaConfig& media) {
  reader.number("media.workers", media.workers, 0, 256);
  reader.number("media.udp_port", media.udp_port, 0, 65'535);
  reader.texts("media.listen", media.listen);
  reader.texts("media.announce", media.announce);
  reader.flag("media.announce_loopback", media.announce_loopback);
  std::string srtp = "openssl";
  reader.word("media.srtp", srtp, {"openssl", "libsrtp2"});
  media.srtp = srtp == "libsrtp2" ? SrtpBackend::kLibsrtp : SrtpBackend::kOpenssl;
  reader.text("media.dtls_certificate", media.dtls_certificate);
  reader.text("media.dtls_key", media.dtls_key);
  reader.number("media.packets_per_worker", media.packets_per_worker, 1, kMany);
  reader.size("media.socket_buffer", media.socket_buffer, kGibibyte);
  reader.texts("media.video_codecs", media.video_codecs);
}

void read_limits(ConfigReader& reader, LimitsConfig& limits) {
  reader.number("limits.max_rooms", limits.max_rooms, 1, kMany);
  reader.number("limits.max_sessions", limits.max_sessions, 1, kMany);
  reader.number("limits.max_sessions_per_room", limits.max_sessions_per_room, 1, kMany);
  reader.number("limits.max_tracks_per_session", limits.max_tracks_per_session, 1, kMany);
  reader.size("limits.max_offer_bytes", limits.max_offer_bytes, static_cast<std::int64_t>(signaling::kMaxSdpBytes));
  reader.number("limits.max_mlines", limits.max_mlines, 1, 1024);
}

void read_timing(ConfigReader& reader, TimingConfig& timing) {
  reader.duration("timing.ice_connect_timeout", timing.ice_connect_timeout);
  reader.duration("timing.dtls_timeout", timing.dtls_timeout);
  reader.duration("timing.consent_timeout", timing.consent_timeout);
  reader.duration("timing.suspect_after", timing.suspect_after);
  reader.duration("timing.keyframe_interval", timing.keyframe_interval);
}

// scheme://host or scheme://host:port, as browsers write it.
bool is_origin(std::string_view origin) {
  const std::size_t scheme = origin.starts_with("https://") ? 8 : origin.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || scheme == origin.size()) return false;
  return origin.find_first_of("/*?# ", scheme) == origin.npos;
}

void read_http(ConfigReader& reader, AppConfig& config) {
  signaling::ListenOptions& listen = config.signaling.listen;
  signaling::RouteOptions& routes = config.signaling.routes;
  reader.text("http.listen", listen.address);
  reader.number("http.port", listen.port, 0, 65'535);
  reader.flag("http.https", listen.https);
  reader.number("http.https_port", listen.https_port, 0, 65'535);
  reader.text("http.tls_certificate", listen.tls_certificate);
  reader.text("http.tls_key", listen.tls_key);
  reader.texts("http.tls_hosts", config.tls_hosts);
  reader.texts("http.origins", routes.origins);
  reader.text("http.web_root", routes.web_root);
  reader.number("http.max_connections", listen.max_connections, 1, kMany);
  reader.number("http.max_connections_per_address", listen.max_connections_per_address, 1, kMany);
  reader.rate("http.requests_per_second", routes.requests.per_second);
  reader.rate("http.request_burst", routes.requests.burst);
  reader.rate("http.files_per_second", routes.files.per_second);
  reader.rate("http.file_burst", routes.files.burst);
  reader.duration("http.request_timeout", listen.request_timeout);
  for (const std::string& origin : routes.origins) {
    if (!is_origin(origin)) {
      reader.complain(*reader.find("http.origins"), "http.origins",
                      "\"" + origin + "\" is not an origin such as \"https://app.example\"");
    }
  }
  if (listen.tls_certificate.empty() != listen.tls_key.empty()) {
    const char* const there = listen.tls_key.empty() ? "http.tls_certificate" : "http.tls_key";
    reader.complain(*reader.find(there), there, "a certificate and its key are given together or not at all");
  }
}

// Whoever asks is signed in, so nothing that a platform vouches for may stand on the same server.
void read_example(ConfigReader& reader, AppConfig& config) {
  signaling::ExampleOptions& example = config.signaling.example;
  reader.flag("example.enabled", example.enabled);
  reader.flag("example.private_calls", example.private_calls);
  if (!example.enabled) return;
  config.signaling.routes.front_page = "/community/";
  if (!config.signaling.calls.enabled) {
    reader.complain(*reader.find("example.enabled"), "example.enabled", "is nothing without calls.enabled");
  }
  if (!config.keys.empty()) {
    reader.complain(*reader.find("example.enabled"), "example.enabled",
                    "signs in anyone who asks, and can't stand beside [[keys]] of a platform");
  }
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check_url(ConfigReader& reader, const toml::node& node, const std::string& key, std::string_view url) {
  const bool known =
      url.starts_with("stun:") || url.starts_with("stuns:") || url.starts_with("turn:") || url.starts_with("turns:");
  if (!known || has_control(url) || url.find_first_of("<>\" ") != url.npos) {
    reader.complain(node, key, "must be stun:, stuns:, turn: or turns: addresses");
  }
}

signaling::IceServer ice_server(ConfigReader& reader, const toml::table& table, const std::string& key) {
  signaling::IceServer server;
  for (const auto& [name, value] : table) {
    const std::string_view field = name.str();
    const std::string full = key + "." + std::string(field);
    if (field == "urls") {
      auto urls = ConfigReader::strings_of(value);
      if (!urls || urls->empty()) reader.complain(value, full, "must be a list of strings");
      for (const std::string& url : urls.value_or(std::vector<std::string>())) check_url(reader, value, full, url);
      server.urls = urls.value_or(std::vector<std::string>());
    } else if (field == "username" || field == "credential") {
      const auto text = value.value_exact<std::string>();
      if (!text || has_control(*text)) reader.complain(value, full, "must be a string without control characters");
      (field == "username" ? server.username : server.credential) = text.value_or(std::string());
    } else {
      reader.complain(value, full, "is not a key; there are urls, username and credential");
    }
  }
  if (server.urls.empty()) reader.complain(table, key, "urls is missing");
  return server;
}

KeyEntry signing_key(ConfigReader& reader, const toml::table& table, const std::string& key) {
  KeyEntry made;
  std::vector<std::string> kinds;
  const std::map<std::string_view, std::vector<std::string>*> lists{{"sites", &made.sites}, {"kinds", &kinds}};
  const std::map<std::string_view, std::string*> texts{{"id", &made.id}, {"secret_file", &made.secret_file}};
  for (const auto& [name, value] : table) {
    const std::string full = key + "." + std::string(name.str());
    if (const auto list = lists.find(name.str()); list != lists.end()) {
      auto strings = ConfigReader::strings_of(value);
      if (!strings || strings->empty()) reader.complain(value, full, "must be a list of strings");
      *list->second = strings.value_or(std::vector<std::string>());
    } else if (const auto text = texts.find(name.str()); text != texts.end()) {
      *text->second = value.value_exact<std::string>().value_or(std::string());
      if (text->second->empty()) reader.complain(value, full, "must be a string");
    } else {
      reader.complain(value, full, "is not a key; there are id, secret_file, sites and kinds");
    }
  }
  const auto bad = [](const std::string& text) { return !signaling::is_identifier(text); };
  if (bad(made.id) || made.id == signaling::kOwnKey) {
    reader.complain(table, key, "id must be 1 to 128 bytes of text, and not \"local\", which is the server's own");
  }
  if (made.secret_file.empty()) reader.complain(table, key, "secret_file is missing");
  if (made.sites.empty() || std::any_of(made.sites.begin(), made.sites.end(), bad)) {
    reader.complain(table, key, "sites must name the sites that the key may sign for");
  }
  for (const std::string& kind : kinds) {
    if (kind != "member" && kind != "service") reader.complain(table, key, "kinds are member and service");
    (kind == "member" ? made.signs_members : made.signs_services) = true;
  }
  if (kinds.empty()) reader.complain(table, key, "kinds is missing: member, service or both");
  return made;
}

// [[ice.servers]] or servers = [{urls = [...]}].
void read_ice_servers(ConfigReader& reader, std::vector<signaling::IceServer>& into) {
  static constexpr const char* kKey = "ice.servers";
  for (const toml::table* each : reader.tables(kKey, "must be a list of tables with urls")) {
    into.push_back(ice_server(reader, *each, kKey));
  }
}

// [[keys]]: tables, each with exactly these fields.
void read_signing_keys(ConfigReader& reader, std::vector<KeyEntry>& into) {
  static constexpr const char* kKey = "keys";
  for (const toml::table* each : reader.tables(kKey, "must be a list of tables: [[keys]]")) {
    KeyEntry made = signing_key(reader, *each, kKey);
    const auto same = [&](const KeyEntry& other) { return other.id == made.id; };
    if (std::any_of(into.begin(), into.end(), same)) {
      reader.complain(*each, kKey, "two keys have the id \"" + made.id + "\"");
    }
    into.push_back(std::move(made));
  }
}

void read_calls(ConfigReader& reader, signaling::CallOptions& calls) {
  reader.flag("calls.enabled", calls.enabled);
  reader.duration("calls.interaction", calls.attendance.presence.interaction);
  reader.duration("calls.page_change", calls.attendance.presence.closed);
  reader.number("calls.max_tabs", calls.attendance.presence.max_tabs, 1, 1024);
  reader.number("calls.max_watched", calls.attendance.max_watched, 1, signaling::kMaxWatched);
  signaling::RetentionDays& keep = calls.retention;
  reader.days("calls.retention.calls", keep.calls);
  reader.days("calls.retention.audit", keep.audit);
  reader.days("calls.retention.notifications", keep.notifications);
  reader.days("calls.retention.messages", keep.messages);
  reader.days("calls.retention.outbox", keep.outbox);
}

void read_webhooks(ConfigReader& reader, signaling::WebhookOptions& webhooks) {
  static constexpr const char* kKey = "webhooks.allow_private";
  std::vector<std::string> ranges;
  reader.texts(kKey, ranges);
  for (const std::string& text : ranges) {
    const auto range = signaling::parse_range(text);
    if (!range) {
      reader.complain(*reader.find(kKey), kKey, "\"" + text + "\" is not a range such as \"10.20.0.0/16\"");
    } else {
      webhooks.allow_private.push_back(*range);
    }
  }
  reader.text("webhooks.ca_file", webhooks.ca_file);
}

void read_data(ConfigReader& reader, AppConfig& config) {
  reader.text("data.dir", config.data_dir);
  std::string database;
  reader.text("data.database", database);
  if (database.empty()) database = (std::filesystem::path(config.data_dir) / "parley.db").string();
  config.signaling.calls.database = database;
  reader.size("data.max_database", config.signaling.calls.max_database_bytes, kMaxDatabase);
}

void read_admin(ConfigReader& reader, AppConfig& config) {
  signaling::AdminOptions& admin = config.signaling.admin;
  reader.text("admin.listen", admin.address);
  reader.number("admin.port", admin.port, 0, 65'535);
  reader.text("admin.token_file", config.admin_token_file);
  if (admin.address.empty()) {
    reader.complain(*reader.find("admin.listen"), "admin.listen", "must be one address, such as 127.0.0.1");
  }
}

// Without http.web_root: the page beside the configuration, as in a source tree.
std::string default_web_root(const std::string& config_file) {
  std::error_code ignored;
  const auto folder = std::filesystem::absolute(config_file, ignored).parent_path();
  const auto beside = folder.parent_path() / "signaling" / "web";
  return std::filesystem::is_directory(beside, ignored) ? beside.string() : std::string();
}

}  // namespace

Result<AppConfig> parse_config(std::string_view text, const std::string& name) {
  const auto wrong = [](std::string sentence) {
    return std::unexpected(Error{ErrorCode::kConfig, std::move(sentence)});
  };
  toml::table root;
  try {
    root = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    return wrong(name + ":" + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  }

  AppConfig config;
  ConfigReader reader(root, name);
  read_media(reader, config.server.media);
  read_limits(reader, config.server.limits);
  read_timing(reader, config.server.timing);
  read_http(reader, config);
  read_calls(reader, config.signaling.calls);
  read_webhooks(reader, config.signaling.webhooks);
  read_data(reader, config);
  read_ice_servers(reader, config.signaling.ice_servers);
  read_signing_keys(reader, config.keys);
  read_admin(reader, config);
  read_example(reader, config);
  reader.flag("demo.enabled", config.signaling.routes.demo);
  reader.word("log.level", config.log_level, {"debug", "info", "warning", "error"});
  reader.refuse_unknown();
  if (reader.error()) return wrong(*reader.error());
  if (reader.find("http.web_root") == nullptr) config.signaling.routes.web_root = default_web_root(name);
  return config;
}

Result<AppConfig> load_config(const std::string& path) {
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  std::ifstream file(path, std::ios::binary);
  if (failed || !file || size > kMaxFile) {
    return std::unexpected(Error{ErrorCode::kConfig, path + ": the configuration file can't be read"});
  }
  std::ostringstream text;
  text << file.rdbuf();
  return parse_config(text.str(), path);
}

}  // namespace parley

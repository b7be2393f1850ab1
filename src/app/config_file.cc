#include "app/config_file.h"

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "signaling/identity/key_ring.h"
#include "signaling/identity/names.h"

namespace parley {
namespace {

constexpr std::uintmax_t kMaxFile = 1024 * 1024;

// How many letters must change to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// "30s", "500ms", "2m", "1h" as a number and its unit; or "4MiB".
std::optional<std::pair<std::int64_t, std::string_view>> number_and_unit(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  return std::pair{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::optional<std::int64_t> scaled(std::int64_t number, std::int64_t factor) {
  if (number > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return number * factor;
}

std::optional<std::int64_t> milliseconds_of(std::string_view text) {
  static const std::map<std::string_view, std::int64_t> kUnits{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  const auto parts = number_and_unit(text);
  if (!parts) return std::nullopt;
  const auto unit = kUnits.find(parts->second);
  return unit == kUnits.end() ? std::nullopt : scaled(parts->first, unit->second);
}

std::optional<std::int64_t> bytes_of(std::string_view text) {
  static const std::map<std::string_view, std::int64_t> kUnits{
      {"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};
  const auto parts = number_and_unit(text);
  if (!parts) return std::nullopt;
  const auto unit = kUnits.find(parts->second);
  return unit == kUnits.end() ? std::nullopt : scaled(parts->first, unit->second);
}

// Reads keys by their full name, remembers which there are, and keeps the first complaint.
class Reader {
 public:
  Reader(const toml::table& root, std::string file) : root_(root), file_(std::move(file)) {}

  void text(const char* key, std::string& into) {
    if (const auto* node = find(key)) {
      if (const auto value = node->value_exact<std::string>()) {
        into = *value;
      } else {
        complain(*node, key, "must be a string");
      }
    }
  }
  void word(const char* key, std::string& into, const std::vector<std::string>& words) {
    const std::string before = into;
    text(key, into);
    if (std::find(words.begin(), words.end(), into) != words.end()) return;
    std::string list;
    for (const std::string& each : words) list += (list.empty() ? "" : ", ") + each;
    complain(*find(key), key, "must be one of " + list);
    into = before;
  }
  void flag(const char* key, bool& into) {
    if (const auto* node = find(key)) {
      if (const auto value = node->value_exact<bool>()) {
        into = *value;
      } else {
        complain(*node, key, "must be true or false");
      }
    }
  }
  template <std::integral T>
  void number(const char* key, T& into, std::int64_t lowest, std::int64_t highest) {
    if (const auto* node = find(key)) {
      const auto value = node->value_exact<std::int64_t>();
      if (!value || *value < lowest || *value > highest) {
        complain(*node, key,
                 "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
      } else {
        into = static_cast<T>(*value);
      }
    }
  }
  void rate(const char* key, double& into) {
    double value = into;
    std::int64_t whole = 0;
    if (const auto* node = find(key)) {
      number(key, whole, 1, 1'000'000);
      value = static_cast<double>(whole);
      if (node->is_integer()) into = value;
    }
  }
  // Bytes, as a number or as "4MiB".
  template <std::integral T>
  void size(const char* key, T& into, std::int64_t highest) {
    const auto* node = find(key);
    if (node == nullptr) return;
    std::optional<std::int64_t> bytes = node->value_exact<std::int64_t>();
    if (const auto said = node->value_exact<std::string>()) bytes = bytes_of(*said);
    if (!bytes || *bytes < 0 || *bytes > highest) {
      complain(*node, key, "must be a size such as \"4MiB\", at most " + std::to_string(highest) + " bytes");
    } else {
      into = static_cast<T>(*bytes);
    }
  }
  template <class D>
  void duration(const char* key, D& into) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const auto said = node->value_exact<std::string>();
    const auto ms = said ? milliseconds_of(*said) : std::nullopt;
    if (!ms || *ms <= 0 || *ms > 24 * 3'600'000LL) {
      complain(*node, key, "must be a duration such as \"30s\" or \"500ms\", at most \"24h\"");
    } else {
      into = std::chrono::duration_cast<D>(std::chrono::milliseconds(*ms));
      if (into.count() == 0) complain(*node, key, "must be at least 1s");
    }
  }
  void texts(const char* key, std::vector<std::string>& into) {
    const auto* node = find(key);
    if (node == nullptr) return;
    if (auto list = strings_of(*node)) {
      into = std::move(*list);
    } else {
      complain(*node, key, "must be a list of strings");
    }
  }

  // [[ice.servers]] or servers = [{urls = [...]}].
  void ice_servers(const char* key, std::vector<signaling::IceServer>& into) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const toml::array* const list = node->as_array();
    if (list == nullptr) return complain(*node, key, "must be a list of tables with urls");
    for (const toml::node& entry : *list) {
      const toml::table* const server = entry.as_table();
      if (server == nullptr) return complain(entry, key, "must be a list of tables with urls");
      into.push_back(ice_server(*server, key));
    }
  }

  // [[keys]]: tables, each with exactly these fields.
  void signing_keys(const char* key, std::vector<KeyEntry>& into) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const toml::array* const list = node->as_array();
    if (list == nullptr) return complain(*node, key, "must be a list of tables: [[keys]]");
    for (const toml::node& entry : *list) {
      const toml::table* const table = entry.as_table();
      if (table == nullptr) return complain(entry, key, "must be a list of tables: [[keys]]");
      KeyEntry made = signing_key(*table, key);
      const auto same = [&](const KeyEntry& each) { return each.id == made.id; };
      if (std::any_of(into.begin(), into.end(), same)) complain(entry, key, "two keys have the id \"" + made.id + "\"");
      into.push_back(std::move(made));
    }
  }

  // After all keys were named: is there one nobody knows?
  void refuse_unknown() { refuse_unknown(root_, ""); }

  void complain(const toml::node& node, const std::string& key, const std::string& what) {
    complain(file_ + ":" + std::to_string(node.source().begin.line) + ": " + key + ": " + what);
  }
  void complain(std::string sentence) {
    if (!error_) error_ = std::move(sentence);
  }
  const toml::node* find(const std::string& key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
    return root_.at_path(key).node();
  }
  const std::optional<std::string>& error() const { return error_; }

 private:
  static std::optional<std::vector<std::string>> strings_of(const toml::node& node) {
    const toml::array* const list = node.as_array();
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    for (const toml::node& each : *list) {
      const auto text = each.value_exact<std::string>();
      if (!text) return std::nullopt;
      texts.push_back(*text);
    }
    return texts;
  }

  signaling::IceServer ice_server(const toml::table& table, const std::string& key) {
    signaling::IceServer server;
    for (const auto& [name, value] : table) {
      const std::string_view field = name.str();
      const std::string full = key + "." + std::string(field);
      if (field == "urls") {
        auto urls = strings_of(value);
        if (!urls || urls->empty()) complain(value, full, "must be a list of strings");
        for (const std::string& url : urls.value_or(std::vector<std::string>())) check_url(value, full, url);
        server.urls = urls.value_or(std::vector<std::string>());
      } else if (field == "username" || field == "credential") {
        const auto text = value.value_exact<std::string>();
        if (!text || has_control(*text)) complain(value, full, "must be a string without control characters");
        (field == "username" ? server.username : server.credential) = text.value_or(std::string());
      } else {
        complain(value, full, "is not a key; there are urls, username and credential");
      }
    }
    if (server.urls.empty()) complain(table, key, "urls is missing");
    return server;
  }
  KeyEntry signing_key(const toml::table& table, const std::string& key) {
    KeyEntry made;
    std::vector<std::string> kinds;
    const std::map<std::string_view, std::vector<std::string>*> lists{{"sites", &made.sites}, {"kinds", &kinds}};
    const std::map<std::string_view, std::string*> texts{{"id", &made.id}, {"secret_file", &made.secret_file}};
    for (const auto& [name, value] : table) {
      const std::string full = key + "." + std::string(name.str());
      if (const auto list = lists.find(name.str()); list != lists.end()) {
        auto strings = strings_of(value);
        if (!strings || strings->empty()) complain(value, full, "must be a list of strings");
        *list->second = strings.value_or(std::vector<std::string>());
      } else if (const auto text = texts.find(name.str()); text != texts.end()) {
        *text->second = value.value_exact<std::string>().value_or(std::string());
        if (text->second->empty()) complain(value, full, "must be a string");
      } else {
        complain(value, full, "is not a key; there are id, secret_file, sites and kinds");
      }
    }
    const auto bad = [](const std::string& text) { return !signaling::is_identifier(text); };
    if (bad(made.id) || made.id == signaling::kOwnKey) {
      complain(table, key, "id must be 1 to 128 bytes of text, and not \"local\", which is the server's own");
    }
    if (made.secret_file.empty()) complain(table, key, "secret_file is missing");
    if (made.sites.empty() || std::any_of(made.sites.begin(), made.sites.end(), bad)) {
      complain(table, key, "sites must name the sites that the key may sign for");
    }
    for (const std::string& kind : kinds) {
      if (kind != "member" && kind != "service") complain(table, key, "kinds are member and service");
      (kind == "member" ? made.signs_members : made.signs_services) = true;
    }
    if (kinds.empty()) complain(table, key, "kinds is missing: member, service or both");
    return made;
  }
  void check_url(const toml::node& node, const std::string& key, std::string_view url) {
    const bool known =
        url.starts_with("stun:") || url.starts_with("stuns:") || url.starts_with("turn:") || url.starts_with("turns:");
    if (!known || has_control(url) || url.find_first_of("<>\" ") != url.npos) {
      complain(node, key, "must be stun:, stuns:, turn: or turns: addresses");
    }
  }
  static bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  }

  void refuse_unknown(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, value] : table) {
      const std::string key = prefix + std::string(name.str());
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      const bool is_section = std::any_of(known_.begin(), known_.end(),
                                          [&](const std::string& each) { return each.starts_with(key + "."); });
      if (is_section && value.is_table()) {
        refuse_unknown(*value.as_table(), key + ".");
      } else {
        complain(value, key, "is not a key" + suggestion(key));
      }
    }
  }
  std::string suggestion(const std::string& key) const {
    const auto nearest = std::min_element(known_.begin(), known_.end(), [&](const auto& a, const auto& b) {
      return distance(a, key) < distance(b, key);
    });
    const bool near = nearest != known_.end() && distance(*nearest, key) <= std::max<std::size_t>(2, key.size() / 3);
    return near ? "; did you mean " + *nearest + "?" : "; configs/reference.toml lists them all";
  }

  const toml::table& root_;
  std::string file_;
  std::vector<std::string> known_;
  std::optional<std::string> error_;
};

constexpr std::int64_t kMany = 100'000'000;
constexpr std::int64_t kGibibyte = 1024LL * 1024 * 1024;

void read_media(Reader& reader, MediaConfig& media) {
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

void read_limits(Reader& reader, LimitsConfig& limits) {
  reader.number("limits.max_rooms", limits.max_rooms, 1, kMany);
  reader.number("limits.max_sessions", limits.max_sessions, 1, kMany);
  reader.number("limits.max_sessions_per_room", limits.max_sessions_per_room, 1, kMany);
  reader.number("limits.max_tracks_per_session", limits.max_tracks_per_session, 1, kMany);
  reader.size("limits.max_offer_bytes", limits.max_offer_bytes, static_cast<std::int64_t>(signaling::kMaxSdpBytes));
  reader.number("limits.max_mlines", limits.max_mlines, 1, 1024);
}

void read_timing(Reader& reader, TimingConfig& timing) {
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

void read_http(Reader& reader, AppConfig& config) {
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
void read_example(Reader& reader, AppConfig& config) {
  signaling::ExampleOptions& example = config.signaling.example;
  reader.flag("example.enabled", example.enabled);
  reader.flag("example.private_calls", example.private_calls);
  if (!example.enabled) return;
  config.signaling.routes.front_page = "/community/";
  if (!config.keys.empty()) {
    reader.complain(*reader.find("example.enabled"), "example.enabled",
                    "signs in anyone who asks, and can't stand beside [[keys]] of a platform");
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
  Reader reader(root, name);
  read_media(reader, config.server.media);
  read_limits(reader, config.server.limits);
  read_timing(reader, config.server.timing);
  read_http(reader, config);
  reader.text("data.dir", config.data_dir);
  reader.ice_servers("ice.servers", config.signaling.ice_servers);
  reader.signing_keys("keys", config.keys);
  reader.flag("demo.enabled", config.signaling.routes.demo);
  read_example(reader, config);
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

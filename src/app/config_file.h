// The configuration file: TOML, every key known, everything checked before anything starts. configs/reference.toml
// lists the keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parley/config.h"
#include "parley/error.h"
#include "signaling/hub/hub.h"
#include "signaling/service.h"

namespace parley {

// A platform's key as the configuration names it; its secret stays in its file.
struct KeyEntry {
  std::string id;
  std::string secret_file;
  std::vector<std::string> sites;
  bool signs_members = false;
  bool signs_services = false;
};

struct AppConfig {
  Config server;
  signaling::ServiceOptions signaling;  // without keys and certificate, which stand in files or may have to be made
  std::vector<KeyEntry> keys;
  std::string admin_token_file;  // empty: the data folder's
  std::vector<std::string> tls_hosts;
  std::string data_dir = "var";
  std::string log_level = "info";
};

// The error is one line that starts with file:line.
Result<AppConfig> load_config(const std::string& path);
// `name` stands for the file in errors, and its folder is where the web root is looked for.
Result<AppConfig> parse_config(std::string_view text, const std::string& name);

}  // namespace parley
